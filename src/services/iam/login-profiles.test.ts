/** Passwords of users: login profiles and ChangePassword, refusals in their order, the account's policy at each of them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreateUserResponse, LoginProfile } from '../../model/iam.gen.ts'
import type { Principal } from '../../aws/principal.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import type { Operation } from '../operation.ts'
import { verifyPassword } from '../password-hash.ts'
import { createLoginProfile, deleteLoginProfile, getLoginProfile, updateLoginProfile } from './login-profiles.ts'
import { changePassword, ownPasswordEntity } from './password.ts'
import { updateAccountPasswordPolicy } from './password-policy.ts'
import { findLoginProfile, lastHashes } from './passwords.rows.ts'
import { createUser, deleteUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

/** A test that begins without a password policy. */
function testUnruled(name: string, body: () => Promise<void>): void {
  void test(name, async () => {
    await runSql(harness, ['DELETE FROM iam_password_policy'])
    await body()
  })
}

const GOOD = 'Correct-Horse-7'
const BETTER = 'Better-Horse-8'
const NO_NAME = 'Must specify userName when calling with non-User credentials'
const NO_USER = 'The user with name nobody cannot be found.'
const SHORT = 'Password should have a minimum length of 8'
const NULL_PASSWORD = "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null"
const REUSED = 'Policy constraint violation with password reuse prevention during password change.'

async function user(UserName: string, password?: string) {
  const { User } = await harness.call<CreateUserResponse>(createUser, { UserName })
  assert.ok(User !== undefined)
  if (password !== undefined) await harness.call(createLoginProfile, { UserName, Password: password })
  return harness.user(UserName, User.UserId)
}
const profileOf = async (input: object, as: Principal = harness.root) =>
  (await harness.call<{ LoginProfile: LoginProfile }>(getLoginProfile, input, { as })).LoginProfile
const hashOf = async ({ id }: Principal) => (await harness.store.read((tx) => findLoginProfile(tx, ACCOUNT, id)))?.password_hash

testUnruled('CreateLoginProfile refuses in this order', async () => {
  await user('bare')
  await user('Taken', GOOD)
  // oxfmt-ignore
  await assertRefusals(harness, createLoginProfile, [
    [{},                                          'ValidationError',         NO_NAME],
    [{ UserName: 'nobody' },                      'ValidationError',         NULL_PASSWORD],
    [{ UserName: 'nobody', Password: 'A-1short' }, 'NoSuchEntity',           NO_USER],
    [{ UserName: 'taken', Password: 'Aa-1' },     'EntityAlreadyExists',     'Login Profile for user Taken already exists.'],
    [{ UserName: 'bare', Password: 'Aa-1' },      'PasswordPolicyViolation', SHORT],
  ])
})

