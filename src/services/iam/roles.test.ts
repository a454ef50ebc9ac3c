/** Roles: refusals in their order, shapes, tags, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  CreateRoleResponse,
  GetRoleResponse,
  ListRolesResponse,
  ListRoleTagsResponse,
  Role,
  UpdateRoleDescriptionResponse,
} from '../../model/iam.gen.ts'
import type { WriteTx } from '../../store/store.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import type { HarnessJob } from '../../../tests/harness-runner.ts'
import { assertObstacles, assertRefusals, type Obstacle, runSql } from '../../../tests/refusals.ts'
import { addRoleToInstanceProfile, createInstanceProfile, removeRoleFromInstanceProfile } from './instance-profiles.ts'
import { ROLES_PER_ACCOUNT } from './quotas.ts'
import { listRoleTags, tagRole, untagRole } from './role-tags.ts'
import { createRole, deleteRole, getRole, listRoles, roleEntity, updateRole, updateRoleDescription } from './roles.ts'
import { noteRoleUse } from './roles.rows.ts'
import { createServiceLinkedRole } from './service-linked-roles.ts'
import { updateAssumeRolePolicy } from './trust-policy.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess'
const MISSING_POLICY = `arn:aws:iam::${ACCOUNT}:policy/missing`
const LINKED = 'AWSServiceRoleForECS'
const PROTECTED = `Cannot perform the operation on the protected role '${LINKED}' - this role is only modifiable by AWS`
/** With white space and an odd order, to be read back as it was sent. */
const TRUST = `{ "Statement": [{"Principal": {"Service": "ec2.amazonaws.com"}, "Effect": "Allow", "Action": "sts:AssumeRole"}],\n "Version": "2012-10-17" }`
const arnOf = (pathAndName: string): string => `arn:aws:iam::${ACCOUNT}:role${pathAndName}`
const create = async (input: object): Promise<Role> =>
  (await harness.call<CreateRoleResponse>(createRole, { AssumeRolePolicyDocument: TRUST, ...input })).Role
const get = async (RoleName: string): Promise<Role> => (await harness.call<GetRoleResponse>(getRole, { RoleName })).Role
const decoded = ({ AssumeRolePolicyDocument = '' }: Role): string => decodeURIComponent(AssumeRolePolicyDocument)

test('CreateRole refuses in this order', async () => {
  await create({ RoleName: 'Taken' })
  const twice = [
    { Key: 'Team', Value: 'a' },
    { Key: 'team', Value: 'b' },
  ]
  const wrong = {
    RoleName: 'taken',
    Path: '/aws-service-role/x/',
    AssumeRolePolicyDocument: '{',
    PermissionsBoundary: 'no-arn-at-all-12345',
  }
  const long = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: '*' },
        Condition: { StringEquals: { 'sts:ExternalId': 'x'.repeat(2_000) } },
      },
    ],
  })
  // oxfmt-ignore
  await assertRefusals(harness, createRole, [
    [{ ...wrong, Tags: twice },                                                                 'InvalidInput',            'Duplicate tag keys found. Please note that Tag keys are case insensitive.'],
    [wrong,                                                                                     'InvalidInput',            "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"],
    [{ ...wrong, Path: '/' },                                                                   'MalformedPolicyDocument', 'This policy contains invalid Json'],
    [{ ...wrong, Path: '/', AssumeRolePolicyDocument: long },                                   'LimitExceeded',           'Cannot exceed quota for ACLSizePerRole: 2048'],
    [{ ...wrong, Path: '/', AssumeRolePolicyDocument: TRUST },                                  'InvalidInput',            'ARN no-arn-at-all-12345 is not valid.'],
    [{ RoleName: 'taken', AssumeRolePolicyDocument: TRUST, PermissionsBoundary: MISSING_POLICY }, 'NoSuchEntity',          `Scope ARN: ${MISSING_POLICY} does not exist or is not attachable.`],
    [{ RoleName: 'tAKEN', AssumeRolePolicyDocument: TRUST },                                    'EntityAlreadyExists',     'Role with name tAKEN already exists.'],
  ])
})

