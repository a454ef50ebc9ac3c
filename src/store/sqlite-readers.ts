/** Readers of a SQLite file: each read has a read-only connection of its own, and with it a snapshot that no writer disturbs. */
import { SqliteConnection } from './sqlite-connection.ts'
import type { ReadTx } from './store.ts'
import { Transaction } from './transaction.ts'

/** Connections kept open for the next read. A read may wait for slow work, so there is no upper limit: a limit would let reads within reads block. */
const KEPT = 8

export interface Readers {
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>
  /** Something was committed: reads that begin from now on must see it. */
  changed(): void
  /** Waits for the reads under way. */
  close(): Promise<void>
}

export class FileReaders implements Readers {
  readonly #file: string
  /** Each in a transaction whose snapshot nothing has changed since: beginning and ending one costs more than the read. */
  readonly #idle: SqliteConnection[] = []
  #version = 0
  #active = 0
  /** Set when the readers close. */
  #drained: PromiseWithResolvers<void> | undefined

  constructor(file: string) {
    this.#file = file
  }

  async read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (this.#drained !== undefined) throw new Error('the store is closed')
    let taken: SqliteConnection | undefined
    let version = this.#version
    const tx = new Transaction(() => {
      taken = this.#idle.pop() ?? new SqliteConnection({ file: this.#file, readOnly: true })
      version = this.#version
      if (!taken.inTransaction) taken.command('BEGIN')
      return taken
    })
    this.#active += 1
    try {
      return await work(tx)
    } finally {
      tx.abandon()
      if (taken !== undefined) this.#giveBack(taken, version)
      this.#ended()
    }
  }

  changed(): void {
    this.#version += 1
    // An old snapshot that stayed open would also keep SQLite from emptying its log.
    for (const connection of this.#idle) if (connection.inTransaction) connection.command('ROLLBACK')
  }

  async close(): Promise<void> {
    this.#drained = Promise.withResolvers()
    if (this.#active > 0) await this.#drained.promise
    for (const connection of this.#idle.splice(0)) connection.close()
  }

  #ended(): void {
    this.#active -= 1
    if (this.#active === 0) this.#drained?.resolve()
  }

  #giveBack(connection: SqliteConnection, version: number): void {
    if (version !== this.#version && connection.inTransaction) connection.command('ROLLBACK')
    if (connection.broken === undefined && this.#idle.length < KEPT) this.#idle.push(connection)
    else connection.close()
  }
}
