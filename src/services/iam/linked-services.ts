/** The service-linked roles that AWS's services have: facts, a row each. The name of the role cannot be derived from that of the service. */

export type LinkedService = {
  /** `lex.amazonaws.com`. */
  readonly principal: string
  /** `AWSServiceRoleForLexBots`. */
  readonly roleName: string
  /** The managed policy that the role has. */
  readonly policyArn: string
  /** Whether an account may have several such roles, told apart by a suffix. */
  readonly takesSuffix: boolean
}

/** Service principal without `.amazonaws.com`, role name after `AWSServiceRoleFor`, policy. */
type Row = readonly [service: string, role: string, policy: string]

/** Recorded from AWS in 2026. */
// oxfmt-ignore
const RECORDED: readonly Row[] = [
  ['accountdiscovery.ssm',              'AmazonSSM_AccountDiscovery',                 'AWSSystemsManagerAccountDiscoveryServicePolicy'],
  ['acm',                               'CertificateManager',                         'CertificateManagerServiceRolePolicy'],
  ['appmesh',                           'AppMesh',                                    'AWSAppMeshServiceRolePolicy'],
  ['autoscaling',                       'AutoScaling',                                'AutoScalingServiceRolePolicy'],
  ['autoscaling-plans',                 'AutoScalingPlans_EC2AutoScaling',            'AWSAutoScalingPlansEC2AutoScalingPolicy'],
  ['backup',                            'Backup',                                     'AWSBackupServiceLinkedRolePolicyForBackup'],
  ['batch',                             'Batch',                                      'BatchServiceRolePolicy'],
  ['cassandra.application-autoscaling', 'ApplicationAutoScaling_CassandraTable',      'AWSApplicationAutoscalingCassandraTablePolicy'],
  ['cks.kms',                           'KeyManagementServiceCustomKeyStores',        'AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy'],
  ['cloudtrail',                        'CloudTrail',                                 'CloudTrailServiceRolePolicy'],
  ['codestar-notifications',            'CodeStarNotifications',                      'AWSCodeStarNotificationsServiceRolePolicy'],
  ['config',                            'Config',                                     'AWSConfigServiceRolePolicy'],
  ['connect',                           'AmazonConnect',                              'AmazonConnectServiceLinkedRolePolicy'],
  ['dms',                               'DMSServerless',                              'AWSDMSServerlessServiceRolePolicy'],
  ['dms-fleet-advisor',                 'DMSFleetAdvisor',                            'AWSDMSFleetAdvisorServiceRolePolicy'],
  ['docdb-elastic',                     'DocDB',                                      'AmazonDocDB-ElasticServiceRolePolicy'],
  ['ec2-instance-connect',              'Ec2InstanceConnect',                         'Ec2InstanceConnectEndpoint'],
  ['ec2.application-autoscaling',       'ApplicationAutoScaling_EC2SpotFleetRequest', 'AWSApplicationAutoscalingEC2SpotFleetRequestPolicy'],
  ['ecr',                               'ECRTemplate',                                'ECRTemplateServiceRolePolicy'],
  ['ecs',                               'ECS',                                        'AmazonECSServiceRolePolicy'],
  ['eks',                               'AmazonEKS',                                  'AmazonEKSServiceRolePolicy'],
  ['eks-connector',                     'AmazonEKSConnector',                         'AmazonEKSConnectorServiceRolePolicy'],
  ['eks-fargate',                       'AmazonEKSForFargate',                        'AmazonEKSForFargateServiceRolePolicy'],
  ['eks-nodegroup',                     'AmazonEKSNodegroup',                         'AWSServiceRoleForAmazonEKSNodegroup'],
  ['elasticache',                       'ElastiCache',                                'ElastiCacheServiceRolePolicy'],
  ['elasticbeanstalk',                  'ElasticBeanstalk',                           'AWSElasticBeanstalkServiceRolePolicy'],
  ['elasticfilesystem',                 'AmazonElasticFileSystem',                    'AmazonElasticFileSystemServiceRolePolicy'],
  ['elasticloadbalancing',              'ElasticLoadBalancing',                       'AWSElasticLoadBalancingServiceRolePolicy'],
  ['email.cognito-idp',                 'AmazonCognitoIdpEmailService',               'AmazonCognitoIdpEmailServiceRolePolicy'],
  ['emr-containers',                    'AmazonEMRContainers',                        'AmazonEMRContainersServiceRolePolicy'],
  ['emrwal',                            'EMRWAL',                                     'EMRDescribeClusterPolicyForEMRWAL'],
  ['fis',                               'FIS',                                        'AmazonFISServiceRolePolicy'],
  ['grafana',                           'AmazonGrafana',                              'AmazonGrafanaServiceLinkedRolePolicy'],
  ['imagebuilder',                      'ImageBuilder',                               'AWSServiceRoleForImageBuilder'],
  ['iotmanagedintegrations',            'IoTManagedIntegrations',                     'AWSIoTManagedIntegrationsRolePolicy'],
  ['kafka',                             'Kafka',                                      'KafkaServiceRolePolicy'],
  ['kafkaconnect',                      'KafkaConnect',                               'KafkaConnectServiceRolePolicy'],
  ['lakeformation',                     'LakeFormationDataAccess',                    'LakeFormationDataAccessServiceRolePolicy'],
  ['lex',                               'LexBots',                                    'AmazonLexBotPolicy'],
  ['lexv2',                             'LexV2Bots',                                  'AmazonLexV2BotPolicy'],
  ['lightsail',                         'Lightsail',                                  'LightsailExportAccess'],
  ['m2',                                'AWSM2',                                      'AWSM2ServicePolicy'],
  ['memorydb',                          'MemoryDB',                                   'MemoryDBServiceRolePolicy'],
  ['mq',                                'AmazonMQ',                                   'AmazonMQServiceRolePolicy'],
  ['mrk.kms',                           'KeyManagementServiceMultiRegionKeys',        'AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy'],
  ['notifications',                     'AwsUserNotifications',                       'AWSUserNotificationsServiceLinkedRolePolicy'],
  ['observability.aoss',                'AmazonOpenSearchServerless',                 'AmazonOpenSearchServerlessServiceRolePolicy'],
  ['opensearchservice',                 'AmazonOpenSearchService',                    'AmazonOpenSearchServiceRolePolicy'],
  ['ops.apigateway',                    'APIGateway',                                 'APIGatewayServiceRolePolicy'],
  ['ops.emr-serverless',                'AmazonEMRServerless',                        'AmazonEMRServerlessServiceRolePolicy'],
  ['opsdatasync.ssm',                   'SystemsManagerOpsDataSync',                  'AWSSystemsManagerOpsDataSyncServiceRolePolicy'],
  ['opsinsights.ssm',                   'AmazonSSM_OpsInsights',                      'AWSSSMOpsInsightsServiceRolePolicy'],
  ['pullthroughcache.ecr',              'ECRPullThroughCache',                        'AWSECRPullThroughCache_ServiceRolePolicy'],
  ['ram',                               'ResourceAccessManager',                      'AWSResourceAccessManagerServiceRolePolicy'],
  ['rds',                               'RDS',                                        'AmazonRDSServiceRolePolicy'],
  ['redshift',                          'Redshift',                                   'AmazonRedshiftServiceLinkedRolePolicy'],
  ['replication.cassandra',             'KeyspacesReplication',                       'KeyspacesReplicationServiceRolePolicy'],
  ['replication.ecr',                   'ECRReplication',                             'ECRReplicationServiceRolePolicy'],
  ['repository.sync.codeconnections',   'GitSync',                                    'AWSGitSyncServiceRolePolicy'],
  ['resource-explorer-2',               'ResourceExplorer',                           'AWSResourceExplorerServiceRolePolicy'],
  ['rolesanywhere',                     'RolesAnywhere',                              'AWSRolesAnywhereServicePolicy'],
  ['s3-outposts',                       'S3OnOutposts',                               'AWSS3OnOutpostsServiceRolePolicy'],
  ['ses',                               'AmazonSES',                                  'AmazonSESServiceRolePolicy'],
  ['shield',                            'AWSShield',                                  'AWSShieldServiceRolePolicy'],
  ['ssm',                               'AmazonSSM',                                  'AmazonSSMServiceRolePolicy'],
  ['ssm-incidents',                     'IncidentManager',                            'AWSIncidentManagerServiceRolePolicy'],
  ['ssm-quicksetup',                    'SSMQuickSetup',                              'SSMQuickSetupRolePolicy'],
  ['sso',                               'SSO',                                        'AWSSSOServiceRolePolicy'],
  ['vpcorigin.cloudfront',              'CloudFrontVPCOrigin',                        'AWSCloudFrontVPCOriginServiceRolePolicy'],
  ['waf',                               'WAFLogging',                                 'WAFLoggingServiceRolePolicy'],
  ['wafv2',                             'WAFV2Logging',                               'WAFV2LoggingServiceRolePolicy'],
]

