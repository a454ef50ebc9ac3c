/** The keys that policies ask for, given and attached ones. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { GetContextKeysForPolicyResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { attachRolePolicy } from './attachments.ts'
import { getContextKeysForCustomPolicy, getContextKeysForPrincipalPolicy } from './context-keys.ts'
import { createGroup } from './groups.ts'
import { putGroupPolicy, putUserPolicy } from './inline-policies.ts'
import { addUserToGroup } from './membership.ts'
import { createRole } from './roles.ts'
import { createUser } from './users.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const BOB = `arn:aws:iam::${ACCOUNT}:user/bob`
const STAFF = `arn:aws:iam::${ACCOUNT}:group/staff`
const READER = `arn:aws:iam::${ACCOUNT}:role/reader`
const QUEUES = `arn:aws:iam::${ACCOUNT}:policy/queues`
const S3_READER = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const TRUST = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } })
const bucketPolicy = document({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' })
const OWN = document({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::${aws:username}' })
const SECURE = document({ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': true } } })
const TIMED = { DateLessThan: { 'aws:CurrentTime': '2030-01-01' } }
const KEYED = document({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::${aws:username}', Condition: TIMED })

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createUser, { UserName: 'alice' })
  await harness.call(createGroup, { GroupName: 'staff' })
  await harness.call(addUserToGroup, { GroupName: 'staff', UserName: 'alice' })
  await harness.call(createRole, { RoleName: 'reader', AssumeRolePolicyDocument: TRUST })
  await harness.call(putUserPolicy, { UserName: 'alice', PolicyName: 'own', PolicyDocument: OWN })
  await harness.call(putGroupPolicy, { GroupName: 'staff', PolicyName: 'secure', PolicyDocument: SECURE })
  await harness.call(attachRolePolicy, { RoleName: 'reader', PolicyArn: S3_READER })
})
after(() => harness.close())

test('the keys of given policies and of a principal’s', async () => {
  const PolicyInputList = [KEYED, bucketPolicy]
  const keys = async (operation: typeof getContextKeysForCustomPolicy, input: object) =>
    (await harness.call<GetContextKeysForPolicyResponse>(operation, input)).ContextKeyNames
  assert.deepEqual(await keys(getContextKeysForCustomPolicy, { PolicyInputList }), ['aws:username', 'aws:CurrentTime'])
  assert.deepEqual(await keys(getContextKeysForPrincipalPolicy, { PolicySourceArn: ALICE, PolicyInputList }), [
    'aws:username',
    'aws:SecureTransport',
    'aws:CurrentTime',
  ])
  assert.deepEqual(await keys(getContextKeysForPrincipalPolicy, { PolicySourceArn: STAFF }), ['aws:SecureTransport'])
  assert.deepEqual(await keys(getContextKeysForPrincipalPolicy, { PolicySourceArn: READER }), [])
  await assertRefusals(harness, getContextKeysForCustomPolicy, [
    [{ PolicyInputList: ['{}'] }, 'InvalidInput', 'Syntax errors in policy.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, getContextKeysForPrincipalPolicy, [
    [{ PolicySourceArn: QUEUES, PolicyInputList: ['{}'] }, 'InvalidInput', 'Syntax errors in policy.'],
    [{ PolicySourceArn: QUEUES },                          'InvalidInput', `Invalid Entity Arn: ${QUEUES} does not clearly define entity type and name.`],
    [{ PolicySourceArn: BOB },                             'NoSuchEntity', 'The user with name bob cannot be found.'],
  ])
})
