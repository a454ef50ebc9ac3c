/** The audit chain: an account's records in runs, each hashed over the one before with a key that is not in the database. */
import { createHmac } from 'node:crypto'
import type { AuditKey } from './keyring.ts'
import type { ReadTx, WriteTx } from './store.ts'

export type { AuditKey }
export type AuditChainKeys = ReadonlyMap<string, Buffer>

type Head = { readonly audit_seq: number; readonly audit_hash: string }
type Run = {
  readonly first_seq: number
  readonly count: number
  readonly written_at: number
  readonly key_id: string
  readonly prev_hash: string
  readonly hash: string
  readonly records: string
}

const HEAD = 'SELECT audit_seq, audit_hash FROM account WHERE id = $1'
const SET_HEAD = 'UPDATE account SET audit_seq = $1, audit_hash = $2 WHERE id = $3'
const INSERT = `INSERT INTO audit (account, first_seq, count, written_at, key_id, prev_hash, hash, records) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
/** The account of calls whose caller is unknown has no row until its first record. */
const INSERT_SYSTEM = `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash)
  VALUES ($1, $2, $3, $4, 'SYSTEM', $5, 1, 0, '') ON CONFLICT (id) DO NOTHING`
const RUNS = 'SELECT first_seq, count, written_at, key_id, prev_hash, hash, records FROM audit WHERE account = $1 AND first_seq > $2 ORDER BY first_seq LIMIT $3'
const LAST_RUNS = 'SELECT first_seq, count, written_at, key_id, prev_hash, hash, records FROM audit WHERE account = $1 ORDER BY first_seq DESC LIMIT $2'
const RUN_AT = 'SELECT first_seq FROM audit WHERE account = $1 AND first_seq <= $2 ORDER BY first_seq DESC LIMIT 1'

/** Runs that are looked at together. */
const PAGE = 200

/** Appends records (a JSON line each) behind the account's last one. Records hold no line feed. */
export async function appendAudit(tx: WriteTx, accountId: string, records: readonly string[], { now, key }: { readonly now: number; readonly key: AuditKey }): Promise<void> {
  if (records.length === 0) return
  const head = (await tx.get<Head>(HEAD, accountId)) ?? (await firstHead(tx, accountId, now))
  const first = Number(head.audit_seq) + 1
  const text = records.join('\n')
  const run = { first_seq: first, count: records.length, written_at: now, key_id: key.id, prev_hash: head.audit_hash, records: text }
  const hash = hashOf(accountId, run, key.key)
  await tx.run(INSERT, accountId, first, records.length, now, key.id, head.audit_hash, hash, text)
  await tx.run(SET_HEAD, first + records.length - 1, hash, accountId)
}

async function firstHead(tx: WriteTx, accountId: string, now: number): Promise<Head> {
  await tx.run(INSERT_SYSTEM, accountId, 'unknown callers', `${accountId}@invalid`, `${accountId}@invalid`, now)
  const head = await tx.get<Head>(HEAD, accountId)
  if (head === undefined) throw new Error(`there is no account ${accountId}`)
  return head
}

/** Every part is led by its length, so that no two runs have the same bytes. */
function hashOf(accountId: string, run: Omit<Run, 'hash'>, key: Buffer): string {
  const parts = [accountId, run.first_seq, run.count, run.written_at, run.key_id, run.prev_hash, run.records].map(String)
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part)
  return mac.digest('hex')
}

export type Verified = { readonly ok: true; readonly records: number } | { readonly ok: false; readonly records: number; readonly problem: string }

/** Walks the chain from its first record to its head. An edit, a drop, a swap or a cut is found. */
export async function verifyAudit(tx: ReadTx, accountId: string, keys: AuditChainKeys): Promise<Verified> {
  const head = await tx.get<Head>(HEAD, accountId)
  let expected = { seq: 1, hash: '' }
  let after = 0
  for (;;) {
    const runs = await tx.all<Run>(RUNS, accountId, after, PAGE)
    for (const run of runs) {
      const problem = problemOf(accountId, run, expected, keys)
      if (problem !== undefined) return { ok: false, records: expected.seq - 1, problem }
      expected = { seq: Number(run.first_seq) + Number(run.count), hash: run.hash }
      after = Number(run.first_seq)
    }
    if (runs.length < PAGE) break
  }
  const records = expected.seq - 1
  if (head === undefined) return records === 0 ? { ok: true, records } : { ok: false, records, problem: 'there are records of an account that is gone' }
  if (Number(head.audit_seq) !== records || head.audit_hash !== expected.hash) {
    return { ok: false, records, problem: `the account says that it has ${head.audit_seq} records; the chain ends after ${records}` }
  }
  return { ok: true, records }
}

function problemOf(accountId: string, run: Run, expected: { readonly seq: number; readonly hash: string }, keys: AuditChainKeys): string | undefined {
  const { first_seq: first, prev_hash: previous, key_id: keyId, hash, count, records } = run
  if (Number(first) !== expected.seq) return `record ${expected.seq} is missing`
  if (previous !== expected.hash) return `record ${first} does not follow the one before it`
  const key = keys.get(keyId)
  if (key === undefined) return `record ${first} was chained by the key ${keyId}, which is not in the keyring`
  if (records.split('\n').length !== Number(count)) return `record ${first} stands in a run of another length`
  return hashOf(accountId, run, key) === hash ? undefined : `a record from ${first} to ${Number(first) + Number(count) - 1} was changed`
}

export type Read = { readonly records: readonly string[]; readonly last: number }

/** Without `after`: the last `limit` records. With it: the first `limit` records behind that sequence number. */
export async function readAudit(tx: ReadTx, accountId: string, { limit, after }: { readonly limit: number; readonly after?: number }): Promise<Read> {
  const runs = after === undefined ? (await tx.all<Run>(LAST_RUNS, accountId, limit)).toReversed() : await runsBehind(tx, accountId, after, limit)
  const numbered = runs.flatMap((run) => run.records.split('\n').map((record, index) => ({ seq: Number(run.first_seq) + index, record })))
  const wanted = after === undefined ? numbered.slice(-limit) : numbered.filter(({ seq }) => seq > after).slice(0, limit)
  return { records: wanted.map(({ record }) => record), last: wanted.at(-1)?.seq ?? after ?? 0 }
}

async function runsBehind(tx: ReadTx, accountId: string, after: number, limit: number): Promise<readonly Run[]> {
  const holding = await tx.get<{ first_seq: number }>(RUN_AT, accountId, after + 1)
  return tx.all<Run>(RUNS, accountId, Number(holding?.first_seq ?? 1) - 1, limit)
}
