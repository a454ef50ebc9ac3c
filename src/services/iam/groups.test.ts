/** Groups and their members: refusals in their order, shapes, pages, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreateGroupResponse, GetGroupResponse, ListGroupsResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertObstacles, assertRefusals, type Obstacle, runSql } from '../../../tests/refusals.ts'
import { createGroup, deleteGroup, getGroup, groupEntity, listGroups, renamedGroupEntity, updateGroup } from './groups.ts'
import { addUserToGroup, listGroupsForUser, removeUserFromGroup } from './membership.ts'
import { GROUPS_PER_ACCOUNT, GROUPS_PER_USER } from './quotas.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const arnOf = (pathAndName: string): string => `arn:aws:iam::${ACCOUNT}:group${pathAndName}`
const NO_USER = 'The user with name nobody cannot be found.'
const NO_GROUP = 'The group with name nowhere cannot be found.'
const create = async (input: object) => (await harness.call<CreateGroupResponse>(createGroup, input)).Group
const namesOf = (groups: readonly { readonly GroupName: string }[]): readonly string[] => groups.map(({ GroupName }) => GroupName)

test('a new group has what was given', async () => {
  const group = await create({ GroupName: 'Staff', Path: '/a/' })
  assert.match(group.GroupId, /^AGPA[A-Z2-7]{17}$/)
  assert.deepEqual(group, {
    Path: '/a/',
    GroupName: 'Staff',
    GroupId: group.GroupId,
    Arn: arnOf('/a/Staff'),
    CreateDate: new Date(harness.now()),
  })
  assert.deepEqual(await harness.call(getGroup, { GroupName: 'STAFF' }), { Group: group, Users: [], IsTruncated: false })
  await assertRefusals(harness, createGroup, [
    [{ GroupName: 'sTAFF' }, 'EntityAlreadyExists', 'Group with name sTAFF already exists.'],
  ])
})

test('CreateGroup ends at the quota', async () => {
  const full = { as: harness.rootOf(OTHER_ACCOUNT) }
  for (let number = 0; number < GROUPS_PER_ACCOUNT; number += 1)
    await harness.call(createGroup, { GroupName: `g${number}` }, full)
  await harness.refused(
    createGroup,
    { GroupName: 'more' },
    { code: 'LimitExceeded', message: 'Cannot exceed quota for GroupsPerAccount: 300' },
    full,
  )
})

test('groups are listed by path, page by page', async () => {
  for (const GroupName of ['p3', 'P1', 'p2']) await create({ GroupName, Path: '/pages/' })
  const first = await harness.call<ListGroupsResponse>(listGroups, { PathPrefix: '/pages/', MaxItems: 2 })
  assert.deepEqual([namesOf(first.Groups), first.IsTruncated], [['P1', 'p2'], true])
  const second = await harness.call<ListGroupsResponse>(listGroups, { PathPrefix: '/pages/', MaxItems: 2, Marker: first.Marker })
  assert.deepEqual([namesOf(second.Groups), second.IsTruncated], [['p3'], false])
  await harness.refused(listGroups, { Marker: 'bad' }, { code: 'ValidationError', message: 'Invalid Marker.' })
})

test('UpdateGroup keeps the group and its members', async () => {
  const { GroupId } = await create({ GroupName: 'before' })
  await create({ GroupName: 'Namesake' })
  await harness.call(createUser, { UserName: 'stayer' })
  await harness.call(addUserToGroup, { GroupName: 'before', UserName: 'stayer' })
  // oxfmt-ignore
  await assertRefusals(harness, updateGroup, [
    [{ GroupName: 'nowhere', NewGroupName: 'namesake' }, 'NoSuchEntity',        NO_GROUP],
    [{ GroupName: 'before', NewGroupName: 'namesake' },  'EntityAlreadyExists', 'Group with name namesake already exists.'],
  ])
  await harness.call(updateGroup, { GroupName: 'before', NewGroupName: 'after', NewPath: '/new/' })
  const { Group, Users } = await harness.call<GetGroupResponse>(getGroup, { GroupName: 'after' })
  assert.deepEqual([Group.GroupId, Group.Arn, Users.length], [GroupId, arnOf('/new/after'), 1])
})

test('DeleteGroup names what must go first, one thing after the other', async () => {
  const { GroupId } = await create({ GroupName: 'doomed' })
  const GroupName = 'doomed'
  await harness.refused(deleteGroup, { GroupName: 'nowhere' }, { code: 'NoSuchEntity', message: NO_GROUP })
  await harness.call(createUser, { UserName: 'member' })
  await harness.call(addUserToGroup, { GroupName, UserName: 'member' })
  await runSql(
    harness,
    [
      'INSERT INTO iam_attachment (account, principal_id, policy_arn, attached_at) VALUES ($1, $2, $3, 0)',
      ACCOUNT,
      GroupId,
      'arn:aws:iam::aws:policy/X',
    ],
    [
      'INSERT INTO iam_inline_policy (account, principal_id, name, document) VALUES ($1, $2, $3, $4)',
      ACCOUNT,
      GroupId,
      'inline',
      '{}',
    ],
  )
  // oxfmt-ignore
  const obstacles: readonly Obstacle[] = [
    ['remove users from group', () => harness.call(removeUserFromGroup, { GroupName, UserName: 'member' })],
    ['detach all policies',     () => runSql(harness, ['DELETE FROM iam_attachment WHERE principal_id = $1', GroupId])],
    ['delete policies',         () => runSql(harness, ['DELETE FROM iam_inline_policy WHERE principal_id = $1', GroupId])],
  ]
  await assertObstacles(harness, deleteGroup, { GroupName }, obstacles)
  await harness.call(deleteGroup, { GroupName })
  await harness.refused(getGroup, { GroupName }, { code: 'NoSuchEntity' })
})

test('membership refuses in this order: user, group, quota', async () => {
  await harness.call(createUser, { UserName: 'busy' })
  for (let number = 0; number < GROUPS_PER_USER; number += 1) {
    await create({ GroupName: `busy-${number}` })
    await harness.call(addUserToGroup, { GroupName: `busy-${number}`, UserName: 'busy' })
  }
  await create({ GroupName: 'eleventh' })
  // oxfmt-ignore
  await assertRefusals(harness, addUserToGroup, [
    [{ GroupName: 'nowhere', UserName: 'nobody' },  'NoSuchEntity',  NO_USER],
    [{ GroupName: 'nowhere', UserName: 'busy' },    'NoSuchEntity',  NO_GROUP],
    [{ GroupName: 'eleventh', UserName: 'busy' },   'LimitExceeded', 'Cannot exceed quota for GroupsPerUser: 10'],
  ])
  await harness.call(addUserToGroup, { GroupName: 'busy-0', UserName: 'busy' })
  // oxfmt-ignore
  await assertRefusals(harness, removeUserFromGroup, [
    [{ GroupName: 'nowhere', UserName: 'nobody' },  'NoSuchEntity',  NO_USER],
    [{ GroupName: 'nowhere', UserName: 'busy' },    'NoSuchEntity',  NO_GROUP],
  ])
  await harness.call(removeUserFromGroup, { GroupName: 'eleventh', UserName: 'busy' })
  await assertRefusals(harness, listGroupsForUser, [[{ UserName: 'nobody' }, 'NoSuchEntity', NO_USER]])
  const { Groups, IsTruncated, Marker } = await harness.call<ListGroupsResponse>(listGroupsForUser, {
    UserName: 'busy',
    MaxItems: 9,
  })
  assert.deepEqual([Groups.length, IsTruncated], [9, true])
  const rest = await harness.call<ListGroupsResponse>(listGroupsForUser, { UserName: 'busy', MaxItems: 9, Marker })
  assert.deepEqual(namesOf(rest.Groups), ['busy-9'])
})

test('GetGroup answers its users page by page, without their tags', async () => {
  await create({ GroupName: 'paged' })
  for (const UserName of ['m2', 'M1', 'm3']) {
    await harness.call(createUser, { UserName, Tags: [{ Key: 'k', Value: 'v' }] })
    await harness.call(addUserToGroup, { GroupName: 'paged', UserName })
  }
  const first = await harness.call<GetGroupResponse>(getGroup, { GroupName: 'paged', MaxItems: 2 })
  assert.deepEqual([first.Users.map(({ UserName }) => UserName), first.IsTruncated], [['M1', 'm2'], true])
  assert.equal(
    first.Users.some((user) => 'Tags' in user),
    false,
  )
  const second = await harness.call<GetGroupResponse>(getGroup, { GroupName: 'paged', MaxItems: 2, Marker: first.Marker })
  assert.deepEqual(
    second.Users.map(({ UserName }) => UserName),
    ['m3'],
  )
})

test('what must be allowed', async () => {
  const group = { kind: 'group', name: 'g' }
  assert.deepEqual(harness.checks(createGroup, { GroupName: 'g', Path: '/p/' }), {
    action: 'iam:CreateGroup',
    resource: arnOf('/p/g'),
  })
  assert.deepEqual(harness.checks(listGroups, { PathPrefix: '/p/' }), { action: 'iam:ListGroups', resource: arnOf('/p/') })
  assert.deepEqual(harness.checks(addUserToGroup, { GroupName: 'g', UserName: 'u' }), {
    action: 'iam:AddUserToGroup',
    resource: group,
  })
  assert.deepEqual(harness.checks(updateGroup, { GroupName: 'g', NewPath: '/p/' }), [
    { action: 'iam:UpdateGroup', resource: group },
    { action: 'iam:UpdateGroup', resource: { kind: 'renamed group', name: 'g\n\n/p/' } },
  ])
  await create({ GroupName: 'Seen', Path: '/s/' })
  await harness.store.read(async (tx) => {
    assert.deepEqual(await groupEntity(tx, ACCOUNT, 'seen'), { arn: arnOf('/s/Seen') })
    assert.deepEqual(await groupEntity(tx, ACCOUNT, 'unseen'), { arn: arnOf('/unseen'), missing: true })
    assert.deepEqual(await renamedGroupEntity(tx, ACCOUNT, 'seen\nheard\n/t/'), { arn: arnOf('/t/heard') })
  })
})
