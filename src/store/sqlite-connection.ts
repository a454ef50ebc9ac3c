/** One SQLite connection: how it is opened, its prepared statements, and which of its errors mean what. */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Sql, type SqlValue, UniqueViolation } from './store.ts'
import type { Connection } from './transaction.ts'

/** Texts are constants of the program, and few are made per length of a list; past this many the oldest go. */
const MAX_STATEMENTS = 500
/** How long a statement waits for another connection's moment of exclusivity, such as the recovery of a log. Milliseconds. */
const BUSY_MS = 5_000

const EVERY = `
  PRAGMA foreign_keys = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA case_sensitive_like = ON;
`
/** FULL: a commit returns once the log is on the disk. NORMAL would lose the last commits at a power failure. */
const WRITING = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cell_size_check = ON;
`

/** Primary result codes (sqlite.org/rescode.html) after which nothing this connection says can be relied on. */
const FATAL: ReadonlySet<number> = new Set([
  2, // SQLITE_INTERNAL
  7, // SQLITE_NOMEM
  8, // SQLITE_READONLY with more bits: the file was moved, or its log cannot be recovered
  10, // SQLITE_IOERR: a failed fsync among them, after which the system may have dropped the pages
  11, // SQLITE_CORRUPT
  14, // SQLITE_CANTOPEN
  15, // SQLITE_PROTOCOL
  26, // SQLITE_NOTADB
])
/** The plain code is the answer to a read that tries to write, a mistake of one read only. */
const READ_TRIED_TO_WRITE = 8
const UNIQUE_CODES: ReadonlySet<number> = new Set([2067, 1555]) // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY
const UNIQUE_TABLE = /^UNIQUE constraint failed: ([^.,]+)/

type Prepared = {
  readonly statement: StatementSync
  /** How many values the text wants. */
  readonly count: number
  /** Which value stands at each place; undefined where they stand in order, once each. */
  readonly order: readonly number[] | undefined
}

export const BEGIN = 'BEGIN'

export type Opening = { readonly file: string; readonly readOnly?: boolean }

export class SqliteConnection implements Connection {
  readonly #db: DatabaseSync
  readonly #statements = new Map<Sql, Prepared>()
  /** Rows of the snapshot that a read-only connection has open; undefined on all others. */
  readonly #snapshot: SnapshotRows | undefined
  #inSnapshot = false
  #broken: Error | undefined

  constructor({ file, readOnly = false }: Opening) {
    this.#db = new DatabaseSync(file, { readOnly, timeout: BUSY_MS })
    this.#db.exec(readOnly ? EVERY : EVERY + WRITING)
    this.#snapshot = readOnly ? new SnapshotRows() : undefined
  }

  get(sql: Sql, values: readonly SqlValue[]): object | undefined {
    const snapshot = this.inTransaction ? this.#snapshot : undefined
    const key = snapshot === undefined ? undefined : keyOf(values)
    if (snapshot === undefined || key === undefined) return this.#get(sql, values)
    const known = snapshot.find(sql, key)
    if (known !== undefined) return known
    const row = this.#get(sql, values)
    if (row !== undefined) snapshot.keep(sql, key, row)
    return row
  }

  #get(sql: Sql, values: readonly SqlValue[]): object | undefined {
    try {
      const prepared = this.#prepare(sql)
      return prepared.statement.get(...boundTo(prepared, sql, values))
    } catch (error) {
      throw this.#explained(error)
    }
  }

  all(sql: Sql, values: readonly SqlValue[]): readonly object[] {
    return this.#use(sql, values, (statement, bound) => statement.all(...bound))
  }

  run(sql: Sql, values: readonly SqlValue[]): number {
    return this.#use(sql, values, (statement, bound) => Number(statement.run(...bound).changes))
  }

  command(sql: Sql): void {
    this.#snapshot?.clear()
    this.#inSnapshot = this.#snapshot !== undefined && sql === BEGIN
    this.#use(sql, [], (statement) => statement.run())
  }

  /** Some failures, such as a full disk, end the whole transaction by themselves. */
  get inTransaction(): boolean {
    return this.#db.isTransaction
  }

  /** The error after which this connection must not be used any more. */
  get broken(): Error | undefined {
    return this.#broken
  }

  close(): void {
    this.#db.close()
  }

  #use<T>(sql: Sql, values: readonly SqlValue[], work: (statement: StatementSync, bound: readonly SqlValue[]) => T): T {
    try {
      const prepared = this.#prepare(sql)
      return work(prepared.statement, boundTo(prepared, sql, values))
    } catch (error) {
      throw this.#explained(error)
    }
  }

  #prepare(sql: Sql): Prepared {
    // Several reads may share a snapshot. Where an error took it away, none of them may go on outside it.
    if (this.#inSnapshot && this.#broken !== undefined) throw this.#broken
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const order: number[] = []
    // To SQLite `$1` is a name, and names are bound by a slower path; `?` is bound by place.
    const text = sql.replaceAll(/\$(\d+)/g, (_, number: string) => {
      order.push(Number(number) - 1)
      return '?'
    })
    const inOrder = order.every((index, place) => index === place)
    const prepared = {
      statement: this.#db.prepare(text),
      count: Math.max(0, ...order.map((index) => index + 1)),
      order: inOrder ? undefined : order,
    }
    if (this.#statements.size >= MAX_STATEMENTS)
      for (const oldest of this.#statements.keys()) if (this.#statements.delete(oldest)) break
    this.#statements.set(sql, prepared)
    return prepared
  }

  #explained(error: unknown): unknown {
    const code = errorCode(error)
    if (!(error instanceof Error) || code === undefined) return error
    if ((FATAL.has(code & 0xff) && code !== READ_TRIED_TO_WRITE) || (this.#inSnapshot && !this.inTransaction))
      this.#broken ??= error
    if (!UNIQUE_CODES.has(code)) return error
    return new UniqueViolation(UNIQUE_TABLE.exec(error.message)?.[1] ?? 'an index', { cause: error })
  }
}

/** Rows kept of one snapshot. */
const MAX_ROWS = 256

/** Within a snapshot the same question has the same answer, which costs SQLite as much as the decision and the signature of a call. */
class SnapshotRows {
  readonly #rows = new Map<Sql, Map<string, object>>()
  #count = 0

  find(sql: Sql, key: string): object | undefined {
    return this.#rows.get(sql)?.get(key)
  }

  /** Frozen, because several reads will share it. */
  keep(sql: Sql, key: string, row: object): void {
    if (this.#count >= MAX_ROWS) this.clear()
    const rows = this.#rows.get(sql) ?? new Map<string, object>()
    this.#rows.set(sql, rows.set(key, Object.freeze(row)))
    this.#count += 1
  }

  clear(): void {
    this.#rows.clear()
    this.#count = 0
  }
}

/** Tells lists of texts apart; undefined where a value is none, which questions that come again seldom have. */
function keyOf(values: readonly SqlValue[]): string | undefined {
  let key = ''
  for (const value of values) {
    if (typeof value !== 'string') return undefined
    key += `${value.length},${value}`
  }
  return key
}

/** The values in the order of the places that they are bound to. */
function boundTo({ count, order }: Prepared, sql: Sql, values: readonly SqlValue[]): readonly SqlValue[] {
  if (count !== values.length) throw new Error(`${values.length} values for ${count} parameters: ${sql}`)
  return order === undefined ? values : order.map((index) => values[index] ?? null)
}

/** SQLite's extended result code; undefined where the error is not SQLite's. */
export function errorCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}