test('CreateRole ends at the quota', async () => {
  const full = harness.rootOf(OTHER_ACCOUNT)
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    INSERT INTO iam_role (account, id, name, name_key, path, trust_policy, max_session_seconds, tags, created_at)
    SELECT $2, 'AROA' || i, 'r' || i, 'r' || i, '/', '{}', 3600, '[]', 0 FROM n`
  await runSql(harness, [many, ROLES_PER_ACCOUNT - 1, OTHER_ACCOUNT])
  await harness.call(createRole, { RoleName: 'last', AssumeRolePolicyDocument: TRUST }, { as: full })
  const message = 'Cannot exceed quota for RolesPerAccount: 1000'
  await harness.refused(
    createRole,
    { RoleName: 'more', AssumeRolePolicyDocument: TRUST },
    { code: 'LimitExceeded', message },
    { as: full },
  )
  await harness.refused(
    createServiceLinkedRole,
    { AWSServiceName: 'ecs.amazonaws.com' },
    { code: 'LimitExceeded', message },
    { as: full },
  )
})

test('a role reads back as it was made, in the shape of each operation', async () => {
  const boundary = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: ADMINISTRATOR_ACCESS }
  const created = await create({
    RoleName: 'Shape',
    Path: '/a/b/',
    Description: 'For shapes',
    MaxSessionDuration: 7_200,
    PermissionsBoundary: ADMINISTRATOR_ACCESS,
    Tags: [{ Key: 'k', Value: '' }],
  })
  assert.match(created.RoleId, /^AROA[A-Z2-7]{17}$/)
  const bare = {
    Path: '/a/b/',
    RoleName: 'Shape',
    RoleId: created.RoleId,
    Arn: arnOf('/a/b/Shape'),
    CreateDate: new Date(harness.now()),
  }
  const { AssumeRolePolicyDocument, ...rest } = created
  assert.deepEqual(rest, { ...bare, PermissionsBoundary: boundary, Tags: [{ Key: 'k', Value: '' }] })
  assert.equal(decoded(created), TRUST)
  assert.doesNotMatch(AssumeRolePolicyDocument ?? '', /[^A-Za-z0-9\-._~%]/, 'encoded by RFC 3986')
  const settings = { Description: 'For shapes', MaxSessionDuration: 7_200 }
  assert.deepEqual(await get('sHAPE'), { ...created, ...settings, RoleLastUsed: {} }, 'names are found whatever their case')
  const { Roles } = await harness.call<ListRolesResponse>(listRoles, { PathPrefix: '/a/' })
  assert.deepEqual(Roles, [{ ...bare, AssumeRolePolicyDocument, ...settings }])
  const used = async (tx: WriteTx) => {
    for (const at of [4_000, 5_000]) await noteRoleUse(tx, ACCOUNT, created.RoleId, { used_at: at, region: 'eu-west-1' })
    return {}
  }
  const job: HarnessJob = { run: used }
  await harness.store.write(job)
  assert.deepEqual((await get('Shape')).RoleLastUsed, { LastUsedDate: new Date(5_000), Region: 'eu-west-1' })
  const plain = await create({ RoleName: 'plain' })
  assert.deepEqual(Object.keys(plain), ['Path', 'RoleName', 'RoleId', 'Arn', 'CreateDate', 'AssumeRolePolicyDocument'])
  assert.deepEqual(await get('plain'), { ...plain, MaxSessionDuration: 3_600, RoleLastUsed: {} })
})

test('ListRoles pages in the order of names', async () => {
  const names = ['Page-1', 'page-2', 'PAGE-3']
  for (const RoleName of names.toReversed()) await create({ RoleName, Path: '/pages/' })
  const first = await harness.call<ListRolesResponse>(listRoles, { PathPrefix: '/pages/', MaxItems: 2 })
  assert.deepEqual([first.Roles.map(({ RoleName }) => RoleName), first.IsTruncated], [['Page-1', 'page-2'], true])
  const { Roles, IsTruncated } = await harness.call<ListRolesResponse>(listRoles, {
    PathPrefix: '/pages/',
    MaxItems: 2,
    Marker: first.Marker,
  })
  assert.deepEqual([Roles.map(({ RoleName }) => RoleName), IsTruncated], [['PAGE-3'], false])
})

test('UpdateRole changes what it is given, UpdateRoleDescription answers the role', async () => {
  await create({ RoleName: 'changing', Description: 'before', Tags: [{ Key: 'k', Value: 'v' }] })
  await harness.call(createServiceLinkedRole, { AWSServiceName: 'ecs.amazonaws.com' })
  for (const [operation, input] of [
    [updateRole, { MaxSessionDuration: 3_600, Description: 'x' }],
    [updateAssumeRolePolicy, { PolicyDocument: '{' }],
    [deleteRole, {}],
  ] as const) {
    await assertRefusals(harness, operation, [
      [{ ...input, RoleName: 'nobody' }, 'NoSuchEntity', 'The role with name nobody cannot be found.'],
      [{ ...input, RoleName: LINKED.toUpperCase() }, 'UnmodifiableEntity', PROTECTED],
    ])
  }
  await harness.call(updateRole, { RoleName: LINKED, Description: 'of a service' })
  assert.equal((await get(LINKED)).Description, 'of a service')
  await harness.call(updateRoleDescription, { RoleName: LINKED, Description: 'edited' })
  assert.equal((await get(LINKED)).Description, 'edited')
  for (const operation of [updateRole, updateRoleDescription])
    await harness.refused(operation, { RoleName: 'nobody', Description: 'x' }, { code: 'NoSuchEntity' })
  const settings = async () => {
    const { Description, MaxSessionDuration } = await get('changing')
    return [Description, MaxSessionDuration]
  }
  assert.deepEqual(await harness.call(updateRole, { RoleName: 'changing' }), {})
  assert.deepEqual(await settings(), ['before', 3_600])
  await harness.call(updateRole, { RoleName: 'changing', MaxSessionDuration: 43_200 })
  assert.deepEqual(await settings(), ['before', 43_200])
  await harness.call(updateRole, { RoleName: 'changing', Description: '' })
  assert.deepEqual(await settings(), ['', 43_200])
  const { Role: role } = await harness.call<UpdateRoleDescriptionResponse>(updateRoleDescription, {
    RoleName: 'changing',
    Description: 'after',
  })
  assert.deepEqual([role?.Description, role?.MaxSessionDuration, role?.Tags], ['after', 43_200, undefined])
  assert.deepEqual(await settings(), ['after', 43_200])
})

test('DeleteRole names what must go first, one thing after the other', async () => {
  const RoleName = 'doomed'
  const { RoleId } = await create({ RoleName })
  await harness.call(createInstanceProfile, { InstanceProfileName: 'p' })
  await harness.call(addRoleToInstanceProfile, { InstanceProfileName: 'p', RoleName })
  await runSql(
    harness,
    [
      'INSERT INTO iam_attachment (account, principal_id, policy_arn, attached_at) VALUES ($1, $2, $3, 0)',
      ACCOUNT,
      RoleId,
      ADMINISTRATOR_ACCESS,
    ],
    [
      'INSERT INTO iam_inline_policy (account, principal_id, name, document) VALUES ($1, $2, $3, $4)',
      ACCOUNT,
      RoleId,
      'inline',
      '{}',
    ],
    ['INSERT INTO iam_role_use (account, role_id, used_at, region) VALUES ($1, $2, 0, $3)', ACCOUNT, RoleId, 'us-east-1'],
  )
  // oxfmt-ignore
  const obstacles: readonly Obstacle[] = [
    ['remove roles from instance profile', () => harness.call(removeRoleFromInstanceProfile, { InstanceProfileName: 'p', RoleName })],
    ['detach all policies',                () => runSql(harness, ['DELETE FROM iam_attachment WHERE principal_id = $1', RoleId])],
    ['delete policies',                    () => runSql(harness, ['DELETE FROM iam_inline_policy WHERE principal_id = $1', RoleId])],
  ]
  await assertObstacles(harness, deleteRole, { RoleName }, obstacles)
  await harness.call(deleteRole, { RoleName })
  await harness.refused(getRole, { RoleName }, { code: 'NoSuchEntity', message: 'The role with name doomed cannot be found.' })
  const again = await create({ RoleName })
  assert.notEqual(again.RoleId, RoleId, 'a role of the same name is another role')
  assert.deepEqual((await get(RoleName)).RoleLastUsed, {})
})

test('tags of roles', async () => {
  const Tags = [{ Key: 'Team', Value: 'red' }]
  await create({ RoleName: 'tagged' })
  // oxfmt-ignore
  await assertRefusals(harness, tagRole, [
    [{ RoleName: 'nobody', Tags: [...Tags, { Key: 'team', Value: '' }] }, 'InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'],
    [{ RoleName: 'nobody', Tags },                                        'NoSuchEntity', 'The role with name nobody cannot be found.'],
    [{ RoleName: 'tagged', Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }, 'LimitExceeded', 'The number of tags has reached the maximum limit.'],
  ])
  await harness.refused(untagRole, { RoleName: 'nobody', TagKeys: ['k'] }, { code: 'NoSuchEntity' })
  await harness.refused(listRoleTags, { RoleName: 'nobody' }, { code: 'NoSuchEntity' })
  await harness.refused(
    listRoleTags,
    { RoleName: 'tagged', Marker: 'bad' },
    { code: 'ValidationError', message: 'Invalid Marker.' },
  )
  await harness.call(tagRole, { RoleName: 'tagged', Tags: [...Tags, { Key: 'b', Value: '1' }, { Key: 'A', Value: '2' }] })
  await harness.call(tagRole, { RoleName: 'tagged', Tags: [{ Key: 'TEAM', Value: 'blue' }] })
  const first = await harness.call<ListRoleTagsResponse>(listRoleTags, { RoleName: 'tagged', MaxItems: 2 })
  assert.deepEqual(
    [first.Tags, first.IsTruncated],
    [
      [
        { Key: 'A', Value: '2' },
        { Key: 'b', Value: '1' },
      ],
      true,
    ],
  )
  const { Tags: rest } = await harness.call<ListRoleTagsResponse>(listRoleTags, { RoleName: 'tagged', Marker: first.Marker })
  assert.deepEqual(rest, [{ Key: 'TEAM', Value: 'blue' }])
  await harness.call(untagRole, { RoleName: 'tagged', TagKeys: ['team', 'a', 'B'] })
  assert.equal((await get('tagged')).Tags, undefined)
})

test('what must be allowed', () => {
  const context = { 'aws:TagKeys': ['k'], 'aws:RequestTag/k': 'v', 'aws:ResourceTag/k': 'v' }
  const bounded = { ...context, 'iam:PermissionsBoundary': undefined }
  assert.deepEqual(harness.checks(createRole, { RoleName: 'r', Path: '/p/', Tags: [{ Key: 'k', Value: 'v' }] }), [
    { action: 'iam:CreateRole', resource: arnOf('/p/r'), context: bounded },
    { action: 'iam:TagRole', resource: arnOf('/p/r'), context },
  ])
  assert.deepEqual(harness.checks(listRoles, { PathPrefix: '/p/' }), { action: 'iam:ListRoles', resource: arnOf('/p/') })
  assert.deepEqual(harness.checks(untagRole, { RoleName: 'r', TagKeys: ['k'] }), {
    action: 'iam:UntagRole',
    resource: { kind: 'role', name: 'r' },
    context: { 'aws:TagKeys': ['k'] },
  })
})

test('roles as the decision sees them', async () => {
  await create({ RoleName: 'Seen', Path: '/s/', PermissionsBoundary: ADMINISTRATOR_ACCESS, Tags: [{ Key: 'k', Value: 'v' }] })
  const context = { 'aws:ResourceTag/k': 'v', 'iam:ResourceTag/k': 'v', 'iam:PermissionsBoundary': ADMINISTRATOR_ACCESS }
  const found = { arn: arnOf('/s/Seen'), context, policy: { kind: 'trust', document: TRUST } }
  const missing = (arn: string) => ({ arn, missing: true, policy: { kind: 'trust', document: '' } })
  // oxfmt-ignore
  const rows = [
    ['seen',      found],
    ['/s/Seen',   found],
    ['/s/seen',   missing(arnOf('/s/seen'))],
    ['/Seen',     missing(arnOf('/Seen'))],
    ['/s/t/Seen', missing(arnOf('/s/t/Seen'))],
    ['unseen',    missing(arnOf('/unseen'))],
  ] as const
  for (const [name, entity] of rows)
    assert.deepEqual(await harness.store.read((tx) => roleEntity(tx, ACCOUNT, name)), entity, name)
})
