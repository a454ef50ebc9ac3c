/** Services, by the prefix of their actions, that support what others do not. AWS adds to these lists from time to time. */

const prefixes = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Organizations User Guide, "List of AWS services that support RCPs" (2026). */
export const RCP_SERVICES: ReadonlySet<string> = prefixes(`
  aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch cloudtrail-data
  codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend comprehendmedical compute-optimizer
  cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose fis fms gamelift health inspector-scan kendra kinesisvideo kms
  logs memorydb networkmonitor notifications opensearch pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3
  secretsmanager servicediscovery signin sqs sts support swf textract timestream-influxdb transcribe transfer translate wafv2
  workspaces xray
`)

/** IAM User Guide, "AWS global condition context keys": services whose requests have `aws:VpceAccount` and `aws:VpceOrgPaths` (2026). */
export const VPC_ENDPOINT_SERVICES: ReadonlySet<string> = prefixes(`
  acm-pca apprunner applicationinsights athena cloudformation comprehendmedical compute-optimizer datasync discovery dynamodb ebs ecr ecs
  firehose gamelift healthlake iam iotfleetwise iotwireless kinesisanalytics kms lambda medical-imaging omics payment-cryptography polly
  rbin rekognition route53 s3 scheduler servicediscovery servicequotas shield ssm-contacts storagegateway textract transcribe transfer
`)

/** The same for `aws:VpceOrgID`, which more services have. */
export const VPC_ENDPOINT_ORGANIZATION_SERVICES: ReadonlySet<string> = new Set([
  ...VPC_ENDPOINT_SERVICES,
  ...prefixes(`
    b2bi cassandra cognito-identity dms ds-data identitystore iottwinmaker network-firewall pricing ses sms-voice sqs workmail
  `),
])
