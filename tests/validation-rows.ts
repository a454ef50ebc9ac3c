/** Checks of ValidatePolicy, each with a policy that it strikes and one that it leaves alone. Types and details are those of the IAM User Guide. */
import { KEY_ROWS } from './validation-key-rows.ts'
import {
  ACCOUNT,
  GOOD,
  GOOD_TRUST,
  like,
  named,
  oidc,
  of,
  type PairedRow,
  policyOf,
  rcp,
  resourceBased,
  role,
  trust,
  trusting,
  web,
} from './validation.ts'

const GITHUB = 'token.actions.githubusercontent.com'
const github = `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`
const saml = `arn:aws:iam::${ACCOUNT}:saml-provider/corp`
const bucket = of('AWS::S3::Bucket')

/** A statement of a bucket's policy. */
const GOOD_BUCKET = { ...GOOD, Principal: { AWS: ACCOUNT } }
const letting = (members: object): string => policyOf(members, GOOD_BUCKET)
const service = (name: string, Condition?: object): string =>
  letting({ Principal: { Service: name }, ...(Condition && { Condition }) })
const SOURCE = { StringEquals: { 'aws:SourceAccount': ACCOUNT } }

/** A statement of a resource control policy. */
const GOOD_RCP = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }
const controlling = (members: object): string => policyOf(members, GOOD_RCP)
const NO_SERVICE = { BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } }
const SERVICE = { BoolIfExists: { 'aws:PrincipalIsAWSService': 'true' } }
const notEquals = (key: string): object => ({ StringNotEqualsIfExists: { [key]: 'x' } })

