/** How long a server keeps refusals: over a restart, for a day, and in a quiet account no longer than in a busy one. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { openLogger } from '../../src/server/logger.ts'
import { openServerMetrics } from '../../src/server/server-metrics.ts'
import { startServer } from '../../src/server/start.ts'
import { testConfig } from '../server.ts'

const HOUR = 3_600_000
const QUIET = '111122223333'
const BUSY = '444455556666'
type Server = Awaited<ReturnType<typeof startServer>>
type Key = { readonly accessKeyId: string; readonly secretAccessKey: string }

const folder = mkdtempSync(join(tmpdir(), 'keyreeve-denials-'))
const data = join(folder, 'data')
/** How far the server's clock is ahead. */
let ahead = 0
let server: Server
const start = (): Promise<Server> => {
  const clock = () => Date.now() + ahead
  const logger = openLogger({ level: 'error', format: 'json', write: () => {}, clock })
  return startServer({ ...testConfig, data, memory: false }, { logger, metrics: openServerMetrics(), clock })
}
before(async () => {
  server = await start()
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A call with a client whose clock is the server's. */
async function call<T>(key: Key, send: (iam: Iam.IAMClient) => Promise<T>): Promise<T> {
  const { endpoint } = server
  const iam = new Iam.IAMClient({ endpoint, region: 'us-east-1', credentials: key, maxAttempts: 1, systemClockOffset: ahead })
  try {
    return await send(iam)
  } finally {
    iam.destroy()
  }
}

/** A user of a new account who may do nothing, and the root user's key. */
async function newAccount(accountId: string): Promise<{ readonly root: Key; readonly user: Key }> {
  const created = await server.admin('createAccount', {
    name: accountId,
    email: `${accountId}@example.com`,
    accountId,
    rootAccessKey: true,
  })
  assert.ok(created.rootAccessKey)
  const root = created.rootAccessKey
  const user = await call(root, async (iam) => {
    await iam.send(new Iam.CreateUserCommand({ UserName: 'nobody' }))
    return iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'nobody' }))
  })
  return {
    root,
    user: { accessKeyId: user.AccessKey?.AccessKeyId ?? '', secretAccessKey: user.AccessKey?.SecretAccessKey ?? '' },
  }
}

async function refused(user: Key): Promise<string> {
  const error: unknown = await call(user, (iam) => iam.send(new Iam.ListUsersCommand({}))).catch((reason: unknown) => reason)
  const id = /authorization id: ([0-9a-z]+)$/.exec(error instanceof Error ? error.message : '')?.[1]
  assert.ok(id !== undefined, String(error))
  return id
}

const explained = (id: string): Promise<string> =>
  server.admin('explainDenial', { id }).then(
    ({ action }) => action,
    (error: unknown) => (error instanceof Error ? error.message.slice(0, 18) : ''),
  )

function rows(): readonly unknown[] {
  const database = new DatabaseSync(join(data, 'keyreeve.db'), { readOnly: true })
  try {
    return database
      .prepare('SELECT account FROM denial UNION ALL SELECT account FROM denial_policy')
      .all()
      .map((row) => row['account'])
  } finally {
    database.close()
  }
}

test('a refusal outlives the server, and is forgotten after a day wherever nothing happens', async () => {
  const quiet = await newAccount(QUIET)
  const busy = await newAccount(BUSY)
  const id = await refused(quiet.user)
  await server.close()
  server = await start()
  assert.equal(await explained(id), 'iam:ListUsers')

  ahead = 24 * HOUR
  assert.equal(await explained(id), 'iam:ListUsers')
  assert.equal((await server.admin('listDenials', { accountId: QUIET, limit: 10 })).denials.length, 1)

  ahead = 25 * HOUR + 60_000
  assert.equal(await explained(id), 'No refusal is kept')
  assert.deepEqual((await server.admin('listDenials', { accountId: QUIET, limit: 10 })).denials, [])

  // Another account's call is enough for the rows to go, the texts of policies last.
  ahead = 30 * HOUR
  await call(busy.root, (iam) => iam.send(new Iam.ListUsersCommand({})))
  await server.admin('listDenials', { accountId: BUSY, limit: 1 })
  assert.ok(!rows().includes(QUIET))
})
