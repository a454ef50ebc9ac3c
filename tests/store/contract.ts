/** What every back end of the store promises, as one suite. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { readAudit, verifyAudit } from '../../src/store/audit-chain.ts'
import { MIGRATIONS } from '../../src/store/migrations/index.ts'
import type { SqlValue, Store } from '../../src/store/store.ts'
import { AUDIT_KEYS, type Script, type ScriptOutcome, type Step } from './script-runner.ts'

export const SCRIPT_RUNNER = { module: new URL('./script-runner.ts', import.meta.url), settings: { answer: 42 } }
const INSERT_ACCOUNT = `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
const PUT = 'INSERT INTO thing (id, label, number, bytes) VALUES ($1, $2, $3, $4)'

const put = (id: string, label: string = id): Step => ({ do: 'run', sql: PUT, values: [id, label, 1, null] })
const count = (id: string): Step => ({ do: 'get', sql: 'SELECT count(*) AS n FROM thing WHERE id = $1', values: [id] })

export const account = (id: string): Step => ({
  do: 'run',
  sql: INSERT_ACCOUNT,
  values: [id, id, `${id}@example.com`, `${id}@example.com`, 'ACTIVE', 0, 1, 0, ''],
})

export async function runScript(store: Store, ...steps: readonly Step[]): Promise<ScriptOutcome> {
  const script: Script = { steps }
  // SQLite's rows have no prototype; copies are plain objects.
  return structuredClone((await store.write(script)) as ScriptOutcome)
}

const idsOf = (store: Store, ...ids: readonly string[]): Promise<readonly string[]> =>
  store.read(async (tx) => {
    const found = []
    for (const id of ids) if ((await tx.get('SELECT id FROM thing WHERE id = $1', id)) !== undefined) found.push(id)
    return found
  })

// oxfmt-ignore
const VALUES: readonly (readonly [what: string, row: readonly [string, string | null, number | null, Uint8Array | null]])[] = [
  ['text beyond ASCII',    ['v1', 'Zoë 🔑 ı \u{10FFFF}', 1, null]],
  ['the largest number',   ['v2', null, Number.MAX_SAFE_INTEGER, null]],
  ['a negative number',    ['v3', null, -1, null]],
  ['nothing',              ['v4', null, null, null]],
  ['the empty text',       ['v5', '', 0, null]],
  ['bytes',                ['v6', null, 0, new Uint8Array([0, 1, 255])]],
  ['no bytes',             ['v7', null, 0, new Uint8Array()]],
  ['quotes and dollars',   ['v8', `'"$1?\\`, 0, null]],
]

// oxfmt-ignore
const TAKEN: readonly (readonly [what: string, step: Step])[] = [
  ['the primary key', put('u1', 'other')],
  ['a unique column', put('other', 'u1')],
]

type Case = readonly [what: string, holds: (store: Store) => Promise<void>]

const CASES: readonly Case[] = [
  [
    'the schema is that of the last migration, with the account of calls without one',
    async (store) => {
      const rows = await store.read((tx) => tx.all<{ version: number }>('SELECT version FROM schema_migration ORDER BY version'))
      assert.deepEqual(
        rows.map(({ version }) => version),
        MIGRATIONS.map(({ version }) => version),
      )
      const none = await store.read((tx) =>
        tx.get<{ status: string }>('SELECT status FROM account WHERE id = $1', '000000000000'),
      )
      assert.equal(none?.status, 'SYSTEM')
    },
  ],

  [
    'the runner has its settings',
    async (store) => {
      assert.deepEqual((await runScript(store, { do: 'settings' })).results, [{ answer: 42 }])
    },
  ],

  ...VALUES.map(([what, row]): Case => [
    `a value reads back as it was written: ${what}`,
    async (store) => {
      await runScript(store, { do: 'run', sql: PUT, values: row })
      const [id] = row
      const read = await store.read((tx) =>
        tx.get<Record<string, SqlValue>>('SELECT id, label, number, bytes FROM thing WHERE id = $1', id),
      )
      const { bytes, ...others } = { ...read }
      assert.deepEqual(
        [others['id'], others['label'], others['number'], bytes instanceof Uint8Array ? new Uint8Array(bytes) : bytes],
        row,
      )
    },
  ]),

  [
    'counts, sums and comparisons are numbers; absent rows are undefined',
    async (store) => {
      await runScript(store, put('n1'), put('n2'))
      const sums = await store.read((tx) =>
        tx.get(`SELECT count(*) AS n, sum(number) AS s, 1 = 1 AS yes FROM thing WHERE id IN ('n1', 'n2')`),
      )
      assert.deepEqual({ ...(sums as object) }, { n: 2, s: 2, yes: 1 })
      assert.equal(await store.read((tx) => tx.get('SELECT id FROM thing WHERE id = $1', 'nobody')), undefined)
      assert.deepEqual(await store.read((tx) => tx.all('SELECT id FROM thing WHERE id = $1', 'nobody')), [])
    },
  ],

  [
    'text is ordered by its bytes and LIKE minds case',
    async (store) => {
      const names = ['b', 'B', 'a-', 'a', 'ä', 'Z', '_']
      for (const item of names)
        await runScript(store, {
          do: 'run',
          sql: 'INSERT INTO claim (name, expires_at) VALUES ($1, $2)',
          values: [`order ${item}`, 0],
        })
      const ordered = await store.read((tx) =>
        tx.all<{ name: string }>(`SELECT name FROM claim WHERE name LIKE 'order %' ORDER BY name`),
      )
      const bytewise = names
        .map((item) => `order ${item}`)
        .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
      assert.deepEqual(
        ordered.map(({ name: found }) => found),
        bytewise,
      )
      assert.deepEqual(await store.read((tx) => tx.all(`SELECT name FROM claim WHERE name LIKE 'ORDER %'`)), [])
    },
  ],

  [
    'a parameter may be used twice, and RETURNING answers',
    async (store) => {
      await runScript(store, put('p1', 'p1'))
      const { results } = await runScript(store, {
        do: 'get',
        sql: 'UPDATE thing SET number = $1 WHERE id = $2 AND (label = $2 OR number = $1) RETURNING number',
        values: [7, 'p1'],
      })
      assert.deepEqual(results, [{ number: 7 }])
    },
  ],

  [
    'a statement with too few values is refused',
    async (store) => {
      await assert.rejects(store.read((tx) => tx.get('SELECT id FROM thing WHERE id = $1 AND label = $2', 'x')))
    },
  ],

  [
    'run says how many rows changed',
    async (store) => {
      const { results } = await runScript(store, put('c1'), put('c2'), {
        do: 'run',
        sql: `DELETE FROM thing WHERE id IN ('c1', 'c2', 'c3')`,
      })
      assert.deepEqual(results, [1, 1, 2])
    },
  ],

  [
    'a job that throws leaves nothing behind, and its error comes back',
    async (store) => {
      await assert.rejects(runScript(store, put('t1'), { do: 'throw', message: 'no more' }), {
        name: 'TypeError',
        message: 'no more',
      })
      assert.deepEqual(await idsOf(store, 't1'), [])
    },
  ],

  [
    'of jobs that arrive together, the failed ones fail alone and the others keep their order',
    async (store) => {
      const written = Array.from({ length: 150 }, (_, index) =>
        index % 7 === 3
          ? runScript(store, put(`g${index}`), { do: 'throw', message: 'alone' })
          : runScript(store, put(`g${index}`), { do: 'get', sql: 'SELECT max(number) AS n FROM thing' }),
      )
      const settled = await Promise.allSettled(written)
      assert.deepEqual(
        settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
        Array.from({ length: 21 }, (_, n) => n * 7 + 3),
      )
      const ids = settled.map((_, index) => `g${index}`)
      assert.deepEqual(
        await idsOf(store, ...ids),
        ids.filter((_, index) => index % 7 !== 3),
      )
    },
  ],

  [
    'what a failed savepoint wrote is undone, and the rest is kept',
    async (store) => {
      const inner: Step = { do: 'savepoint', steps: [put('s3'), { do: 'throw', message: 'inner' }] }
      const { results } = await runScript(store, put('s1'), { do: 'savepoint', steps: [put('s2'), inner, put('s4')] }, put('s5'))
      assert.deepEqual(results, [1, [1, { error: 'TypeError' }, 1], 1])
      assert.deepEqual(await idsOf(store, 's1', 's2', 's3', 's4', 's5'), ['s1', 's2', 's4', 's5'])
    },
  ],

  ...TAKEN.map(([what, step]): Case => [
    `a taken key is a UniqueViolation of its table: ${what}`,
    async (store) => {
      await runScript(store, { do: 'run', sql: `DELETE FROM thing WHERE id = 'u1'` }, put('u1'))
      const { results } = await runScript(store, { do: 'savepoint', steps: [step] }, count('u1'))
      assert.deepEqual(results, [{ error: 'UniqueViolation', table: 'thing' }, { n: 1 }])
      await assert.rejects(runScript(store, step), { name: 'UniqueViolation' })
    },
  ]),

  [
    'after a failed statement nothing more is answered until the savepoint is undone',
    async (store) => {
      await runScript(store, put('f1'))
      const taken: Step = { do: 'swallow', step: put('f1', 'f') }
      const { results } = await runScript(
        store,
        { do: 'savepoint', steps: [taken, count('f1')] },
        { do: 'savepoint', steps: [taken] },
        count('f1'),
      )
      assert.deepEqual(results, [{ error: 'Error' }, { error: 'Error' }, { n: 1 }])
    },
  ],

  [
    'a job that swallows the error of a statement is not committed',
    async (store) => {
      await assert.rejects(runScript(store, put('w1'), { do: 'swallow', step: put('w1') }), { name: 'UniqueViolation' })
      assert.deepEqual(await idsOf(store, 'w1'), [])
    },
  ],

  [
    'a read keeps its snapshot while others write, however long it waits',
    async (store) => {
      await store.read(async (tx) => {
        const seen = async () =>
          (await tx.all<{ id: string }>(`SELECT id FROM thing WHERE id LIKE 'i%' ORDER BY id`)).map(({ id }) => id)
        assert.deepEqual(await seen(), [])
        await runScript(store, put('i1'))
        assert.deepEqual(await idsOf(store, 'i1'), ['i1'], 'a later read sees what was acknowledged')
        assert.deepEqual(await seen(), [])
        await runScript(store, put('i2'))
        assert.deepEqual(await seen(), [])
      })
      assert.deepEqual(await idsOf(store, 'i1', 'i2'), ['i1', 'i2'])
    },
  ],

  [
    'the snapshot begins with the first statement',
    async (store) => {
      await store.read(async (tx) => {
        await runScript(store, put('b1'))
        assert.deepEqual({ ...(await tx.get<object>('SELECT count(*) AS n FROM thing WHERE id = $1', 'b1')) }, { n: 1 })
      })
    },
  ],

  [
    'reads see no half of a group that is being written',
    async (store) => {
      const writes = Array.from({ length: 100 }, (_, index) => runScript(store, put(`h${index}a`), put(`h${index}b`)))
      for (let round = 0; round < 50; round += 1) {
        const rows = await store.read((tx) => tx.get<{ n: number }>(`SELECT count(*) AS n FROM thing WHERE id LIKE 'h%'`))
        assert.equal((rows?.n ?? 1) % 2, 0)
      }
      await Promise.all(writes)
    },
  ],

  [
    'reads within reads, and writes within them, do not block',
    async (store) => {
      const depth = async (left: number): Promise<number> =>
        store.read(async (tx) => {
          await tx.get('SELECT id FROM thing WHERE id = $1', 'x')
          return left === 0 ? 0 : 1 + (await depth(left - 1))
        })
      assert.equal(await depth(10), 10)
    },
  ],

  [
    'a read cannot write',
    async (store) => {
      await assert.rejects(store.read((tx) => tx.get(`INSERT INTO thing (id) VALUES ('r1') RETURNING id`)))
      assert.deepEqual(await idsOf(store, 'r1'), [])
    },
  ],

  [
    'a transaction that has ended answers nothing',
    async (store) => {
      const kept = await store.read(async (tx) => tx)
      await assert.rejects(kept.get('SELECT id FROM thing'), { message: 'the transaction has ended' })
    },
  ],

  [
    'writers of one account never overlap',
    async (store) => {
      await runScript(store, account('100000000001'), account('100000000002'))
      const turns = Array.from({ length: 60 }, (_, index) =>
        runScript(store, { do: 'increment', account: `10000000000${(index % 2) + 1}` }),
      )
      await Promise.all(turns)
      const rows = await store.read((tx) =>
        tx.all<{ audit_seq: number }>(`SELECT audit_seq FROM account WHERE id LIKE '10000000000%' ORDER BY id`),
      )
      assert.deepEqual(
        rows.map(({ audit_seq: seq }) => seq),
        [30, 30],
      )
    },
  ],

  [
    'a claim counts once until it expires',
    async (store) => {
      const claim = (expiresAt: number, now: number): Step => ({ do: 'claim', name: 'code 1', expiresAt, now })
      const outcomes = await Promise.all([claim(100, 0), claim(100, 0), claim(100, 99)].map((step) => runScript(store, step)))
      assert.deepEqual(
        outcomes.map(({ results }) => results[0]).toSorted((one, other) => Number(one) - Number(other)),
        [false, false, true],
      )
      assert.deepEqual((await runScript(store, claim(200, 100))).results, [true])
      await runScript(store, { do: 'forget claims', now: 199 })
      assert.deepEqual((await runScript(store, claim(300, 150))).results, [false])
      await runScript(store, { do: 'forget claims', now: 200 })
      assert.deepEqual((await runScript(store, claim(300, 150))).results, [true])
    },
  ],

  [
    'audit records appended at the same time form one chain, and read back in order',
    async (store) => {
      await runScript(store, account('200000000000'))
      const appended = Array.from({ length: 30 }, (_, index) =>
        runScript(store, { do: 'append', account: '200000000000', records: [`{"n":${index}}`, '{"second":1}'] }),
      )
      await Promise.all(appended)
      await store.read(async (tx) => {
        assert.deepEqual(await verifyAudit(tx, '200000000000', AUDIT_KEYS), { ok: true, records: 60 })
        const { records, last } = await readAudit(tx, '200000000000', { limit: 100 })
        assert.equal(last, 60)
        assert.deepEqual(
          records.filter((_, index) => index % 2 === 0).toSorted(),
          Array.from({ length: 30 }, (_, n) => `{"n":${n}}`).toSorted(),
        )
      })
    },
  ],

  [
    'a text with U+0000 is the fault of who asks, and of nobody else',
    async (store) => {
      const fault = { name: 'Fault', message: /U\+0000/ }
      await assert.rejects(idsOf(store, 'nul\0'), { ...fault, code: 'ValidationError' })
      await Promise.all([assert.rejects(runScript(store, put('nul\0')), fault), runScript(store, put('after-nul'))])
      assert.deepEqual(await idsOf(store, 'nul', 'after-nul'), ['after-nul'])
    },
  ],

  [
    'it is current, and has not failed',
    async (store) => {
      assert.equal(store.current(), true)
      assert.equal(await Promise.race([store.failed, Promise.resolve('alive')]), 'alive')
    },
  ],
]

/** Runs the suite on the store that `open` makes. */
export function storeContract(
  name: string,
  open: () => Promise<{ readonly store: Store; readonly close: () => Promise<void> }>,
): void {
  suite(`the store's contract: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    before(async () => {
      opened = await open()
      await runScript(opened.store, {
        do: 'run',
        sql: 'CREATE TABLE thing (id TEXT PRIMARY KEY, label TEXT UNIQUE, number BIGINT, bytes BYTEA)',
      })
    })
    after(() => opened.close())
    for (const [what, holds] of CASES) test(what, () => holds(opened.store))
  })
}
