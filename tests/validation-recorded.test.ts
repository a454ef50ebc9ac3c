/**
 * Findings that AWS gave, as others published them: about its own managed policies (zoph-io/MAMIP keeps each answer of ValidatePolicy) and in
 * reports of tools that ask it. The policies are those of the archive where AWS has not changed them since.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readManagedPolicies } from '../src/protocol/model-files.ts'
import { type Asked, type Finding, validatePolicy } from '../src/policy/validate/validate.ts'
import { ACCOUNT, GOOD, identity, of, policyOf, resourceBased, twice, when } from './validation.ts'

/** What stands at each place of a finding, without the quotation marks. */
const placesOf = (source: string, { locations }: Finding): readonly string[] =>
  locations.map(({ span: { start, end } }) => source.slice(start.offset + 1, end.offset - 1))

type Told = readonly [code: string, ...places: readonly string[]]
const told = (source: string, asked: Asked = identity): readonly Told[] =>
  validatePolicy(source, asked).map((finding) => [finding.issueCode, ...placesOf(source, finding)])

const wildTag: Told = ['EQUIVALENT_TO_NULL_FALSE', '*']
const deepRacer = (bucket: string): Told => ['REDUNDANT_RESOURCE', `arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]
const twiceEc2 = (name: string): Told => ['REDUNDANT_ACTION', `ec2:${name}`, `ec2:${name}`]
const invitation = (name: string): Told => ['INVALID_SERVICE_IN_ACTION', `builderid:${name}`]

// oxfmt-ignore
const MANAGED: readonly (readonly [name: string, findings: readonly Told[]])[] = [
  ['AWSBatchFullAccess',              [['REDUNDANT_ACTION', 'ecs:DescribeClusters', 'ecs:Describe*']]],
  ['AWSMarketplaceFullAccess',        [twiceEc2('DescribeAccountAttributes')]],
  ['SystemAdministrator',             [twiceEc2('Allocate*')]],
  ['NeptuneConsoleFullAccess',        ['CreateVpcEndpoint', 'DescribeAccountAttributes', 'DescribeAvailabilityZones', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcAttribute', 'DescribeVpcs'].map(twiceEc2)],
  ['AWSDeepRacerFullAccess',          ['*DeepRacer*', '*Deepracer*', '*deepracer*', 'dr-*'].map(deepRacer)],
  ['AWSGlueConsoleFullAccess',        [['REDUNDANT_RESOURCE', 'arn:aws:s3:::aws-glue-*/*', 'arn:aws:s3:::aws-glue-*']]],
  ['AWSElasticBeanstalkService',      [deepRacer('elasticbeanstalk-*'), ['PASS_ROLE_WITH_STAR_IN_RESOURCE', 'iam:PassRole', '*']]],
  ['AWSElasticBeanstalkRoleCore',     [['REDUNDANT_RESOURCE', 'arn:aws:s3:::elasticbeanstalk-*/*', 'arn:aws:s3:::elasticbeanstalk-env-resources-*/*']]],
  ['AWSCodePipeline_FullAccess',      [['STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS', 'codestar-notifications:NotificationsForResource']]],
  ['AWSAuditManagerAdministratorAccess', [['MISSING_QUALIFIER', 'events:detail-type']]],
  ['AmazonCodeGuruReviewerFullAccess', [['FORALLVALUES_WITH_SINGLE_VALUED_KEY', 'codestar-connections:ProviderAction']]],
  ['AWSCloud9Administrator',          [wildTag]],
  ['AWSMigrationHubRefactorSpaces-EnvironmentsWithoutBridgesFullAccess', [wildTag]],
  ['AWSBackupAccessPointOperatorAccess', [wildTag]],
  ['AWSBackupGuardDutyRolePolicyForScans', [wildTag, wildTag, wildTag]],
  ['AWSMcpServiceActionsFullAccess',  [['CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE', '*', '*'], ['PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE', '*', '*']]],
  ['AmazonEKSLoadBalancingPolicy',    [['ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE', 'elasticloadbalancing:DescribeLoadBalancers', 'aws:ResourceTag/eks:eks-cluster-name']]],
  ['AWSSupplyChainFederationAdminAccess', [wildTag, ...['CreateInvitation', 'ListInvitations', 'DeleteInvitation', 'DisassociateCollaborator'].map(invitation), ['TYPE_MISMATCH', 'kms:EncryptionContext:aws:sso:instance-arn'], ['TYPE_MISMATCH', 'kms:EncryptionContext:aws:identitystore:identitystore-arn']]],
  ['AWSCodeStarFullAccess',           [['INVALID_ACTION', 'cloud9:ValidateEnvironmentName']]],
  ['AWSIAMIdentityCenterAllowListForIdentityContext', [['INVALID_ACTION', 'qapps:ImportDocumentToQApp'], ['INVALID_ACTION', 'qapps:ImportDocumentToQAppSession']]],
  ['AWSSSOServiceRolePolicy',         [['INVALID_GLOBAL_CONDITION_KEY', 'aws:PrincipalOrgMasterAccountId'], ['INVALID_GLOBAL_CONDITION_KEY', 'aws:PrincipalOrgMasterAccountId']]],
]
const managed = readManagedPolicies()
for (const [name, findings] of MANAGED) {
  test(`recorded: all that AWS says of ${name}`, () => {
    const arn = managed.list.find((policy) => policy.arn.endsWith(`/${name}`))?.arn ?? ''
    assert.deepEqual(told(managed.document(arn) ?? ''), findings)
  })
}

test('recorded: the size of a policy is told of the whole document', () => {
  const source = policyOf({ Sid: 'a'.repeat(10_240) })
  const [{ locations } = assert.fail('nothing was found')] = validatePolicy(source, identity)
  const end = { line: 1, column: source.length, offset: source.length }
  assert.deepEqual(locations, [{ path: [], span: { start: { line: 1, column: 0, offset: 0 }, end } }])
})

test('recorded: a wildcard among the values of a key is told of by its position', () => {
  const [finding] = validatePolicy(when('StringLike', 'aws:ResourceTag/a', ['*']), identity)
  assert.deepEqual(finding?.locations[0]?.path.slice(-2), [{ value: 'aws:ResourceTag/a' }, { index: 0 }])
})

const bucket = of('AWS::S3::Bucket')
const letting = (members: object): string => policyOf({ ...GOOD, Principal: { AWS: '*' }, ...members })
const detailsOf = (source: string, asked: Asked = identity): readonly string[] =>
  validatePolicy(source, asked).map(({ findingDetails }) => findingDetails)

// oxfmt-ignore
const WORDS: readonly (readonly [why: string, source: string, details: readonly string[], asked?: Asked])[] = [
  ['an operation that is no action',          policyOf({ Action: 's3:ListBuckets' }),      ['The action s3:ListBuckets does not exist. Did you mean s3:ListAllMyBuckets? The API called ListBuckets authorizes against the IAM action s3:ListAllMyBuckets.']],
  ['another one',                             policyOf({ Action: 's3:HeadObject' }),       ['The action s3:HeadObject does not exist. Did you mean s3:GetObject? The API called HeadObject authorizes against the IAM action s3:GetObject.']],
  ['an operation of another service',         policyOf({ Action: 'sqs:DeleteMessageBatch', Resource: '*' }), ['The action sqs:DeleteMessageBatch does not exist.']],
  ['a service that does not exist',           policyOf({ Action: 'DOES_NOT_EXIST:*' }),    ['The service DOES_NOT_EXIST:* specified in the action does not exist.']],
  ['a bucket policy about everything',        letting({ Resource: '*' }),                  ['The resource ARN is not supported for the resource-based policy attached to resource type S3 Bucket.'], bucket],
  ['an action of another service',            letting({ Action: 'kms:Decrypt' }),          ['The action kms:Decrypt is not supported for the resource-based policy attached to resource type S3 Bucket.'], bucket],
  ['a variable for a Region',                 when('StringEquals', 'aws:RequestedRegion', '${aws:PrincipalTag/TargetRegion}'), ['The Region ${aws:PrincipalTag/TargetRegion} is not valid. Update the condition value to a supported Region.']],
  ['a date in seconds',                       when('DateGreaterThan', 'aws:CurrentTime', '2021'), ['The date 2021 might not resolve as expected. We recommend that you use the YYYY-MM-DD format.']],
  ['an effect that is none',                  policyOf({ Effect: 'Denys' }),               ['The effect Denys is not valid. Use Allow or Deny.']],
  ['a principal of an identity',              policyOf({ Principal: '*' }),                ['The policy type IDENTITY_POLICY does not support the Principal element. Remove the Principal element.']],
  ['no text at all',                          '',                                          ['Fix the JSON syntax error at index 0 line 1 column 0.']],
  ['an action that is no string',             policyOf({ Action: 1 }),                     ['The text does not match the expected JSON data type String or String Array.']],
]
for (const [why, source, details, asked] of WORDS) {
  test(`recorded: the words about ${why}`, () => assert.deepEqual(detailsOf(source, asked), details))
}

test('redundant texts: of several that could go the longest is the example, and those that go are no group of their own', () => {
  const api = 'arn:aws:apigateway:*::/restapis/*'
  const source = policyOf({
    Action: 'apigateway:GET',
    Resource: [`${api}`, `${api}/models`, `${api}/resources/*`, `${api}/resources/*/methods/*`],
  })
  assert.deepEqual(detailsOf(source), [
    `The 4 resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*), or remove the resource ${api}/resources/*/methods/* to remove the redundancy.`,
  ])
})

// oxfmt-ignore
const RESOURCES: readonly (readonly [resource: string, codes: readonly string[]])[] = [
  ['arn:aws:logs:*:*:/aws-glue/*',                                    []],
  ['arn:aws:backup:*:*:recovery-point:*',                             []],
  [`arn:aws:backup:us-east-1:${ACCOUNT}:recovery-point:1`,            []],
  ['arn:aws:kms:*::*',                                                []],
  [`arn:aws:bedrock-agentcore:us-east-1:${ACCOUNT}:?`,                ['INVALID_ARN_RESOURCE']],
  [`arn:aws:logs:us-east-1:${ACCOUNT}:/aws-glue/*`,                   ['INVALID_ARN_RESOURCE']],
  [`arn:aws:kms:us-east-1::key/1`,                                    ['MISSING_ARN_ACCOUNT']],
]
for (const [resource, codes] of RESOURCES) {
  test(`recorded: ${resource} has ${codes.length} errors`, () => {
    const found = validatePolicy(policyOf({ Action: '*', Resource: resource }), identity).filter(
      ({ findingType }) => findingType === 'ERROR',
    )
    assert.deepEqual(
      found.map(({ issueCode }) => issueCode),
      codes,
    )
  })
}

test('all policies but trust policies have resources', () => {
  const withoutResource = { ...GOOD, Resource: undefined, Principal: { AWS: ACCOUNT } }
  const trust = { ...withoutResource, Sid: 'Two', Action: ['sts:TagSession', 'sts:SetSourceIdentity'] }
  const codes = told(twice(withoutResource, { ...trust, Action: 'sts:AssumeRole' }), resourceBased)
  assert.deepEqual(told(twice({ ...trust, Action: 'sts:AssumeRole', Sid: 'One' }, trust), resourceBased), [])
  assert.deepEqual(
    codes.map(([code]) => code),
    ['MISSING_RESOURCE'],
  )
})

test('service principals have the form of one, in Principal too, and in kms:ViaService with a Region', () => {
  const form = (service: string): string =>
    policyOf({ Principal: { Service: service }, Action: 'sts:AssumeRole', Resource: undefined })
  const trust = of('AWS::IAM::AssumeRolePolicyDocument')
  assert.deepEqual(detailsOf(form('EC2.amazonaws.com'), trust), [
    'The service principal does not match the expected format. Use the format service-name.amazonaws.com.',
  ])
  assert.deepEqual(detailsOf(form('states.us-east-1.amazonaws.com'), trust), [])
  const via = (value: string): string =>
    when('StringEquals', 'kms:ViaService', value).replace('s3:GetObject', 'kms:Decrypt').replace('arn:aws:s3:::bucket/*', '*')
  assert.deepEqual(detailsOf(via('s3.amazonaws.com')), [
    'The service principal does not match the expected format. Use the format service-name.AWS_region.amazonaws.com.',
  ])
  assert.deepEqual(detailsOf(via('s3.us-east-1.amazonaws.com')), [])
})

test('addresses with bits behind their mask, of both kinds', () => {
  const better = (address: string): string | undefined =>
    /Replace address with (.+)\.$/.exec(detailsOf(when('IpAddress', 'aws:SourceIp', address)).join('\n'))?.[1]
  assert.equal(better('172.16.5.4/8'), '172.0.0.0')
  assert.equal(better('2001:db8:1234:5678::1/64'), '2001:db8:1234:5678::')
  assert.equal(better('2001:db8::/32'), undefined)
  assert.equal(better('1:2:3:4:5:6:7:8/112'), '1:2:3:4:5:6:7:0')
})

test('keys of other services than S3, KMS and STS are not held against actions in identity policies', () => {
  const source = (key: string, Action: string): string =>
    policyOf({ Action, Resource: '*', Condition: { StringEquals: { [key]: 'x' } } })
  assert.deepEqual(told(source('ram:ResourceShareName', 'ram:GetResourceShares')), [])
  assert.deepEqual(told(source('s3:prefix', 's3:GetObject')), [['UNSUPPORTED_ACTION_FOR_CONDITION_KEY', 's3:GetObject', 'x']])
})
