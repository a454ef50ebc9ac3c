/** Which policies give access to which services. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ListPoliciesGrantingServiceAccessResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { attachGroupPolicy, attachUserPolicy } from './attachments.ts'
import { createGroup } from './groups.ts'
import { putGroupPolicy, putUserPolicy } from './inline-policies.ts'
import { addUserToGroup } from './membership.ts'
import { listPoliciesGrantingServiceAccess } from './service-access.ts'
import { createUser } from './users.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const STAFF = `arn:aws:iam::${ACCOUNT}:group/staff`
const S3_READER = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createUser, { UserName: 'alice' })
  await harness.call(createGroup, { GroupName: 'staff' })
  await harness.call(addUserToGroup, { GroupName: 'staff', UserName: 'alice' })
  await harness.call(attachGroupPolicy, { GroupName: 'staff', PolicyArn: S3_READER })
  await harness.call(attachUserPolicy, { UserName: 'alice', PolicyArn: S3_READER })
  const broad = policy({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, { Effect: 'Deny', Action: 'sns:*', Resource: '*' })
  await harness.call(putUserPolicy, { UserName: 'alice', PolicyName: 'broad', PolicyDocument: broad })
  const narrow = policy({ Effect: 'Allow', Action: ['SQS:Send*', 'sqs:NoSuchAction', 'lambda:NoSuchAction'], Resource: '*' })
  await harness.call(putGroupPolicy, { GroupName: 'staff', PolicyName: 'narrow', PolicyDocument: narrow })
})
after(() => harness.close())

async function granting(
  Arn: string,
  ...ServiceNamespaces: readonly string[]
): Promise<readonly (readonly [string | undefined, readonly string[]])[]> {
  const answer = await harness.call<ListPoliciesGrantingServiceAccessResponse>(listPoliciesGrantingServiceAccess, {
    Arn,
    ServiceNamespaces,
  })
  assert.equal(answer.IsTruncated, false)
  return answer.PoliciesGrantingServiceAccess.map(({ ServiceNamespace, Policies = [] }) => [
    ServiceNamespace,
    Policies.map(({ PolicyName }) => PolicyName),
  ])
}

test('a policy grants a service where it allows any of its actions that nothing takes away', async () => {
  assert.deepEqual(await granting(ALICE, 's3', 'sqs', 'sns', 'lambda'), [
    ['s3', ['AmazonS3ReadOnlyAccess']],
    ['sqs', ['broad', 'narrow']],
    ['sns', []],
    ['lambda', ['broad']],
  ])
  assert.deepEqual(await granting(STAFF, 'sqs', 's3', 'sns', 'lambda'), [
    ['sqs', ['narrow']],
    ['s3', ['AmazonS3ReadOnlyAccess']],
    ['sns', []],
    ['lambda', []],
  ])
})

test('inline policies are told with their owner, managed ones with their ARN', async () => {
  const input = { Arn: ALICE, ServiceNamespaces: ['sqs', 's3'] }
  const { PoliciesGrantingServiceAccess: entries } = await harness.call<ListPoliciesGrantingServiceAccessResponse>(
    listPoliciesGrantingServiceAccess,
    input,
  )
  assert.deepEqual(
    entries.flatMap(({ Policies = [] }) => Policies),
    [
      { PolicyName: 'broad', PolicyType: 'INLINE', EntityType: 'USER', EntityName: 'alice' },
      { PolicyName: 'narrow', PolicyType: 'INLINE', EntityType: 'GROUP', EntityName: 'staff' },
      { PolicyName: 'AmazonS3ReadOnlyAccess', PolicyType: 'MANAGED', PolicyArn: S3_READER },
    ],
  )
})

test('more services than a page holds go on behind its marker', async () => {
  const ServiceNamespaces = Array.from({ length: 103 }, (_, index) => (index % 2 === 0 ? 's3' : 'sqs'))
  const first = await harness.call<ListPoliciesGrantingServiceAccessResponse>(listPoliciesGrantingServiceAccess, {
    Arn: STAFF,
    ServiceNamespaces,
  })
  assert.deepEqual([first.PoliciesGrantingServiceAccess.length, first.IsTruncated], [100, true])
  const rest = await harness.call<ListPoliciesGrantingServiceAccessResponse>(listPoliciesGrantingServiceAccess, {
    Arn: STAFF,
    ServiceNamespaces,
    Marker: first.Marker,
  })
  assert.deepEqual(
    rest.PoliciesGrantingServiceAccess.map(({ ServiceNamespace }) => ServiceNamespace),
    ['s3', 'sqs', 's3'],
  )
})

test('refusals', async () => {
  // oxfmt-ignore
  await assertRefusals(harness, listPoliciesGrantingServiceAccess, [
    [{ Arn: S3_READER, ServiceNamespaces: ['s3'], Marker: 'x' },        'ValidationError', 'Invalid Marker.'],
    [{ Arn: S3_READER, ServiceNamespaces: ['nothing'] },                'InvalidInput',    'Invalid service namespace: nothing'],
    [{ Arn: S3_READER, ServiceNamespaces: ['s3'] },                     'InvalidInput',    `Invalid Entity Arn: ${S3_READER} does not clearly define entity type and name.`],
    [{ Arn: `${ALICE}s`, ServiceNamespaces: ['s3'] },                   'NoSuchEntity',    'The user with name alices cannot be found.'],
  ])
})
