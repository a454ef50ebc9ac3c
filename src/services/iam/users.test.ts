/** Users: refusals in their order, shapes, renames, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreateUserResponse, GetUserResponse, ListUsersResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT, ROLE_SESSION } from '../../../tests/harness.ts'
import { assertObstacles, assertRefusals, type Obstacle, runSql } from '../../../tests/refusals.ts'
import { createAccessKey, deleteAccessKey } from './access-keys.ts'
import { createAccountAlias } from './account.ts'
import { createGroup } from './groups.ts'
import { createLoginProfile, deleteLoginProfile } from './login-profiles.ts'
import { addUserToGroup, listGroupsForUser, removeUserFromGroup } from './membership.ts'
import { USERS_PER_ACCOUNT } from './quotas.ts'
import { createUser, deleteUser, getUser, listUsers, renamedUserEntity, updateUser, userEntity } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess'
const MISSING_POLICY = `arn:aws:iam::${ACCOUNT}:policy/missing`
const arnOf = (pathAndName: string): string => `arn:aws:iam::${ACCOUNT}:user${pathAndName}`
const create = async (input: object): Promise<NonNullable<CreateUserResponse['User']>> => {
  const { User } = await harness.call<CreateUserResponse>(createUser, input)
  assert.ok(User !== undefined)
  return User
}
const get = async (UserName: string) => (await harness.call<GetUserResponse>(getUser, { UserName })).User

test('CreateUser refuses in this order', async () => {
  await create({ UserName: 'Taken' })
  const twice = [
    { Key: 'Team', Value: 'a' },
    { Key: 'team', Value: 'b' },
  ]
  // oxfmt-ignore
  await assertRefusals(harness, createUser, [
    [{ UserName: 'taken', Tags: twice, PermissionsBoundary: 'no-arn-at-all-12345' }, 'InvalidInput',        'Duplicate tag keys found. Please note that Tag keys are case insensitive.'],
    [{ UserName: 'taken', PermissionsBoundary: 'no-arn-at-all-12345' },              'InvalidInput',        'ARN no-arn-at-all-12345 is not valid.'],
    [{ UserName: 'taken', PermissionsBoundary: arnOf('/someone') },                  'InvalidInput',        `ARN ${arnOf('/someone')} is not valid.`],
    [{ UserName: 'taken', PermissionsBoundary: MISSING_POLICY },                     'NoSuchEntity',        `Scope ARN: ${MISSING_POLICY} does not exist or is not attachable.`],
    [{ UserName: 'taken', PermissionsBoundary: 'arn:aws:iam::aws:policy/Missing' },  'NoSuchEntity',        'Scope ARN: arn:aws:iam::aws:policy/Missing does not exist or is not attachable.'],
    [{ UserName: 'tAKEN' },                                                          'EntityAlreadyExists', 'User with name tAKEN already exists.'],
  ])
})

test('CreateUser ends at the quota', async () => {
  const full = harness.rootOf(OTHER_ACCOUNT)
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    INSERT INTO iam_user (account, id, name, name_key, path, tags, created_at) SELECT $2, 'AIDA' || i, 'u' || i, 'u' || i, '/', '[]', 0 FROM n`
  await runSql(harness, [many, USERS_PER_ACCOUNT - 1, OTHER_ACCOUNT])
  await harness.call(createUser, { UserName: 'last' }, { as: full })
  await harness.refused(
    createUser,
    { UserName: 'more' },
    { code: 'LimitExceeded', message: 'Cannot exceed quota for UsersPerAccount: 5000' },
    { as: full },
  )
})

test('a new user has what was given, and reads back so at once', async () => {
  const user = await create({
    UserName: 'Anna',
    Path: '/a/b/',
    PermissionsBoundary: ADMINISTRATOR_ACCESS,
    Tags: [{ Key: 'k', Value: '' }],
  })
  assert.match(user.UserId, /^AIDA[A-Z2-7]{17}$/)
  assert.deepEqual(user, {
    Path: '/a/b/',
    UserName: 'Anna',
    UserId: user.UserId,
    Arn: arnOf('/a/b/Anna'),
    CreateDate: new Date(harness.now()),
    PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: ADMINISTRATOR_ACCESS },
    Tags: [{ Key: 'k', Value: '' }],
  })
  assert.deepEqual(await get('ANNA'), user, 'names are found whatever their case')
  const { Users } = await harness.call<ListUsersResponse>(listUsers, { PathPrefix: '/a/' })
  const { Path, UserName, UserId, Arn, CreateDate } = user
  assert.deepEqual(Users, [{ Path, UserName, UserId, Arn, CreateDate }])
  assert.deepEqual(Object.keys(await create({ UserName: 'bare' })), ['Path', 'UserName', 'UserId', 'Arn', 'CreateDate'])
})

test('PasswordLastUsed is there once a password was used', async () => {
  await create({ UserName: 'signer' })
  assert.equal('PasswordLastUsed' in (await get('signer')), false)
  await runSql(harness, ['UPDATE iam_user SET password_used_at = $1 WHERE account = $2 AND name = $3', 5_000, ACCOUNT, 'signer'])
  assert.deepEqual((await get('signer')).PasswordLastUsed, new Date(5_000))
})

test('GetUser without a name is about whoever calls', async () => {
  const { UserId } = await create({ UserName: 'self' })
  const { User } = await harness.call<GetUserResponse>(getUser, {}, { as: harness.user('self', UserId) })
  assert.equal(User.UserName, 'self')
  const { User: root } = await harness.call<GetUserResponse>(getUser, {})
  const nameless = { UserId: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root`, CreateDate: root.CreateDate }
  assert.deepEqual(root, nameless, 'recorded from AWS: the root user has no path and no name')
  await harness.call(createAccountAlias, { AccountAlias: 'acme' })
  assert.deepEqual((await harness.call<GetUserResponse>(getUser, {})).User, { UserName: 'acme', ...nameless })
  // oxfmt-ignore
  await assertRefusals(harness, getUser, [
    [{},                     'ValidationError', 'Must specify userName when calling with non-User credentials', ROLE_SESSION],
    [{ UserName: 'nobody' }, 'NoSuchEntity',    'The user with name nobody cannot be found.', ROLE_SESSION],
  ])
  assert.throws(() => harness.checks(getUser, {}, { as: ROLE_SESSION }), { code: 'ValidationError' })
})

test('ListUsers pages in the order of names', async () => {
  const names = ['Page-1', 'page-2', 'PAGE-3', 'page-4', 'page-5']
  for (const UserName of names.toReversed()) await create({ UserName, Path: '/pages/' })
  const seen: (readonly string[])[] = []
  let Marker: string | undefined
  do {
    const page = await harness.call<ListUsersResponse>(listUsers, {
      PathPrefix: '/pages/',
      MaxItems: 2,
      ...(Marker !== undefined && { Marker }),
    })
    assert.equal(page.IsTruncated, page.Marker !== undefined)
    seen.push(page.Users.map(({ UserName = '' }) => UserName))
    Marker = page.Marker
  } while (Marker !== undefined)
  assert.deepEqual(seen, [['Page-1', 'page-2'], ['PAGE-3', 'page-4'], ['page-5']])
  await harness.refused(listUsers, { Marker: 'nonsense' }, { code: 'ValidationError', message: 'Invalid Marker.' })
})

test('UpdateUser keeps id, keys and memberships', async () => {
  const { UserId } = await create({ UserName: 'old', Path: '/x/' })
  await create({ UserName: 'Other' })
  await harness.call(createGroup, { GroupName: 'kept' })
  await harness.call(addUserToGroup, { GroupName: 'kept', UserName: 'old' })
  await harness.call(createAccessKey, { UserName: 'old' })
  // oxfmt-ignore
  await assertRefusals(harness, updateUser, [
    [{ UserName: 'nobody', NewUserName: 'other' }, 'NoSuchEntity',        'The user with name nobody cannot be found.'],
    [{ UserName: 'old', NewUserName: 'other' },    'EntityAlreadyExists', 'User with name other already exists.'],
  ])
  await harness.call(updateUser, { UserName: 'old', NewUserName: 'New', NewPath: '/y/' })
  const renamed = await get('new')
  assert.deepEqual([renamed.UserId, renamed.Arn], [UserId, arnOf('/y/New')])
  await harness.refused(getUser, { UserName: 'old' }, { code: 'NoSuchEntity' })
  const { Groups } = await harness.call<{ Groups: readonly { GroupName: string }[] }>(listGroupsForUser, { UserName: 'new' })
  assert.deepEqual(
    Groups.map(({ GroupName }) => GroupName),
    ['kept'],
  )
  await harness.refused(
    deleteUser,
    { UserName: 'new' },
    { code: 'DeleteConflict', message: 'Cannot delete entity, must delete access keys first.' },
  )
  // The same name in other letters, the very same name with a new path (as Terraform sends it), and nothing at all.
  await harness.call(updateUser, { UserName: 'New', NewUserName: 'NEW' })
  await harness.call(updateUser, { UserName: 'NEW', NewUserName: 'NEW', NewPath: '/z/' })
  await harness.call(updateUser, { UserName: 'NEW' })
  assert.equal((await get('new')).Arn, arnOf('/z/NEW'))
})

test('DeleteUser names what must go first, one thing after the other', async () => {
  const { UserId } = await create({ UserName: 'doomed' })
  const UserName = 'doomed'
  await harness.refused(
    deleteUser,
    { UserName: 'nobody' },
    { code: 'NoSuchEntity', message: 'The user with name nobody cannot be found.' },
  )
  await harness.call(createLoginProfile, { UserName, Password: 'Correct-Horse-7' })
  const { AccessKey } = await harness.call<{ AccessKey: { AccessKeyId: string } }>(createAccessKey, { UserName })
  await harness.call(createGroup, { GroupName: 'doomed' })
  await harness.call(addUserToGroup, { GroupName: 'doomed', UserName })
  await runSql(
    harness,
    [
      'INSERT INTO iam_attachment (account, principal_id, policy_arn, attached_at) VALUES ($1, $2, $3, 0)',
      ACCOUNT,
      UserId,
      ADMINISTRATOR_ACCESS,
    ],
    [
      'INSERT INTO iam_inline_policy (account, principal_id, name, document) VALUES ($1, $2, $3, $4)',
      ACCOUNT,
      UserId,
      'inline',
      '{}',
    ],
  )
  // oxfmt-ignore
  const obstacles: readonly Obstacle[] = [
    ['delete login profile',    () => harness.call(deleteLoginProfile, { UserName })],
    ['delete access keys',      () => harness.call(deleteAccessKey, { UserName, AccessKeyId: AccessKey.AccessKeyId })],
    ['remove users from group', () => harness.call(removeUserFromGroup, { GroupName: 'doomed', UserName })],
    ['detach all policies',     () => runSql(harness, ['DELETE FROM iam_attachment WHERE principal_id = $1', UserId])],
    ['delete policies',         () => runSql(harness, ['DELETE FROM iam_inline_policy WHERE principal_id = $1', UserId])],
  ]
  await assertObstacles(harness, deleteUser, { UserName }, obstacles)
  await harness.call(deleteUser, { UserName })
  await harness.refused(getUser, { UserName }, { code: 'NoSuchEntity' })
  assert.notEqual((await create({ UserName })).UserId, UserId, 'a user of the same name is another user')
})

test('what must be allowed', () => {
  const tagged = { UserName: 'u', Path: '/p/', Tags: [{ Key: 'k', Value: 'v' }] }
  const context = { 'aws:TagKeys': ['k'], 'aws:RequestTag/k': 'v', 'aws:ResourceTag/k': 'v' }
  const bounded = { ...context, 'iam:PermissionsBoundary': undefined }
  assert.deepEqual(harness.checks(createUser, tagged), [
    { action: 'iam:CreateUser', resource: arnOf('/p/u'), context: bounded },
    { action: 'iam:TagUser', resource: arnOf('/p/u'), context },
  ])
  assert.deepEqual(harness.checks(createUser, { UserName: 'u', PermissionsBoundary: ADMINISTRATOR_ACCESS }), {
    action: 'iam:CreateUser',
    resource: arnOf('/u'),
    context: { 'iam:PermissionsBoundary': ADMINISTRATOR_ACCESS },
  })
  assert.deepEqual(harness.checks(listUsers, {}), { action: 'iam:ListUsers', resource: arnOf('/') })
  assert.deepEqual(harness.checks(updateUser, { UserName: 'a', NewUserName: 'b' }), [
    { action: 'iam:UpdateUser', resource: { kind: 'user', name: 'a' } },
    { action: 'iam:UpdateUser', resource: { kind: 'renamed user', name: 'a\nb\n' } },
  ])
  assert.deepEqual(harness.checks(updateUser, { UserName: 'a' }), {
    action: 'iam:UpdateUser',
    resource: { kind: 'user', name: 'a' },
  })
})

test('users as the decision sees them', async () => {
  await create({ UserName: 'Seen', Path: '/s/', PermissionsBoundary: ADMINISTRATOR_ACCESS, Tags: [{ Key: 'k', Value: 'v' }] })
  const context = { 'aws:ResourceTag/k': 'v', 'iam:ResourceTag/k': 'v', 'iam:PermissionsBoundary': ADMINISTRATOR_ACCESS }
  const entity = (name: string) => harness.store.read((tx) => userEntity(tx, ACCOUNT, name))
  const renamed = (change: string) => harness.store.read((tx) => renamedUserEntity(tx, ACCOUNT, change))
  assert.deepEqual(await entity('seen'), { arn: arnOf('/s/Seen'), context })
  assert.deepEqual(await entity('unseen'), { arn: arnOf('/unseen'), missing: true })
  assert.deepEqual(await renamed('seen\nheard\n'), { arn: arnOf('/s/heard'), context })
  assert.deepEqual(await renamed('seen\n\n/t/'), { arn: arnOf('/t/Seen'), context })
  assert.deepEqual(await renamed('unseen\nheard\n'), { arn: arnOf('/heard'), missing: true })
})
