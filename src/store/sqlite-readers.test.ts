/** Reads that share a snapshot, and reads that outlive it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SqliteConnection } from './sqlite-connection.ts'
import { FileReaders } from './sqlite-readers.ts'

let directory = ''
let writer: SqliteConnection
let readers: FileReaders
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'keyreeve-readers-'))
  writer = new SqliteConnection({ file: join(directory, 'test.db') })
  writer.command('CREATE TABLE counter (value INTEGER NOT NULL) STRICT')
  writer.command('INSERT INTO counter (value) VALUES (0)')
  readers = new FileReaders(join(directory, 'test.db'))
})
after(async () => {
  await readers.close()
  writer.close()
  rmSync(directory, { recursive: true })
})

function commit(value: number): void {
  writer.run('UPDATE counter SET value = $1', [value])
  readers.changed()
}

type Read = { readonly first: Promise<number>; readonly ended: Promise<number> }

/** A read that looks twice, and between its looks waits for `gate`. */
function looksTwice(gate: Promise<void>): Read {
  const first = Promise.withResolvers<number>()
  const ended = readers.read(async (tx) => {
    const look = async (): Promise<number> => (await tx.get<{ value: number }>('SELECT value FROM counter'))?.value ?? -1
    first.resolve(await look())
    await gate
    return look()
  })
  return { first: first.promise, ended }
}

test('every read sees one state, however many commits pass and however many reads wait', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const reads: (Read & { readonly value: number })[] = []
  for (let value = 1; value <= 20; value += 1) {
    commit(value)
    for (let reader = 0; reader < 3; reader += 1) reads.push({ value, ...looksTwice(gate) })
    assert.deepEqual(await Promise.all(reads.slice(-3).map(({ first }) => first)), [value, value, value])
  }
  open()
  for (const { value, ended } of reads) assert.equal(await ended, value)
  assert.equal(await looksTwice(gate).ended, 20)
})

test('a read that fails harms no other read of its snapshot', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const waiting = looksTwice(gate)
  await waiting.first
  await assert.rejects(
    readers.read((tx) => tx.get('SELECT value FROM nowhere')),
    /no such table/,
  )
  await assert.rejects(
    readers.read(async () => Promise.reject(new Error('its own reasons'))),
    /its own reasons/,
  )
  commit(21)
  assert.equal(await looksTwice(Promise.resolve()).ended, 21)
  open()
  assert.equal(await waiting.ended, 20)
})

test('closing waits for the reads under way, and lets no other begin', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const last = looksTwice(gate)
  await last.first
  let closed = false
  const closing = readers.close().then(() => {
    closed = true
  })
  await assert.rejects(
    readers.read(async () => 1),
    /closed/,
  )
  assert.equal(closed, false)
  open()
  assert.equal(await last.ended, 21)
  await closing
  readers = new FileReaders(join(directory, 'test.db'))
})
