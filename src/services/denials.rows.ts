/** Rows of refusals and of the texts of the policies that refused. */
import type { ReadTx, WriteTx } from '../store/store.ts'
import type { DenialRecord } from './denial-record.ts'

/** AWS keeps authorization details at least 24 hours (IAM User Guide, "Troubleshoot access denied error messages with authorization ID"). */
const KEPT_MS = 25 * 3_600_000
/** A text is written again after this time, so it has to outlive the refusals that it is not written again for. */
export const TEXT_REFRESH_MS = 3_600_000

export type KeptText = { readonly hash: string; readonly text: string }

/** A refusal on its way to the store. */
export type NewDenial = {
  /** The caller's account. */
  readonly accountId: string
  readonly id: string
  readonly requestId: string
  readonly at: number
  /** JSON of a `DenialRecord`. */
  readonly record: string
  /** The texts that were not written lately. */
  readonly texts: readonly KeptText[]
}

const INSERT = 'INSERT INTO denial (account, id, request_id, denied_at, record) VALUES ($1, $2, $3, $4, $5)'
const KEEP_TEXT = `INSERT INTO denial_policy (account, hash, document, kept_until) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account, hash) DO UPDATE SET kept_until = excluded.kept_until`
const FORGET = 'DELETE FROM denial WHERE account = $1 AND denied_at < $2'
const FORGET_TEXTS = 'DELETE FROM denial_policy WHERE account = $1 AND kept_until < $2'

/** Writes refusals of one account. */
export async function keepDenials(tx: WriteTx, accountId: string, denials: readonly NewDenial[], now: number): Promise<void> {
  for (const { id, requestId, at, record, texts } of denials) {
    for (const { hash, text } of texts) await tx.run(KEEP_TEXT, accountId, hash, text, now + KEPT_MS + 2 * TEXT_REFRESH_MS)
    await tx.run(INSERT, accountId, id, requestId, at, record)
  }
}

const OVERDUE = `SELECT account FROM denial WHERE denied_at < $1 UNION SELECT account FROM denial_policy WHERE kept_until < $2`

/** The accounts of which something is kept long enough, those where nobody is refused any more among them. */
export async function overdueAccounts(tx: ReadTx, now: number): Promise<readonly string[]> {
  return (await tx.all<{ readonly account: string }>(OVERDUE, now - KEPT_MS, now)).map(({ account }) => account)
}

/** Drops what is kept long enough of one account. */
export async function forgetDenials(tx: WriteTx, accountId: string, now: number): Promise<void> {
  await tx.run(FORGET, accountId, now - KEPT_MS)
  await tx.run(FORGET_TEXTS, accountId, now)
}

type Row = { readonly account: string; readonly record: string }

// What is kept long enough is forgotten at once, whenever its row goes.
const BY_ID = 'SELECT account, record FROM denial WHERE id = $1 AND denied_at >= $2'
const BY_REQUEST = 'SELECT account, record FROM denial WHERE request_id = $1 AND denied_at >= $2'
const NEWEST = 'SELECT account, record FROM denial WHERE account = $1 AND denied_at >= $2 ORDER BY denied_at DESC, id LIMIT $3'
const TEXT = 'SELECT document FROM denial_policy WHERE account = $1 AND hash = $2'

const recordOf = ({ record }: Row): DenialRecord => JSON.parse(record)

/** The refusal of an authorization id, whatever the account; undefined where none is kept. */
export async function findDenial(tx: ReadTx, id: string, now: number): Promise<DenialRecord | undefined> {
  const row = await tx.get<Row>(BY_ID, id, now - KEPT_MS)
  return row && recordOf(row)
}

/** The refusal of a request. */
export async function findDenialOfRequest(tx: ReadTx, requestId: string, now: number): Promise<DenialRecord | undefined> {
  const row = await tx.get<Row>(BY_REQUEST, requestId, now - KEPT_MS)
  return row && recordOf(row)
}

/** The newest refusals of an account's principals. */
export async function newestDenials(
  tx: ReadTx,
  accountId: string,
  { limit, now }: { readonly limit: number; readonly now: number },
): Promise<readonly DenialRecord[]> {
  return (await tx.all<Row>(NEWEST, accountId, now - KEPT_MS, limit)).map(recordOf)
}

/** The text of a policy that refused somebody of the account; undefined where it is not kept any more. */
export async function keptText(tx: ReadTx, accountId: string, hash: string): Promise<string | undefined> {
  return (await tx.get<{ readonly document: string }>(TEXT, accountId, hash))?.document
}

/** The texts of all policies of a refusal, by hash; those of the request's other actions too. */
export async function loadTexts(tx: ReadTx, record: DenialRecord): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  const { sets, before = [], after = [] } = record
  for (const { hash } of [...sets, ...[...before, ...after].flatMap((one) => one.sets)].flatMap(({ policies }) => policies)) {
    const text = texts.has(hash) ? undefined : await keptText(tx, record.caller.accountId, hash)
    if (text !== undefined) texts.set(hash, text)
  }
  return texts
}
