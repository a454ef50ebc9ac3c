/** Administrative commands leave records: in the account's chain, without secrets, and before anything is handed out. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../../tests/server.ts'
import { AuditLog, NO_ACCOUNT } from './audit.ts'
import type { AppendJob } from './jobs.ts'
import { keepOperatorRecord } from './operator-record.ts'

const ACCOUNT = '111122223333'

let server: TestServer
before(async () => void (server = await startTestServer()))
after(() => server.close())

type Recorded = Readonly<Record<string, unknown>>

async function newest(accountId: string): Promise<{ readonly text: string; readonly record: Recorded }> {
  const { records } = await server.admin('tailAudit', { accountId, limit: 1 })
  const text = records[0] ?? ''
  const record: Recorded = JSON.parse(text)
  return { text, record }
}

/** What is the same in all of them. */
const COMMON = {
  userIdentity: { type: 'Operator' },
  eventSource: 'keyreeve',
  sourceIPAddress: '127.0.0.1',
  readOnly: false,
  eventType: 'KeyreeveOperatorCommand',
}

function assertRecord(record: Recorded, expected: Recorded): void {
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, record[name]])), expected)
}

test('a new account begins with the record of its making', async () => {
  const created = await server.admin('createAccount', {
    name: 'One',
    email: 'one@example.com',
    accountId: ACCOUNT,
    rootAccessKey: true,
  })
  const { text, record } = await newest(ACCOUNT)
  assertRecord(record, {
    ...COMMON,
    eventName: 'CreateAccount',
    requestParameters: {
      accountName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      email: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      rootAccessKey: true,
    },
    responseElements: { accountId: ACCOUNT, accessKeyId: created.rootAccessKey?.accessKeyId },
    recipientAccountId: ACCOUNT,
  })
  assert.ok(created.rootAccessKey !== undefined && !text.includes(created.rootAccessKey.secretAccessKey))
})

test('an account that was not made has no record', async () => {
  const again = { name: 'Two', email: 'two@example.com', accountId: ACCOUNT, rootAccessKey: false }
  await assert.rejects(server.admin('createAccount', again), { code: 'AccountExists' })
  const { accounts } = await server.admin('verifyAudit', { accountId: ACCOUNT })
  assert.deepEqual(accounts, [{ accountId: ACCOUNT, records: 1 }])
})

test('a session that was handed out', async () => {
  const session = await server.admin('session', { accountId: ACCOUNT, durationSeconds: 900 })
  const { text, record } = await newest(ACCOUNT)
  assertRecord(record, {
    ...COMMON,
    eventName: 'CreateSession',
    requestParameters: { durationSeconds: 900 },
    responseElements: {
      accessKeyId: session.accessKeyId,
      arn: `arn:aws:iam::${ACCOUNT}:root`,
      expiration: new Date(session.expiresAt).toISOString(),
    },
    recipientAccountId: ACCOUNT,
  })
  assert.ok(!text.includes(session.secretAccessKey) && !text.includes(session.sessionToken))
})

test('a rotation of the keys is in the chain of no account, and all chains are whole', async () => {
  const { keyId, resealed } = await server.admin('rotateKeys', {})
  const { record } = await newest(NO_ACCOUNT)
  assertRecord(record, { ...COMMON, eventName: 'RotateKeys', requestParameters: null, responseElements: { keyId, resealed } })
  const { accounts } = await server.admin('verifyAudit', {})
  assert.deepEqual(
    accounts.map(({ problem }) => problem),
    accounts.map(() => undefined),
  )
})

for (const strict of [true, false]) {
  test(`what cannot be recorded is refused, the log ${strict ? 'strict' : 'grouped'}`, async () => {
    const jobs: AppendJob[] = []
    let broken = true
    const audit = new AuditLog({
      strict,
      append: async (job) => {
        if (broken) throw new Error('disk full')
        jobs.push(job)
      },
      newEventId: () => 'event',
      clock: () => 0,
      onFailure: () => {},
    })
    const context = { audit, clock: () => 0, newRequestId: () => 'request' }
    const event = { name: 'CreateSession', accountId: ACCOUNT, input: {} } as const
    await assert.rejects(keepOperatorRecord(event, {}, context), { code: 'ServiceUnavailable' })
    broken = false
    await keepOperatorRecord(event, {}, context)
    assert.equal(jobs.at(-1)?.records[ACCOUNT]?.count, 2)
  })
}
