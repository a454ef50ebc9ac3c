/** Closing accounts without the wire: refusals in their order, the state afterwards, the quota. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreateAccountResponse, DescribeAccountResponse } from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import { describeAccount } from './accounts.ts'
import { closeAccount } from './closing.ts'
import { createAccount } from './new-account.ts'
import { createOrganization } from './organization.ts'
import { closuresAllowed } from './quotas.ts'

let harness: Harness
let member: string

before(async () => {
  harness = await openHarness()
  await harness.call(createOrganization, {})
  const made = await harness.call<CreateAccountResponse>(createAccount, { AccountName: 'member', Email: 'member@example.org' })
  member = made.CreateAccountStatus?.AccountId ?? ''
})
after(() => harness.close())

test('an account is closed once, and stays where it was', async () => {
  // oxfmt-ignore
  await assertRefusals(harness, closeAccount, [
    [{ AccountId: ACCOUNT },       'AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.', harness.rootOf(OTHER_ACCOUNT)],
    [{ AccountId: ACCOUNT },       'AccessDeniedException',             "You don't have permissions to access this resource.", harness.rootOf(member)],
    [{ AccountId: ACCOUNT },       'ConstraintViolationException',      'You cannot close the management account of the organization.'],
    [{ AccountId: OTHER_ACCOUNT }, 'AccountNotFoundException',          "You specified an account that doesn't exist."],
  ])
  await harness.call(closeAccount, { AccountId: member })
  const { Account } = await harness.call<DescribeAccountResponse>(describeAccount, { AccountId: member })
  assert.deepEqual([Account?.Status, Account?.State], ['SUSPENDED', 'SUSPENDED'])
  await assertRefusals(harness, closeAccount, [
    [{ AccountId: member }, 'AccountAlreadyClosedException', 'The account is already closed.'],
  ])
})

test('closures count for 30 days', async () => {
  assert.deepEqual([10, 1_250, 2_000, 9_000].map(closuresAllowed), [250, 250, 400, 1_000])
  const made = await harness.call<CreateAccountResponse>(createAccount, { AccountName: 'last', Email: 'last@example.org' })
  const AccountId = made.CreateAccountStatus?.AccountId ?? ''
  const numbers = Array.from({ length: 249 }, (_, index) => index)
  await runSql(
    harness,
    ...numbers.map(
      (number) =>
        [
          'INSERT INTO organization_closure (account, member, closed_at) VALUES ($1, $2, $3)',
          ACCOUNT,
          `earlier-${number}`,
          harness.now(),
        ] as const,
    ),
  )
  await assertRefusals(harness, closeAccount, [
    [{ AccountId }, 'ConstraintViolationException', 'You have exceeded the close account quota for the past 30 days.'],
  ])
  harness.advance(30 * 86_400_000)
  await harness.call(closeAccount, { AccountId })
})
