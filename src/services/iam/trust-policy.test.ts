/** Trust policies: whom they may name, and that those are stored by unique id. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '../../aws/ids.ts'
import type { GetRoleResponse, CreateRoleResponse, CreateUserResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { createRole, deleteRole, getRole, roleEntity } from './roles.ts'
import { updateAssumeRolePolicy } from './trust-policy.ts'
import { createUser, deleteUser, updateUser } from './users.ts'

let harness: Harness
let userId = ''
let roleId = ''
before(async () => {
  harness = await openHarness()
  const user = await harness.call<CreateUserResponse>(createUser, { UserName: 'alice', Path: '/p/' })
  userId = user.User?.UserId ?? ''
  const builder = { RoleName: 'builder', AssumeRolePolicyDocument: trusting('*') }
  roleId = (await harness.call<CreateRoleResponse>(createRole, builder, { as: harness.rootOf(OTHER_ACCOUNT) })).Role.RoleId
  await harness.call(createRole, { RoleName: 'trusting', AssumeRolePolicyDocument: trusting(USER) })
})
after(() => harness.close())

const USER = `arn:aws:iam::${ACCOUNT}:user/p/alice`
const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/builder`
/** Principals in all their places, with white space that must stay. */
const trusting = (...principals: readonly string[]): string =>
  `{ "Version":"2012-10-17", "Statement" : [ {"Effect":"Allow","Action":"sts:AssumeRole", "Principal":{"AWS": ${JSON.stringify(principals)}, "Service":"ec2.amazonaws.com"}} ] }`

async function put(document: string): Promise<void> {
  await harness.call(updateAssumeRolePolicy, { RoleName: 'trusting', PolicyDocument: document })
}
async function shown(): Promise<string> {
  const { Role } = await harness.call<GetRoleResponse>(getRole, { RoleName: 'trusting' })
  return decodeURIComponent(Role.AssumeRolePolicyDocument ?? '')
}
const stored = async () => (await harness.store.read((tx) => roleEntity(tx, ACCOUNT, 'trusting'))).policy?.document

test('users and roles, of any account, are stored by id and shown by ARN', async () => {
  assert.equal(await stored(), trusting(userId))
  assert.equal(await shown(), trusting(USER))
  await put(trusting(USER, ROLE, USER))
  assert.equal(await stored(), trusting(userId, roleId, userId))
  assert.equal(await shown(), trusting(USER, ROLE, USER))
})

test('what has no id stays as it is', async () => {
  const others = [
    '*',
    '999988887777',
    'arn:aws:iam::999988887777:root',
    `arn:aws:sts::${ACCOUNT}:assumed-role/trusting/session`,
    `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
  ]
  for (const principal of others) {
    await put(trusting(principal))
    assert.equal(await stored(), trusting(principal))
    assert.equal(await shown(), trusting(principal))
  }
  await put(trusting(userId))
  assert.equal(await shown(), trusting(USER), 'an id that is somebody’s may be given back')
})

test('whoever does not exist cannot be named', async () => {
  const nobodies = [
    `arn:aws:iam::${ACCOUNT}:user/bob`,
    `arn:aws:iam::${ACCOUNT}:user/alice`,
    `arn:aws:iam::${ACCOUNT}:user/p/Alice`,
    `arn:aws:iam::${OTHER_ACCOUNT}:user/p/alice`,
    `arn:aws:iam::${ACCOUNT}:role/builder`,
    'arn:aws:iam::999988887777:role/builder',
    `arn:aws-cn:iam::${ACCOUNT}:user/p/alice`,
    `arn:aws:iam::${ACCOUNT}:group/staff`,
    newId('AROA', ACCOUNT, (count) => new Uint8Array(count)),
  ]
  for (const principal of nobodies) {
    const message = `Invalid principal in policy: "AWS":"${principal}"`
    const input = { RoleName: 'trusting', PolicyDocument: trusting(USER, principal) }
    await harness.refused(updateAssumeRolePolicy, input, { code: 'MalformedPolicyDocument', message })
    const creating = { RoleName: 'other', AssumeRolePolicyDocument: trusting(principal) }
    await harness.refused(createRole, creating, { code: 'MalformedPolicyDocument', message })
  }
})

test('a renamed user stays trusted, a namesake of a deleted one is not', async () => {
  await put(trusting(USER, ROLE))
  await harness.call(updateUser, { UserName: 'alice', NewUserName: 'alicia', NewPath: '/q/' })
  assert.equal(await shown(), trusting(`arn:aws:iam::${ACCOUNT}:user/q/alicia`, ROLE))
  await harness.call(deleteUser, { UserName: 'alicia' })
  await harness.call(deleteRole, { RoleName: 'builder' }, { as: harness.rootOf(OTHER_ACCOUNT) })
  assert.equal(await shown(), trusting(userId, roleId))
  await harness.call(createUser, { UserName: 'alice', Path: '/p/' })
  assert.equal(await shown(), trusting(userId, roleId))
  assert.equal(await stored(), trusting(userId, roleId))
})