/** Documented by the services, and seen in reports. */
// oxfmt-ignore
const DOCUMENTED: readonly Row[] = [
  ['access-analyzer',                   'AccessAnalyzer',                             'AccessAnalyzerServiceRolePolicy'],
  ['apprunner',                         'AppRunner',                                  'AppRunnerServiceRolePolicy'],
  ['networking.apprunner',              'AppRunnerNetworking',                        'AppRunnerNetworkingServiceRolePolicy'],
  ['es',                                'AmazonElasticsearchService',                 'AmazonElasticsearchServiceRolePolicy'],
  ['guardduty',                         'AmazonGuardDuty',                            'AmazonGuardDutyServiceRolePolicy'],
  ['organizations',                     'Organizations',                              'AWSOrganizationsServiceTrustPolicy'],
  ['securityhub',                       'SecurityHub',                                'AWSSecurityHubServiceRolePolicy'],
  ['spot',                              'EC2Spot',                                    'AWSEC2SpotServiceRolePolicy'],
  ['spotfleet',                         'EC2SpotFleet',                               'AWSEC2SpotFleetServiceRolePolicy'],
  ['support',                           'Support',                                    'AWSSupportServiceRolePolicy'],
  ['trustedadvisor',                    'TrustedAdvisor',                             'AWSTrustedAdvisorServiceRolePolicy'],
]

/** Recorded from AWS: the other 68 refuse a suffix. */
const TAKE_SUFFIX: ReadonlySet<string> = new Set(['autoscaling', 'connect', 'lexv2'])

/** By service principal: its case counts (IAM API reference, CreateServiceLinkedRole). */
export const LINKED_SERVICES: ReadonlyMap<string, LinkedService> = new Map(
  [...RECORDED, ...DOCUMENTED].map(([service, role, policy]) => [
    `${service}.amazonaws.com`,
    {
      principal: `${service}.amazonaws.com`,
      roleName: `AWSServiceRoleFor${role}`,
      policyArn: `arn:aws:iam::aws:policy/aws-service-role/${policy}`,
      takesSuffix: TAKE_SUFFIX.has(service),
    },
  ]),
)
