/** PostgreSQL: the store's contract, and what only a server database can show. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Store } from '../../src/store/store.ts'
import { account, runScript, SCRIPT_RUNNER, storeContract } from '../store/contract.ts'
import { type Cluster, query, startCluster } from './cluster.ts'

const runner = SCRIPT_RUNNER
const open = (url: string): Promise<Store> => openPostgres({ url, runner, onAccountVersion: () => {} })

storeContract('PostgreSQL', async () => {
  const cluster = await startCluster()
  const store = await open(await cluster.database('contract'))
  return {
    store,
    async close() {
      await store.close()
      await cluster.stop()
    },
  }
})

suite('PostgreSQL', () => {
  let cluster: Cluster
  before(async () => {
    cluster = await startCluster()
  })
  after(() => cluster.stop())

  test('several servers that start together migrate once', async () => {
    const url = await cluster.database('together')
    const stores = await Promise.all([open(url), open(url), open(url)])
    await Promise.all(stores.map((store) => store.close()))
    const rows = await query(url, 'SELECT version FROM schema_migration GROUP BY version HAVING count(*) > 1')
    assert.deepEqual(rows, [])
  })

  test('a database of a newer program is refused', async () => {
    const url = await cluster.database('newer')
    await (await open(url)).close()
    await query(url, `INSERT INTO schema_migration (version, name) VALUES (1000, 'from the future')`)
    await assert.rejects(open(url), { name: 'StoreRefusal', reason: 'newer' })
  })

  test('a database that acknowledges before it syncs is refused', async () => {
    const url = await cluster.database('unsynced')
    await query(url, 'ALTER DATABASE unsynced SET synchronous_commit = off')
    await assert.rejects(open(url), { name: 'StoreRefusal', reason: 'unfit' })
  })

  test('a transaction that meets another one is done again', async () => {
    const store = await open(await cluster.database('deadlock'))
    await runScript(store, account('100000000001'), account('100000000002'))
    const [one, other] = ['100000000001', '100000000002'].map((id) => ({ do: 'increment', account: id }) as const)
    assert.ok(one && other)
    // In opposite orders, over and over: PostgreSQL finds a deadlock after a second, and ends one of the two.
    const wait = { do: 'get', sql: 'SELECT pg_sleep(0.05)' } as const
    await Promise.all(
      Array.from({ length: 4 }, (_, turn) =>
        turn % 2 === 0 ? runScript(store, one, wait, other) : runScript(store, other, wait, one),
      ),
    )
    const rows = await store.read((tx) =>
      tx.all<{ audit_seq: number }>(`SELECT audit_seq FROM account WHERE id LIKE '1%' ORDER BY id`),
    )
    assert.deepEqual(
      rows.map(({ audit_seq: seq }) => seq),
      [4, 4],
    )
    await store.close()
  })

  test('connections that were lost are made anew', async () => {
    const url = await cluster.database('lost')
    const store = await open(url)
    await runScript(store, account('100000000001'))
    await query(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'lost' AND pid <> pg_backend_pid()`)
    // The pool may still hold one that it does not know to be dead.
    await runScript(store, account('100000000002')).catch(() => runScript(store, account('100000000002')))
    assert.equal((await store.read((tx) => tx.all('SELECT id FROM account'))).length, 3)
    await store.close()
  })

  test('the lock of migrations is free again, and no node is left behind, when all have closed', async () => {
    const url = await cluster.database('closed')
    await (await open(url)).close()
    assert.deepEqual(await query(url, 'SELECT id FROM node'), [])
    assert.deepEqual(await query(url, `SELECT pid FROM pg_locks WHERE locktype = 'advisory'`), [])
  })
})
