/** Readers of a database in memory, which has one connection: a read that a writer overtakes is given a copy of what it saw. */
import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { SqliteConnection } from './sqlite-connection.ts'
import type { Readers } from './sqlite-readers.ts'
import type { ReadTx, Sql, SqlValue } from './store.ts'
import { type Connection, Transaction } from './transaction.ts'

/** A copy of the database, shared by the reads that began before the same group. */
type Copy = { readonly connection: SqliteConnection; users: number }

/** Most reads end within one turn of the event loop, and groups begin between turns: copies are made only for reads that wait. */
export class MemoryReaders implements Readers {
  readonly #connection: SqliteConnection
  readonly #active = new Set<Promise<unknown>>()
  readonly #begun = new Set<Reading>()
  #writing: PromiseWithResolvers<void> | undefined
  #closed = false

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  async read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('the store is closed')
    const reading = this.#read(work)
    this.#active.add(reading)
    try {
      return await reading
    } finally {
      this.#active.delete(reading)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#active)
  }

  /** Nothing is remembered: the one connection shows what is committed. */
  changed(): void {}

  /** Called before a group writes. */
  before(): void {
    this.#writing = Promise.withResolvers()
    const overtaken = [...this.#begun].filter((reading) => reading.copy === undefined)
    if (overtaken.length === 0) return
    const copy: Copy = { connection: copyOf(this.#connection), users: overtaken.length }
    for (const reading of overtaken) reading.copy = copy
  }

  /** Called after a group has ended. */
  after(): void {
    this.#writing?.resolve()
    this.#writing = undefined
  }

  async #read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    const reading = new Reading(this.#connection)
    const tx = new Transaction(async () => {
      // Inside a group the connection shows what is not committed yet.
      while (this.#writing !== undefined) await this.#writing.promise
      this.#begun.add(reading)
      return reading
    })
    try {
      return await work(tx)
    } finally {
      tx.abandon()
      this.#begun.delete(reading)
      reading.end()
    }
  }
}

/** Reads from the one connection, or from the copy once there is one. */
class Reading implements Connection {
  readonly #shared: SqliteConnection
  copy: Copy | undefined

  constructor(shared: SqliteConnection) {
    this.#shared = shared
  }

  get(sql: Sql, values: readonly SqlValue[]): object | undefined {
    return this.#reading((connection) => connection.get(sql, values))
  }

  all(sql: Sql, values: readonly SqlValue[]): readonly object[] {
    return this.#reading((connection) => connection.all(sql, values))
  }

  run(sql: Sql, values: readonly SqlValue[]): number {
    return this.#reading((connection) => connection.run(sql, values))
  }

  command(sql: Sql): void {
    throw new Error(`a read does not run ${sql}`)
  }

  end(): void {
    if (this.copy === undefined) return
    this.copy.users -= 1
    if (this.copy.users === 0) this.copy.connection.close()
  }

  /** The connection is the writer's as well: held to reading for as long as it serves a read. */
  #reading<T>(work: (connection: SqliteConnection) => T): T {
    const connection = this.copy?.connection ?? this.#shared
    connection.command('PRAGMA query_only = ON')
    try {
      return work(connection)
    } finally {
      connection.command('PRAGMA query_only = OFF')
    }
  }
}

function copyOf(connection: SqliteConnection): SqliteConnection {
  const name = `file:keyreeve-${randomUUID()}?mode=memory&cache=shared`
  // A shared database in memory lives as long as a connection to it is open.
  const first = new DatabaseSync(name)
  try {
    connection.command(`VACUUM INTO '${name}'`)
    return new SqliteConnection({ file: name })
  } finally {
    first.close()
  }
}
