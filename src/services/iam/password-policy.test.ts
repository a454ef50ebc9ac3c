/** The password policy: refusals, defaults, and what it makes of passwords. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import {
  deleteAccountPasswordPolicy,
  getAccountPasswordPolicy,
  passwordPolicyEntity,
  updateAccountPasswordPolicy,
} from './password-policy.ts'
import { passwordAge, passwordViolation } from './password-rules.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const DEFAULTS = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
  ExpirePasswords: false,
}

test('without a policy there is none to read or delete', async () => {
  await harness.refused(
    getAccountPasswordPolicy,
    {},
    { code: 'NoSuchEntity', message: `The Password Policy with domain name ${ACCOUNT} cannot be found.` },
  )
  await harness.refused(
    deleteAccountPasswordPolicy,
    {},
    { code: 'NoSuchEntity', message: 'The account policy with name PasswordPolicy cannot be found.' },
  )
})

test('each update replaces the whole policy', async () => {
  const strict = {
    MinimumPasswordLength: 14,
    RequireSymbols: true,
    RequireNumbers: true,
    MaxPasswordAge: 90,
    PasswordReusePrevention: 24,
    HardExpiry: false,
  }
  await harness.call(updateAccountPasswordPolicy, strict)
  assert.deepEqual(await harness.call(getAccountPasswordPolicy, {}), {
    PasswordPolicy: { ...DEFAULTS, ...strict, ExpirePasswords: true },
  })
  await harness.call(updateAccountPasswordPolicy, {})
  assert.deepEqual(await harness.call(getAccountPasswordPolicy, {}), { PasswordPolicy: DEFAULTS })
  await harness.call(deleteAccountPasswordPolicy, {})
  await harness.refused(getAccountPasswordPolicy, {}, { code: 'NoSuchEntity' })
})

test('users may read the policy that lets them change their passwords', async () => {
  const entity = () => harness.store.read((tx) => passwordPolicyEntity(tx, ACCOUNT))
  assert.deepEqual(await entity(), { arn: '*' })
  await harness.call(updateAccountPasswordPolicy, { AllowUsersToChangePassword: true })
  const { arn, policy } = await entity()
  assert.deepEqual([arn, policy?.kind], ['*', 'resource'])
  assert.match(policy?.document ?? '', /"Action":"iam:GetAccountPasswordPolicy"/)
  assert.deepEqual(harness.checks(getAccountPasswordPolicy, {}), {
    action: 'iam:GetAccountPasswordPolicy',
    resource: { kind: 'password policy', name: '' },
  })
})

const UPPER = 'Password should have at least one uppercase letter'
const LOWER = 'Password should have at least one lowercase letter'
const DIGIT = 'Password should have at least one number'
const SYMBOL = 'Password should have at least one symbol'
const owner = { name: 'Acme-Corporation', email: 'Root-1@example.com' }

test('what is wrong with a password, in words', () => {
  const all = { RequireUppercaseCharacters: true, RequireLowercaseCharacters: true, RequireNumbers: true, RequireSymbols: true }
  // oxfmt-ignore
  const rows = [
    ['Abcdef-1',           undefined, undefined],
    ['Abcdefg1',           undefined, undefined],
    ['Abc-1',              undefined, 'Password should have a minimum length of 8'],
    ['abcdefg1',           undefined, `Password should meet 1 more of the following requirements: ${UPPER}, ${SYMBOL}`],
    ['abcdefgh',           undefined, `Password should meet 2 more of the following requirements: ${UPPER}, ${DIGIT}, ${SYMBOL}`],
    ['        ',           undefined, `Password should meet 3 more of the following requirements: ${UPPER}, ${LOWER}, ${DIGIT}, ${SYMBOL}`],
    ['Acme-Corporation',   undefined, 'Password should not be identical to the AWS account name or email address'],
    ['Root-1@example.com', undefined, 'Password should not be identical to the AWS account name or email address'],
    ['abcdef',             {},        undefined],
    ['abcde',              {},        'Password should have a minimum length of 6'],
    ['aB1!aB1!',           all,       undefined],
    ['é',                  all,       `Password should have a minimum length of 6, ${UPPER}, ${LOWER}, ${DIGIT}, ${SYMBOL}`],
    ['abcdef~',            { RequireSymbols: true }, SYMBOL],
    ['abcdef|',            { RequireSymbols: true }, undefined],
  ] as const
  for (const [password, policy, expected] of rows) assert.equal(passwordViolation(password, policy, owner), expected, password)
})

test('a longer minimum never accepts what a shorter one refuses', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 40 }),
      fc.integer({ min: 6, max: 64 }),
      fc.integer({ min: 0, max: 64 }),
      (password, minimum, more) => {
        const violation = (length: number) => passwordViolation(password, { MinimumPasswordLength: length }, owner)
        if (violation(minimum) !== undefined) assert.notEqual(violation(minimum + more), undefined)
        assert.equal(violation(minimum) === undefined, password.length >= minimum)
      },
    ),
  )
})

test('passwords age by the day', () => {
  const day = 86_400_000
  assert.deepEqual(passwordAge(0, undefined, 9_999 * day), { expired: false, hard: false })
  assert.deepEqual(passwordAge(0, { MaxPasswordAge: 2 }, 2 * day - 1), { expired: false, hard: false })
  assert.deepEqual(passwordAge(0, { MaxPasswordAge: 2 }, 2 * day), { expired: true, hard: false })
  assert.deepEqual(passwordAge(0, { MaxPasswordAge: 2, HardExpiry: true }, 2 * day), { expired: true, hard: true })
})
