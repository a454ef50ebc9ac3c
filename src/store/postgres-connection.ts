/** PostgreSQL connections: how values come back, which errors mean what, and what a server must be like. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { type Sql, type SqlValue, StoreRefusal, UniqueViolation } from './store.ts'
import type { Connection } from './transaction.ts'

/** What a statement may take before the server gives it up. Milliseconds. */
const STATEMENT_MS = 30_000
/** A transaction that is idle for longer was lost: what waits for slow work holds none (`separate-reads.ts` of the server). */
const IDLE_TRANSACTION_MS = 60_000
const CONNECT_MS = 10_000
/** Snapshots as text, xid8 and JSON as other connections need them: `pg_current_xact_id` came with 13; 15 is the oldest one tested. */
const OLDEST_SERVER = 150_000

/** Object ids of types (pg_type.dat). */
const BOOL = 16
const INT8 = 20
const NUMERIC = 1700

/** SQLite has only numbers here, so numbers they are. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8 || oid === NUMERIC) return exactNumber
    if (oid === BOOL) return (text: string) => (text === 't' ? 1 : 0)
    return pg.types.getTypeParser(oid, format)
  }) as pg.CustomTypesConfig['getTypeParser'],
}

function exactNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new Error(`${text} is too large a number`)
  return value
}

/** The settings of every connection to the store at `url`. */
export function clientSettings(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    keepAlive: true,
    application_name: 'keyreeve',
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    connectionTimeoutMillis: CONNECT_MS,
  }
}

/** A client whose lost connection is reported by the next statement, and not by an event that would end the process. */
export function quiet<C extends pg.ClientBase>(client: C): C {
  client.on('error', () => {})
  return client
}

export class PostgresConnection implements Connection {
  readonly #client: pg.ClientBase
  readonly #prepared: boolean

  /** `prepared`: keep statements by name. Not for one-time statements, nor for connections that end soon. */
  constructor(client: pg.ClientBase, { prepared }: { readonly prepared: boolean }) {
    this.#client = client
    this.#prepared = prepared
  }

  async get(sql: Sql, values: readonly SqlValue[]): Promise<object | undefined> {
    const { rows } = await this.#query(sql, values)
    return rows[0]
  }

  async all(sql: Sql, values: readonly SqlValue[]): Promise<readonly object[]> {
    return (await this.#query(sql, values)).rows
  }

  async run(sql: Sql, values: readonly SqlValue[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0
  }

  async command(sql: Sql): Promise<void> {
    await this.#client.query(sql)
  }

  /** Throws where the server has rolled back instead: it does so, without an error, after a failed statement. */
  async commit(): Promise<void> {
    const { command } = await this.#client.query('COMMIT')
    if (command !== 'COMMIT') throw new Error(`the transaction was not committed: ${command}`)
  }

  async #query(sql: Sql, values: readonly SqlValue[]): Promise<pg.QueryResult<object>> {
    try {
      return await this.#client.query<object>({
        text: sql,
        values: [...values],
        ...(this.#prepared && { name: statementName(sql) }),
      })
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '23505') throw error
      throw new UniqueViolation(error.table ?? 'a table', { cause: error })
    }
  }
}

/** PostgreSQL cuts names at 63 characters, so a text is named by its hash. */
function statementName(sql: Sql): string {
  const known = names.get(sql)
  if (known !== undefined) return known
  const name = createHash('sha256').update(sql).digest('base64url')
  if (names.size >= MAX_NAMES) names.clear()
  names.set(sql, name)
  return name
}
const MAX_NAMES = 2_000
const names = new Map<Sql, string>()

/** The transaction met another one, and would succeed if it were done again: serialization_failure, deadlock_detected. */
export function isConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01')
}

/** SQLite compares text by bytes. PostgreSQL compares by the database's locale unless told otherwise: pages would come in another order. */
export function postgresSchema(statement: Sql): Sql {
  return /^\s*(?:CREATE TABLE|ALTER TABLE)\b/.test(statement) ? statement.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"') : statement
}

/** Throws `StoreRefusal` where the server could lose what it has acknowledged, or does not know what we need. */
export async function checkServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string; synchronous: string }>(
    `SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding,
      current_setting('synchronous_commit') AS synchronous`,
  )
  const [{ version, encoding, synchronous } = { version: '0', encoding: '', synchronous: '' }] = rows
  if (Number(version) < OLDEST_SERVER)
    throw new StoreRefusal('unfit', 'The database server is older than PostgreSQL 15. Use version 15 or a later one.')
  if (encoding !== 'UTF8')
    throw new StoreRefusal(
      'unfit',
      `The database stores text as ${encoding}. Create one with: CREATE DATABASE keyreeve ENCODING 'UTF8' TEMPLATE template0`,
    )
  if (synchronous === 'off') {
    throw new StoreRefusal(
      'unfit',
      'The database acknowledges commits before they are on the disk (synchronous_commit is off). Switch it on for keyreeve: ALTER ROLE ... SET synchronous_commit = on',
    )
  }
}
