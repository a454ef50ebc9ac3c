/** What the policy simulator refuses, in the order in which it looks for reasons. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { createGroup } from './groups.ts'
import { createRole } from './roles.ts'
import { simulateCustomPolicy, simulatePrincipalPolicy } from './simulation.ts'
import { createUser } from './users.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/team/alice`
const STAFF = `arn:aws:iam::${ACCOUNT}:group/staff`
const READER = `arn:aws:iam::${ACCOUNT}:role/reader`
const QUEUES = `arn:aws:iam::${ACCOUNT}:policy/queues`
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const TRUST = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } })
const bucketPolicy = document({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' })

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createUser, { UserName: 'alice', Path: '/team/' })
  await harness.call(createGroup, { GroupName: 'staff' })
  await harness.call(createRole, { RoleName: 'reader', AssumeRolePolicyDocument: TRUST })
})
after(() => harness.close())

const ANY = document({ Effect: 'Allow', Action: '*', Resource: '*' })
const BOB = `arn:aws:iam::${ACCOUNT}:user/bob`
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s`
const FOREIGN = `arn:aws:iam::${OTHER_ACCOUNT}:role/reader`
const RESOURCE = { ResourceArns: ['arn:aws:s3:::b/k'], ResourcePolicy: bucketPolicy }

test('SimulatePrincipalPolicy refuses sources in AWS’s words', async () => {
  const ask = (PolicySourceArn: string, more: object = {}) => ({ PolicySourceArn, ActionNames: ['s3:GetObject'], ...more })
  // oxfmt-ignore
  await assertRefusals(harness, simulatePrincipalPolicy, [
    [ask(SESSION),                          'InvalidInput', `Invalid Entity Arn: ${SESSION} does not clearly define entity type and name.`],
    [ask(QUEUES),                           'InvalidInput', `Invalid Entity Arn: ${QUEUES} does not clearly define entity type and name.`],
    [ask(FOREIGN),                          'InvalidInput', `Invalid Policy Source Arn: caller's account ${ACCOUNT} does not have access to policies in account ${OTHER_ACCOUNT}`],
    [ask(BOB, { ActionNames: ['*'] }),      'NoSuchEntity', 'The user with name bob cannot be found.'],
    [ask(`arn:aws:iam::${ACCOUNT}:user/alice`), 'NoSuchEntity', 'The user with name alice cannot be found.'],
    [ask(`${STAFF}s`),                      'NoSuchEntity', 'The group with name staffs cannot be found.'],
    [ask(`${READER}s`),                     'NoSuchEntity', 'The role with name readers cannot be found.'],
    [ask(ALICE, { PolicyExclusionList: [{}] }), 'InvalidInput', 'Invalid policy exclusion: it names no policy.'],
    [ask(ALICE, { PolicyExclusionList: [{ PolicyType: 'trust' }] }), 'InvalidInput', 'Invalid policy exclusion: trust is not a type of policy.'],
    [ask(READER, RESOURCE),                 'InvalidInput', 'Invalid caller - Caller must be an IAM user in this context.'],
    [ask(READER, { ...RESOURCE, CallerArn: READER }), 'InvalidInput', 'Invalid caller - Caller must be an IAM user in this context.'],
  ])
})

test('SimulateCustomPolicy looks at resources, actions, owner, caller and policies, in this order', async () => {
  const ask = (more: object) => ({ PolicyInputList: [ANY], ActionNames: ['s3:GetObject'], ...more })
  const url = 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html'
  const two = [ANY, ANY]
  // oxfmt-ignore
  await assertRefusals(harness, simulateCustomPolicy, [
    [ask({ ResourceArns: ['bucket'], ActionNames: ['s3:*'] }),                'InvalidInput', 'Resource bucket must be in ARN format or "*".'],
    [ask({ ActionNames: ['s3:Get*'], ResourceOwner: 'x' }),                   'InvalidInput', 'Invalid Input Actions: s3:Get* is not the name of an action.'],
    [ask({ ActionNames: ['GetObject'] }),                                     'InvalidInput', 'Invalid Input Actions: GetObject is not the name of an action.'],
    [ask({ ActionNames: ['s3:GetObject', 's3:Get', 's3:ListBucket'], ResourceArns: ['arn:aws:s3:::b'] }), 'InvalidInput',
      `Invalid Input Actions: [s3:GetObject,s3:ListBucket] and [s3:Get] require different authorization information. Please refer to the documentation for more details: ${url}`],
    [ask({ ResourceHandlingOption: 'EC2' }),                                  'InvalidInput', 'Invalid resource handling option: EC2'],
    [ask({ ResourceHandlingOption: 'EC2-VPC-EBS' }),                          'InvalidInput', 'The resource handling option EC2-VPC-EBS requires a resource of the type instance.'],
    [ask({ ResourceOwner: ACCOUNT, CallerArn: READER }),                      'InvalidInput', `'${ACCOUNT}' is not a valid as a Resource Owner.`],
    [ask({ CallerArn: READER, PolicyInputList: ['{'] }),                      'InvalidInput', 'Invalid caller - Caller must be an IAM user in this context.'],
    [ask(RESOURCE),                                                           'InvalidInput', 'Invalid caller - Caller must be an IAM user in this context.'],
    [ask({ PolicyInputList: ['{'] }),                                         'InvalidInput', 'Syntax errors in policy.'],
    [ask({ PermissionsBoundaryPolicyInputList: two }),                        'InvalidInput', 'PermissionsBoundaryPolicyInputList may hold one policy only.'],
    [ask({ PolicyInputList: [bucketPolicy] }),                  'InvalidInput', 'Policy document should not specify a principal.'],
    [ask({ ContextEntries: [{}] }),                                           'InvalidInput', 'Invalid context entry: ContextKeyName is missing.'],
    [ask({ ContextEntries: [{ ContextKeyName: 'aws:x', ContextKeyType: 'numeric', ContextKeyValues: ['ten'] }] }), 'InvalidInput',
      'Invalid context entry: the value ten of aws:x is not of the type numeric.'],
    [ask({ ContextEntries: [{ ContextKeyName: 'aws:x', ContextKeyType: 'string', ContextKeyValues: ['a', 'b'] }] }), 'InvalidInput',
      'Invalid context entry: aws:x must have one value, since its type is string.'],
    [ask({ ResourceArns: Array.from({ length: 4_001 }, () => 'arn:aws:s3:::b/k') }), 'InvalidInput',
      'There is too much to simulate in one call. Ask for fewer resources, or give fewer policies.'],
    [ask({ Marker: 'x' }),                                                    'ValidationError', 'Invalid Marker.'],
  ])
})

test('a simulation of a principal needs permission on that principal', () => {
  const check = (PolicySourceArn: string) =>
    harness.checks(simulatePrincipalPolicy, { PolicySourceArn, ActionNames: ['s3:GetObject'] })
  assert.deepEqual(check(ALICE), { action: 'iam:SimulatePrincipalPolicy', resource: { kind: 'user', name: 'alice' } })
  assert.deepEqual(check(READER), { action: 'iam:SimulatePrincipalPolicy', resource: { kind: 'role', name: 'reader' } })
  assert.throws(() => check(FOREIGN), { code: 'InvalidInput' })
})
