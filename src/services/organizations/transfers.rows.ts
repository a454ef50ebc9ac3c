/** Rows of transfers of responsibility. A transfer belongs to the organization that takes over; the other one sees it too. */
import type { ReadTx, WriteTx } from '../../store/store.ts'

export type TransferRow = {
  /** The management account that takes over. */
  readonly account: string
  readonly id: string
  /** The management account that hands over. */
  readonly source: string | null
  readonly name: string
  readonly handshake_id: string
  readonly start_at: number
  readonly accepted_at: number | null
  readonly end_at: number | null
  readonly tags: string
  readonly source_tags: string
}

/** As an organization sees it: `inbound` where it takes over. */
export type Direction = 'inbound' | 'outbound'

const COLUMNS = 'account, id, source, name, handshake_id, start_at, accepted_at, end_at, tags, source_tags'
const FIND = `SELECT ${COLUMNS} FROM organization_transfer WHERE id = $1 AND (account = $2 OR source = $2)`
const OF_HANDSHAKE = `SELECT ${COLUMNS} FROM organization_transfer WHERE handshake_id = $1`
const INBOUND = `SELECT ${COLUMNS} FROM organization_transfer WHERE account = $1 ORDER BY id`
const OUTBOUND = `SELECT ${COLUMNS} FROM organization_transfer WHERE source = $1 ORDER BY id`
const INSERT = `INSERT INTO organization_transfer (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
const ACCEPT = 'UPDATE organization_transfer SET source = $1, accepted_at = $2 WHERE account = $3 AND id = $4'
const FORGET = `DELETE FROM organization_transfer WHERE account = $1 AND accepted_at IS NULL
  AND handshake_id NOT IN (SELECT id FROM organization_handshake WHERE account = $1)`
const SET_NAME = 'UPDATE organization_transfer SET name = $1 WHERE account = $2 AND id = $3'
const SET_END = 'UPDATE organization_transfer SET end_at = $1 WHERE account = $2 AND id = $3'

/** A transfer that the management account takes part in. */
export const findTransfer = (tx: ReadTx, management: string, id: string): Promise<TransferRow | undefined> =>
  tx.get(FIND, id, management)

export const transferOf = (tx: ReadTx, handshakeId: string): Promise<TransferRow | undefined> => tx.get(OF_HANDSHAKE, handshakeId)

export const listTransfers = (tx: ReadTx, management: string, direction: Direction): Promise<readonly TransferRow[]> =>
  tx.all(direction === 'inbound' ? INBOUND : OUTBOUND, management)

export const directionOf = (management: string, { account }: Pick<TransferRow, 'account'>): Direction =>
  account === management ? 'inbound' : 'outbound'

/** The values of the keys are inferred: the Service Authorization Reference names the keys alone. */
export const transferKeys = (direction: Direction): Readonly<Record<string, string>> => ({
  'organizations:TransferType': 'BILLING',
  'organizations:TransferDirection': direction.toUpperCase(),
})

export async function insertTransfer(tx: WriteTx, row: TransferRow): Promise<void> {
  const { account, id, source, name, handshake_id: handshake, start_at: start, accepted_at: accepted } = row
  await tx.run(INSERT, account, id, source, name, handshake, start, accepted, row.end_at, row.tags, row.source_tags)
}

type Key = Pick<TransferRow, 'account' | 'id'>

export async function acceptTransferRow(tx: WriteTx, { account, id }: Key, source: string, now: number): Promise<void> {
  await tx.run(ACCEPT, source, now, account, id)
}

/** Forgets invitations whose handshakes are forgotten. */
export async function forgetTransfers(tx: WriteTx, account: string): Promise<void> {
  await tx.run(FORGET, account)
}

export async function setTransferName(tx: WriteTx, { account, id }: Key, name: string): Promise<void> {
  await tx.run(SET_NAME, name, account, id)
}

export async function setTransferEnd(tx: WriteTx, { account, id }: Key, end: number): Promise<void> {
  await tx.run(SET_END, end, account, id)
}
