/** SQLite: the store's contract in memory, inline on a file, and with its writing thread; then what only a file can show. */
import assert from 'node:assert/strict'
import { mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { account, runScript, SCRIPT_RUNNER, storeContract } from './contract.ts'

const runner = SCRIPT_RUNNER

async function inFolder<T>(work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-store-'))
  try {
    return await work(join(folder, 'keyreeve.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

storeContract('SQLite in memory', async () => {
  const store = await openSqlite({ file: ':memory:', writer: 'inline', runner })
  return { store, close: () => store.close() }
})

for (const writer of ['inline', 'thread'] as const) {
  storeContract(`SQLite on a file, ${writer}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyreeve-store-'))
    const store = await openSqlite({ file: join(folder, 'keyreeve.db'), writer, runner })
    return {
      store,
      async close() {
        await store.close()
        rmSync(folder, { recursive: true })
      },
    }
  })

  test(`a full disk fails the job, or the group, and nothing else: ${writer}`, async () => {
    await inFolder(async (file) => {
      const store = await openSqlite({ file, writer, runner })
      const fill = () =>
        runScript(store, {
          do: 'run',
          sql: 'INSERT INTO claim (name, expires_at) VALUES ($1, $2)',
          values: ['x'.repeat(100_000), 1],
        })
      await runScript(store, { do: 'get', sql: 'PRAGMA max_page_count = 1' })
      const settled = await Promise.allSettled([fill(), runScript(store, account('100000000001'))])
      assert.equal(settled[0]?.status, 'rejected')
      await runScript(store, { do: 'get', sql: 'PRAGMA max_page_count = 1000000' })
      await fill()
      await runScript(store, account('100000000002'))
      assert.equal(await Promise.race([store.failed, Promise.resolve('alive')]), 'alive')
      await store.close()
    })
  })

  test(`a damaged database is the end: all that waits is rejected, and failed resolves: ${writer}`, async () => {
    await inFolder(async (file) => {
      const first = await openSqlite({ file, writer, runner })
      await runScript(first, account('100000000001'))
      await first.close()
      damage(file, 'iam_login_profile')
      const store = await openSqlite({ file, writer, runner })
      const read = { do: 'all', sql: 'SELECT password_hash FROM iam_login_profile' } as const
      const settled = await Promise.allSettled([
        runScript(store, account('100000000002')),
        runScript(store, read),
        runScript(store, account('100000000003')),
      ])
      assert.deepEqual(
        settled.map(({ status }) => status),
        ['rejected', 'rejected', 'rejected'],
        'whoever shares the transaction is not acknowledged',
      )
      assert.match(String(await store.failed), /malformed/)
      await assert.rejects(runScript(store, account('100000000004')))
      await store.close()
    })
  })

  test(`closing finishes what was accepted: ${writer}`, async () => {
    await inFolder(async (file) => {
      const store = await openSqlite({ file, writer, runner })
      const accepted = [runScript(store, account('100000000001')), runScript(store, account('100000000002'))]
      await store.close()
      await Promise.all(accepted)
      await assert.rejects(runScript(store, account('100000000003')), { message: 'the store is closed' })
      await assert.rejects(
        store.read(async () => 1),
        { message: 'the store is closed' },
      )
      const again = await openSqlite({ file, writer, runner })
      assert.equal((await accounts(again)).length, 3)
      await again.close()
    })
  })
}

test('a second store on the same file is refused at once, and is not when the first has closed', async () => {
  await inFolder(async (file) => {
    const store = await openSqlite({ file, writer: 'thread', runner })
    await assert.rejects(openSqlite({ file, writer: 'inline', runner }), { name: 'StoreRefusal', reason: 'locked' })
    await runScript(store, account('100000000001'))
    await store.close()
    const again = await openSqlite({ file, writer: 'inline', runner })
    assert.equal((await accounts(again)).length, 2)
    await again.close()
  })
})

test('an answer that cannot cross to the other thread harms its own caller only', { timeout: 30_000 }, async () => {
  await inFolder(async (file) => {
    const store = await openSqlite({ file, writer: 'thread', runner })
    const jobs = [account('100000000001'), { do: 'function' }, account('100000000002')] as const
    const settled = await Promise.allSettled(jobs.map((step) => runScript(store, step)))
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    await runScript(store, account('100000000003'))
    await store.close()
  })
})

test('the files are for their owner only', { skip: process.platform === 'win32' }, async () => {
  await inFolder(async (file) => {
    const store = await openSqlite({ file, writer: 'inline', runner })
    for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal(statSync(name).mode & 0o777, 0o600, name)
    await store.close()
  })
})

test('a database of a newer program is refused, and left as it is', async () => {
  await inFolder(async (file) => {
    await (await openSqlite({ file, writer: 'inline', runner })).close()
    const db = new DatabaseSync(file)
    db.exec(`INSERT INTO schema_migration (version, name) VALUES (1000, 'from the future')`)
    db.close()
    await assert.rejects(openSqlite({ file, writer: 'thread', runner }), {
      name: 'StoreRefusal',
      reason: 'newer',
      message: /1000 \(from the future\)/,
    })
    await assert.rejects(
      openSqlite({ file, writer: 'inline', runner }),
      { name: 'StoreRefusal', reason: 'newer' },
      'the lock was given back',
    )
  })
})

test('a runner that does not load rejects the opening, and gives the lock back', async () => {
  await inFolder(async (file) => {
    const missing = { module: new URL('./no-such-runner.ts', import.meta.url), settings: {} }
    for (const writer of ['thread', 'inline'] as const)
      await assert.rejects(openSqlite({ file, writer, runner: missing }), /no-such-runner/)
    await (await openSqlite({ file, writer: 'thread', runner })).close()
  })
})

test('commits are synced: synchronous is FULL and the log is a WAL', async () => {
  await inFolder(async (file) => {
    const store = await openSqlite({ file, writer: 'thread', runner })
    const { results } = await runScript(
      store,
      { do: 'get', sql: 'PRAGMA synchronous' },
      { do: 'get', sql: 'PRAGMA journal_mode' },
    )
    assert.deepEqual(results, [{ synchronous: 2 }, { journal_mode: 'wal' }])
    await store.close()
  })
})

const accounts = (store: Store): Promise<readonly object[]> => store.read((tx) => tx.all('SELECT id FROM account'))

/** Overwrites the first page of a table. */
function damage(file: string, table: string): void {
  const db = new DatabaseSync(file)
  const { rootpage } = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table) as { rootpage: number }
  const { page_size: size } = db.prepare('PRAGMA page_size').get() as { page_size: number }
  db.close()
  const descriptor = openSync(file, 'r+')
  const page = Buffer.alloc(size)
  readSync(descriptor, page, 0, size, (rootpage - 1) * size)
  writeSync(descriptor, page.fill(0xff), 0, size, (rootpage - 1) * size)
}
