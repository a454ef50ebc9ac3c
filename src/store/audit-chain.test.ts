/** The audit chain: whatever is changed in the database by somebody without the key is found. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { HarnessJob } from '../../tests/harness-runner.ts'
import { appendAudit, readAudit, type Verified, verifyAudit } from './audit-chain.ts'
import { addKey, auditKey, auditKeys, keyringFromKey } from './keyring.ts'
import { openSqlite } from './sqlite.ts'
import type { SqlValue, Store, WriteTx } from './store.ts'

const ACCOUNT = '000000000000'
const keyring = keyringFromKey(Buffer.alloc(32, 1))
const rotated = addKey(keyring, { random: (count) => Buffer.alloc(count, 2), now: 2 })
const KEYS = auditKeys(rotated)
/** Six rows of one to three records, the last three under a second key. */
const RUNS = [
  ['{"n":1}'],
  ['{"n":2}', '{"n":3}'],
  ['{"n":4}', '{"n":5}', '{"n":6}'],
  ['{"n":7}'],
  ['{"n":8}', '{"n":9}'],
  ['{"n":10}'],
]
const RECORDS = RUNS.flat()

let store: Store

const write = (run: (tx: WriteTx) => Promise<object | void>): Promise<object> => {
  const job: HarnessJob = { run: async (tx) => (await run(tx)) ?? {} }
  return store.write(job)
}

before(async () => {
  store = await openSqlite({
    file: ':memory:',
    writer: 'inline',
    runner: { module: new URL('../../tests/harness-runner.ts', import.meta.url), settings: {} },
  })
  for (const [index, records] of RUNS.entries()) {
    const key = auditKey(index < 3 ? keyring : rotated)
    await write((tx) => appendAudit(tx, ACCOUNT, records, { now: 1_000 + index, key }))
  }
})
after(() => store.close())

/** What verification says of the chain after `tamper`, which is undone again. */
async function verifiedAfter(tamper: (tx: WriteTx) => Promise<unknown>): Promise<Verified> {
  let verified: Verified | undefined
  await assert.rejects(
    write(async (tx) => {
      await tamper(tx)
      verified = await verifyAudit(tx, ACCOUNT, KEYS)
      throw new Error('undone')
    }),
    { message: 'undone' },
  )
  assert.ok(verified)
  return verified
}

test('an untouched chain is whole, across a change of key', async () => {
  assert.deepEqual(await store.read((tx) => verifyAudit(tx, ACCOUNT, KEYS)), { ok: true, records: 10 })
})

const row = fc.constantFrom(1, 2, 4, 7, 8, 10)
const COLUMNS = ['first_seq', 'count', 'written_at', 'key_id', 'prev_hash', 'hash', 'records'] as const
const NUMBERS: ReadonlySet<string> = new Set(['first_seq', 'count', 'written_at'])
const edit = fc.record({ column: fc.constantFrom(...COLUMNS), row, text: fc.string(), number: fc.integer() })

test('an edit of any column of any row is found', async () => {
  await fc.assert(
    fc.asyncProperty(edit, async ({ column, row: at, text, number }) => {
      const value = NUMBERS.has(column) ? number : text
      const rows = await store.read((tx) => tx.all<Record<string, SqlValue>>(`SELECT first_seq, ${column} AS old FROM audit`))
      // The database itself refuses two rows of one number.
      fc.pre(!rows.some(({ first_seq: seq, old }) => old === value && (column === 'first_seq' || seq === at)))
      const { ok } = await verifiedAfter((tx) => tx.run(`UPDATE audit SET ${column} = $1 WHERE first_seq = $2`, value, at))
      assert.equal(ok, false)
    }),
  )
})

test('an edit of one record, or of its place among the others, is found', async () => {
  for (const [from, to] of [
    ['"n":5', '"n":0'],
    ['{"n":4}\n{"n":5}', '{"n":5}\n{"n":4}'],
    ['\n', ''],
  ]) {
    const { ok } = await verifiedAfter((tx) =>
      tx.run('UPDATE audit SET records = replace(records, $1, $2) WHERE first_seq = 4', from ?? '', to ?? ''),
    )
    assert.equal(ok, false)
  }
})

test('a dropped row is found, wherever it stood', async () => {
  await fc.assert(
    fc.asyncProperty(row, async (at) => {
      assert.equal((await verifiedAfter((tx) => tx.run('DELETE FROM audit WHERE first_seq = $1', at))).ok, false)
    }),
  )
})

