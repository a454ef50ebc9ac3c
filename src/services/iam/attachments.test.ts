/** Managed policies on users, groups and roles: refusals in their order, lists both ways, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AttachedPolicy, ListEntitiesForPolicyResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import {
  attachGroupPolicy,
  attachRolePolicy,
  attachUserPolicy,
  detachGroupPolicy,
  detachRolePolicy,
  detachUserPolicy,
  listAttachedGroupPolicies,
  listAttachedRolePolicies,
  listAttachedUserPolicies,
} from './attachments.ts'
import { listAwsPolicies } from './aws-policies.ts'
import { putRolePermissionsBoundary, putUserPermissionsBoundary } from './boundaries.ts'
import { createGroup } from './groups.ts'
import { createPolicy } from './policies.ts'
import { listEntitiesForPolicy } from './policy-entities.ts'
import { createRole } from './roles.ts'
import { createServiceLinkedRole } from './service-linked-roles.ts'
import { createUser } from './users.ts'

const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
const TRUST =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'
const arnOf = (pathAndName: string, account = ACCOUNT): string => `arn:aws:iam::${account}:policy${pathAndName}`
const NOTHING = arnOf('/nothing')
const CUSTOMER = arnOf('/team/customer')
const ADMINISTRATOR_ACCESS = arnOf('/AdministratorAccess', 'aws')
const SERVICE_ROLE_POLICY = arnOf('/aws-service-role/AutoScalingServiceRolePolicy', 'aws')
const LINKED = 'AWSServiceRoleForECS'

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createPolicy, { PolicyName: 'customer', Path: '/team/', PolicyDocument: DOCUMENT })
  await harness.call(createServiceLinkedRole, { AWSServiceName: 'ecs.amazonaws.com' })
})
after(() => harness.close())

const makeUser = (UserName: string, Path = '/') => harness.call(createUser, { UserName, Path })
const makeGroup = (GroupName: string, Path = '/') => harness.call(createGroup, { GroupName, Path })
const makeRole = (RoleName: string, Path = '/') => harness.call(createRole, { RoleName, Path, AssumeRolePolicyDocument: TRUST })

/** The operations of each kind of owner: one table of tests serves the three. */
const KINDS = [
  {
    kind: 'user',
    key: 'UserName',
    make: makeUser,
    attach: attachUserPolicy,
    detach: detachUserPolicy,
    list: listAttachedUserPolicies,
    quota: 'Cannot exceed quota for PoliciesPerUser: 10',
  },
  {
    kind: 'group',
    key: 'GroupName',
    make: makeGroup,
    attach: attachGroupPolicy,
    detach: detachGroupPolicy,
    list: listAttachedGroupPolicies,
    quota: 'Cannot exceed quota for PoliciesPerGroup: 10',
  },
  {
    kind: 'role',
    key: 'RoleName',
    make: makeRole,
    attach: attachRolePolicy,
    detach: detachRolePolicy,
    list: listAttachedRolePolicies,
    quota: 'Cannot exceed quota for PoliciesPerRole: 10',
  },
] as const

const attachable = listAwsPolicies()
  .filter(({ path }) => path === '/')
  .map(({ arn }) => arn)

