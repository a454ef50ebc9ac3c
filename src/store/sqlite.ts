/** The store on SQLite: one file (or memory), one writing side, readers beside it. */
import { closeSync, openSync } from 'node:fs'
import { migrate, type MigratingTransaction } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { lock } from './sqlite-lock.ts'
import { MemoryReaders } from './sqlite-memory.ts'
import { FileReaders, type Readers } from './sqlite-readers.ts'
import { inlineWriting, threadWriting, type Writing } from './sqlite-writing.ts'
import type { RunnerModule, RunnerSource, Store } from './store.ts'
import { Transaction } from './transaction.ts'

const MEMORY = ':memory:'
const OWNER_ONLY = 0o600

export type SqliteOptions = {
  /** The database file, made where it is missing; `:memory:` for a database that is gone when the store closes. */
  readonly file: string
  /** Where jobs run. A server writes in a thread, so that no commit stalls its requests; memory and tests write inline. */
  readonly writer: 'inline' | 'thread'
  readonly runner: RunnerSource
}

/** Opens the store and brings its schema up to date. Throws `StoreRefusal` where another process has it or a newer program wrote it. */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  return options.file === MEMORY ? openMemory(options) : openFile(options)
}

async function openMemory({ writer, runner }: SqliteOptions): Promise<Store> {
  if (writer !== 'inline') throw new Error('a database in memory belongs to one thread')
  const connection = new SqliteConnection({ file: MEMORY })
  await migrate(transactionsOn(connection), MIGRATIONS)
  const readers = new MemoryReaders(connection)
  return storeOf(readers, inlineWriting(connection, await load(runner), readers), () => {})
}

async function openFile({ file, writer, runner }: SqliteOptions): Promise<Store> {
  const held = lock(file)
  try {
    // SQLite gives the files beside a database the rights of the database.
    closeSync(openSync(file, 'a', OWNER_ONLY))
    const connection = new SqliteConnection({ file })
    await migrate(transactionsOn(connection), MIGRATIONS).catch((error: unknown) => {
      connection.close()
      throw error
    })
    return storeOf(new FileReaders(file), await fileWriting(connection, { file, writer, runner }), held.release)
  } catch (error) {
    held.release()
    throw error
  }
}

async function fileWriting(connection: SqliteConnection, { file, writer, runner }: SqliteOptions): Promise<Writing> {
  try {
    if (writer === 'inline') return inlineWriting(connection, await load(runner))
  } catch (error) {
    connection.close()
    throw error
  }
  connection.close()
  return threadWriting({ file, module: runner.module.href, settings: runner.settings })
}

async function load({ module, settings }: RunnerSource) {
  const { openRunner } = (await import(module.href)) as RunnerModule
  return openRunner(settings)
}

function storeOf(readers: Readers, writing: Writing, release: () => void): Store {
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await readers.close()
    await writing.close()
    release()
  }
  return {
    read: (work) => readers.read(work),
    write: async (job) => {
      if (closing !== undefined) throw new Error('the store is closed')
      try {
        return await writing.write(job)
      } finally {
        // Also where it failed: what is told of a write may be less than what was done.
        readers.changed()
      }
    },
    // The only node there is has seen everything.
    current: () => true,
    failed: writing.failed,
    close: () => (closing ??= close()),
  }
}

/** Transactions of a connection that nobody else uses. */
export function transactionsOn(connection: SqliteConnection): MigratingTransaction {
  return async (work) => {
    connection.command('BEGIN IMMEDIATE')
    const tx = new Transaction(() => connection)
    try {
      const result = await work(tx)
      tx.finish()
      connection.command('COMMIT')
      return result
    } catch (error) {
      if (connection.inTransaction) connection.command('ROLLBACK')
      throw error
    }
  }
}
