/** Roles from templates, and account properties. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AcquireRoleResponse, GetRoleResponse, ListRolesResponse, Role } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import { getAccountProperties, putAccountProperties } from './account-properties.ts'
import { acquireRole, getRoleTemplateVersion } from './acquire-role.ts'
import { attachRolePolicy, detachRolePolicy } from './attachments.ts'
import { deleteRole, createRole, getRole, listRoles, updateRole } from './roles.ts'
import { putRolePolicy } from './inline-policies.ts'
import { ROLES_PER_ACCOUNT } from './quotas.ts'
import { updateAssumeRolePolicy } from './trust-policy.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const TemplateArn = 'arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1'
const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess'
const trust = (Service: string) =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"${Service}"},"Action":"sts:AssumeRole"}]}`
const values = (given: Readonly<Record<string, string>>) => ({
  TemplateArn,
  ReplacementValues: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { Values: [value] }])),
})
const LAMBDA = { AWSServiceName: 'lambda.amazonaws.com' }
const acquire = async (input: object): Promise<Role> => (await harness.call<AcquireRoleResponse>(acquireRole, input)).Role

test('a template is shown as far as it is known', async () => {
  const { RoleTemplateVersion: version } = await harness.call<{ RoleTemplateVersion: Record<string, unknown> }>(
    getRoleTemplateVersion,
    { TemplateArn },
  )
  assert.equal(version['AssumeRolePolicyDocumentTemplate'], trust('@{AWSServiceName}'))
  assert.deepEqual(
    [version['RoleNamePattern'], version['ManagedPolicyArns'], version['Enabled']],
    ['@{RoleName}', [POWER_USER], true],
  )
  assert.deepEqual(await harness.call(getRoleTemplateVersion, { TemplateArn, MinorVersion: 0 }), { RoleTemplateVersion: version })
  const unknown = 'arn:aws:iam::aws:role-template/backup.amazonaws.com/AWSBackupDefaultServiceRoleTemplate:1'
  await assertRefusals(harness, getRoleTemplateVersion, [
    [{ TemplateArn: 'arn:aws:iam::aws:policy/x' }, 'InvalidInput', 'ARN arn:aws:iam::aws:policy/x is not valid.'],
    [{ TemplateArn: unknown }, 'NoSuchEntity', `The role template ${unknown} cannot be found.`],
    [{ TemplateArn, MinorVersion: 7 }, 'NoSuchEntity', `The role template ${TemplateArn} has no minor version 7.`],
  ])
})

test('what a caller of AcquireRole must be allowed: to get the role that is there, else to make it', () => {
  const resource = { kind: 'role', name: '/PowerUserRole' }
  const context = { 'iam:RoleTemplateARN': TemplateArn }
  assert.deepEqual(harness.checks(acquireRole, values(LAMBDA)), [
    { action: 'iam:GetRole', resource, when: 'exists', context },
    { action: 'iam:CreateRole', resource, when: 'missing', context },
    { action: 'iam:AttachRolePolicy', resource, when: 'missing', context: { ...context, 'iam:PolicyARN': POWER_USER } },
  ])
})

test('AcquireRole makes the role, and finds it when it is asked again', async () => {
  const made = await acquire(values({ ...LAMBDA, RoleName: 'builder' }))
  assert.deepEqual(made, {
    Path: '/',
    RoleName: 'builder',
    RoleId: made.RoleId,
    Arn: `arn:aws:iam::${ACCOUNT}:role/builder`,
    CreateDate: made.CreateDate,
    AssumeRolePolicyDocument: made.AssumeRolePolicyDocument,
    SourceRoleTemplate: { TemplateArn, TemplateMinorVersion: 0 },
  })
  assert.equal(decodeURIComponent(made.AssumeRolePolicyDocument ?? ''), trust('lambda.amazonaws.com'))
  assert.deepEqual(await acquire(values({ ...LAMBDA, RoleName: 'builder' })), made)
  const { Role: got } = await harness.call<GetRoleResponse>(getRole, { RoleName: 'builder' })
  const { Roles: listed } = await harness.call<ListRolesResponse>(listRoles, {})
  for (const role of [got, listed.find(({ RoleName }) => RoleName === 'builder')])
    assert.deepEqual(role?.SourceRoleTemplate, { TemplateArn, TemplateMinorVersion: 0 })
  await harness.call(detachRolePolicy, { RoleName: 'builder', PolicyArn: POWER_USER })
  await harness.call(deleteRole, { RoleName: 'builder' })
  const again = await harness.call<{ Role: Role }>(createRole, {
    RoleName: 'builder',
    AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
  })
  assert.equal(again.Role.SourceRoleTemplate, undefined)
})

/** Each change makes the role another than the template's. */
// oxfmt-ignore
const CHANGES = [
  ['another policy',      (RoleName: string) => harness.call(attachRolePolicy, { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })],
  ['no policy',           (RoleName: string) => harness.call(detachRolePolicy, { RoleName, PolicyArn: POWER_USER })],
  ['an inline policy',    (RoleName: string) => harness.call(putRolePolicy, { RoleName, PolicyName: 'x', PolicyDocument: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}' })],
  ['another trust',       (RoleName: string) => harness.call(updateAssumeRolePolicy, { RoleName, PolicyDocument: trust('ec2.amazonaws.com') })],
  ['a longer session',    (RoleName: string) => harness.call(updateRole, { RoleName, MaxSessionDuration: 7_200 })],
] as const
for (const [index, [what, change]] of CHANGES.entries()) {
  test(`a role that was given ${what} is not the template’s any more`, async () => {
    const RoleName = `changed-${index}`
    await acquire(values({ ...LAMBDA, RoleName }))
    await change(RoleName)
    const message = `The role ${RoleName} exists and is not as the role template would make it.`
    await harness.refused(acquireRole, values({ ...LAMBDA, RoleName: RoleName.toUpperCase() }), { code: 'NameConflict', message })
    await harness.refused(acquireRole, values({ ...LAMBDA, RoleName }), { code: 'NameConflict', message })
  })
}

test('AcquireRole makes nothing for whom was allowed to see the role only', async () => {
  const message = 'The role was deleted by another request meanwhile. Please try again.'
  const gone = values({ ...LAMBDA, RoleName: 'gone' })
  const seen = { found: ['exists', 'exists', 'exists'] } as const
  await harness.refused(acquireRole, gone, { code: 'ConcurrentModification', message }, seen)
  await harness.refused(getRole, { RoleName: 'gone' }, { code: 'NoSuchEntity' })
  // Two who make it at the same time have the same role.
  const unseen = { found: ['missing', 'missing', 'missing'] } as const
  const both = [await harness.call(acquireRole, gone, unseen), await harness.call(acquireRole, gone, unseen)]
  assert.deepEqual(both[0], both[1])
  assert.deepEqual(await harness.call(acquireRole, gone, seen), both[0])
})

test('AcquireRole refuses in this order', async () => {
  // oxfmt-ignore
  await assertRefusals(harness, acquireRole, [
    [{ ...values({ x: 'y' }), TemplateMinorVersion: 3 },                      'NoSuchEntity', `The role template ${TemplateArn} has no minor version 3.`],
    [values({ x: 'y' }),                                                      'InvalidInput', 'The role template has no parameter x.'],
    [{ TemplateArn },                                                         'InvalidInput', 'The parameter AWSServiceName must have one value.'],
    [{ TemplateArn, ReplacementValues: { AWSServiceName: { Values: ['a', 'b'] } } }, 'InvalidInput', 'The parameter AWSServiceName must have one value.'],
    [values({ ...LAMBDA, RoleName: 'a b' }),                                  'InvalidInput', 'The role template would make a role of the name a b, which is no name of a role.'],
  ])
  await harness.refused(acquireRole, values({ AWSServiceName: '"},"Action":"*' }), { code: 'MalformedPolicyDocument' })
})

test('AcquireRole ends at the quota, and finds what is there beyond it', async () => {
  const as = harness.rootOf(OTHER_ACCOUNT)
  const last = await harness.call(acquireRole, values(LAMBDA), { as })
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    INSERT INTO iam_role (account, id, name, name_key, path, trust_policy, max_session_seconds, tags, created_at)
    SELECT $2, 'AROA' || i, 'r' || i, 'r' || i, '/', '{}', 3600, '[]', 0 FROM n`
  await runSql(harness, [many, ROLES_PER_ACCOUNT - 1, OTHER_ACCOUNT])
  const refusal = { code: 'LimitExceeded', message: 'Cannot exceed quota for RolesPerAccount: 1000' }
  await harness.refused(acquireRole, values({ ...LAMBDA, RoleName: 'more' }), refusal, { as })
  assert.deepEqual(await harness.call(acquireRole, values(LAMBDA), { as }), last)
})

test('account properties: told where nobody set them, each account’s own, one namespace at a time', async () => {
  const get = async (accountId = ACCOUNT) =>
    (await harness.call<{ Properties: object }>(getAccountProperties, {}, { as: harness.rootOf(accountId) })).Properties
  assert.deepEqual(await get(), { 'RoleManager/Enabled': 'false' })
  for (const value of ['true', 'true', 'false', 'true'])
    assert.deepEqual(await harness.call(putAccountProperties, { Properties: { 'RoleManager/Enabled': value } }), {})
  assert.deepEqual(await get(), { 'RoleManager/Enabled': 'true' })
  assert.deepEqual(await get(OTHER_ACCOUNT), { 'RoleManager/Enabled': 'false' })
  assert.deepEqual(harness.checks(putAccountProperties, { Properties: { 'RoleManager/Enabled': 'true', 'Other/X': '' } }), {
    action: 'iam:PutAccountProperties',
    resource: '*',
    context: { 'iam:AccountPropertyNamespaces': ['RoleManager', 'Other'] },
  })
  const form = (name: string) => `The property key ${name} must have the form Namespace/PropertyName.`
  // oxfmt-ignore
  await assertRefusals(harness, putAccountProperties, [
    [{ Properties: {} },                                                        'InvalidInput', 'Properties must hold at least one property.'],
    [{ Properties: { Enabled: 'x', 'B/C': 'x' } },                              'InvalidInput', form('Enabled')],
    [{ Properties: { 'RoleManager/': 'true' } },                                'InvalidInput', form('RoleManager/')],
    [{ Properties: { 'A/B/C': 'true' } },                                       'InvalidInput', form('A/B/C')],
    [{ Properties: { 'RoleManager/Enabled': 'maybe', 'Other/X': 'x' } },        'InvalidInput', 'All properties of a request must belong to the same namespace.'],
    [{ Properties: { 'RoleManager/Disabled': 'true' } },                        'InvalidInput', 'The property RoleManager/Disabled is not known.'],
    [{ Properties: { 'RoleManager/Enabled': 'True' } },                         'InvalidInput', 'The value of RoleManager/Enabled must be one of: true, false.'],
  ])
})
