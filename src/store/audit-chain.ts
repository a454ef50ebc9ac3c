/** The audit chain of an account: runs of records, each keyed and chained to the one before, so that no change of the past goes unseen. */
import { createHmac, type KeyObject } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { type Packed, pack, unpack } from './audit-pack.ts'
import type { ReadTx, WriteTx } from './store.ts'

/** The key of new rows. It is derived from the keyring, which is not in the database: whoever has only the database cannot make a row. */
export type AuditKey = { readonly id: string; readonly key: KeyObject }
export type AuditChainKeys = ReadonlyMap<string, KeyObject>

export type Appending = {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly key: AuditKey
}

type Row = Packed & {
  readonly first_seq: number
  readonly count: number
  readonly written_at: number
  readonly key_id: string
  readonly prev_hash: string
  readonly hash: string
}

type Head = { readonly audit_seq: number; readonly audit_hash: string }

const TAKE_HEAD = 'UPDATE account SET audit_seq = audit_seq + $1 WHERE id = $2 RETURNING audit_seq, audit_hash'
const INSERT_ROW = `INSERT INTO audit (account, first_seq, count, written_at, key_id, prev_hash, hash, records, packed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
const ROWS = `SELECT first_seq, count, written_at, key_id, prev_hash, hash, records, packed FROM audit
  WHERE account = $1 AND first_seq > $2 ORDER BY first_seq LIMIT $3`
/** A row is a run of up to some thousand records, a megabyte and more. SQLite answers at once, so between so many rows other work gets its turn. */
const ROWS_AT_ONCE = 8

/** Records, a JSON line each: `count` lines, parted by line feeds. */
export type AuditLines = { readonly text: string; readonly count: number }

/** Appends records as one row (see `appendAuditLines`); nothing where there are none. */
export async function appendAudit(
  tx: WriteTx,
  accountId: string,
  records: readonly string[],
  appending: Appending,
): Promise<void> {
  if (records.length > 0) await appendAuditLines(tx, accountId, { text: records.join('\n'), count: records.length }, appending)
}

/**
 * Appends records as one row. The head in the account's row moves with it: taking it locks the account, so that two appends never
 * continue the same row. Throws where there is no such account, or where a record is not one line.
 */
export async function appendAuditLines(
  tx: WriteTx,
  accountId: string,
  { text, count }: AuditLines,
  { now, key }: Appending,
): Promise<void> {
  if (!isLines(text, count)) throw new Error('an audit record is one line')
  const head = await tx.get<Head>(TAKE_HEAD, count, accountId)
  if (head === undefined) throw new Error(`account ${accountId} does not exist`)
  const unsigned = {
    first_seq: head.audit_seq - count + 1,
    count,
    written_at: now,
    key_id: key.id,
    prev_hash: splitHead(head.audit_hash).hash,
    ...pack(text),
  }
  const hash = rowHash(key.key, accountId, unsigned)
  const { first_seq: first, key_id: keyId, prev_hash: previous, records, packed } = unsigned
  await tx.run(INSERT_ROW, accountId, first, count, now, keyId, previous, hash, records, packed)
  await tx.run(
    'UPDATE account SET audit_hash = $1 WHERE id = $2',
    `${hash}.${headSeal(key.key, accountId, head.audit_seq, hash)}`,
    accountId,
  )
}

/** Whether a text is so many lines, none of them empty. */
function isLines(text: string, count: number): boolean {
  let lines = 1
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (end === start) return false
    lines += 1
    start = end + 1
  }
  return lines === count && start < text.length
}

/** `records`: how many were found whole before the problem. */
export type Verified =
  | { readonly ok: true; readonly records: number }
  | { readonly ok: false; readonly records: number; readonly problem: string }

/** Checks every row of the chain, and that it ends where its head says. */
export async function verifyAudit(tx: ReadTx, accountId: string, keys: AuditChainKeys): Promise<Verified> {
  const head = await tx.get<Head>('SELECT audit_seq, audit_hash FROM account WHERE id = $1', accountId)
  if (head === undefined) return { ok: false, records: 0, problem: `account ${accountId} does not exist` }
  let last: Row | undefined
  for (
    let rows = await rowsAfter(tx, accountId, 0, ROWS_AT_ONCE);
    rows.length > 0;
    rows = await rowsAfter(tx, accountId, last?.first_seq ?? 0, ROWS_AT_ONCE)
  ) {
    await turn()
    for (const row of rows) {
      const problem = rowProblem(row, last, { accountId, keys })
      if (problem !== undefined) return { ok: false, records: lastSeq(last), problem }
      last = row
    }
  }
  const problem = headProblem(head, last, { accountId, keys })
  return problem === undefined ? { ok: true, records: lastSeq(last) } : { ok: false, records: lastSeq(last), problem }
}

/** The key that the newest row of a chain was written under; undefined where there is none. */
export async function newestAuditKey(tx: ReadTx, accountId: string): Promise<string | undefined> {
  const sql = 'SELECT key_id FROM audit WHERE account = $1 ORDER BY first_seq DESC LIMIT 1'
  return (await tx.get<Pick<Row, 'key_id'>>(sql, accountId))?.key_id
}

export type Reading = {
  readonly limit: number
  /** The sequence number behind which to begin. */
  readonly after?: number
}

/** Without `after`: the last `limit` records. With it: the first `limit` records behind that number. `last`: the number of the last record read. */
export async function readAudit(
  tx: ReadTx,
  accountId: string,
  { limit, after }: Reading,
): Promise<{ readonly records: readonly string[]; readonly last: number }> {
  const head = await tx.get<Head>('SELECT audit_seq, audit_hash FROM account WHERE id = $1', accountId)
  const from = after ?? Math.max(0, (head?.audit_seq ?? 0) - limit)
  const records: string[] = []
  // The row that holds record `from + 1` is the last one that begins at or before it.
  const start = await tx.get<{ first_seq: number }>(
    'SELECT first_seq FROM audit WHERE account = $1 AND first_seq <= $2 ORDER BY first_seq DESC LIMIT 1',
    accountId,
    from + 1,
  )
  let behind = (start?.first_seq ?? 1) - 1
  while (records.length < limit) {
    const [row] = await rowsAfter(tx, accountId, behind, 1)
    if (row === undefined) break
    const unread = Math.max(0, from + 1 - row.first_seq)
    records.push(
      ...unpack(row)
        .split('\n')
        .slice(unread, unread + limit - records.length),
    )
    behind = row.first_seq
  }
  return { records, last: from + records.length }
}

const rowsAfter = (tx: ReadTx, accountId: string, firstSeq: number, limit: number): Promise<readonly Row[]> =>
  tx.all<Row>(ROWS, accountId, firstSeq, limit)

const lastSeq = (row: Row | undefined): number => (row === undefined ? 0 : row.first_seq + row.count - 1)

type Chain = { readonly accountId: string; readonly keys: AuditChainKeys }

function rowProblem(row: Row, previous: Row | undefined, { accountId, keys }: Chain): string | undefined {
  const where = `record ${row.first_seq}`
  const expected = lastSeq(previous) + 1
  if (row.first_seq !== expected) return `record ${expected} is missing: the next one is ${where}`
  const key = keys.get(row.key_id)
  if (key === undefined) return `${where} was written with the key ${row.key_id}, which is not in the keyring`
  if (row.hash !== rowHash(key, accountId, row)) return `${where} was changed after it was written`
  if (row.prev_hash !== (previous?.hash ?? '')) return `${where} does not continue the records before it`
  if (unpack(row).split('\n').length !== row.count) return `${where} does not hold ${row.count} records`
  return undefined
}

/** The seal of the head is kept nowhere else: whoever cuts the end off cannot make the head that would fit. */
function headProblem(
  { audit_seq: seq, audit_hash: text }: Head,
  last: Row | undefined,
  { accountId, keys }: Chain,
): string | undefined {
  if (seq !== lastSeq(last)) return `the account counts ${seq} records, and the last one found is ${lastSeq(last)}`
  if (last === undefined) return text === '' ? undefined : 'the account has the head of a chain, and no record was found'
  const { hash, seal } = splitHead(text)
  const key = keys.get(last.key_id)
  if (hash !== last.hash || key === undefined) return `the chain does not end with record ${seq} as it was found`
  return seal === headSeal(key, accountId, seq, hash)
    ? undefined
    : `the head of the chain at record ${seq} was not written by keyreeve`
}

function splitHead(text: string): { readonly hash: string; readonly seal: string } {
  const [hash = '', seal = ''] = text.split('.')
  return { hash, seal }
}

/**
 * The run follows the other parts as it is stored: a text in JSON has no line feed of its own, so the first one ends it. Which of the two
 * columns holds it is one of the parts, and the other one must be empty.
 */
function rowHash(key: KeyObject, accountId: string, row: Omit<Row, 'hash'>): string {
  const { first_seq: first, count, written_at: writtenAt, key_id: keyId, prev_hash: previous, records, packed } = row
  const parts = [accountId, first, count, writtenAt, keyId, previous]
  return packed === null ? mac(key, ['row', ...parts], `\n${records}`) : mac(key, ['packed row', records, ...parts], packed)
}

function headSeal(key: KeyObject, accountId: string, seq: number, hash: string): string {
  return mac(key, ['head', accountId, seq, hash])
}

/** JSON keeps the parts apart. */
function mac(key: KeyObject, parts: readonly (string | number)[], rest: string | Uint8Array = ''): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).update(rest).digest('base64url')
}
