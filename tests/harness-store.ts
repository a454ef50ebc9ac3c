/** The harness's store: SQLite in memory, or, where `KEYREEVE_TEST_POSTGRES` names a server, an empty PostgreSQL database of its own. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { openPostgres } from '../src/store/postgres.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import type { Store } from '../src/store/store.ts'

const runner = { module: new URL('./harness-runner.ts', import.meta.url), settings: {} }

export function openHarnessStore(): Promise<Store> {
  const server = process.env['KEYREEVE_TEST_POSTGRES']
  return server === undefined ? openSqlite({ file: ':memory:', writer: 'inline', runner }) : onPostgres(server)
}

/** Made from a database that has the schema already: `template` in tests/postgres/services.test.ts. */
async function onPostgres(server: string): Promise<Store> {
  const name = `harness_${randomUUID().replaceAll('-', '')}`
  await statement(server, `CREATE DATABASE ${name} TEMPLATE template_of_harness`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const store = await openPostgres({ url: url.href, runner, onAccountVersion: () => {} })
  return {
    read: (work) => store.read(work),
    write: (job) => store.write(job),
    current: () => store.current(),
    failed: store.failed,
    async close() {
      await store.close()
      await statement(server, `DROP DATABASE ${name}`)
    },
  }
}

async function statement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
