/** Tags of managed policies: refusals in their order, keys that differ by case, pages. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ListPolicyTagsResponse, Tag } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { createPolicy } from './policies.ts'
import { listPolicyTags, tagPolicy, untagPolicy } from './policy-tags.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const AWS_POLICY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const NOTHING = `arn:aws:iam::${ACCOUNT}:policy/nothing`
const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
const numbered = (from: number, count: number): readonly Tag[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `n${from + index}`, Value: '' }))
const create = async (PolicyName: string, Tags: readonly Tag[] = []): Promise<string> => {
  await harness.call(createPolicy, { PolicyName, PolicyDocument: DOCUMENT, Tags })
  return `arn:aws:iam::${ACCOUNT}:policy/${PolicyName}`
}

test('TagPolicy, UntagPolicy and ListPolicyTags refuse in this order', async () => {
  const full = await create('full', numbered(0, 50))
  const twice = [...numbered(0, 1), ...numbered(0, 1)]
  // oxfmt-ignore
  await assertRefusals(harness, tagPolicy, [
    [{ PolicyArn: AWS_POLICY, Tags: twice },           'InvalidInput',  'Duplicate tag keys found.'],
    [{ PolicyArn: AWS_POLICY, Tags: numbered(0, 1) },  'AccessDenied',  'Cannot tag policies outside your own account.'],
    [{ PolicyArn: NOTHING,    Tags: numbered(0, 1) },  'NoSuchEntity',  `Policy ${NOTHING} was not found.`],
    [{ PolicyArn: full,       Tags: numbered(50, 1) }, 'LimitExceeded', 'The number of tags has reached the maximum limit.'],
  ])
  await harness.call(tagPolicy, { PolicyArn: full, Tags: numbered(0, 1) })
  // oxfmt-ignore
  await assertRefusals(harness, untagPolicy, [
    [{ PolicyArn: AWS_POLICY, TagKeys: ['a'] }, 'AccessDenied', 'Cannot untag policies outside your own account.'],
    [{ PolicyArn: NOTHING,    TagKeys: ['a'] }, 'NoSuchEntity', `Policy ${NOTHING} was not found.`],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, listPolicyTags, [
    [{ PolicyArn: NOTHING },             'NoSuchEntity',    `Policy ${NOTHING} was not found.`],
    [{ PolicyArn: full, Marker: 'bad' }, 'ValidationError', 'Invalid Marker.'],
  ])
  assert.deepEqual(await harness.call(listPolicyTags, { PolicyArn: AWS_POLICY }), { Tags: [], IsTruncated: false })
})

test('keys that differ in case are different keys, listed in their order', async () => {
  const PolicyArn = await create('cased', [{ Key: 'team', Value: 'red' }])
  await harness.call(tagPolicy, {
    PolicyArn,
    Tags: [
      { Key: 'Team', Value: 'blue' },
      { Key: 'team', Value: 'green' },
      { Key: 'a', Value: '' },
    ],
  })
  const first = await harness.call<ListPolicyTagsResponse>(listPolicyTags, { PolicyArn, MaxItems: 2 })
  assert.deepEqual([first.Tags.map(({ Key, Value }) => `${Key}=${Value}`), first.IsTruncated], [['Team=blue', 'a='], true])
  const second = await harness.call(listPolicyTags, { PolicyArn, MaxItems: 2, Marker: first.Marker })
  assert.deepEqual(second, { Tags: [{ Key: 'team', Value: 'green' }], IsTruncated: false })
  await harness.call(untagPolicy, { PolicyArn, TagKeys: ['TEAM', 'team'] })
  const { Tags } = await harness.call<ListPolicyTagsResponse>(listPolicyTags, { PolicyArn })
  assert.deepEqual(
    Tags.map(({ Key }) => Key),
    ['Team', 'a'],
  )
})

test('what must be allowed', () => {
  const resource = { kind: 'policy', name: NOTHING }
  assert.deepEqual(harness.checks(tagPolicy, { PolicyArn: NOTHING, Tags: [{ Key: 'k', Value: 'v' }] }), {
    action: 'iam:TagPolicy',
    resource,
    context: { 'aws:TagKeys': ['k'], 'aws:RequestTag/k': 'v' },
  })
  assert.deepEqual(harness.checks(untagPolicy, { PolicyArn: NOTHING, TagKeys: ['k'] }), {
    action: 'iam:UntagPolicy',
    resource,
    context: { 'aws:TagKeys': ['k'] },
  })
})
