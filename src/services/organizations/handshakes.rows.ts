/** Rows of handshakes: what an organization asks of accounts, and of itself. */
import type { ReadTx, WriteTx } from '../../store/store.ts'

export type HandshakeAction = 'INVITE' | 'ENABLE_ALL_FEATURES' | 'APPROVE_ALL_FEATURES' | 'TRANSFER_RESPONSIBILITY'
/** As stored: that a handshake has expired is seen by the time. */
export type StoredState = 'REQUESTED' | 'OPEN' | 'ACCEPTED' | 'DECLINED' | 'CANCELED'

export type HandshakeRow = {
  /** The management account of the organization that sent it. */
  readonly account: string
  readonly id: string
  readonly action: HandshakeAction
  readonly state: StoredState
  readonly target_type: 'ACCOUNT' | 'EMAIL' | 'ORGANIZATION'
  /** As it was given. */
  readonly target_id: string
  /** An account id or an e-mail address in small letters; null for the organization's own. */
  readonly target_key: string | null
  readonly parent_id: string | null
  readonly notes: string | null
  /** JSON: of the account, once it joins. */
  readonly tags: string
  readonly requested_at: number
  readonly expires_at: number
  readonly changed_at: number
}

const COLUMNS =
  'account, id, action, state, target_type, target_id, target_key, parent_id, notes, tags, requested_at, expires_at, changed_at'
const FIND = `SELECT ${COLUMNS} FROM organization_handshake WHERE id = $1`
const OF_ORGANIZATION = `SELECT ${COLUMNS} FROM organization_handshake WHERE account = $1 ORDER BY id`
const FOR_ACCOUNT = `SELECT ${COLUMNS} FROM organization_handshake
  WHERE target_key = $1 OR target_key = (SELECT email_key FROM account WHERE id = $1) ORDER BY id`
const INSERT = `INSERT INTO organization_handshake (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
const SET_STATE = 'UPDATE organization_handshake SET state = $1, changed_at = $2 WHERE account = $3 AND id = $4'
const FORGET = 'DELETE FROM organization_handshake WHERE account = $1 AND changed_at < $2 AND expires_at < $2'
const KEYS = 'SELECT id, email_key FROM account WHERE id = $1'

/** Handshake ids are unique among all organizations. */
export const findHandshake = (tx: ReadTx, id: string): Promise<HandshakeRow | undefined> => tx.get(FIND, id)

/** All that an organization sent; `account` is its management account. */
export const handshakesOf = (tx: ReadTx, account: string): Promise<readonly HandshakeRow[]> => tx.all(OF_ORGANIZATION, account)

/** All that were sent to an account, by its id or its e-mail address. */
export const handshakesFor = (tx: ReadTx, accountId: string): Promise<readonly HandshakeRow[]> => tx.all(FOR_ACCOUNT, accountId)

export async function insertHandshake(tx: WriteTx, row: HandshakeRow): Promise<void> {
  const { account, id, action, state, target_type: type, target_id: target, target_key: key, parent_id: parent } = row
  const rest = [row.notes, row.tags, row.requested_at, row.expires_at, row.changed_at]
  await tx.run(INSERT, account, id, action, state, type, target, key, parent, ...rest)
}

export async function setState(
  tx: WriteTx,
  { account, id }: Pick<HandshakeRow, 'account' | 'id'>,
  state: StoredState,
  now: number,
): Promise<void> {
  await tx.run(SET_STATE, state, now, account, id)
}

/** Forgets what ended before this time, milliseconds. */
export async function forgetHandshakes(tx: WriteTx, account: string, before: number): Promise<void> {
  await tx.run(FORGET, account, before)
}

/** Whether a handshake was sent to the account. */
export async function isRecipient(tx: ReadTx, accountId: string, { target_key: key }: HandshakeRow): Promise<boolean> {
  const account = await tx.get<{ id: string; email_key: string }>(KEYS, accountId)
  return key !== null && account !== undefined && (account.id === key || account.email_key === key)
}