for (const { kind, key, make, attach, detach, list, quota } of KINDS) {
  const named = (name: string, PolicyArn?: string): object => ({ [key]: name, ...(PolicyArn !== undefined && { PolicyArn }) })
  const arnsOf = async (name: string, input: object = {}): Promise<readonly (string | undefined)[]> => {
    const listed = await harness.call<{ AttachedPolicies: readonly AttachedPolicy[] }>(list, { [key]: name, ...input })
    return listed.AttachedPolicies.map(({ PolicyArn }) => PolicyArn)
  }

  test(`policies of a ${kind} refuse in this order`, async () => {
    await make('Full')
    for (const PolicyArn of attachable.slice(0, 10)) await harness.call(attach, named('full', PolicyArn))
    const nobody = `The ${kind} with name nobody cannot be found.`
    const [, eleventh = ''] = attachable.slice(9)
    // oxfmt-ignore
    await assertRefusals(harness, attach, [
      [named('nobody', 'no-arn-at-all-1234567'),         'ValidationError',     'ARN no-arn-at-all-1234567 is not valid.'],
      [named('nobody', NOTHING),                         'NoSuchEntity',        nobody],
      [named('full', NOTHING),                           'NoSuchEntity',        `Policy ${NOTHING} does not exist or is not attachable.`],
      [named('full', arnOf('/team/customer', OTHER_ACCOUNT)), 'NoSuchEntity',   `Policy ${arnOf('/team/customer', OTHER_ACCOUNT)} does not exist or is not attachable.`],
      [named('full', SERVICE_ROLE_POLICY),               'PolicyNotAttachable', 'Cannot attach a Service Role Policy to a Customer Role.'],
      [named('full', eleventh),                          'LimitExceeded',       quota],
    ])
    await harness.call(attach, named('full', attachable[0]))
    assert.equal((await arnsOf('Full')).length, 10, 'attaching twice changes nothing, also at the quota')
    // oxfmt-ignore
    await assertRefusals(harness, detach, [
      [named('nobody', 'no-arn-at-all-1234567'), 'ValidationError', 'ARN no-arn-at-all-1234567 is not valid.'],
      [named('nobody', NOTHING),                 'NoSuchEntity',    nobody],
      [named('full', NOTHING),                   'NoSuchEntity',    `Policy ${NOTHING} was not found.`],
      [named('full', CUSTOMER),                  'NoSuchEntity',    `Policy ${CUSTOMER} was not found.`],
    ])
    // oxfmt-ignore
    await assertRefusals(harness, list, [
      [{ ...named('nobody'), Marker: 'bad' }, 'NoSuchEntity',    nobody],
      [{ ...named('full'), Marker: 'bad' },   'ValidationError', 'Invalid Marker.'],
    ])
  })

  test(`policies of a ${kind} are listed at once, by path and page by page`, async () => {
    await make('holder', '/p/')
    for (const PolicyArn of [ADMINISTRATOR_ACCESS, CUSTOMER]) await harness.call(attach, named('holder', PolicyArn))
    assert.deepEqual(await harness.call(list, named('HOLDER')), {
      AttachedPolicies: [
        { PolicyName: 'customer', PolicyArn: CUSTOMER },
        { PolicyName: 'AdministratorAccess', PolicyArn: ADMINISTRATOR_ACCESS },
      ],
      IsTruncated: false,
    })
    const first = await harness.call<{ Marker: string }>(list, { ...named('holder'), MaxItems: 1 })
    assert.deepEqual(await arnsOf('holder', { MaxItems: 1, Marker: first.Marker }), [ADMINISTRATOR_ACCESS])
    assert.deepEqual(await arnsOf('holder', { PathPrefix: '/team/' }), [CUSTOMER])
    await harness.call(detach, named('holder', ADMINISTRATOR_ACCESS))
    assert.deepEqual(await arnsOf('holder'), [CUSTOMER])
  })

  test(`what must be allowed for a ${kind}`, () => {
    const resource = { kind, name: 'n' }
    for (const operation of [attach, detach]) {
      assert.deepEqual(harness.checks(operation, named('n', CUSTOMER)), {
        action: `iam:${operation.name}`,
        resource,
        context: { 'iam:PolicyARN': CUSTOMER },
      })
      assert.throws(() => harness.checks(operation, named('n', 'no-arn-at-all-1234567')), { code: 'ValidationError' })
    }
    assert.deepEqual(harness.checks(list, named('n')), { action: `iam:${list.name}`, resource })
  })
}

test('the policies of a service-linked role are its service alone', async () => {
  const message = `Cannot perform the operation on the protected role '${LINKED}' - this role is only modifiable by AWS`
  const { AttachedPolicies } = await harness.call<{ AttachedPolicies: readonly AttachedPolicy[] }>(listAttachedRolePolicies, {
    RoleName: LINKED,
  })
  const [PolicyArn] = AttachedPolicies.map((policy) => policy.PolicyArn)
  assert.equal(PolicyArn, arnOf('/aws-service-role/AmazonECSServiceRolePolicy', 'aws'))
  // oxfmt-ignore
  await assertRefusals(harness, attachRolePolicy, [
    [{ RoleName: LINKED, PolicyArn: ADMINISTRATOR_ACCESS }, 'UnmodifiableEntity', message],
  ])
  await assertRefusals(harness, detachRolePolicy, [[{ RoleName: LINKED, PolicyArn }, 'UnmodifiableEntity', message]])
})

