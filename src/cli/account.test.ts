/** What `keyreeve account` and `keyreeve audit verify` print. The commands themselves run in tests/server/program.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../server/refusal.ts'
import { accountsText, createdText } from './account.ts'
import { isOn, required } from './option.ts'
import { verifiedText } from './audit.ts'

test('a new account without a key', () => {
  assert.equal(
    createdText({ accountId: '111122223333', name: 'Example', email: 'root@example.com' }),
    `Account 111122223333 is made: Example, root user root@example.com.

Next, work as its root user in this shell:
  eval "$(keyreeve env --account 111122223333)"
  aws sts get-caller-identity
`,
  )
})

test('a new account with a key: shown once, and it says so', () => {
  const rootAccessKey = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'wJalrEXAMPLEKEY' }
  assert.equal(
    createdText({ accountId: '111122223333', name: 'Example', email: 'root@example.com', rootAccessKey }),
    `Account 111122223333 is made: Example, root user root@example.com.

Root access key. It is shown this once and cannot be shown again; whoever has it
may do everything in this account. Delete it when it is no longer needed.
  Access key ID      AKIAEXAMPLE
  Secret access key  wJalrEXAMPLEKEY

Next, work as its root user in this shell:
  eval "$(keyreeve env --account 111122223333)"
  aws sts get-caller-identity
`,
  )
})

test('the list of accounts', () => {
  const createdAt = Date.UTC(2026, 0, 2, 23, 59)
  const accounts = [
    { accountId: '111122223333', name: 'A\u001b[2J', email: 'a@example.com', status: 'ACTIVE', createdAt },
    { accountId: '444455556666', name: 'Another', email: 'other@example.com', status: 'SUSPENDED', createdAt: 0 },
  ]
  assert.equal(
    accountsText({ accounts }),
    `ACCOUNT       STATUS     SINCE       ROOT USER          NAME
111122223333  ACTIVE     2026-01-02  a@example.com      A[2J
444455556666  SUSPENDED  1970-01-01  other@example.com  Another
`,
  )
  assert.match(accountsText({ accounts: [] }), /^There is no account yet\. Make one with: keyreeve account create /)
})

test('the verdict on the audit chains', () => {
  const whole = { accountId: '111122223333', records: 12 }
  const broken = { accountId: '444455556666', records: 3, problem: 'record 4 was changed' }
  assert.equal(
    verifiedText({ accounts: [whole] }),
    'ACCOUNT       RECORDS  CHAIN\n111122223333  12       whole\nEvery chain is whole.\n',
  )
  assert.equal(
    verifiedText({ accounts: [whole, broken] }),
    `ACCOUNT       RECORDS  CHAIN
111122223333  12       whole
444455556666  3        BROKEN: record 4 was changed
1 of 2 chains are broken. Keep the data directory as it is, and compare it with a backup.
`,
  )
  assert.equal(verifiedText({ accounts: [] }), 'There is no account yet, so there is nothing to check.\n')
})

test('an option without value is off where it is not given', () => {
  assert.equal(isOn(new Map(), 'json'), false)
  assert.equal(isOn(new Map([['json', 'false']]), 'json'), false)
  assert.equal(isOn(new Map([['json', 'true']]), 'json'), true)
})

test('an option that must be there may not be empty', () => {
  assert.equal(required(new Map([['name', 'A']]), 'name'), 'A')
  assert.throws(() => required(new Map([['name', '']]), 'name'), new Refusal('usage', '--name is missing.'))
  assert.throws(() => required(new Map(), 'name'), new Refusal('usage', '--name is missing.'))
})