test('two rows that changed places are found', async () => {
  await fc.assert(
    fc.asyncProperty(row, row, async (one, other) => {
      fc.pre(one !== other)
      const { ok } = await verifiedAfter(async (tx) => {
        await tx.run('UPDATE audit SET first_seq = -1 WHERE first_seq = $1', one)
        await tx.run('UPDATE audit SET first_seq = $1 WHERE first_seq = $2', one, other)
        await tx.run('UPDATE audit SET first_seq = $1 WHERE first_seq = -1', other)
      })
      assert.equal(ok, false)
    }),
  )
})

test('an end that was cut off is found, even where the head was made to fit', async () => {
  await fc.assert(
    fc.asyncProperty(row, fc.boolean(), async (from, fitting) => {
      const { ok } = await verifiedAfter(async (tx) => {
        await tx.run('DELETE FROM audit WHERE first_seq >= $1', from)
        if (!fitting) return
        const last = await tx.get<{ hash: string }>('SELECT hash FROM audit ORDER BY first_seq DESC LIMIT 1')
        const seal =
          (await tx.get<{ audit_hash: string }>('SELECT audit_hash FROM account WHERE id = $1', ACCOUNT))?.audit_hash.split(
            '.',
          )[1] ?? ''
        await tx.run(
          'UPDATE account SET audit_seq = $1, audit_hash = $2 WHERE id = $3',
          from - 1,
          `${last?.hash ?? ''}.${seal}`,
          ACCOUNT,
        )
      })
      assert.equal(ok, false)
    }),
  )
})

test('a row of another account, and a row made with a key that is not in the keyring, are found', async () => {
  const foreign = auditKey(keyringFromKey(Buffer.alloc(32, 9)))
  const made = await verifiedAfter((tx) => appendAudit(tx, ACCOUNT, ['{"n":11}'], { now: 1, key: foreign }))
  assert.deepEqual(made, {
    ok: false,
    records: 10,
    problem: `record 11 was written with the key ${foreign.id}, which is not in the keyring`,
  })
  const claimed = await verifiedAfter((tx) =>
    appendAudit(tx, ACCOUNT, ['{"n":11}'], { now: 1, key: { ...foreign, id: rotated.active } }),
  )
  assert.deepEqual(claimed, { ok: false, records: 10, problem: 'record 11 was changed after it was written' })
})

test('the account of a chain is part of it', async () => {
  await assert.rejects(
    write(async (tx) => {
      await tx.run(`UPDATE account SET id = '999999999999' WHERE id = $1`, ACCOUNT)
      await tx.run(`UPDATE audit SET account = '999999999999'`)
      assert.equal((await verifyAudit(tx, '999999999999', KEYS)).ok, false)
      throw new Error('undone')
    }),
    { message: 'undone' },
  )
})

test('other work goes on while a long chain is verified', async () => {
  const account = '111122223333'
  await write(async (tx) => {
    await tx.run(
      `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash)
        VALUES ('${account}', 'long', 'long', 'long', 'ACTIVE', 0, 1, 0, '')`,
    )
    for (let row = 0; row < 200; row += 1) await appendAudit(tx, account, ['{}'], { now: row, key: auditKey(keyring) })
  })
  let [turns, done] = [0, false]
  const count = (): void => {
    turns += 1
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  const verified = await store.read((tx) => verifyAudit(tx, account, KEYS))
  done = true
  assert.deepEqual(verified, { ok: true, records: 200 })
  assert.ok(turns >= 20, `${turns} turns of the event loop`)
})

test('an account that does not exist has no chain to append to or to verify', async () => {
  await assert.rejects(
    write((tx) => appendAudit(tx, '123456789012', ['{}'], { now: 1, key: auditKey(keyring) })),
    /does not exist/,
  )
  assert.equal((await store.read((tx) => verifyAudit(tx, '123456789012', KEYS))).ok, false)
})

test('a record is one line, and none is nothing', async () => {
  for (const record of ['', 'a\nb'])
    await assert.rejects(
      write((tx) => appendAudit(tx, ACCOUNT, [record], { now: 1, key: auditKey(keyring) })),
      /one line/,
    )
  await write((tx) => appendAudit(tx, ACCOUNT, [], { now: 1, key: auditKey(keyring) }))
  assert.deepEqual(await store.read((tx) => verifyAudit(tx, ACCOUNT, KEYS)), { ok: true, records: 10 })
})

test('reading: the last records, or those behind a number', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 15 }), fc.option(fc.integer({ min: 0, max: 12 })), async (limit, after) => {
      const read = await store.read((tx) => readAudit(tx, ACCOUNT, { limit, ...(after !== null && { after }) }))
      const expected = after === null ? RECORDS.slice(-limit) : RECORDS.slice(after, after + limit)
      assert.deepEqual(read.records, expected)
      assert.equal(read.last, after === null ? 10 : after + expected.length)
    }),
  )
})
