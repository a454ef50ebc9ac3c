/** Readers of a SQLite file: reads that begin between two commits share a read-only connection, and with it a snapshot that no writer disturbs. */
import { BEGIN, SqliteConnection } from './sqlite-connection.ts'
import type { ReadTx } from './store.ts'
import { Transaction } from './transaction.ts'

/** Connections kept open for the next snapshot. A read may wait, so snapshots can outlive commits: there is no upper limit. */
const KEPT = 8

export interface Readers {
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>
  /** Something was committed: reads that begin from now on must see it. */
  changed(): void
  /** Waits for the reads under way. */
  close(): Promise<void>
}

/** A connection in a transaction, and how many reads are under way in it. Beginning and ending one costs more than a read. */
type Snapshot = { readonly connection: SqliteConnection; readers: number }

export class FileReaders implements Readers {
  readonly #file: string
  /** What reads that begin now see; undefined until the first one after a commit. */
  #current: Snapshot | undefined
  readonly #idle: SqliteConnection[] = []
  #active = 0
  /** Set when the readers close. */
  #drained: PromiseWithResolvers<void> | undefined

  constructor(file: string) {
    this.#file = file
  }

  async read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (this.#drained !== undefined) throw new Error('the store is closed')
    let taken: Snapshot | undefined
    const tx = new Transaction(() => {
      taken = this.#take()
      return taken.connection
    })
    this.#active += 1
    try {
      return await work(tx)
    } finally {
      tx.abandon()
      if (taken !== undefined) this.#giveBack(taken)
      this.#ended()
    }
  }

  changed(): void {
    const before = this.#current
    this.#current = undefined
    // An old snapshot that stayed open would also keep SQLite from emptying its log.
    if (before?.readers === 0) this.#end(before)
  }

  async close(): Promise<void> {
    this.#drained = Promise.withResolvers()
    if (this.#active > 0) await this.#drained.promise
    this.changed()
    for (const connection of this.#idle.splice(0)) connection.close()
  }

  #take(): Snapshot {
    const current = (this.#current ??= this.#begin())
    current.readers += 1
    return current
  }

  #begin(): Snapshot {
    const connection = this.#idle.pop() ?? new SqliteConnection({ file: this.#file, readOnly: true })
    try {
      connection.command(BEGIN)
    } catch (error) {
      connection.close()
      throw error
    }
    return { connection, readers: 0 }
  }

  #giveBack(snapshot: Snapshot): void {
    snapshot.readers -= 1
    // Whatever goes wrong in a connection, later reads begin in another one.
    const { broken, inTransaction } = snapshot.connection
    if (snapshot === this.#current && (broken !== undefined || !inTransaction)) this.#current = undefined
    if (snapshot.readers === 0 && snapshot !== this.#current) this.#end(snapshot)
  }

  #end({ connection }: Snapshot): void {
    if (connection.broken === undefined && connection.inTransaction) connection.command('ROLLBACK')
    if (connection.broken === undefined && this.#idle.length < KEPT) this.#idle.push(connection)
    else connection.close()
  }

  #ended(): void {
    this.#active -= 1
    if (this.#active === 0) this.#drained?.resolve()
  }
}
