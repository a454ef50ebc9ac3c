/** The writing side of SQLite: jobs that wait are done in one transaction, a savepoint each, and answered once it is on the disk. */
import type { SqliteConnection } from './sqlite-connection.ts'
import type { Job, Outcome, Runner } from './store.ts'
import { Transaction } from './transaction.ts'

/** The most jobs in one transaction. Groups of 8 give most of the gain already; a longer group only makes its first job wait. */
const GROUP_JOBS = 64

/** A job, and whatever tells its caller apart. */
type Waiting<Ticket> = { readonly ticket: Ticket; readonly job: Job }
export type Settled<Ticket> = { readonly ticket: Ticket } & ({ readonly outcome: Outcome } | { readonly error: unknown })

export type GroupEvents<Ticket> = {
  /** Everything a group came to, after its commit. */
  settled(results: readonly Settled<Ticket>[]): void
  /** The database can no longer be written. Called once, after the last `settled`. */
  failed(error: Error): void
  /** Around each group, for readers on the same connection. */
  before?(): void
  after?(): void
}

export class JobGroups<Ticket> {
  readonly #connection: SqliteConnection
  readonly #runner: Runner
  readonly #events: GroupEvents<Ticket>
  #waiting: Waiting<Ticket>[] = []
  #scheduled = false
  #failure: Error | undefined

  constructor(connection: SqliteConnection, runner: Runner, events: GroupEvents<Ticket>) {
    this.#connection = connection
    this.#runner = runner
    this.#events = events
  }

  add(ticket: Ticket, job: Job): void {
    if (this.#failure !== undefined) return this.#events.settled([{ ticket, error: this.#failure }])
    this.#waiting.push({ ticket, job })
    this.#schedule()
  }

  /** At the end of this turn of the event loop, so that what arrives together is written together, and nothing waits for a timer. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => void this.#writeGroup())
  }

  async #writeGroup(): Promise<void> {
    const group = this.#waiting.splice(0, GROUP_JOBS)
    this.#events.before?.()
    const results = await this.#transaction(group)
    this.#events.after?.()
    this.#events.settled(results)
    this.#scheduled = false
    if (this.#connection.broken !== undefined) this.#fail(this.#connection.broken)
    else if (this.#waiting.length > 0) this.#schedule()
  }

  /** Never rejects: where the transaction as a whole is lost, so is every job in it. */
  async #transaction(group: readonly Waiting<Ticket>[]): Promise<readonly Settled<Ticket>[]> {
    const connection = this.#connection
    try {
      connection.command('BEGIN IMMEDIATE')
      const results: Settled<Ticket>[] = []
      for (const { ticket, job } of group) results.push({ ticket, ...(await this.#one(job)) })
      connection.command('COMMIT')
      return results
    } catch (error) {
      if (connection.inTransaction) rollBack(connection)
      return group.map(({ ticket }) => ({ ticket, error }))
    }
  }

  /** One job in a savepoint: it fails alone. Throws where it took the whole transaction with it. */
  async #one(job: Job): Promise<{ readonly outcome: Outcome } | { readonly error: unknown }> {
    const connection = this.#connection
    connection.command('SAVEPOINT job')
    const tx = new Transaction(() => connection)
    try {
      const outcome = await this.#runner(tx, job)
      tx.finish()
      if (connection.broken !== undefined) throw connection.broken
      connection.command('RELEASE SAVEPOINT job')
      return { outcome }
    } catch (error) {
      if (connection.broken !== undefined || !connection.inTransaction) throw connection.broken ?? error
      tx.abandon()
      connection.command('ROLLBACK TO SAVEPOINT job')
      connection.command('RELEASE SAVEPOINT job')
      return { error }
    }
  }

  #fail(error: Error): void {
    this.#failure = error
    const waiting = this.#waiting
    this.#waiting = []
    this.#events.settled(waiting.map(({ ticket }) => ({ ticket, error })))
    this.#events.failed(error)
  }
}

/** A transaction that cannot even be rolled back dies with its connection. */
function rollBack(connection: SqliteConnection): void {
  try {
    connection.command('ROLLBACK')
  } catch {
    // The first error says what went wrong, and `broken` whether to go on.
  }
}
