/** Long runs of audit records are compressed: they read back, and whatever is changed of them is found. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { HarnessJob } from '../../tests/harness-runner.ts'
import { appendAudit, readAudit, type Verified, verifyAudit } from './audit-chain.ts'
import { pack, unpack } from './audit-pack.ts'
import { auditKey, auditKeys, keyringFromKey } from './keyring.ts'
import { openSqlite } from './sqlite.ts'
import type { Store, WriteTx } from './store.ts'

const ACCOUNT = '000000000000'
const keyring = keyringFromKey(Buffer.alloc(32, 1))
const RECORDS = Array.from({ length: 200 }, (_, number) => JSON.stringify({ number, text: 'é😀'.repeat(10) }))

let store: Store
const write = (run: (tx: WriteTx) => Promise<object | void>): Promise<object> => {
  const job: HarnessJob = { run: async (tx) => (await run(tx)) ?? {} }
  return store.write(job)
}
before(async () => {
  const runner = { module: new URL('../../tests/harness-runner.ts', import.meta.url), settings: {} }
  store = await openSqlite({ file: ':memory:', writer: 'inline', runner })
  for (const records of [RECORDS.slice(0, 1), RECORDS.slice(1, 199), RECORDS.slice(199)])
    await write((tx) => appendAudit(tx, ACCOUNT, records, { now: 1, key: auditKey(keyring) }))
})
after(() => store.close())

const verified = (tx: WriteTx): Promise<Verified> => verifyAudit(tx, ACCOUNT, auditKeys(keyring))

test('a long run is a tenth of its size, and reads back', async () => {
  const rows = await store.read((tx) =>
    tx.all<{ records: string; packed: Uint8Array | null }>('SELECT records, packed FROM audit'),
  )
  assert.deepEqual(
    rows.map(({ packed }) => packed === null),
    [true, false, true],
  )
  const [, long] = rows
  assert.ok(long?.packed && long.packed.length < RECORDS.join('\n').length / 10)
  assert.equal(long.records, '')
  assert.deepEqual(await store.read((tx) => readAudit(tx, ACCOUNT, { limit: 1_000 })), { records: RECORDS, last: 200 })
  assert.deepEqual((await store.read((tx) => readAudit(tx, ACCOUNT, { limit: 3, after: 100 }))).records, RECORDS.slice(100, 103))
  assert.deepEqual(await store.read((tx) => verifyAudit(tx, ACCOUNT, auditKeys(keyring))), { ok: true, records: 200 })
})

test('any text packs and unpacks', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 5_000 }), (text, times) => {
      const long = text.repeat(times).slice(0, 100_000).toWellFormed()
      assert.equal(unpack(pack(long)), long)
    }),
  )
})

// oxfmt-ignore
const TAMPERS: readonly (readonly [name: string, sql: string])[] = [
  ['the bytes are gone',            'UPDATE audit SET packed = NULL WHERE first_seq = 2'],
  ['other bytes',                   `UPDATE audit SET packed = (SELECT records FROM audit WHERE first_seq = 1) WHERE first_seq = 2`],
  ['a text beside the bytes',       `UPDATE audit SET records = 'x' WHERE first_seq = 2`],
  ['the text as bytes',             `UPDATE audit SET packed = records, records = '' WHERE first_seq = 1`],
  ['bytes beside the text',         `UPDATE audit SET packed = x'00' WHERE first_seq = 200`],
]
for (const [name, sql] of TAMPERS) {
  test(`found: ${name}`, async () => {
    let result: Verified | undefined
    const tampering = write(async (tx) => {
      assert.equal(await tx.run(sql), 1)
      result = await verified(tx)
      throw new Error('undone')
    })
    await assert.rejects(tampering, { message: 'undone' })
    assert.equal(result?.ok, false)
  })
}

test('found: any byte that is changed', async () => {
  const row = await store.read((tx) => tx.get<{ packed: Uint8Array }>('SELECT packed FROM audit WHERE first_seq = 2'))
  assert.ok(row !== undefined)
  const { packed } = row
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = packed.map((byte, index) => (index === at ? byte ^ by : byte))
      const tampering = write(async (tx) => {
        await tx.run('UPDATE audit SET packed = $1 WHERE first_seq = 2', changed)
        assert.equal((await verified(tx)).ok, false)
        throw new Error('undone')
      })
      await assert.rejects(tampering, { message: 'undone' })
    }),
  )
})
