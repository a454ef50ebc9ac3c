/** What a transfer has come to, and what the organizations see of it. */
import type { ResponsibilityTransfer, ResponsibilityTransferStatus, TransferParticipant } from '../../model/organizations.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { stateOf } from './handshake-states.ts'
import { findHandshake } from './handshakes.rows.ts'
import { type Owner, transferArn } from './ids.ts'
import { directionOf, type TransferRow } from './transfers.rows.ts'

const EMAIL_OF = 'SELECT email FROM account WHERE id = $1'
/** What the handshake came to, which is forgotten some day; withdrawn is what was accepted and then given an end. */
export async function statusOf(tx: ReadTx, row: TransferRow, now: number): Promise<ResponsibilityTransferStatus> {
  if (row.end_at !== null) return 'WITHDRAWN'
  if (row.accepted_at !== null) return 'ACCEPTED'
  const handshake = await findHandshake(tx, row.handshake_id)
  const state = handshake === undefined ? 'EXPIRED' : stateOf(handshake, now)
  return state === 'OPEN' ? 'REQUESTED' : state
}

/** As the organization `viewer` sees it, which is one of the two. */
export async function transferShape(tx: ReadTx, viewer: Owner, row: TransferRow, now: number): Promise<ResponsibilityTransfer> {
  const Status = await statusOf(tx, row, now)
  return {
    Arn: transferArn(viewer, directionOf(viewer.account, row), row.id),
    Name: row.name,
    Id: row.id,
    Type: 'BILLING',
    Status,
    Source: await sourceOf(tx, viewer, row),
    Target: await participant(tx, row.account),
    StartTimestamp: new Date(row.start_at),
    ...(row.end_at !== null && { EndTimestamp: new Date(row.end_at) }),
    ...(Status === 'REQUESTED' && { ActiveHandshakeId: row.handshake_id }),
  }
}

/** Until the other side has accepted, the asking side reads no more of it than what it wrote itself: an e-mail address or an account id. */
async function sourceOf(tx: ReadTx, viewer: Owner, row: TransferRow): Promise<TransferParticipant> {
  const isOpen = row.accepted_at !== null || row.source === viewer.account
  if (isOpen && row.source !== null) return participant(tx, row.source)
  const handshake = await findHandshake(tx, row.handshake_id)
  if (handshake === undefined) return {}
  const { target_type: type, target_id: given } = handshake
  return type === 'EMAIL' ? { ManagementAccountEmail: given } : { ManagementAccountId: given }
}

async function participant(tx: ReadTx, ManagementAccountId: string): Promise<TransferParticipant> {
  const account = await tx.get<{ email: string }>(EMAIL_OF, ManagementAccountId)
  return { ManagementAccountId, ...(account !== undefined && { ManagementAccountEmail: account.email }) }
}
