/** Rows of the checks of condition keys and of wildcards in conditions. Types and details are those of the IAM User Guide. */
import { ACCOUNT, like, oidc, type PairedRow, policyOf, resourceBased, role, trust, trusting, web, when } from './validation.ts'

const KEYS: readonly PairedRow[] = [
  {
    code: 'INVALID_VPC_FORMAT',
    type: 'ERROR',
    bad: when('StringEquals', 'aws:SourceVpc', ['vpc-12345678', 'vpc-123']),
    details:
      "The VPC identifier in the condition key value is not valid. Use the prefix 'vpc-' followed by 8 or 17 alphanumeric characters.",
    good: [when('StringEquals', 'aws:SourceVpc', 'vpc-11223344556677889'), when('Null', 'aws:SourceVpc', 'true')],
    at: ['"vpc-123"'],
  },
  {
    code: 'INVALID_VPCE_FORMAT',
    type: 'ERROR',
    bad: when('StringEquals', 'aws:SourceVpce', 'vpc-12345678'),
    details:
      "The VPCE identifier in the condition key value is not valid.  Use the prefix 'vpce-' followed by 8 or 17 alphanumeric characters.",
    good: when('StringEquals', 'aws:SourceVpce', 'vpce-12345678'),
    at: ['"vpc-12345678"'],
  },
  {
    code: 'INVALID_KMS_KEY_VALUE',
    type: 'ERROR',
    bad: when('StringEquals', 's3:x-amz-server-side-encryption-aws-kms-key-id', 'alias/mine'),
    details: 'The s3:x-amz-server-side-encryption-aws-kms-key-id condition key value must be a valid KMS key ARN.',
    good: [
      when('StringEquals', 's3:x-amz-server-side-encryption-aws-kms-key-id', `arn:aws:kms:us-east-1:${ACCOUNT}:key/x`),
      when('Null', 's3:x-amz-server-side-encryption-aws-kms-key-id', 'true'),
    ],
    at: ['"alias/mine"'],
  },
  // Recorded from ValidatePolicy (AWS CLI reference, validate-policy).
  {
    code: 'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
    type: 'ERROR',
    bad: trusting({ Federated: 'cognito-identity.amazonaws.com' }, ['sts:AssumeRole', 'sts:TagSession'], {
      StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-west-2_EXAMPLE' },
    }),
    details:
      'The following actions: sts:TagSession are not supported by the condition key cognito-identity.amazonaws.com:aud. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key.',
    good: [
      policyOf({ Action: 's3:ListBucket', Condition: like('s3:prefix', 'a/*') }),
      policyOf({ Action: 's3:Get*', Condition: like('s3:prefix', 'a/*') }),
      policyOf({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      // Global keys that the user guide has and the Service Authorization Reference has not.
      policyOf({ Condition: { ArnEquals: { 'aws:SignInSessionArn': `arn:aws:signin:us-east-1:${ACCOUNT}:session/x` } } }),
      policyOf({ Condition: { ArnEquals: { 'codebuild:ProjectArn': `arn:aws:codebuild:us-east-1:${ACCOUNT}:project/x` } } }),
    ],
    asked: resourceBased,
    at: ['"sts:TagSession"', '"us-west-2_EXAMPLE"'],
  },
  {
    code: 'USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES',
    type: 'WARNING',
    bad: policyOf({
      Action: ['s3:GetObject', 'sqs:*'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:VpceAccount': ACCOUNT } },
    }),
    details:
      'The condition key aws:VpceAccount works only with specific AWS services and must be scoped to supported services in your policies.',
    good: [
      when('StringEquals', 'aws:VpceAccount', ACCOUNT),
      policyOf({ Action: 'sqs:*', Resource: '*', Condition: { StringEquals: { 'aws:VpceOrgID': 'o-1' } } }),
    ],
    at: ['"aws:VpceAccount"'],
  },
  {
    code: 'UNTRUSTWORTHY_CONDITION_KEY',
    type: 'SECURITY_WARNING',
    bad: when('StringEquals', 'aws:UserAgent', 'x'),
    details:
      'The aws:UserAgent condition key is not recommended for access control as it can be spoofed/manipulated by the caller.',
    good: when('StringEquals', 'aws:username', 'x'),
    at: ['"aws:UserAgent"'],
  },
  {
    code: 'STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS',
    type: 'SECURITY_WARNING',
    bad: when('StringNotLike', 'aws:PrincipalArn', role),
    details: 'Use the operator type ARN instead of operator string for the condition key aws:PrincipalArn.',
    good: [when('ArnNotLike', 'aws:PrincipalArn', role), when('StringEquals', 'aws:PrincipalArn', role)],
    at: ['"aws:PrincipalArn"'],
  },
  {
    code: 'DYNAMODB_ATTRIBUTES_WITHOUT_SELECT',
    type: 'SECURITY_WARNING',
    bad: when('ForAllValues:StringEquals', 'dynamodb:Attributes', ['id']),
    details:
      'Restricting dynamodb:Attributes without also setting dynamodb:Select to SPECIFIC_ATTRIBUTES allows all attributes to be returned on read requests that omit a projection expression. We recommend that you also set dynamodb:Select to SPECIFIC_ATTRIBUTES.',
    good: policyOf({
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id'] },
        StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    }),
    at: ['"dynamodb:Attributes"'],
  },
  {
    code: 'S3_PREFIX_IN_NEGATIVE_CONTEXT',
    type: 'SECURITY_WARNING',
    bad: policyOf({ Effect: 'Deny', Action: 's3:ListBucket', Condition: like('s3:prefix', 'private/*') }),
    details:
      'Using the s3:prefix condition key in a Deny statement or with a negated string operator does not block listing the objects under the matching prefixes. A request that specifies a shorter prefix does not match the condition and can still list those objects. To restrict listing to specific prefixes, use s3:prefix with StringLike in an Allow statement, or use a Deny statement with StringNotLike.',
    good: [
      policyOf({ Action: 's3:ListBucket', Condition: like('s3:prefix', 'a/*') }),
      policyOf({ Effect: 'Deny', Action: 's3:ListBucket', Condition: { StringNotLike: { 's3:prefix': 'a/*' } } }),
    ],
    at: ['"s3:prefix"'],
  },
  {
    code: 'FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE',
    type: 'SECURITY_WARNING',
    bad: web('accounts.google.com', { 'ForAnyValue:StringEquals': { 'accounts.google.com:aud': 'x' } }),
    details:
      'Using ForAnyValue qualifier with the single-valued condition key accounts.google.com:aud can be overly permissive. We recommend that you remove ForAnyValue:.',
    good: web('accounts.google.com', { StringEquals: { 'accounts.google.com:aud': 'x' } }),
    asked: trust,
    at: ['"accounts.google.com:aud"'],
  },
  {
    code: 'CONFIRM_AUDIENCE_CLAIM_TYPE',
    type: 'SUGGESTION',
    bad: web(oidc, { 'ForAllValues:StringEquals': { 'idp.example.com:aud': 'x' } }),
    details:
      'The "idp.example.com:aud" (audience) claim key identifies the recipients that the JSON web token is intended for. Because this claim is single-valued, do not use a qualifier.',
    good: web(oidc, { StringEquals: { 'idp.example.com:aud': 'x' } }),
    asked: trust,
    at: ['"idp.example.com:aud"'],
  },
]

const WILDCARDS: readonly PairedRow[] = [
  {
    code: 'WILDCARD_USAGE_TOO_PERMISSIVE',
    type: 'ERROR',
    bad: when('StringLike', 'aws:PrincipalOrgID', 'o-1*'),
    details:
      'The wildcard is not allowed in the condition key aws:PrincipalOrgID. We consider the key to be sensitive and wildcards are not allowed to be used with sensitive keys. Refer to https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html for the list of sensitive keys.',
    good: [when('StringLike', 'aws:PrincipalOrgID', 'o-1'), when('StringLike', 'aws:PrincipalTag/team', 'a*')],
    at: ['"o-1*"'],
  },
  {
    code: 'WILDCARD_USAGE_TOO_PERMISSIVE',
    type: 'ERROR',
    bad: when('StringLike', 'aws:userid', 'AROA*:name'),
    details:
      'Overly permissive use of wildcard with aws:userID. Use the wildcard on the right side of colon or as the only character on the left side of a colon.',
    good: [when('StringLike', 'aws:userid', 'AIDACKCEVSQ6C2EXAMPLE:*'), when('StringLike', 'aws:userid', '*:name')],
    at: ['"AROA*:name"'],
  },
  {
    code: 'VARIABLE_USAGE_TOO_PERMISSIVE',
    type: 'ERROR',
    bad: when('StringLike', 'aws:SourceAccount', '${aws:PrincipalTag/account}'),
    details:
      'The policy variable is not allowed in the condition key aws:SourceAccount. We consider the key to be sensitive and policy variables can be evaluated as effective wildcards. Therefore policy variables are not allowed to be used with sensitive keys. Refer to https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html for the list of sensitive keys.',
    good: [
      when('StringLike', 'aws:PrincipalTag/team', 'a-${aws:username}'),
      when('StringEquals', 'aws:ResourceAccount', '${aws:PrincipalAccount}'),
    ],
    at: ['"${aws:PrincipalTag/account}"'],
  },
  {
    code: 'VARIABLE_USAGE_TOO_PERMISSIVE',
    type: 'ERROR',
    bad: when('StringLike', 'aws:userid', 'A${aws:userid}'),
    details:
      'Overly permissive use of policy variable with aws:userID. Use the policy variable on the right side of colon or as the only character on the left side of a colon.',
    good: [
      when('StringLike', 'aws:userid', 'AIDACKCEVSQ6C2EXAMPLE:${aws:username}'),
      when('StringLike', 'aws:userid', '${aws:userid}:*'),
    ],
    at: ['"A${aws:userid}"'],
  },
  {
    code: 'REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION',
    type: 'SUGGESTION',
    bad: when('StringLikeIfExists', 'aws:PrincipalTag/team', '*'),
    details:
      'The key aws:PrincipalTag/team in the condition block of StringLikeIfExists is redundant because it is always matched. Remove this key to simplify the condition.',
    good: when('StringLike', 'aws:PrincipalTag/team', '*'),
    at: ['"*"'],
  },
  {
    code: 'REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION',
    type: 'SUGGESTION',
    bad: when('ForAnyValue:StringNotLike', 'aws:TagKeys', '*'),
    details:
      'The key aws:TagKeys in the condition block of ForAnyValue:StringNotLike does not match any values. Remove this key to simplify the condition.',
    good: when('ForAnyValue:StringLike', 'aws:TagKeys', '*'),
    at: ['"*"'],
  },
  {
    code: 'EQUIVALENT_TO_NULL_FALSE',
    type: 'SUGGESTION',
    bad: when('StringLike', 'aws:PrincipalTag/team', '*'),
    details:
      'We recommend replacing the key aws:PrincipalTag/team in the condition block of StringLike with {aws:PrincipalTag/team: false} to ensure better enforcement of the condition.',
    good: [when('StringLike', 'aws:PrincipalTag/team', 'a*'), when('StringEquals', 'aws:PrincipalTag/team', '*')],
    at: ['"*"'],
  },
  {
    code: 'EQUIVALENT_TO_NULL_TRUE',
    type: 'SUGGESTION',
    bad: when('StringNotLike', 'aws:PrincipalTag/team', '*'),
    details:
      'We recommend replacing the key aws:PrincipalTag/team in the condition block of StringNotLike with {aws:PrincipalTag/team: true} to ensure better enforcement of the condition.',
    good: when('StringNotLike', 'aws:PrincipalTag/team', 'a*'),
    at: ['"*"'],
  },
]

export const KEY_ROWS: readonly PairedRow[] = [...KEYS, ...WILDCARDS]
