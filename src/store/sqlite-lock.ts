/** The lock of a database file: one process at a time. The operating system releases it with the process, however that ends. */
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { errorCode } from './sqlite-connection.ts'
import { StoreRefusal } from './store.ts'

const SQLITE_BUSY = 5
/** Whoever may read the file may hold a lock on it, and keep us out. */
const OWNER_ONLY = 0o600

/** Takes the lock for life; `release` gives it back. Throws `StoreRefusal` at once where it is taken. */
export function lock(file: string): { readonly release: () => void } {
  // An empty database beside the real one, held by a transaction that never ends: SQLite knows how to lock a file on every system.
  closeSync(openSync(`${file}.lock`, 'a', OWNER_ONLY))
  const db = new DatabaseSync(`${file}.lock`)
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (((errorCode(error) ?? 0) & 0xff) !== SQLITE_BUSY) throw error
    throw new StoreRefusal(
      'locked',
      `Another keyreeve works on ${file}. One process at a time may use it: stop the other one, or give this one a data directory of its own.`,
      { cause: error },
    )
  }
  return { release: () => db.close() }
}
