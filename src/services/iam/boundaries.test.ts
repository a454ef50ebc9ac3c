/** Permissions boundaries: refusals in their order, what GetUser and GetRole show, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AttachedPermissionsBoundary } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import {
  deleteRolePermissionsBoundary,
  deleteUserPermissionsBoundary,
  putRolePermissionsBoundary,
  putUserPermissionsBoundary,
} from './boundaries.ts'
import { createPolicy } from './policies.ts'
import { createRole, getRole } from './roles.ts'
import { createServiceLinkedRole } from './service-linked-roles.ts'
import { createUser, getUser } from './users.ts'

const TRUST =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'
const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
const CUSTOMER = `arn:aws:iam::${ACCOUNT}:policy/boundary`
const NOTHING = `arn:aws:iam::${ACCOUNT}:policy/nothing`
const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess'
const SERVICE_ROLE_POLICY = 'arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy'
const LINKED = 'AWSServiceRoleForECS'

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createPolicy, { PolicyName: 'boundary', PolicyDocument: DOCUMENT })
  await harness.call(createUser, { UserName: 'u' })
  await harness.call(createRole, { RoleName: 'r', AssumeRolePolicyDocument: TRUST })
  await harness.call(createServiceLinkedRole, { AWSServiceName: 'ecs.amazonaws.com' })
})
after(() => harness.close())

type Bounded = { readonly PermissionsBoundary?: AttachedPermissionsBoundary }
const KINDS = [
  {
    kind: 'user',
    key: 'UserName',
    name: 'u',
    put: putUserPermissionsBoundary,
    remove: deleteUserPermissionsBoundary,
    get: async () => (await harness.call<{ User: Bounded }>(getUser, { UserName: 'u' })).User,
  },
  {
    kind: 'role',
    key: 'RoleName',
    name: 'r',
    put: putRolePermissionsBoundary,
    remove: deleteRolePermissionsBoundary,
    get: async () => (await harness.call<{ Role: Bounded }>(getRole, { RoleName: 'r' })).Role,
  },
] as const

for (const { kind, key, name, put, remove, get } of KINDS) {
  test(`the boundary of a ${kind} is refused in this order`, async () => {
    const nobody = `The ${kind} with name nobody cannot be found.`
    const bounded = (owner: string, PermissionsBoundary: string): object => ({ [key]: owner, PermissionsBoundary })
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/r`
    // oxfmt-ignore
    await assertRefusals(harness, put, [
      [bounded('nobody', 'no-arn-at-all-1234567'), 'NoSuchEntity',        nobody],
      [bounded(name, 'no-arn-at-all-1234567'),     'InvalidInput',        'ARN no-arn-at-all-1234567 is not valid.'],
      [bounded(name, roleArn),                     'InvalidInput',        `ARN ${roleArn} is not valid.`],
      [bounded(name, `${CUSTOMER} `),              'InvalidInput',        `ARN ${CUSTOMER}  is not valid.`],
      [bounded(name, NOTHING),                     'NoSuchEntity',        `Scope ARN: ${NOTHING} does not exist or is not attachable.`],
      [bounded(name, SERVICE_ROLE_POLICY),         'PolicyNotAttachable', 'Cannot attach a Service Role Policy to a Customer Role.'],
    ])
    await assertRefusals(harness, remove, [[{ [key]: 'nobody' }, 'NoSuchEntity', nobody]])
    assert.equal((await get()).PermissionsBoundary, undefined)
  })

  test(`the boundary of a ${kind} is set, replaced and taken away`, async () => {
    for (const arn of [CUSTOMER, ADMINISTRATOR_ACCESS]) {
      await harness.call(put, { [key]: name.toUpperCase(), PermissionsBoundary: arn })
      assert.equal((await get()).PermissionsBoundary?.PermissionsBoundaryArn, arn)
    }
    await harness.call(remove, { [key]: name })
    await harness.call(remove, { [key]: name })
    assert.equal((await get()).PermissionsBoundary, undefined)
  })

  test(`what must be allowed for the boundary of a ${kind}`, () => {
    assert.deepEqual(harness.checks(put, { [key]: name, PermissionsBoundary: CUSTOMER }), {
      action: `iam:${put.name}`,
      resource: { kind, name },
      context: { 'iam:PermissionsBoundary': CUSTOMER },
    })
    assert.deepEqual(harness.checks(remove, { [key]: name }), { action: `iam:${remove.name}`, resource: { kind, name } })
  })
}

test('a service-linked role has no boundary', async () => {
  const message = `Cannot perform the operation on the protected role '${LINKED}' - this role is only modifiable by AWS`
  const input = { RoleName: LINKED, PermissionsBoundary: CUSTOMER }
  for (const operation of [putRolePermissionsBoundary, deleteRolePermissionsBoundary])
    await assertRefusals(harness, operation, [[input, 'UnmodifiableEntity', message]])
})
