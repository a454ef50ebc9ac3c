/** A transaction on any back end's connection: one rule for failed statements, savepoints, and use after the end. */
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
    return this.#statement((connection) => connection.get(sql, values)) as Promise<Row | undefined>
  }

  all<Row>(sql: Sql, ...values: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#statement((connection) => connection.all(sql, values)) as Promise<readonly Row[]>
  }

  run(sql: Sql, ...values: readonly SqlValue[]): Promise<number> {
    return this.#statement((connection) => connection.run(sql, values))
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
