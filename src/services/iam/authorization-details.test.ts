/** Everything of an account that says who may do what. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { EntityType, GetAccountAuthorizationDetailsResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { attachRolePolicy, attachUserPolicy } from './attachments.ts'
import { getAccountAuthorizationDetails } from './authorization-details.ts'
import { putUserPermissionsBoundary } from './boundaries.ts'
import { encodedDocument } from './document-encoding.ts'
import { createGroup } from './groups.ts'
import { putGroupPolicy, putUserPolicy } from './inline-policies.ts'
import { addRoleToInstanceProfile, createInstanceProfile } from './instance-profiles.ts'
import { addUserToGroup } from './membership.ts'
import { createPolicyVersion } from './policy-versions.ts'
import { createPolicy } from './policies.ts'
import { createRole } from './roles.ts'
import { createUser } from './users.ts'

const S3_READER = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess'
const OWN = `arn:aws:iam::${ACCOUNT}:policy/own`
const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
const TRUST = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"${ACCOUNT}"}}}`

let harness: Harness
before(async () => {
  harness = await openHarness()
  for (const UserName of ['bob', 'Alice'])
    await harness.call(createUser, { UserName, ...(UserName === 'bob' && { Tags: [{ Key: 'k', Value: 'v' }] }) })
  await harness.call(createGroup, { GroupName: 'staff' })
  await harness.call(addUserToGroup, { GroupName: 'staff', UserName: 'bob' })
  await harness.call(createRole, { RoleName: 'reader', AssumeRolePolicyDocument: TRUST })
  await harness.call(createInstanceProfile, { InstanceProfileName: 'machine' })
  await harness.call(addRoleToInstanceProfile, { InstanceProfileName: 'machine', RoleName: 'reader' })
  for (const PolicyName of ['unused', 'own'])
    await harness.call(createPolicy, { PolicyName, PolicyDocument: DOCUMENT, Description: PolicyName })
  await harness.call(createPolicyVersion, { PolicyArn: OWN, PolicyDocument: DOCUMENT.replace('sqs', 'sns') })
  await harness.call(putUserPolicy, { UserName: 'bob', PolicyName: 'inline', PolicyDocument: DOCUMENT })
  await harness.call(putGroupPolicy, { GroupName: 'staff', PolicyName: 'group-inline', PolicyDocument: DOCUMENT })
  await harness.call(attachUserPolicy, { UserName: 'bob', PolicyArn: OWN })
  await harness.call(attachRolePolicy, { RoleName: 'reader', PolicyArn: S3_READER })
  await harness.call(putUserPermissionsBoundary, { UserName: 'bob', PermissionsBoundary: ADMINISTRATOR })
})
after(() => harness.close())

const details = (input: object = {}) =>
  harness.call<GetAccountAuthorizationDetailsResponse>(getAccountAuthorizationDetails, input)

/** What an answer holds, by name, in order. */
const names = (answer: GetAccountAuthorizationDetailsResponse): readonly (string | undefined)[] => [
  ...(answer.UserDetailList ?? []).map(({ UserName }) => UserName),
  ...(answer.GroupDetailList ?? []).map(({ GroupName }) => GroupName),
  ...(answer.RoleDetailList ?? []).map(({ RoleName }) => RoleName),
  ...(answer.Policies ?? []).map(({ PolicyName }) => PolicyName),
]
const ALL = ['Alice', 'bob', 'staff', 'reader', 'own', 'unused', 'AdministratorAccess', 'AmazonS3ReadOnlyAccess']

test('all kinds are told, of AWS managed policies those in use', async () => {
  const answer = await details()
  assert.deepEqual(names(answer), ALL)
  assert.deepEqual([answer.IsTruncated, answer.Marker], [false, undefined])
  const other = await harness.call(getAccountAuthorizationDetails, {}, { as: harness.rootOf(OTHER_ACCOUNT) })
  assert.deepEqual(other, { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [], IsTruncated: false })
})

test('filters name the kinds', async () => {
  // oxfmt-ignore
  const table: readonly (readonly [filter: readonly EntityType[], names: readonly string[]])[] = [
    [['User'],                         ALL.slice(0, 2)],
    [['Group'],                        ['staff']],
    [['Role'],                         ['reader']],
    [['LocalManagedPolicy'],           ['own', 'unused']],
    [['AWSManagedPolicy'],             ['AdministratorAccess', 'AmazonS3ReadOnlyAccess']],
    [['AWSManagedPolicy', 'User'],     ['Alice', 'bob', 'AdministratorAccess', 'AmazonS3ReadOnlyAccess']],
  ]
  for (const [Filter, expected] of table) assert.deepEqual(names(await details({ Filter })), expected)
})

