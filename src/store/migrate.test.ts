/** Migrations: each once, in order, whole or not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Migration, migrate, type MigratingTransaction } from './migrate.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { transactionsOn } from './sqlite.ts'
import { StoreRefusal } from './store.ts'

const first: Migration = { version: 1, name: 'first', statements: ['CREATE TABLE one (id TEXT PRIMARY KEY)'] }
const second: Migration = {
  version: 2,
  name: 'second',
  statements: ['CREATE TABLE two (id TEXT PRIMARY KEY)', `INSERT INTO one (id) VALUES ('made')`],
}
const broken: Migration = { version: 2, name: 'second', statements: [...second.statements, 'INSERT INTO nowhere VALUES (1)'] }

async function onDatabase(
  work: (transaction: MigratingTransaction, tables: () => readonly string[]) => Promise<void>,
): Promise<void> {
  const connection = new SqliteConnection({ file: ':memory:' })
  const tables = (): readonly string[] =>
    connection
      .all(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`, [])
      .map((row) => String((row as { name: string }).name))
  try {
    await work(transactionsOn(connection), tables)
  } finally {
    connection.close()
  }
}

test('each migration is applied once', async () => {
  await onDatabase(async (transaction, tables) => {
    await migrate(transaction, [first])
    assert.deepEqual(tables(), ['one', 'schema_migration'])
    await migrate(transaction, [first, second])
    await migrate(transaction, [first, second])
    assert.deepEqual(tables(), ['one', 'schema_migration', 'two'])
  })
})

test('a migration that fails leaves the database at the one before', async () => {
  await onDatabase(async (transaction, tables) => {
    await assert.rejects(migrate(transaction, [first, broken]), /nowhere/)
    assert.deepEqual(tables(), ['one', 'schema_migration'])
    await migrate(transaction, [first, second])
    assert.deepEqual(tables(), ['one', 'schema_migration', 'two'])
  })
})

// oxfmt-ignore
const UNKNOWN: readonly (readonly [what: string, known: readonly Migration[]])[] = [
  ['a later one',          [first]],
  ['another of that place', [first, { ...second, name: 'another' }]],
]
for (const [what, known] of UNKNOWN) {
  test(`a database with a migration that the program does not know is refused: ${what}`, async () => {
    await onDatabase(async (transaction) => {
      await migrate(transaction, [first, second])
      await assert.rejects(
        migrate(transaction, known),
        (error) => error instanceof StoreRefusal && error.reason === 'newer' && error.message.includes('2 (second)'),
      )
    })
  })
}

test('a number that was left out may be filled later', async () => {
  await onDatabase(async (transaction, tables) => {
    const third: Migration = { ...second, version: 3, name: 'third' }
    const between: Migration = { version: 2, name: 'between', statements: ['CREATE TABLE between_them (id TEXT PRIMARY KEY)'] }
    await migrate(transaction, [first, third])
    await migrate(transaction, [first, between, third])
    await migrate(transaction, [first, between, third])
    assert.deepEqual(tables(), ['between_them', 'one', 'schema_migration', 'two'])
  })
})

for (const [what, list] of [
  ['a wrong order', [second, first]],
  ['a number twice', [first, { ...second, version: 1 }]],
] as const) {
  test(`${what} in the list is a mistake of the program`, async () => {
    await onDatabase(async (transaction) => {
      await assert.rejects(migrate(transaction, list), /stands at place 2/)
    })
  })
}
