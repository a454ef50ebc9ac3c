/** What may become of a handshake, and what it looks like. */
import type { Fault } from '../../aws/fault.ts'
import type { Handshake, HandshakeResource, HandshakeState } from '../../model/organizations.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { inState, invalidTransition } from './errors.ts'
import type { HandshakeRow } from './handshakes.rows.ts'
import { handshakeArn } from './ids.ts'
import { type TransferRow, transferOf } from './transfers.rows.ts'
import { mustFindMember, mustFindOrganization, type OrganizationRow } from './organization.rows.ts'

const DAY_MS = 86_400_000
/** Organizations User Guide, "Quotas": invitations are valid for 15 days, the process that enables all features for 90. */
export const INVITATION_MS = 15 * DAY_MS
export const ALL_FEATURES_MS = 90 * DAY_MS
/** Organizations API reference: for 30 days they are still shown. */
export const SHOWN_MS = 30 * DAY_MS

const PENDING: ReadonlySet<HandshakeState> = new Set(['REQUESTED', 'OPEN'])

export const stateOf = ({ state, expires_at: expires }: HandshakeRow, now: number): HandshakeState =>
  PENDING.has(state) && expires <= now ? 'EXPIRED' : state

export const isPending = (row: HandshakeRow, now: number): boolean => PENDING.has(stateOf(row, now))

/** Whether the handshake is young enough to be shown. */
export const isShown = (row: HandshakeRow, now: number): boolean =>
  isPending(row, now) || Math.max(row.changed_at, stateOf(row, now) === 'EXPIRED' ? row.expires_at : 0) + SHOWN_MS > now

type Ending = 'ACCEPTED' | 'DECLINED' | 'CANCELED'

/** Why the handshake cannot become so; undefined where it can. What waits for others cannot be accepted. */
export function refusalOf(row: HandshakeRow, ending: Ending, now: number): Fault | undefined {
  const state = stateOf(row, now)
  if (state === ending) return inState()
  if (!PENDING.has(state)) return invalidTransition()
  return ending === 'ACCEPTED' && waitsForOthers(row) ? invalidTransition() : undefined
}

/** All features wait for every member; a transfer is REQUESTED until it is answered (API reference, HandshakeState). */
const waitsForOthers = ({ action, state }: HandshakeRow): boolean => action === 'ENABLE_ALL_FEATURES' && state === 'REQUESTED'

/** The handshake as both sides see it (the examples of the AWS CLI). */
export async function handshakeShape(tx: ReadTx, row: HandshakeRow, now: number): Promise<Handshake> {
  const organization = await mustFindOrganization(tx, row.account)
  const { email, name } = await mustFindMember(tx, row.account, row.account)
  const transfer = row.action === 'TRANSFER_RESPONSIBILITY' ? await transferOf(tx, row.id) : undefined
  const own = { Id: organization.id, Type: 'ORGANIZATION' } as const
  return {
    Id: row.id,
    Arn: handshakeArn(organization, row.action, row.id),
    Action: row.action,
    State: stateOf(row, now),
    Parties: row.target_key === null ? [own] : [own, { Id: row.target_id, Type: row.target_type }],
    RequestedTimestamp: new Date(row.requested_at),
    ExpirationTimestamp: new Date(row.expires_at),
    Resources: [
      {
        Type: 'ORGANIZATION',
        Value: organization.id,
        ...(row.target_key !== null && { Resources: senderOf(row, organization, { email, name }) }),
      },
      ...detailsOf(row),
      ...(transfer === undefined ? [] : transferResources(transfer)),
    ],
  }
}

/** Newer handshakes call the management account by its newer name. */
function senderOf(
  { action, account }: HandshakeRow,
  { feature_set: features }: OrganizationRow,
  { email, name }: { readonly email: string; readonly name: string },
): readonly HandshakeResource[] {
  if (action === 'TRANSFER_RESPONSIBILITY')
    return [
      { Type: 'MANAGEMENT_ACCOUNT', Value: account },
      { Type: 'MANAGEMENT_EMAIL', Value: email },
      { Type: 'MANAGEMENT_NAME', Value: name },
    ]
  return [
    { Type: 'MASTER_EMAIL', Value: email },
    { Type: 'MASTER_NAME', Value: name },
    { Type: 'ORGANIZATION_FEATURE_SET', Value: features },
  ]
}

function detailsOf(row: HandshakeRow): readonly HandshakeResource[] {
  const target = row.target_type === 'EMAIL' ? 'EMAIL' : 'ACCOUNT'
  return [
    ...(row.target_key === null ? [] : [{ Type: target, Value: row.target_id } as const]),
    ...(row.notes === null ? [] : [{ Type: 'NOTES', Value: row.notes } as const]),
    ...(row.parent_id === null ? [] : [{ Type: 'PARENT_HANDSHAKE', Value: row.parent_id } as const]),
  ]
}

/** What a handshake tells of its transfer. */
const transferResources = (row: TransferRow): readonly HandshakeResource[] => [
  { Type: 'RESPONSIBILITY_TRANSFER', Value: row.id },
  { Type: 'TRANSFER_TYPE', Value: 'BILLING' },
  { Type: 'TRANSFER_START_TIMESTAMP', Value: new Date(row.start_at).toISOString() },
]