testUnruled('a profile is made, read, changed and deleted', async () => {
  const principal = await user('lifecycle')
  const made = await harness.call(createLoginProfile, { UserName: 'LifeCycle', Password: GOOD, PasswordResetRequired: true })
  const profile = { UserName: 'lifecycle', CreateDate: new Date(harness.now()), PasswordResetRequired: true }
  assert.deepEqual(made, { LoginProfile: profile })
  assert.deepEqual(await profileOf({ UserName: 'lifecycle' }), profile)
  assert.deepEqual(await profileOf({}, principal), profile, 'the caller is meant')
  const hash = await hashOf(principal)
  assert.match(hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.equal(await verifyPassword(GOOD, hash), true)
  await harness.call(updateLoginProfile, { UserName: 'lifecycle', PasswordResetRequired: false })
  assert.equal((await profileOf({ UserName: 'lifecycle' })).PasswordResetRequired, false)
  assert.equal(await hashOf(principal), hash)
  await harness.call(updateLoginProfile, { UserName: 'lifecycle', Password: BETTER })
  assert.equal(await verifyPassword(BETTER, await hashOf(principal)), true)
  await harness.call(deleteLoginProfile, {}, { as: principal })
  await harness.refused(
    getLoginProfile,
    { UserName: 'lifecycle' },
    { code: 'NoSuchEntity', message: 'Login Profile for User lifecycle cannot be found.' },
  )
})

testUnruled('the other operations refuse in this order', async () => {
  await user('without')
  await user('with', GOOD)
  const noProfile = 'Login Profile for User without cannot be found.'
  for (const operation of [getLoginProfile, deleteLoginProfile]) {
    // oxfmt-ignore
    await assertRefusals(harness, operation, [
      [{},                      'ValidationError', NO_NAME],
      [{ UserName: 'nobody' },  'NoSuchEntity',    NO_USER],
      [{ UserName: 'without' }, 'NoSuchEntity',    noProfile],
    ])
  }
  // oxfmt-ignore
  await assertRefusals(harness, updateLoginProfile, [
    [{ UserName: 'nobody', Password: 'Aa-1' },  'NoSuchEntity',            NO_USER],
    [{ UserName: 'without', Password: 'Aa-1' }, 'NoSuchEntity',            noProfile],
    [{ UserName: 'with', Password: 'Aa-1' },    'PasswordPolicyViolation', SHORT],
  ])
})

testUnruled('a session of AssumeRoot reads and deletes the root user’s password', async () => {
  const session = { issuedAt: harness.now(), expiresAt: harness.now() + 900_000, assumedRoot: true } as const
  const as: Principal = {
    type: 'root',
    accountId: ACCOUNT,
    id: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    credential: { accessKeyId: 'ASIATEST', session },
  }
  const missing = { code: 'NoSuchEntity', message: 'Login Profile for User null cannot be found.' }
  await harness.refused(getLoginProfile, {}, missing, { as })
  await harness.refused(deleteLoginProfile, {}, missing, { as })
  await runSql(harness, ['UPDATE account SET password_hash = $1 WHERE id = $2', 'hash', ACCOUNT])
  assert.equal((await profileOf({}, as)).PasswordResetRequired, false)
  await harness.call(deleteLoginProfile, {}, { as })
  await harness.refused(getLoginProfile, {}, missing, { as })
  await harness.refused(createLoginProfile, { Password: GOOD }, { code: 'ValidationError' }, { as })
  // Given back, the root user may set a password by e-mail.
  await harness.call(createLoginProfile, {}, { as })
  assert.equal((await profileOf({}, as)).PasswordResetRequired, false)
  const taken = { code: 'EntityAlreadyExists', message: 'Login Profile for user null already exists.' }
  await harness.refused(createLoginProfile, {}, taken, { as })
  await harness.call(deleteLoginProfile, {}, { as })
  await harness.refused(getLoginProfile, {}, missing, { as })
})

testUnruled('ChangePassword refuses in this order', async () => {
  const without = await user('passwordless')
  const changer = await user('changer', GOOD)
  await harness.call(updateAccountPasswordPolicy, { MinimumPasswordLength: 10, PasswordReusePrevention: 1 })
  // oxfmt-ignore
  await assertRefusals(harness, changePassword, [
    [{ OldPassword: 'wrong', NewPassword: 'short' }, 'InvalidUserType',         'Only IAM Users can change their own password'],
    [{ OldPassword: 'wrong', NewPassword: 'short' }, 'NoSuchEntity',            'Login Profile for User passwordless cannot be found.', without],
    [{ OldPassword: 'wrong', NewPassword: 'short' }, 'AccessDenied',            'The old password was incorrect.', changer],
    [{ OldPassword: GOOD, NewPassword: 'short' },    'PasswordPolicyViolation', 'Password should have a minimum length of 10', changer],
    [{ OldPassword: GOOD, NewPassword: GOOD },       'PasswordPolicyViolation', REUSED, changer],
  ])
})

testUnruled('ChangePassword sets the password and lifts the duty to change it', async () => {
  const principal = await user('forced')
  await harness.call(createLoginProfile, { UserName: 'forced', Password: GOOD, PasswordResetRequired: true })
  await harness.call(changePassword, { OldPassword: GOOD, NewPassword: BETTER }, { as: principal })
  assert.equal(await verifyPassword(BETTER, await hashOf(principal)), true)
  assert.equal((await profileOf({ UserName: 'forced' })).PasswordResetRequired, false)
})

testUnruled('ChangePassword does not undo what was set while it hashed', async () => {
  const as = await user('racer', GOOD)
  assert.ok(changePassword.kind === 'write')
  const original = changePassword
  const overtaken: Extract<Operation, { readonly kind: 'write' }> = {
    ...original,
    async handle(tx, input, call, prepared) {
      await tx.run('UPDATE iam_login_profile SET password_hash = $1 WHERE user_id = $2', 'set meanwhile', as.id)
      return original.handle(tx, input, call, prepared)
    },
  }
  const fault = {
    code: 'EntityTemporarilyUnmodifiable',
    message: 'Login Profile for User racer cannot be modified while its password is being changed.',
  }
  await harness.refused(overtaken, { OldPassword: GOOD, NewPassword: BETTER }, fault, { as })
})

testUnruled('earlier passwords are refused as far back as the policy says, whoever sets them', async () => {
  const as = await user('historian', 'Password-Nr-0')
  await harness.call(updateAccountPasswordPolicy, { PasswordReusePrevention: 2 })
  await harness.call(changePassword, { OldPassword: 'Password-Nr-0', NewPassword: 'Password-Nr-1' }, { as })
  const reused = { code: 'PasswordPolicyViolation', message: REUSED }
  await harness.refused(updateLoginProfile, { UserName: 'historian', Password: 'Password-Nr-0' }, reused)
  await harness.call(deleteLoginProfile, { UserName: 'historian' })
  await harness.refused(createLoginProfile, { UserName: 'historian', Password: 'Password-Nr-1' }, reused)
  await harness.call(createLoginProfile, { UserName: 'historian', Password: 'Password-Nr-2' })
  await harness.call(updateLoginProfile, { UserName: 'historian', Password: 'Password-Nr-0' })
  const remembered = () => harness.store.read((tx) => lastHashes(tx, ACCOUNT, as.id, 100))
  assert.equal((await remembered()).length, 4)
  await harness.call(deleteLoginProfile, { UserName: 'historian' })
  await harness.call(deleteUser, { UserName: 'historian' })
  assert.deepEqual(await remembered(), [], 'a deleted user leaves no hashes behind')
})

testUnruled('whom the policy lets change its own password needs no other permission', async () => {
  const as = await user('free')
  const check = { action: 'iam:ChangePassword', resource: { kind: 'own password', name: 'free' } }
  assert.deepEqual(harness.checks(changePassword, { OldPassword: 'a', NewPassword: 'b' }, { as }), check)
  const entity = () => harness.store.read((tx) => ownPasswordEntity(tx, ACCOUNT, 'free'))
  assert.equal((await entity()).policy, undefined)
  await harness.call(updateAccountPasswordPolicy, { AllowUsersToChangePassword: true })
  const { policy } = await entity()
  assert.equal(policy?.kind, 'resource')
  assert.deepEqual(JSON.parse(policy.document), {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: as.arn }, Action: 'iam:ChangePassword', Resource: as.arn },
  })
})
