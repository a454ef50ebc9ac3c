/** A transaction on any back end's connection: one rule for failed statements, savepoints, and use after the end. */
import { Fault } from '../aws/fault.ts'
import type { Sql, SqlValue, WriteTx } from './store.ts'

/** What a back end's connection can do. SQLite answers at once, PostgreSQL later. */
export interface Connection {
  get(sql: Sql, values: readonly SqlValue[]): object | undefined | Promise<object | undefined>
  all(sql: Sql, values: readonly SqlValue[]): readonly object[] | Promise<readonly object[]>
  run(sql: Sql, values: readonly SqlValue[]): number | Promise<number>
  /** BEGIN, COMMIT, SAVEPOINT and the like. */
  command(sql: Sql): void | Promise<void>
}

type Open = () => Connection | Promise<Connection>

export class Transaction implements WriteTx {
  readonly #open: Open
  #connection: Connection | Promise<Connection> | undefined
  #failure: { readonly error: unknown } | undefined
  #ended = false
  #depth = 0

  /** `open` is called with the first statement; it begins the transaction. */
  constructor(open: Open) {
    this.#open = open
  }

  get<Row>(sql: Sql, ...values: readonly SqlValue[]): Promise<Row | undefined> {
    return this.#statement((connection) => connection.get(sql, storable(values))) as Promise<Row | undefined>
  }

  all<Row>(sql: Sql, ...values: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#statement((connection) => connection.all(sql, storable(values))) as Promise<readonly Row[]>
  }

  run(sql: Sql, ...values: readonly SqlValue[]): Promise<number> {
    return this.#statement((connection) => connection.run(sql, storable(values)))
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `inner_${(this.#depth += 1)}`
    try {
      await this.#statement((connection) => connection.command(`SAVEPOINT ${name}`))
      return await this.#within(name, work)
    } finally {
      this.#depth -= 1
    }
  }

  async #within<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      await this.#statement((connection) => connection.command(`RELEASE SAVEPOINT ${name}`))
      return result
    } catch (error) {
      this.#failure = undefined
      // Where this fails too, the transaction as a whole is lost, and says so from here on.
      await this.#statement((connection) => connection.command(`ROLLBACK TO SAVEPOINT ${name}`)).catch(() => {})
      await this.#statement((connection) => connection.command(`RELEASE SAVEPOINT ${name}`)).catch(() => {})
      throw error
    }
  }

  /** Ends the use of it, whatever its state: it is about to be rolled back. */
  abandon(): void {
    this.#ended = true
  }

  /** Ends the use of it; throws the error of a failed statement that the work has swallowed. */
  finish(): void {
    this.#ended = true
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #statement<T>(work: (connection: Connection) => T | Promise<T>): Promise<T> {
    if (this.#ended) throw new Error('the transaction has ended')
    if (this.#failure !== undefined)
      throw new Error('an earlier statement of this transaction failed', { cause: this.#failure.error })
    try {
      // SQLite answers at once: what need not be awaited is not.
      const connection = (this.#connection ??= this.#open())
      const result = work(connection instanceof Promise ? await connection : connection)
      return result instanceof Promise ? await result : result
    } catch (error) {
      this.#failure ??= { error }
      throw error
    }
  }
}

/** PostgreSQL keeps no U+0000 in a text, and says so as an error of its own: SQLite is held to it, and the caller hears what is wrong. The text is ours. */
function storable(values: readonly SqlValue[]): readonly SqlValue[] {
  if (values.some((value) => typeof value === 'string' && value.includes('\0')))
    throw new Fault('ValidationError', 'The request holds the character U+0000, which no text may hold.', { status: 400 })
  return values
}