const STRUCTURE: readonly PairedRow[] = [
  {
    code: 'POLICY_SIZE_EXCEEDS_RCP_QUOTA',
    type: 'ERROR',
    bad: controlling({ Sid: 'a'.repeat(5120) }),
    details:
      'The 5232 characters in the resource control policy (RCP) exceed the 5120 character maximum for RCPs. We recommend that you use multiple granular policies.',
    good: controlling({}),
    asked: rcp,
  },
  {
    code: 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA',
    type: 'WARNING',
    bad: letting({ Sid: 'a'.repeat(20_480) }),
    details:
      'The 20640 characters in the resource policy exceed the 20480 character maximum for resource policies. We recommend that you use multiple granular policies.',
    good: letting({}),
    asked: bucket,
  },
  {
    code: 'POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA',
    type: 'WARNING',
    bad: policyOf({ Sid: 'a'.repeat(2048) }, GOOD_TRUST),
    details:
      'The characters in the role trust policy, excluding whitespace, exceed the character maximum. We recommend that you request a role trust policy length quota increase using Service Quotas and AWS Support Center. If the quotas have already been increased, then you can ignore this warning.',
    good: policyOf({}, GOOD_TRUST),
    asked: trust,
  },
  {
    code: 'MISSING_ARN_ACCOUNT',
    type: 'ERROR',
    bad: policyOf({ Action: 'sqs:*', Resource: 'arn:aws:sqs:us-east-1::queue' }),
    details: 'The resource queue in the arn is missing an account id. Please provide a 12 digit account id.',
    good: [policyOf({}), policyOf({ Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:us-east-1::parameter/aws/service/x' })],
    at: ['"arn:aws:sqs:us-east-1::queue"'],
  },
]

const TRUST: readonly PairedRow[] = [
  {
    code: 'ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL',
    type: 'ERROR',
    bad: policyOf({ Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }, GOOD_TRUST),
    details: 'Role trust policies do not support NotPrincipal. Update the policy to use a Principal element instead.',
    good: policyOf({}, GOOD_TRUST),
    asked: trust,
    at: [`{"AWS":"${ACCOUNT}"}`],
  },
  {
    code: 'ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
    type: 'ERROR',
    bad: named('*'),
    details:
      '"Principal:" "*" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.',
    good: named({ AWS: '*' }),
    asked: trust,
    at: ['"*"'],
  },
  {
    code: 'ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE',
    type: 'ERROR',
    bad: policyOf({ Resource: '*' }, GOOD_TRUST),
    details:
      'Role trust policies apply to the role that they are attached to. You cannot specify a resource. Remove the Resource or NotResource element.',
    good: policyOf({}, GOOD_TRUST),
    asked: trust,
    at: ['"*"'],
  },
  {
    code: 'INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY',
    type: 'ERROR',
    bad: web('my provider'),
    details:
      'The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN.',
    good: [web('accounts.google.com'), web(oidc), trusting({ Federated: saml }, 'sts:AssumeRoleWithSAML')],
    asked: trust,
    at: ['"my provider"'],
  },
  // Recorded from ValidatePolicy, which was told no resource type (AWS CLI reference, validate-policy).
  {
    code: 'MISMATCHED_ACTION_FOR_PRINCIPAL',
    type: 'ERROR',
    bad: trusting({ Federated: 'cognito-identity.amazonaws.com' }, ['sts:AssumeRole', 'sts:TagSession']),
    details:
      'The sts:AssumeRole action is invalid with the following principal(s): cognito-identity.amazonaws.com. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options.',
    good: [
      named({ AWS: ACCOUNT }),
      named({ Service: 'ec2.amazonaws.com' }),
      trusting({ Federated: saml }, 'sts:AssumeRoleWithSAML'),
      web(oidc),
      trusting({ AWS: ACCOUNT, Federated: saml }, ['sts:AssumeRole', 'sts:AssumeRoleWithSAML']),
      trusting({ AWS: '*' }, 'sts:AssumeRoleWithSAML'),
    ],
    asked: resourceBased,
    at: ['"sts:AssumeRole"', '"cognito-identity.amazonaws.com"'],
  },
  {
    code: 'MISMATCHED_ACTION_FOR_PRINCIPAL',
    type: 'ERROR',
    bad: trusting({ AWS: ACCOUNT, Federated: saml }, 'sts:AssumeRole'),
    details: `The sts:AssumeRole action is invalid with the following principal(s): ${saml}. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options.`,
    good: trusting({ Federated: saml }, 'sts:AssumeRole*'),
    asked: trust,
    at: ['"sts:AssumeRole"', `"${saml}"`],
  },
  {
    code: 'MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY',
    type: 'ERROR',
    bad: named({ Service: 'rolesanywhere.amazonaws.com' }),
    details:
      'The rolesanywhere.amazonaws.com service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and sts:TagSession permissions to assume a role. Add the missing permissions to the policy.',
    good: [
      named({ Service: 'ec2.amazonaws.com' }),
      trusting({ Service: 'rolesanywhere.amazonaws.com' }, ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']),
    ],
    asked: trust,
    at: ['"sts:AssumeRole"'],
  },
  {
    code: 'MISSING_ACTION_FOR_CONDITION_KEY',
    type: 'ERROR',
    bad: trusting({ AWS: ACCOUNT }, 'sts:AssumeRole', { StringEquals: { 'sts:SourceIdentity': 'alice' } }),
    details:
      'The sts:SetSourceIdentity action must be in the action block to allow setting values for the condition key sts:SourceIdentity. Add sts:SetSourceIdentity to the action block.',
    good: [
      trusting({ AWS: ACCOUNT }, ['sts:AssumeRole', 'sts:SetSourceIdentity'], { StringEquals: { 'sts:SourceIdentity': 'a' } }),
      trusting({ AWS: ACCOUNT }, 'sts:AssumeRole', { StringEquals: { 'sts:ExternalId': 'a' } }),
    ],
    asked: trust,
    at: ['"alice"'],
  },
  {
    code: 'MISSING_ACTION_FOR_CONDITION_KEY',
    type: 'ERROR',
    bad: trusting({ AWS: ACCOUNT }, 'sts:AssumeRole', { StringEquals: { 'aws:RequestTag/team': 'blue' } }),
    details:
      'The sts:TagSession action must be in the action block to allow setting values for the condition key aws:RequestTag/team. Add sts:TagSession to the action block.',
    good: trusting({ AWS: ACCOUNT }, 'sts:*', { StringEquals: { 'aws:RequestTag/team': 'blue' } }),
    asked: trust,
  },
  {
    code: 'REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY',
    type: 'SUGGESTION',
    bad: named({ AWS: [role, `arn:aws:sts::${ACCOUNT}:assumed-role/app/one`] }),
    details: `The assumed-role principal arn:aws:sts::${ACCOUNT}:assumed-role/app/one is redundant with its parent role ${role}. Remove the assumed-role principal.`,
    good: named({ AWS: [role, `arn:aws:sts::${ACCOUNT}:assumed-role/other/one`] }),
    asked: trust,
    at: [`"arn:aws:sts::${ACCOUNT}:assumed-role/app/one"`],
  },
  {
    code: 'MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL',
    type: 'SECURITY_WARNING',
    bad: web(oidc),
    details:
      'Using an Open ID Connect principal without a condition can be overly permissive. Add condition keys with a prefix that matches your federated OIDC principals to ensure that only the intended identity provider assumes the role.',
    good: [web(oidc, { StringEquals: { 'idp.example.com:aud': 'x' } }), trusting({ Federated: saml }, 'sts:AssumeRoleWithSAML')],
    asked: trust,
    at: [`"${oidc}"`],
  },
  {
    code: 'MISSING_GITHUB_REPO_CONDITION_KEY',
    type: 'SECURITY_WARNING',
    bad: web(github, { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } }),
    details:
      'Granting a federated GitHub principal permissions without a condition key can allow more sources to assume the role than you intended. Add the token.actions.githubusercontent.com:sub condition key and specify the branch and repository name in the value.',
    good: [web(github, { StringEquals: { [`${GITHUB}:sub`]: 'repo:a/b:ref:refs/heads/main' } }), web(oidc)],
    asked: trust,
    at: [`"${github}"`],
  },
  {
    code: 'SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED',
    type: 'WARNING',
    bad: web(github, like(`${GITHUB}:sub`, 'repo:owner/*')),
    details:
      'Using a wildcard (*) in token.actions.githubusercontent.com:sub can allow requests from more sources than you intended. Specify the value of token.actions.githubusercontent.com:sub with the repository and branch name. If the subject claim does not include the branch, specify it in a token.actions.githubusercontent.com:ref condition key.',
    good: [
      web(github, like(`${GITHUB}:sub`, 'repo:owner/name:ref:refs/heads/main')),
      web(github, { StringLike: { [`${GITHUB}:sub`]: 'repo:owner/name:*', [`${GITHUB}:ref`]: 'refs/heads/main' } }),
    ],
    asked: trust,
    at: ['"repo:owner/*"'],
  },
]

const RESOURCE_POLICIES: readonly PairedRow[] = [
  {
    code: 'FEDERATED_PRINCIPAL_NOT_SUPPORTED',
    type: 'ERROR',
    bad: letting({ Principal: { Federated: saml } }),
    details:
      'The policy type does not support a federated identity provider in the principal element. Use a supported principal.',
    good: [letting({}), trusting({ Federated: saml }, 'sts:AssumeRoleWithSAML')],
    asked: resourceBased,
    at: [`"${saml}"`],
  },
  {
    code: 'UNSUPPORTED_ACTION_IN_POLICY',
    type: 'ERROR',
    bad: letting({ Action: ['s3:GetObject', 'kms:Decrypt'] }),
    details: 'The action kms:Decrypt is not supported for the resource-based policy attached to resource type S3 Bucket.',
    good: [letting({ Action: ['s3:GetObject', 's3:List*', '*'] }), letting({ Action: 's3:NoSuchAction' })],
    asked: bucket,
    at: ['"kms:Decrypt"'],
  },
  {
    code: 'UNSUPPORTED_ACTION_IN_POLICY',
    type: 'ERROR',
    bad: letting({ Action: 's3:ListAllMyBuckets' }),
    details: 'The action s3:ListAllMyBuckets is not supported for the resource-based policy attached to resource type S3 Bucket.',
    good: letting({ Action: 's3:ListBucket' }),
    asked: bucket,
  },
  {
    code: 'UNSUPPORTED_ACTION_IN_POLICY',
    type: 'ERROR',
    bad: trusting({ AWS: ACCOUNT }, ['sts:AssumeRole', 'sts:GetCallerIdentity']),
    details:
      'The action sts:GetCallerIdentity is not supported for the resource-based policy attached to resource type IAM Assume Role Policy Document.',
    good: trusting({ AWS: ACCOUNT }, ['sts:AssumeRole', 'sts:TagSession']),
    asked: trust,
  },
  {
    code: 'UNSUPPORTED_RESOURCE_ARN_IN_POLICY',
    type: 'ERROR',
    bad: letting({ Resource: ['arn:aws:s3:::bucket', `arn:aws:kms:us-east-1:${ACCOUNT}:key/x`] }),
    details: 'The resource ARN is not supported for the resource-based policy attached to resource type S3 Bucket.',
    good: [letting({ Resource: ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*'] }), letting({ Resource: 'arn:aws:*:::*' })],
    asked: bucket,
    at: [`"arn:aws:kms:us-east-1:${ACCOUNT}:key/x"`],
  },
  {
    code: 'UNSUPPORTED_RESOURCE_ARN_IN_POLICY',
    type: 'ERROR',
    bad: letting({ Resource: 'arn:aws:s3:::bucket' }),
    details: 'The resource ARN is not supported for the resource-based policy attached to resource type S3 Access Point.',
    good: letting({ Resource: `arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/a/object/*` }),
    asked: of('AWS::S3::AccessPoint'),
  },
  {
    code: 'UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
    type: 'ERROR',
    bad: service('cloudfront.amazonaws.com', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }),
    details: 'The following condition keys are not supported when used with the service principal: aws:PrincipalOrgID.',
    good: [
      service('cloudfront.amazonaws.com', SOURCE),
      letting({ Principal: { AWS: '*' }, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
    ],
    asked: bucket,
    at: ['"o-1"'],
  },
  {
    code: 'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL',
    type: 'SECURITY_WARNING',
    bad: service('cloudtrail.amazonaws.com'),
    details:
      'Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths condition key to grant fine-grained access.',
    good: [service('cloudtrail.amazonaws.com', SOURCE), letting({}), named({ Service: 'ec2.amazonaws.com' })],
    asked: resourceBased,
    at: ['"cloudtrail.amazonaws.com"'],
  },
  {
    code: 'RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
    type: 'SUGGESTION',
    bad: service('ses.amazonaws.com', { StringEquals: { 'aws:Referer': ACCOUNT } }),
    details:
      'To restrict access to the service principal ses operating on your behalf, we recommend aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths instead of aws:Referer.',
    good: service('ses.amazonaws.com', SOURCE),
    asked: bucket,
    at: [`"${ACCOUNT}"`],
  },
  {
    code: 'IRRELEVANT_CONDITION_KEY_IN_POLICY',
    type: 'SUGGESTION',
    bad: letting({ Condition: { StringEquals: { 's3:ResourceAccount': ACCOUNT } } }),
    details:
      'The condition key s3:ResourceAccount is not relevant for the S3 Bucket policy.  Use this key in an identity-based policy to govern access to this resource.',
    good: letting({ Condition: { StringEquals: { 's3:TlsVersion': '1.2' } } }),
    asked: bucket,
    at: [`"${ACCOUNT}"`],
  },
]

const RCP: readonly PairedRow[] = [
  {
    code: 'RCP_SYNTAX_ERROR_PRINCIPAL',
    type: 'ERROR',
    bad: controlling({ Principal: { AWS: ACCOUNT } }),
    details:
      'The Principal element contents are not valid. RCPs only support specifying all principals ("*") in the Principal element. The NotPrincipal element is not supported for RCPs.',
    good: controlling({}),
    asked: rcp,
    at: [`{"AWS":"${ACCOUNT}"}`],
  },
  {
    code: 'RCP_SYNTAX_ERROR_ALLOW',
    type: 'ERROR',
    bad: controlling({ Effect: 'Allow', Resource: 'arn:aws:s3:::bucket' }),
    details:
      'RCPs only support specifying all principals ("*") in the Principal element, all resources ("*") in the Resource element, and no Condition element with an effect of Allow.',
    good: [controlling({ Resource: 'arn:aws:s3:::bucket' }), controlling({ Effect: 'Allow', Action: '*' })],
    asked: rcp,
  },
  {
    code: 'RCP_SYNTAX_ERROR_NOTACTION',
    type: 'ERROR',
    bad: controlling({ Action: undefined, NotAction: 's3:*' }),
    details: 'RCPs do not support the NotAction element. Update to use the Action element.',
    good: controlling({}),
    asked: rcp,
    at: ['"s3:*"'],
  },
  {
    code: 'RCP_SYNTAX_ERROR_ACTION',
    type: 'ERROR',
    bad: controlling({ Action: ['s3:GetObject', 'iam:CreateUser'] }),
    details: 'RCPs only support specifying select service prefixes in the Action element. Learn more here.',
    good: controlling({ Action: ['sts:AssumeRole', 'kms:*'] }),
    asked: rcp,
    at: ['"iam:CreateUser"'],
  },
  {
    code: 'RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY',
    type: 'WARNING',
    bad: controlling({ Condition: notEquals('aws:PrincipalOrgID') }),
    details:
      'RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block "BoolIfExists": { "aws:PrincipalIsAWSService": "false"} whenever a principal key aws:PrincipalOrgID is used.',
    good: controlling({ Condition: { ...notEquals('aws:PrincipalOrgID'), ...NO_SERVICE } }),
    asked: rcp,
    at: ['"x"'],
  },
  {
    code: 'RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY',
    type: 'WARNING',
    bad: controlling({ Condition: notEquals('aws:SourceOrgID') }),
    details:
      'RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to your principals, an additional statement should be added to the Condition block "BoolIfExists": { "aws:PrincipalIsAWSService": "true"} whenever the key aws:SourceOrgID is used.',
    good: controlling({ Condition: { ...notEquals('aws:SourceOrgID'), ...SERVICE } }),
    asked: rcp,
    at: ['"x"'],
  },
  {
    code: 'RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK',
    type: 'WARNING',
    bad: controlling({ Condition: { ...notEquals('aws:SourceOrgID'), ...SERVICE } }),
    details:
      'The specified service may have a service integration that does not require the use of the aws:SourceOrgID condition key. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block "Null": { "aws:SourceAccount": "false"} or "Null": { "aws:SourceArn": "false"} whenever the key aws:SourceOrgID is used.',
    good: controlling({ Condition: { ...notEquals('aws:SourceOrgID'), ...SERVICE, Null: { 'aws:SourceAccount': 'false' } } }),
    asked: rcp,
    at: ['"x"'],
  },
]

export const PAIRED_ROWS: readonly PairedRow[] = [STRUCTURE, TRUST, RESOURCE_POLICIES, RCP, KEY_ROWS].flat()
