/** Rows that a read-only connection remembers: those of its snapshot, and of no other. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SqliteConnection } from './sqlite-connection.ts'

const FIND = 'SELECT label FROM thing WHERE kind = $1 AND name = $2'

let directory = ''
let writer: SqliteConnection
let reader: SqliteConnection
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'keyreeve-connection-'))
  writer = new SqliteConnection({ file: join(directory, 'test.db') })
  writer.command(
    'CREATE TABLE thing (kind TEXT NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT',
  )
  reader = new SqliteConnection({ file: join(directory, 'test.db'), readOnly: true })
})
after(() => {
  reader.close()
  writer.close()
  rmSync(directory, { recursive: true })
})

const label = (kind: string, name: string): unknown => {
  const row = reader.get(FIND, [kind, name])
  return row === undefined || !('label' in row) ? undefined : row.label
}
const put = (kind: string, name: string, text: string): number =>
  writer.run('INSERT OR REPLACE INTO thing (kind, name, label) VALUES ($1, $2, $3)', [kind, name, text])

/** A test that begins with one row, outside of any transaction. */
function testAnew(name: string, body: () => void): void {
  void test(name, () => {
    if (reader.inTransaction) reader.command('ROLLBACK')
    writer.run('DELETE FROM thing', [])
    put('a', 'b', 'old')
    body()
  })
}

testAnew('within a snapshot a row is fetched once, and nobody can change it for others', () => {
  reader.command('BEGIN')
  const row = reader.get(FIND, ['a', 'b'])
  put('a', 'b', 'new')
  assert.equal(reader.get(FIND, ['a', 'b']), row)
  assert.ok(row !== undefined && Object.isFrozen(row))
})

testAnew('the next snapshot knows nothing of the one before', () => {
  reader.command('BEGIN')
  assert.equal(label('a', 'b'), 'old')
  put('a', 'b', 'new')
  reader.command('ROLLBACK')
  reader.command('BEGIN')
  assert.equal(label('a', 'b'), 'new')
})

testAnew('a row that is not there may be there later', () => {
  reader.command('BEGIN')
  assert.equal(label('a', 'c'), undefined)
  reader.command('ROLLBACK')
  put('a', 'c', 'new')
  reader.command('BEGIN')
  assert.equal(label('a', 'c'), 'new')
})

testAnew('without a transaction nothing is remembered', () => {
  assert.equal(label('a', 'b'), 'old')
  put('a', 'b', 'new')
  assert.equal(label('a', 'b'), 'new')
})

testAnew('a connection that writes sees what it wrote', () => {
  writer.command('BEGIN')
  assert.deepEqual({ ...writer.get(FIND, ['a', 'b']) }, { label: 'old' })
  put('a', 'b', 'new')
  assert.deepEqual({ ...writer.get(FIND, ['a', 'b']) }, { label: 'new' })
  writer.command('COMMIT')
})

testAnew('values that read alike when joined are told apart', () => {
  // oxfmt-ignore
  const ALIKE: readonly (readonly [string, string])[] = [['x', '1,y'], ['x1,', 'y'], ['', 'x1,y'], ['x1,y', ''], ['1,x', 'y']]
  for (const [kind, name] of ALIKE) put(kind, name, JSON.stringify([kind, name]))
  reader.command('BEGIN')
  for (const round of [1, 2]) {
    for (const [kind, name] of ALIKE) assert.equal(label(kind, name), JSON.stringify([kind, name]), `round ${round}`)
  }
})

testAnew('more rows than are kept are all found', () => {
  for (let number = 0; number < 600; number += 1) put('many', String(number), `label ${number}`)
  reader.command('BEGIN')
  for (let number = 0; number < 600; number += 1) assert.equal(label('many', String(number)), `label ${number}`)
  assert.equal(label('many', '0'), 'label 0')
})