test('ListEntitiesForPolicy names who has a policy and whom it bounds', async () => {
  await harness.call(createPolicy, { PolicyName: 'shared', PolicyDocument: DOCUMENT })
  const PolicyArn = arnOf('/shared')
  for (const name of ['both', 'Bounded', 'has']) {
    await makeUser(`u-${name}`, '/e/')
    await makeRole(`r-${name}`, '/e/')
  }
  await makeGroup('g-has')
  await harness.call(attachGroupPolicy, { GroupName: 'g-has', PolicyArn })
  for (const name of ['both', 'has']) {
    await harness.call(attachUserPolicy, { UserName: `u-${name}`, PolicyArn })
    await harness.call(attachRolePolicy, { RoleName: `r-${name}`, PolicyArn })
  }
  for (const name of ['both', 'Bounded']) {
    await harness.call(putUserPermissionsBoundary, { UserName: `u-${name}`, PermissionsBoundary: PolicyArn })
    await harness.call(putRolePermissionsBoundary, { RoleName: `r-${name}`, PermissionsBoundary: PolicyArn })
  }
  const list = async (input: object): Promise<readonly (string | undefined)[]> => {
    const names: (string | undefined)[] = []
    let Marker: string | undefined
    do {
      const page = await harness.call<ListEntitiesForPolicyResponse>(listEntitiesForPolicy, {
        PolicyArn,
        ...input,
        ...(Marker !== undefined && { Marker }),
      })
      const { PolicyGroups = [], PolicyRoles = [], PolicyUsers = [] } = page
      for (const { GroupId } of PolicyGroups) assert.match(GroupId ?? '', /^AGPA/)
      for (const { RoleId } of PolicyRoles) assert.match(RoleId ?? '', /^AROA/)
      for (const { UserId } of PolicyUsers) assert.match(UserId ?? '', /^AIDA/)
      names.push(...PolicyGroups.map(({ GroupName }) => GroupName))
      names.push(...PolicyRoles.map(({ RoleName }) => RoleName))
      names.push(...PolicyUsers.map(({ UserName }) => UserName))
      Marker = page.Marker
    } while (Marker !== undefined)
    return names
  }
  const roles = ['r-both', 'r-Bounded', 'r-has']
  const users = ['u-both', 'u-Bounded', 'u-has']
  // oxfmt-ignore
  const rows: readonly (readonly [object, readonly string[]])[] = [
    [{},                                                             ['g-has', ...roles, ...users]],
    [{ MaxItems: 2 },                                                ['g-has', ...roles, ...users]],
    [{ EntityFilter: 'User' },                                       users],
    [{ EntityFilter: 'Role', PolicyUsageFilter: 'PermissionsPolicy' }, ['r-both', 'r-has']],
    [{ EntityFilter: 'Group' },                                      ['g-has']],
    [{ EntityFilter: 'AWSManagedPolicy' },                           []],
    [{ PolicyUsageFilter: 'PermissionsBoundary' },                   ['r-both', 'r-Bounded', 'u-both', 'u-Bounded']],
    [{ PathPrefix: '/e/', PolicyUsageFilter: 'PermissionsPolicy' },  ['r-both', 'r-has', 'u-both', 'u-has']],
  ]
  for (const [input, names] of rows) assert.deepEqual(await list(input), names, JSON.stringify(input))
  assert.deepEqual(await harness.call(listEntitiesForPolicy, { PolicyArn: arnOf('/PowerUserAccess', 'aws') }), {
    PolicyGroups: [],
    PolicyUsers: [],
    PolicyRoles: [],
    IsTruncated: false,
  })
  // oxfmt-ignore
  await assertRefusals(harness, listEntitiesForPolicy, [
    [{ PolicyArn: 'no-arn-at-all-1234567' },    'ValidationError', 'ARN no-arn-at-all-1234567 is not valid.'],
    [{ PolicyArn: NOTHING, Marker: 'bad' },     'NoSuchEntity',    `Policy ${NOTHING} does not exist or is not attachable.`],
    [{ PolicyArn, Marker: 'bad' },              'ValidationError', 'Invalid Marker.'],
  ])
})
