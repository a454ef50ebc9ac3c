/** Tags of users: refusals in their order, keys without regard to case, pages. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { GetUserResponse, ListUserTagsResponse, Tag } from '../../model/iam.gen.ts'
import { type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { mergeTags, withoutTags } from './tags.ts'
import { listUserTags, tagUser, untagUser } from './user-tags.ts'
import { createUser, getUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createUser, { UserName: 'u' })
})
after(() => harness.close())

const numbered = (from: number, count: number): readonly Tag[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `n${from + index}`, Value: '' }))
const tagsOf = async (UserName: string) => (await harness.call<GetUserResponse>(getUser, { UserName })).User.Tags

test('TagUser, UntagUser and ListUserTags refuse in this order', async () => {
  const twice = [
    { Key: 'a', Value: '1' },
    { Key: 'A', Value: '2' },
  ]
  await harness.call(createUser, { UserName: 'full', Tags: numbered(0, 50) })
  // oxfmt-ignore
  await assertRefusals(harness, tagUser, [
    [{ UserName: 'nobody', Tags: twice },           'InvalidInput',  'Duplicate tag keys found. Please note that Tag keys are case insensitive.'],
    [{ UserName: 'nobody', Tags: numbered(0, 1) },  'NoSuchEntity',  'The user with name nobody cannot be found.'],
    [{ UserName: 'full',   Tags: numbered(50, 1) }, 'LimitExceeded', 'The number of tags has reached the maximum limit.'],
  ])
  await harness.call(tagUser, { UserName: 'full', Tags: numbered(0, 1) })
  await assertRefusals(harness, untagUser, [
    [{ UserName: 'nobody', TagKeys: ['a'] }, 'NoSuchEntity', 'The user with name nobody cannot be found.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, listUserTags, [
    [{ UserName: 'nobody' },            'NoSuchEntity',    'The user with name nobody cannot be found.'],
    [{ UserName: 'u', Marker: 'bad' },  'ValidationError', 'Invalid Marker.'],
  ])
})

test('a key takes the place of the same key in other letters', async () => {
  await harness.call(tagUser, {
    UserName: 'u',
    Tags: [
      { Key: 'Team', Value: 'red' },
      { Key: 'other', Value: 'x' },
    ],
  })
  await harness.call(tagUser, { UserName: 'U', Tags: [{ Key: 'team', Value: 'blue' }] })
  assert.deepEqual(await tagsOf('u'), [
    { Key: 'team', Value: 'blue' },
    { Key: 'other', Value: 'x' },
  ])
  await harness.call(untagUser, { UserName: 'u', TagKeys: ['OTHER', 'absent', 'TEAM'] })
  assert.equal(await tagsOf('u'), undefined)
})

test('tags are listed in the order of their keys', async () => {
  await harness.call(createUser, { UserName: 'listed', Tags: ['c', 'B', 'a'].map((Key) => ({ Key, Value: Key })) })
  const first = await harness.call<ListUserTagsResponse>(listUserTags, { UserName: 'listed', MaxItems: 2 })
  assert.deepEqual([first.Tags.map(({ Key }) => Key), first.IsTruncated], [['a', 'B'], true])
  const { Tags, IsTruncated } = await harness.call<ListUserTagsResponse>(listUserTags, {
    UserName: 'listed',
    MaxItems: 2,
    Marker: first.Marker,
  })
  assert.deepEqual([Tags.map(({ Key }) => Key), IsTruncated], [['c'], false])
})

test('what must be allowed', () => {
  const resource = { kind: 'user', name: 'u' }
  assert.deepEqual(harness.checks(tagUser, { UserName: 'u', Tags: [{ Key: 'k', Value: 'v' }] }), {
    action: 'iam:TagUser',
    resource,
    context: { 'aws:TagKeys': ['k'], 'aws:RequestTag/k': 'v' },
  })
  assert.deepEqual(harness.checks(untagUser, { UserName: 'u', TagKeys: ['k'] }), {
    action: 'iam:UntagUser',
    resource,
    context: { 'aws:TagKeys': ['k'] },
  })
})

test('merging keeps keys unique, sets what was asked, and untagging takes it away again', () => {
  const tag = fc.record({ Key: fc.constantFrom('a', 'A', 'b', 'B', 'c', 'é', 'É'), Value: fc.string() })
  const tags = fc.uniqueArray(tag, { selector: ({ Key }) => Key.toLowerCase() })
  fc.assert(
    fc.property(tags, tags, (had, set) => {
      const merged = mergeTags(had, set)
      assert.equal(new Set(merged.map(({ Key }) => Key.toLowerCase())).size, merged.length)
      for (const { Key, Value } of set) assert.ok(merged.some((one) => one.Key === Key && one.Value === Value))
      const rest = withoutTags(
        merged,
        set.map(({ Key }) => Key.toUpperCase()),
      )
      assert.deepEqual(
        rest,
        had.filter(({ Key }) => !set.some((one) => one.Key.toLowerCase() === Key.toLowerCase())),
      )
    }),
  )
})
