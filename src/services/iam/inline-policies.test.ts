/** Inline policies of users, groups and roles: refusals in their order, documents as they were sent, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { createGroup } from './groups.ts'
import {
  deleteGroupPolicy,
  deleteRolePolicy,
  deleteUserPolicy,
  getGroupPolicy,
  getRolePolicy,
  getUserPolicy,
  listGroupPolicies,
  listRolePolicies,
  listUserPolicies,
  putGroupPolicy,
  putRolePolicy,
  putUserPolicy,
} from './inline-policies.ts'
import { createRole } from './roles.ts'
import { createServiceLinkedRole } from './service-linked-roles.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const TRUST =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'
/** In an odd order, with white space and characters that RFC 3986 reserves. */
const ODD = `{ "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:%3A(it's)!"}],\n\t"Version": "2012-10-17" }`
/** A document of so many characters without white space, and white space, which does not count. */
const sized = (size: number): string => {
  const statement = (sid: string): string =>
    `{"Version":"2012-10-17","Statement":[{"Sid":"${sid}","Effect":"Allow","Action":"sqs:*","Resource":"*"}]}`
  return statement('x'.repeat(size - statement('').length)).replaceAll(',', ', \n')
}

/** The operations of each kind of owner: one table of tests serves the three. */
const KINDS = [
  {
    kind: 'user',
    key: 'UserName',
    make: (UserName: string) => harness.call(createUser, { UserName }),
    put: putUserPolicy,
    get: getUserPolicy,
    remove: deleteUserPolicy,
    list: listUserPolicies,
    limit: 2_048,
  },
  {
    kind: 'group',
    key: 'GroupName',
    make: (GroupName: string) => harness.call(createGroup, { GroupName }),
    put: putGroupPolicy,
    get: getGroupPolicy,
    remove: deleteGroupPolicy,
    list: listGroupPolicies,
    limit: 5_120,
  },
  {
    kind: 'role',
    key: 'RoleName',
    make: (RoleName: string) => harness.call(createRole, { RoleName, AssumeRolePolicyDocument: TRUST }),
    put: putRolePolicy,
    get: getRolePolicy,
    remove: deleteRolePolicy,
    list: listRolePolicies,
    limit: 10_240,
  },
] as const

for (const { kind, key, make, put, get, remove, list, limit } of KINDS) {
  const named = (name: string, PolicyName: string, PolicyDocument?: string): object => ({
    [key]: name,
    PolicyName,
    ...(PolicyDocument !== undefined && { PolicyDocument }),
  })

  test(`inline policies of a ${kind} refuse in this order`, async () => {
    await make('Full')
    const nobody = `The ${kind} with name nobody cannot be found.`
    const none = `The ${kind} policy with name none cannot be found.`
    const large = `Maximum policy size of ${limit} bytes exceeded for ${kind} Full`
    await harness.call(put, named('full', 'half', sized(limit / 2)))
    // oxfmt-ignore
    await assertRefusals(harness, put, [
      [named('nobody', 'other', '{'),                 'NoSuchEntity',            nobody],
      [named('full', 'other', '{'),                   'MalformedPolicyDocument', 'Syntax errors in policy.'],
      [named('full', 'other', sized(limit / 2 + 1)),  'LimitExceeded',           large],
      [named('full', 'half', sized(limit + 1)),       'LimitExceeded',           large],
    ])
    await harness.call(put, named('full', 'other', sized(limit / 2)))
    await harness.call(remove, named('full', 'other'))
    await harness.call(put, named('full', 'half', sized(limit)))
    // oxfmt-ignore
    for (const operation of [get, remove])
      await assertRefusals(harness, operation, [
        [named('nobody', 'none'), 'NoSuchEntity', nobody],
        [named('full', 'none'),   'NoSuchEntity', none],
      ])
    // oxfmt-ignore
    await assertRefusals(harness, list, [
      [{ [key]: 'nobody', Marker: 'bad' }, 'NoSuchEntity',    nobody],
      [{ [key]: 'full', Marker: 'bad' },   'ValidationError', 'Invalid Marker.'],
    ])
  })

  test(`inline policies of a ${kind} are read back as they were sent`, async () => {
    await make('Holder')
    for (const name of ['b', 'a', 'c']) await harness.call(put, named('holder', name, ODD))
    const answer = await harness.call<{ PolicyDocument: string }>(get, named('HOLDER', 'b'))
    assert.deepEqual({ ...answer, PolicyDocument: decodeURIComponent(answer.PolicyDocument) }, named('Holder', 'b', ODD))
    assert.match(answer.PolicyDocument, /^[A-Za-z0-9%._~-]+$/)
    await harness.call(put, named('holder', 'b', sized(500)))
    assert.notEqual(
      (await harness.call<{ PolicyDocument: string }>(get, named('holder', 'b'))).PolicyDocument,
      answer.PolicyDocument,
    )
    const first = await harness.call<{ Marker: string }>(list, { [key]: 'holder', MaxItems: 2 })
    assert.deepEqual(first, { PolicyNames: ['a', 'b'], IsTruncated: true, Marker: first.Marker })
    assert.deepEqual(await harness.call(list, { [key]: 'holder', MaxItems: 2, Marker: first.Marker }), {
      PolicyNames: ['c'],
      IsTruncated: false,
    })
    await harness.call(remove, named('holder', 'b'))
    assert.deepEqual(await harness.call(list, { [key]: 'holder' }), { PolicyNames: ['a', 'c'], IsTruncated: false })
  })

  test(`what must be allowed for inline policies of a ${kind}`, () => {
    for (const operation of [put, get, remove, list])
      assert.deepEqual(harness.checks(operation, named('n', 'p', ODD)), {
        action: `iam:${operation.name}`,
        resource: { kind, name: 'n' },
      })
  })
}

test('the inline policies of a service-linked role are its service alone', async () => {
  const RoleName = 'AWSServiceRoleForECS'
  await harness.call(createServiceLinkedRole, { AWSServiceName: 'ecs.amazonaws.com' })
  const message = `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`
  const input = { RoleName, PolicyName: 'p', PolicyDocument: ODD }
  for (const operation of [putRolePolicy, deleteRolePolicy])
    await assertRefusals(harness, operation, [[input, 'UnmodifiableEntity', message]])
})