test('pages of any size go over all kinds, each entity once', async () => {
  for (let MaxItems = 1; MaxItems <= ALL.length; MaxItems += 1) {
    const seen: (string | undefined)[] = []
    let Marker: string | undefined
    do {
      const page = await details({ MaxItems, ...(Marker !== undefined && { Marker }) })
      assert.equal(page.IsTruncated, page.Marker !== undefined)
      seen.push(...names(page))
      Marker = page.Marker
    } while (Marker !== undefined)
    assert.deepEqual(seen, ALL)
  }
  await assertRefusals(harness, getAccountAuthorizationDetails, [[{ Marker: 'x' }, 'ValidationError', 'Invalid Marker.']])
})

test('a user is told with its groups, policies, boundary and tags', async () => {
  const { UserDetailList: [alice, bob] = [] } = await details({ Filter: ['User'] })
  const { UserId, CreateDate, ...rest } = bob ?? {}
  assert.match(UserId ?? '', /^AIDA/)
  assert.equal(CreateDate?.getTime(), harness.now())
  assert.deepEqual(rest, {
    Path: '/',
    UserName: 'bob',
    Arn: `arn:aws:iam::${ACCOUNT}:user/bob`,
    UserPolicyList: [{ PolicyName: 'inline', PolicyDocument: encodedDocument(DOCUMENT) }],
    GroupList: ['staff'],
    AttachedManagedPolicies: [{ PolicyName: 'own', PolicyArn: OWN }],
    PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: ADMINISTRATOR },
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  assert.deepEqual([alice?.GroupList, alice?.AttachedManagedPolicies, alice?.Tags], [[], [], []])
  assert.ok(alice !== undefined && !('UserPolicyList' in alice), 'left out where a user has no inline policy')
})

test('a group and a role are told with their policies, a role with its instance profiles', async () => {
  const { GroupDetailList: [group] = [], RoleDetailList: [role] = [] } = await details()
  assert.deepEqual(group?.GroupPolicyList, [{ PolicyName: 'group-inline', PolicyDocument: encodedDocument(DOCUMENT) }])
  assert.deepEqual(role?.AttachedManagedPolicies, [{ PolicyName: 'AmazonS3ReadOnlyAccess', PolicyArn: S3_READER }])
  assert.equal(role.AssumeRolePolicyDocument, encodedDocument(TRUST))
  assert.deepEqual([role.RolePolicyList, role.Tags, role.RoleLastUsed], [[], [], {}])
  assert.deepEqual(
    Object.keys(role).filter((name) => name === 'Description' || name === 'MaxSessionDuration'),
    [],
  )
  const [profile, ...more] = role.InstanceProfileList ?? []
  assert.deepEqual(more, [])
  assert.deepEqual([profile?.InstanceProfileName, profile?.Roles.map(({ RoleName }) => RoleName)], ['machine', ['reader']])
})

test('a policy is told with its versions and its use', async () => {
  const { Policies: [own, unused] = [] } = await details({ Filter: ['LocalManagedPolicy'] })
  const { PolicyId: _id, CreateDate: _created, UpdateDate: _updated, PolicyVersionList = [], ...rest } = own ?? {}
  assert.deepEqual(rest, {
    PolicyName: 'own',
    Arn: OWN,
    Path: '/',
    DefaultVersionId: 'v1',
    AttachmentCount: 1,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    Description: 'own',
  })
  assert.deepEqual(
    PolicyVersionList.map(({ VersionId, IsDefaultVersion, Document }) => [VersionId, IsDefaultVersion, Document]),
    [
      ['v2', false, encodedDocument(DOCUMENT.replace('sqs', 'sns'))],
      ['v1', true, encodedDocument(DOCUMENT)],
    ],
  )
  assert.equal(unused?.AttachmentCount, 0)
})

test('an AWS managed policy is told with its default version', async () => {
  const { Policies: [administrator] = [] } = await details({ Filter: ['AWSManagedPolicy'] })
  assert.deepEqual([administrator?.AttachmentCount, administrator?.PermissionsBoundaryUsageCount], [0, 1])
  const [version, ...more] = administrator?.PolicyVersionList ?? []
  assert.deepEqual(more, [])
  assert.deepEqual([version?.VersionId, version?.IsDefaultVersion], [administrator?.DefaultVersionId, true])
  assert.match(decodeURIComponent(version?.Document ?? ''), /"Action":"\*"/)
})
