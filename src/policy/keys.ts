/** The global condition keys, and those of iam: and sts:, with their types, who fills them and when a request has them (IAM User Guide, "AWS global condition context keys"). */

type KeyType = 'String' | 'Bool' | 'Numeric' | 'Date' | 'IPAddress' | 'ARN'

/**
 * Where a value comes from. `caller` is the only source that a caller can write as it likes: such a key is no proof of anything.
 * All others are filled by the server alone.
 */
type KeySource =
  | 'principal'
  | 'session'
  | 'request'
  | 'caller'
  | 'network'
  | 'resource'
  | 'service'
  | 'organization'
  | 'operation'

export type KeyFact = {
  /** As AWS writes it; `aws:PrincipalTag/` stands for all keys that begin with it. */
  readonly name: string
  readonly type: KeyType
  /** Compared with ForAllValues or ForAnyValue only. */
  readonly multivalued: boolean
  readonly source: KeySource
  /** When a request has the key. */
  readonly present: string
}

type Row = readonly [name: string, type: KeyType | `${KeyType}[]`, source: KeySource, present: string]

// oxfmt-ignore
const ROWS: readonly Row[] = [
  // The principal.
  ['aws:PrincipalArn',               'ARN',       'principal',    'in every signed request; for a session the ARN of its role'],
  ['aws:PrincipalAccount',           'String',    'principal',    'in every signed request; `anonymous` in those of nobody'],
  ['aws:PrincipalType',              'String',    'principal',    'always'],
  ['aws:userid',                     'String',    'principal',    'always'],
  ['aws:username',                   'String',    'principal',    'for IAM users'],
  ['aws:PrincipalTag/',              'String',    'principal',    'where the principal or its session has the tag'],
  ['aws:PrincipalOrgID',             'String',    'organization', 'where the account of the principal is in an organization'],
  ['aws:PrincipalOrgPaths',          'String[]',  'organization', 'where the account of the principal is in an organization'],
  ['aws:PrincipalIsAWSService',      'Bool',      'principal',    'in every signed request; true for a service that acts itself'],
  ['aws:PrincipalServiceName',       'String',    'service',      'where a service acts itself'],
  ['aws:PrincipalServiceNamesList',  'String[]',  'service',      'where a service acts itself'],
  // The session.
  ['aws:AssumedRoot',                'Bool',      'session',      'in sessions of sts:AssumeRoot'],
  ['aws:FederatedProvider',          'String',    'session',      'in sessions that came from OpenID Connect, and when one is made'],
  ['aws:TokenIssueTime',             'Date',      'session',      'with temporary credentials'],
  ['aws:MultiFactorAuthAge',         'Numeric',   'session',      'where a multi-factor code was given'],
  ['aws:MultiFactorAuthPresent',     'Bool',      'session',      'with temporary credentials; never with access keys of users, nor in sessions of federated identities'],
  ['aws:SignInSessionArn',           'ARN',       'session',      'in sessions of a sign-in by OAuth'],
  ['aws:SourceIdentity',             'String',    'session',      'where the session, or one before it, was given one'],
  ['aws:ChatbotSourceArn',           'ARN',       'session',      'in sessions made by a chat service'],
  ['aws:Ec2InstanceSourceVpc',       'String',    'session',      'with credentials of an instance'],
  ['aws:Ec2InstanceSourcePrivateIPv4', 'IPAddress', 'session',    'with credentials of an instance'],
  ['ec2:RoleDelivery',               'Numeric',   'session',      'with credentials of an instance'],
  ['ec2:SourceInstanceArn',          'ARN',       'session',      'with credentials of an instance'],
  ['ssm:SourceInstanceArn',          'ARN',       'session',      'with credentials of a managed instance'],
  ['lambda:SourceFunctionArn',       'ARN',       'session',      'with credentials of a function'],
  ['codebuild:BuildArn',             'ARN',       'session',      'in sessions that CodeBuild made'],
  ['codebuild:ProjectArn',           'ARN',       'session',      'in sessions that CodeBuild made'],
  ['glue:RoleAssumedBy',             'String',    'session',      'in sessions made by Glue'],
  ['glue:CredentialIssuingService',  'String',    'session',      'in sessions made by Glue'],
  ['identitystore:UserId',           'String',    'session',      'in sessions of IAM Identity Center'],
  // The network.
  ['aws:SourceIp',                   'IPAddress', 'network',      'where the request does not come through a VPC endpoint'],
  ['aws:SourceVpc',                  'String',    'network',      'through a VPC endpoint'],
  ['aws:SourceVpcArn',               'ARN',       'network',      'through a VPC endpoint'],
  ['aws:SourceVpce',                 'String',    'network',      'through a VPC endpoint'],
  ['aws:VpceAccount',                'String',    'network',      'through a VPC endpoint'],
  ['aws:VpceOrgID',                  'String',    'network',      'through a VPC endpoint of an organization'],
  ['aws:VpceOrgPaths',               'String[]',  'network',      'through a VPC endpoint of an organization'],
  ['aws:VpcSourceIp',                'IPAddress', 'network',      'through a VPC endpoint'],
  // The resource.
  ['aws:ResourceAccount',            'String',    'resource',     'where the action is about a resource'],
  ['aws:ResourceOrgID',              'String',    'organization', 'where the account of the resource is in an organization'],
  ['aws:ResourceOrgPaths',           'String[]',  'organization', 'where the account of the resource is in an organization'],
  ['aws:ResourceTag/',               'String',    'resource',     'where the resource has the tag, or is made with it'],
  // The request.
  ['aws:CalledVia',                  'String[]',  'service',      'where a service calls with the credentials of its caller'],
  ['aws:CalledViaFirst',             'String',    'service',      'where a service calls with the credentials of its caller'],
  ['aws:CalledViaLast',              'String',    'service',      'where a service calls with the credentials of its caller'],
  ['aws:CalledViaAWSMCP',            'String',    'service',      'through an MCP server of AWS'],
  ['aws:ViaAWSService',              'Bool',      'service',      'always'],
  ['aws:ViaAWSMCPService',           'Bool',      'service',      'through an MCP server of AWS'],
  ['aws:IsMcpServiceAction',         'Bool',      'service',      'for actions of MCP servers'],
  ['aws:CurrentTime',                'Date',      'request',      'always'],
  ['aws:EpochTime',                  'Date',      'request',      'always; seconds'],
  ['aws:RequestedRegion',            'String',    'request',      'always; us-east-1 for global services'],
  ['aws:SecureTransport',            'Bool',      'request',      'always'],
  ['aws:UserAgent',                  'String',    'caller',       'always'],
  ['aws:referer',                    'String',    'caller',       'where the request has the header'],
  ['aws:RequestTag/',                'String',    'operation',    'where the operation passes the tag'],
  ['aws:TagKeys',                    'String[]',  'operation',    'where the operation passes tags or keys of tags'],
  ['aws:SourceArn',                  'ARN',       'service',      'where a service acts for a resource; never on a call of a user'],
  ['aws:SourceAccount',              'String',    'service',      'where a service acts for a resource; never on a call of a user'],
  ['aws:SourceOwner',                'String',    'service',      'where a service acts for a resource; never on a call of a user'],
  ['aws:SourceOrgID',                'String',    'service',      'where a service acts for a resource of an organization'],
  ['aws:SourceOrgPaths',             'String[]',  'service',      'where a service acts for a resource of an organization'],
  // IAM.
  ['iam:AWSServiceName',             'String',    'operation',    'CreateServiceLinkedRole'],
  ['iam:AccountPropertyNamespaces',  'String[]',  'operation',    'operations on properties of accounts'],
  ['iam:AssociatedResourceArn',      'ARN',       'operation',    'PassRole, where the service says for which resource'],
  ['iam:DelegationDuration',         'String',    'operation',    'delegation requests'],
  ['iam:DelegationRequestOwner',     'ARN',       'resource',     'delegation requests'],
  ['iam:FIDO-FIPS-140-2-certification', 'String', 'operation',    'EnableMFADevice with a security key'],
  ['iam:FIDO-FIPS-140-3-certification', 'String', 'operation',    'EnableMFADevice with a security key'],
  ['iam:FIDO-certification',         'String',    'operation',    'EnableMFADevice with a security key'],
  ['iam:NotificationChannel',        'String',    'operation',    'delegation requests'],
  ['iam:OrganizationsPolicyId',      'String',    'operation',    'GenerateOrganizationsAccessReport'],
  ['iam:PassedToService',            'String',    'operation',    'PassRole'],
  ['iam:PermissionsBoundary',        'ARN',       'operation',    'operations on users and roles that have, or are given, a boundary'],
  ['iam:PolicyARN',                  'ARN',       'operation',    'attaching and detaching of managed policies'],
  ['iam:RegisterSecurityKey',        'String',    'operation',    'EnableMFADevice with a security key'],
  ['iam:ResourceTag/',               'String',    'resource',     'where the user or role exists and has the tag'],
  ['iam:RoleTemplateARN',            'ARN',       'operation',    'delegation requests'],
  ['iam:ServiceSpecificCredentialAgeDays', 'Numeric', 'operation', 'CreateServiceSpecificCredential'],
  ['iam:ServiceSpecificCredentialServiceName', 'String', 'operation', 'operations on service-specific credentials'],
  ['iam:TemplateArn',                'ARN',       'operation',    'delegation requests'],
  // STS.
  ['sts:AWSServiceName',             'String',    'operation',    'GetServiceBearerToken'],
  ['sts:DurationSeconds',            'Numeric',   'operation',    'where the operation asks for a duration'],
  ['sts:ExternalId',                 'String',    'operation',    'AssumeRole, where it is passed'],
  ['sts:IdentityTokenAudience',      'String[]',  'operation',    'GetWebIdentityToken'],
  ['sts:RequestContext/',            'String',    'operation',    'AssumeRole, where a provided context has the key'],
  ['sts:RequestContextProviders',    'ARN[]',     'operation',    'AssumeRole, where a context is provided'],
  ['sts:RoleAuthorizedByIdp',        'Bool',      'operation',    'AssumeRoleWithWebIdentity; true where the token names the role'],
  ['sts:RoleSessionName',            'String',    'operation',    'AssumeRole and its siblings'],
  ['sts:SigningAlgorithm',           'String',    'operation',    'GetWebIdentityToken'],
  ['sts:SourceIdentity',             'String',    'operation',    'where the operation sets one'],
  ['sts:TaskPolicyArn',              'ARN',       'operation',    'AssumeRoot'],
  ['sts:TransitiveTagKeys',          'String[]',  'operation',    'where tags are passed on'],
]

const isType = (text: string): text is KeyType => ['String', 'Bool', 'Numeric', 'Date', 'IPAddress', 'ARN'].includes(text)

/** Global keys of the user guide that the Service Authorization Reference does not list as such; in lower case. */
export const GUIDE_KEYS: ReadonlySet<string> = new Set(['aws:signinsessionarn', 'codebuild:buildarn', 'codebuild:projectarn'])

/** All keys of the table. */
export const KEY_FACTS: readonly KeyFact[] = ROWS.map(([name, written, source, present]) => {
  const type = written.replace('[]', '')
  if (!isType(type)) throw new Error(`${type} is no type of a key`)
  return { name, type, multivalued: written.endsWith('[]'), source, present }
})

const byName: ReadonlyMap<string, KeyFact> = new Map(KEY_FACTS.map((fact) => [fact.name.toLowerCase(), fact]))

/** What is known of a key, whatever its case, the key of a tag included; undefined where it is not in the table. */
export function keyFact(key: string): KeyFact | undefined {
  const name = key.toLowerCase()
  const slash = name.indexOf('/')
  return byName.get(slash < 0 ? name : name.slice(0, slash + 1))
}
