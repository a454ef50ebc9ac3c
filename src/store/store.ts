/** The store: what every back end promises. One SQL text serves all of them, written in the subset that SQLite and PostgreSQL share. */

/** A value of a column. A text with U+0000 is refused as a `Fault`. Times are milliseconds since 1970 in BIGINT columns; booleans are 0 and 1; documents and tags are JSON text. */
export type SqlValue = string | number | Uint8Array | null

/** A statement with `$1`, `$2` ... for its parameters, each used first in ascending order. Prepared once and kept by its text. */
export type Sql = string

/** Reads of one consistent snapshot. */
export interface ReadTx {
  /** The first row, or undefined. */
  get<Row>(sql: Sql, ...values: readonly SqlValue[]): Promise<Row | undefined>
  all<Row>(sql: Sql, ...values: readonly SqlValue[]): Promise<readonly Row[]>
}

/** One serialisable, durable transaction. Nothing else writes to the same account until it ends. */
export interface WriteTx extends ReadTx {
  /**
   * Returns the number of rows changed. Throws `UniqueViolation` where a unique key is taken. After any statement has thrown, the
   * transaction answers nothing more until the savepoint around it is undone: PostgreSQL works so, and SQLite is held to it.
   */
  run(sql: Sql, ...values: readonly SqlValue[]): Promise<number>
  /** Runs `work`; when it throws, what it wrote is undone, and the error goes on to the caller. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
}

/** A unique key or primary key was taken. `table` names the table it happened in. */
export class UniqueViolation extends Error {
  readonly table: string
  constructor(table: string, options?: ErrorOptions) {
    super(`a row with this key exists in ${table}`, options)
    this.name = 'UniqueViolation'
    this.table = table
  }
}

/** Work for the writing side, as data that may cross to another thread. What it means is known to the `Runner` alone. */
export type Job = object
/** What a job came to; plain data too. Where it carries `versions` (see `Announced`), other nodes are told before the write returns. */
export type Outcome = object
/** The versions that the accounts written to have now. */
export type Announced = { readonly versions: readonly (readonly [accountId: string, version: number])[] }

/** Does one job inside one transaction. Must not wait for anything but `tx`: the whole writing side waits with it. */
export type Runner = (tx: WriteTx, job: Job) => Promise<Outcome>

/** A module that the writing side loads: it exports `openRunner`. `settings` is plain data, handed over when the writing side starts. */
export type RunnerModule = { readonly openRunner: (settings: object) => Promise<Runner> | Runner }
/** Where that module lies, and its settings. */
export type RunnerSource = { readonly module: URL; readonly settings: object }

export interface Store {
  /** Reads a consistent snapshot of what was acknowledged. The transaction begins with the first statement. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>
  /**
   * Hands a job to the writing side; resolves once its transaction is durable. Rejects where it was rolled back: with the runner's own
   * error, of which only name, message and stack survive where the writing side is another thread.
   */
  write(job: Job): Promise<Outcome>
  /** False while this node may have missed what other nodes wrote: then nothing remembered may be used, and calls are refused. */
  current(): boolean
  /** Resolves when the writing side is gone for good. Every write from then on is rejected; only a restart helps. */
  readonly failed: Promise<Error>
  /** Finishes what was accepted, then closes. */
  close(): Promise<void>
}

/** Why a store cannot be opened: another process has it, a newer program wrote it, or it is not fit to hold what must not be lost. */
export type StoreRefusalReason = 'locked' | 'newer' | 'unfit'

/** The message is for operators: whole sentences, the next step included. */
export class StoreRefusal extends Error {
  readonly reason: StoreRefusalReason
  constructor(reason: StoreRefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreRefusal'
    this.reason = reason
  }
}
