/** Instance profiles: refusals in their order, the one role in each, tags, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  CreateInstanceProfileResponse,
  GetInstanceProfileResponse,
  InstanceProfile,
  ListInstanceProfilesResponse,
  ListInstanceProfileTagsResponse,
} from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import { listInstanceProfileTags, tagInstanceProfile, untagInstanceProfile } from './instance-profile-tags.ts'
import {
  addRoleToInstanceProfile,
  createInstanceProfile,
  deleteInstanceProfile,
  getInstanceProfile,
  instanceProfileEntity,
  listInstanceProfiles,
  listInstanceProfilesForRole,
  removeRoleFromInstanceProfile,
} from './instance-profiles.ts'
import { INSTANCE_PROFILES_PER_ACCOUNT } from './quotas.ts'
import { createRole } from './roles.ts'
import { createServiceLinkedRole } from './service-linked-roles.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
  for (const RoleName of ['one', 'two'])
    await harness.call(createRole, { RoleName, AssumeRolePolicyDocument: TRUST, Tags: [{ Key: 'k', Value: 'v' }] })
  await harness.call(createServiceLinkedRole, { AWSServiceName: 'ecs.amazonaws.com' })
})
after(() => harness.close())

const TRUST =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'
const arnOf = (pathAndName: string): string => `arn:aws:iam::${ACCOUNT}:instance-profile${pathAndName}`
const create = async (input: object): Promise<InstanceProfile> =>
  (await harness.call<CreateInstanceProfileResponse>(createInstanceProfile, input)).InstanceProfile
const get = async (InstanceProfileName: string): Promise<InstanceProfile> =>
  (await harness.call<GetInstanceProfileResponse>(getInstanceProfile, { InstanceProfileName })).InstanceProfile

test('CreateInstanceProfile refuses in this order, and at the quota', async () => {
  await create({ InstanceProfileName: 'Taken' })
  // oxfmt-ignore
  await assertRefusals(harness, createInstanceProfile, [
    [{ InstanceProfileName: 'taken', Tags: [{ Key: 'k', Value: '1' }, { Key: 'k', Value: '2' }] }, 'InvalidInput',        'Duplicate tag keys found.'],
    [{ InstanceProfileName: 'tAKEN' },                                                             'EntityAlreadyExists', 'Instance Profile tAKEN already exists.'],
  ])
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    INSERT INTO iam_instance_profile (account, id, name, name_key, path, tags, created_at) SELECT $2, 'AIPA' || i, 'p' || i, 'p' || i, '/', '[]', 0 FROM n`
  await runSql(harness, [many, INSTANCE_PROFILES_PER_ACCOUNT, OTHER_ACCOUNT])
  const message = 'Cannot exceed quota for InstanceProfilesPerAccount: 1000'
  await harness.refused(
    createInstanceProfile,
    { InstanceProfileName: 'more' },
    { code: 'LimitExceeded', message },
    { as: harness.rootOf(OTHER_ACCOUNT) },
  )
})

test('a new profile is empty and reads back as it was made', async () => {
  const Tags = [
    { Key: 'k', Value: 'v' },
    { Key: 'K', Value: 'another' },
  ]
  const profile = await create({ InstanceProfileName: 'Shape', Path: '/a/', Tags })
  assert.match(profile.InstanceProfileId, /^AIPA[A-Z2-7]{17}$/)
  const listed = {
    Path: '/a/',
    InstanceProfileName: 'Shape',
    InstanceProfileId: profile.InstanceProfileId,
    Arn: arnOf('/a/Shape'),
    CreateDate: new Date(harness.now()),
    Roles: [],
  }
  assert.deepEqual(profile, { ...listed, Tags })
  assert.deepEqual(await get('SHAPE'), profile)
  const { InstanceProfiles } = await harness.call<ListInstanceProfilesResponse>(listInstanceProfiles, { PathPrefix: '/a/' })
  assert.deepEqual(InstanceProfiles, [listed])
  await harness.refused(
    getInstanceProfile,
    { InstanceProfileName: 'none' },
    { code: 'NoSuchEntity', message: 'Instance Profile none cannot be found.' },
  )
})

test('a profile holds one role', async () => {
  const InstanceProfileName = 'holder'
  await create({ InstanceProfileName })
  const missing = ['NoSuchEntity', 'Instance Profile none cannot be found.'] as const
  const nobody = ['NoSuchEntity', 'The role with name nobody cannot be found.'] as const
  const linked = [
    'UnmodifiableEntity',
    "Cannot perform the operation on the protected role 'AWSServiceRoleForECS' - this role is only modifiable by AWS",
  ] as const
  const both: Parameters<typeof assertRefusals>[2] = [
    [{ InstanceProfileName: 'none', RoleName: 'nobody' }, ...missing],
    [{ InstanceProfileName, RoleName: 'nobody' }, ...nobody],
    [{ InstanceProfileName, RoleName: 'AWSServiceRoleForECS' }, ...linked],
  ]
  await assertRefusals(harness, removeRoleFromInstanceProfile, [
    ...both,
    [{ InstanceProfileName, RoleName: 'one' }, 'NoSuchEntity', 'Role one in Instance Profile holder cannot be found.'],
  ])
  await harness.call(addRoleToInstanceProfile, { InstanceProfileName, RoleName: 'one' })
  await assertRefusals(harness, addRoleToInstanceProfile, [
    ...both,
    [{ InstanceProfileName, RoleName: 'two' }, 'LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'],
    [{ InstanceProfileName, RoleName: 'one' }, 'LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'],
  ])
  const { Roles } = await get(InstanceProfileName)
  assert.deepEqual(Object.keys(Roles[0] ?? {}), ['Path', 'RoleName', 'RoleId', 'Arn', 'CreateDate', 'AssumeRolePolicyDocument'])
  assert.equal(Roles.length, 1)
  await assertRefusals(harness, deleteInstanceProfile, [
    [{ InstanceProfileName: 'none' }, ...missing],
    [{ InstanceProfileName }, 'DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.'],
  ])
  await harness.call(removeRoleFromInstanceProfile, { InstanceProfileName, RoleName: 'ONE' })
  assert.deepEqual((await get(InstanceProfileName)).Roles, [])
  await harness.call(deleteInstanceProfile, { InstanceProfileName })
  await harness.refused(getInstanceProfile, { InstanceProfileName }, { code: 'NoSuchEntity' })
})

test('the profiles of a role come in pages', async () => {
  for (const InstanceProfileName of ['of-2', 'OF-1', 'of-3']) {
    await create({ InstanceProfileName })
    await harness.call(addRoleToInstanceProfile, { InstanceProfileName, RoleName: 'two' })
  }
  const page = (input: object) =>
    harness.call<ListInstanceProfilesResponse>(listInstanceProfilesForRole, { RoleName: 'two', MaxItems: 2, ...input })
  const first = await page({})
  assert.deepEqual(
    [first.InstanceProfiles.map((profile) => profile.InstanceProfileName), first.IsTruncated],
    [['OF-1', 'of-2'], true],
  )
  const second = await page({ Marker: first.Marker })
  assert.deepEqual([second.InstanceProfiles.map((profile) => profile.InstanceProfileName), second.IsTruncated], [['of-3'], false])
  await harness.refused(
    listInstanceProfilesForRole,
    { RoleName: 'nobody' },
    { code: 'NoSuchEntity', message: 'The role with name nobody cannot be found.' },
  )
})

test('tags of instance profiles differ by case', async () => {
  await create({ InstanceProfileName: 'tagged' })
  const InstanceProfileName = 'tagged'
  // oxfmt-ignore
  await assertRefusals(harness, tagInstanceProfile, [
    [{ InstanceProfileName: 'none', Tags: [{ Key: 'k', Value: '1' }, { Key: 'k', Value: '2' }] }, 'InvalidInput', 'Duplicate tag keys found.'],
    [{ InstanceProfileName: 'none', Tags: [{ Key: 'k', Value: '1' }] },                           'NoSuchEntity', 'Instance Profile none cannot be found.'],
    [{ InstanceProfileName, Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }, 'LimitExceeded', 'The number of tags has reached the maximum limit.'],
  ])
  await harness.refused(untagInstanceProfile, { InstanceProfileName: 'none', TagKeys: ['k'] }, { code: 'NoSuchEntity' })
  await harness.refused(listInstanceProfileTags, { InstanceProfileName: 'none' }, { code: 'NoSuchEntity' })
  await harness.call(tagInstanceProfile, {
    InstanceProfileName,
    Tags: [
      { Key: 'b', Value: '1' },
      { Key: 'B', Value: '2' },
      { Key: 'a', Value: '3' },
    ],
  })
  await harness.call(tagInstanceProfile, { InstanceProfileName, Tags: [{ Key: 'b', Value: '4' }] })
  const list = (input: object) =>
    harness.call<ListInstanceProfileTagsResponse>(listInstanceProfileTags, { InstanceProfileName, ...input })
  const first = await list({ MaxItems: 2 })
  assert.deepEqual(first.Tags, [
    { Key: 'B', Value: '2' },
    { Key: 'a', Value: '3' },
  ])
  assert.deepEqual((await list({ Marker: first.Marker })).Tags, [{ Key: 'b', Value: '4' }])
  await harness.call(untagInstanceProfile, { InstanceProfileName, TagKeys: ['b', 'absent'] })
  assert.deepEqual((await list({})).Tags, [
    { Key: 'B', Value: '2' },
    { Key: 'a', Value: '3' },
  ])
})

test('what must be allowed', async () => {
  assert.deepEqual(harness.checks(addRoleToInstanceProfile, { InstanceProfileName: 'p', RoleName: 'r' }), [
    { action: 'iam:AddRoleToInstanceProfile', resource: { kind: 'instance-profile', name: 'p' } },
    {
      action: 'iam:PassRole',
      resource: { kind: 'role', name: 'r' },
      context: { 'iam:PassedToService': 'ec2.amazonaws.com', 'iam:AssociatedResourceArn': `arn:aws:ec2:*:${ACCOUNT}:instance/*` },
    },
  ])
  const context = { 'aws:TagKeys': ['k'], 'aws:RequestTag/k': 'v', 'aws:ResourceTag/k': 'v' }
  assert.deepEqual(
    harness.checks(createInstanceProfile, { InstanceProfileName: 'p', Path: '/x/', Tags: [{ Key: 'k', Value: 'v' }] }),
    [
      { action: 'iam:CreateInstanceProfile', resource: arnOf('/x/p'), context },
      { action: 'iam:TagInstanceProfile', resource: arnOf('/x/p'), context },
    ],
  )
  await create({ InstanceProfileName: 'Seen', Path: '/s/', Tags: [{ Key: 'k', Value: 'v' }] })
  const entity = (name: string) => harness.store.read((tx) => instanceProfileEntity(tx, ACCOUNT, name))
  assert.deepEqual(await entity('seen'), {
    arn: arnOf('/s/Seen'),
    context: { 'aws:ResourceTag/k': 'v' },
  })
  assert.deepEqual(await entity('unseen'), { arn: arnOf('/unseen'), missing: true })
})
