/** The store on PostgreSQL: the runner works in this process, many transactions at a time, and several servers may share the database. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { migrate, type MigratingTransaction } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { checkServer, clientSettings, isConflict, PostgresConnection, postgresSchema, quiet } from './postgres-connection.ts'
import { type AccountVersionListener, Nodes } from './postgres-nodes.ts'
import type { Announced, Job, Outcome, ReadTx, Runner, RunnerModule, RunnerSource, Store } from './store.ts'
import { type Connection, Transaction } from './transaction.ts'

/** A read may write before it ends: so each side has its own connections, and neither can wait for the other. */
const READ_CONNECTIONS = 16
const WRITE_CONNECTIONS = 16
const IDLE_MS = 60_000
/** How often a transaction that met another one is done again. */
const ATTEMPTS = 5
const PAUSE_MS = 20
/** Only ours take this advisory lock: 'kreeve' in ASCII. */
const MIGRATION_LOCK = 0x6b7265657665

export type PostgresOptions = {
  readonly url: string
  readonly runner: RunnerSource
  /** Called with every version that was written, whichever node wrote it; now and then with one that was told before. */
  readonly onAccountVersion: AccountVersionListener
  /** Off: nodes learn of changes by their poll alone. For tests of that. */
  readonly hints?: boolean
}

/** Opens the store and brings its schema up to date. Throws `StoreRefusal` where the server is not fit or a newer program wrote the schema. */
export async function openPostgres({ url, runner, onAccountVersion, hints = true }: PostgresOptions): Promise<Store> {
  const { openRunner } = (await import(runner.module.href)) as RunnerModule
  const run = await openRunner(runner.settings)
  await prepareDatabase(url)
  const pools = { reads: poolOf(url, READ_CONNECTIONS), writes: poolOf(url, WRITE_CONNECTIONS) }
  try {
    const nodes = await Nodes.join({ url, pool: pools.writes, onAccountVersion, hints })
    return new PostgresStore(pools, run, nodes)
  } catch (error) {
    await Promise.all([pools.reads.end(), pools.writes.end()])
    throw error
  }
}

type Pools = { readonly reads: pg.Pool; readonly writes: pg.Pool }

class PostgresStore implements Store {
  readonly #pools: Pools
  readonly #run: Runner
  readonly #nodes: Nodes
  readonly #active = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined
  /** A lost connection is made anew by the pool; nothing here is gone for good. */
  readonly failed = new Promise<Error>(() => {})

  constructor(pools: Pools, run: Runner, nodes: Nodes) {
    this.#pools = pools
    this.#run = run
    this.#nodes = nodes
  }

  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    return this.#accept(() => read(this.#pools.reads, work))
  }

  write(job: Job): Promise<Outcome> {
    return this.#accept(() => this.#write(job))
  }

  current(): boolean {
    return this.#nodes.current()
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#active)
    await this.#nodes.leave()
    await Promise.all([this.#pools.reads.end(), this.#pools.writes.end()])
  }

  async #accept<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new Error('the store is closed')
    const accepted = work()
    this.#active.add(accepted)
    try {
      return await accepted
    } finally {
      this.#active.delete(accepted)
    }
  }

  /** Returns when the change is durable and every live node knows of it. */
  async #write(job: Job): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { outcome, change } = await this.#transaction(job)
        if (change !== undefined) await this.#nodes.confirmed(change)
        return outcome
      } catch (error) {
        if (!isConflict(error) || attempt === ATTEMPTS) throw error
        // Two that met once would meet again if they came back at the same moment.
        await delay(Math.random() * PAUSE_MS * attempt)
      }
    }
  }

  /**
   * READ COMMITTED, and yet serial for each account. A job's first writing statement updates the row of its account, which waits until any earlier
   * writer of that account has ended. From then on nobody else writes to the account, and every later statement takes a snapshot that is
   * younger than the lock: it sees all that earlier writers of the account committed, and nothing it has read can change before the
   * commit. (REPEATABLE READ would take its snapshot before the lock, and fail after the wait.) Jobs that write to no account's tables rely
   * on a unique key alone (new accounts, claims), and jobs of several accounts take their rows in one order; where two block one another
   * all the same, PostgreSQL ends one of them and it is done again.
   */
  async #transaction(job: Job): Promise<{ readonly outcome: Outcome; readonly change: number | undefined }> {
    const client = await this.#pools.writes.connect()
    const connection = new PostgresConnection(client, { prepared: true })
    try {
      await connection.command('BEGIN')
      const tx = new Transaction(() => connection)
      const outcome = await this.#run(tx, job)
      tx.finish()
      const change = isAnnounced(outcome) ? await this.#nodes.record(connection, outcome.versions) : undefined
      await connection.commit()
      client.release()
      return { outcome, change }
    } catch (error) {
      client.release(await rolledBack(connection))
      throw error
    }
  }
}

async function read<T>(pool: pg.Pool, work: (tx: ReadTx) => Promise<T>): Promise<T> {
  let taken: { readonly client: pg.PoolClient; readonly connection: PostgresConnection } | undefined
  const begin = async (): Promise<Connection> => {
    const client = await pool.connect()
    const connection = new PostgresConnection(client, { prepared: true })
    taken = { client, connection }
    await connection.command('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return connection
  }
  const tx = new Transaction(begin)
  try {
    return await work(tx)
  } finally {
    tx.abandon()
    // A read has nothing to commit.
    if (taken !== undefined) taken.client.release(await rolledBack(taken.connection))
  }
}

/** Ends the transaction; the error where the connection is of no more use. */
async function rolledBack(connection: Connection): Promise<Error | undefined> {
  try {
    await connection.command('ROLLBACK')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function isAnnounced(outcome: Outcome): outcome is Announced {
  return 'versions' in outcome && Array.isArray(outcome.versions) && outcome.versions.length > 0
}

function poolOf(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ ...clientSettings(url), max, idleTimeoutMillis: IDLE_MS })
  // A connection lost while idle is replaced when it is needed.
  pool.on('error', () => {})
  pool.on('connect', quiet)
  return pool
}

async function prepareDatabase(url: string): Promise<void> {
  const client = quiet(new pg.Client(clientSettings(url)))
  await client.connect()
  try {
    await checkServer(client)
    const migrations = MIGRATIONS.map((migration) => ({ ...migration, statements: migration.statements.map(postgresSchema) }))
    await migrate(migratingOn(client), migrations)
  } finally {
    await client.end()
  }
}

function migratingOn(client: pg.Client): MigratingTransaction {
  const connection = new PostgresConnection(client, { prepared: false })
  return async (work) => {
    await connection.command('BEGIN')
    try {
      // Held until the end of the transaction: servers that start together migrate one after the other.
      await connection.command(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`)
      const tx = new Transaction(() => connection)
      const result = await work(tx)
      tx.finish()
      await connection.commit()
      return result
    } catch (error) {
      await rolledBack(connection)
      throw error
    }
  }
}
