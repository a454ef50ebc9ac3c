/** Handshakes: accepted or declined by those they were sent to, canceled by those who sent them. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { companions, leaders } from '../organization-trust.rows.ts'
import { type Call, type HandlingCall, writeOperation } from '../operation.ts'
import { settleAllFeatures } from './all-features.ts'
import { handshakeRefused, invalidTransition, noSuch, notManagement } from './errors.ts'
import { handshakeShape, isPending, isShown, refusalOf } from './handshake-states.ts'
import { findHandshake, type HandshakeAction, type HandshakeRow, handshakesOf, isRecipient, setState } from './handshakes.rows.ts'
import { takeOut } from './leaving.ts'
import {
  findOrganization,
  insertMember,
  listMembers,
  lockOrganization,
  mustFindOrganization,
  setFeatureSet,
} from './organization.rows.ts'
import { ACCOUNTS_PER_ORGANIZATION } from './quotas.ts'
import { acceptTransfer } from './transfers.ts'
import { attachFullAccess } from './units.ts'

/** A handshake whose organization nobody else changes until this call ends. Throws HandshakeNotFoundException, also 30 days after its end. */
async function mustFindLocked(tx: WriteTx, id: string, now: number): Promise<HandshakeRow> {
  const seen = await findHandshake(tx, id)
  if (seen === undefined) throw noSuch.handshake()
  await lockOrganization(tx, seen.account)
  const row = await findHandshake(tx, id)
  if (row === undefined || !isShown(row, now)) throw noSuch.handshake()
  return row
}

/** A handshake that waits for the caller's answer; to all others it is not there. What enables all features ends with the management account. */
async function mustBeAsked(tx: WriteTx, id: string, { accountId, now }: HandlingCall): Promise<HandshakeRow> {
  const row = await mustFindLocked(tx, id, now)
  const isAsked = row.target_key === null ? row.account === accountId : await isRecipient(tx, accountId, row)
  if (!isAsked) throw noSuch.handshake()
  return row
}

/** Both organizations that an answer may change: that of the sender, and that of the caller. */
async function concerned(tx: ReadTx, { accountId }: Call, { HandshakeId }: Answered): Promise<readonly string[]> {
  const row = await findHandshake(tx, HandshakeId)
  return [...(row === undefined ? [] : [row.account]), ...(await leaders(tx, accountId))]
}

type Answered = { readonly HandshakeId: string }
type Accepting = (tx: WriteTx, row: HandshakeRow, call: HandlingCall) => Promise<void>

/** What comes of a handshake that is accepted. */
const ACCEPTING: Readonly<Record<HandshakeAction, Accepting>> = {
  INVITE: join,
  APPROVE_ALL_FEATURES: async () => {},
  TRANSFER_RESPONSIBILITY: acceptTransfer,
  ENABLE_ALL_FEATURES: async (tx, { account }) => setFeatureSet(tx, account, 'ALL'),
}

/**
 * The account leaves the organization that it is in, where it is in one ("direct account transfers between organizations", announcement of
 * November 2025), and stands under the root of the new one.
 */
async function join(tx: WriteTx, row: HandshakeRow, { accountId, now }: HandlingCall): Promise<void> {
  const before = await findOrganization(tx, accountId)
  if (before?.account === row.account)
    throw handshakeRefused('ALREADY_IN_AN_ORGANIZATION', 'The invited account is already a member of the organization.')
  if ((await listMembers(tx, row.account)).length >= ACCOUNTS_PER_ORGANIZATION)
    throw handshakeRefused('ACCOUNT_NUMBER_LIMIT_EXCEEDED', 'The organization has exceeded its number of accounts.')
  if (before !== undefined) {
    await lockOrganization(tx, before.account)
    await takeOut(tx, before, accountId, now)
  }
  const organization = await mustFindOrganization(tx, row.account)
  await insertMember(tx, row.account, {
    member: accountId,
    parent_id: organization.root_id,
    joined_method: 'INVITED',
    joined_at: now,
    tags: row.tags,
  })
  await attachFullAccess(tx, organization, accountId, now)
}

export const acceptHandshake = writeOperation('organizations', 'AcceptHandshake', {
  authorize: ({ HandshakeId }) => ({
    action: 'organizations:AcceptHandshake',
    resource: { kind: 'handshake', name: HandshakeId },
  }),
  async handle(tx, { HandshakeId }, call) {
    const { now } = call
    const row = await mustBeAsked(tx, HandshakeId, call)
    const refusal = refusalOf(row, 'ACCEPTED', now)
    if (refusal !== undefined) throw refusal
    await ACCEPTING[row.action](tx, row, call)
    await setState(tx, row, 'ACCEPTED', now)
    if (row.parent_id !== null) await settleAllFeatures(tx, row.account, now)
    return { Handshake: await handshakeShape(tx, { ...row, state: 'ACCEPTED' }, now) }
  },
  precedes: concerned,
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** A member that declines all features keeps the organization from them, until it is asked anew or removed. */
export const declineHandshake = writeOperation('organizations', 'DeclineHandshake', {
  authorize: ({ HandshakeId }) => ({
    action: 'organizations:DeclineHandshake',
    resource: { kind: 'handshake', name: HandshakeId },
  }),
  async handle(tx, { HandshakeId }, call) {
    const { now } = call
    const row = await mustBeAsked(tx, HandshakeId, call)
    // Who sent it and is asked alone cancels instead.
    const refusal = row.target_key === null ? invalidTransition() : refusalOf(row, 'DECLINED', now)
    if (refusal !== undefined) throw refusal
    await setState(tx, row, 'DECLINED', now)
    return { Handshake: await handshakeShape(tx, { ...row, state: 'DECLINED' }, now) }
  },
  precedes: concerned,
})

/** With the process that enables all features goes what was sent to the members. */
export const cancelHandshake = writeOperation('organizations', 'CancelHandshake', {
  authorize: ({ HandshakeId }) => ({
    action: 'organizations:CancelHandshake',
    resource: { kind: 'handshake', name: HandshakeId },
  }),
  async handle(tx, { HandshakeId }, { accountId, now }) {
    const row = await mustFindLocked(tx, HandshakeId, now)
    if (row.account !== accountId) throw (await isRecipient(tx, accountId, row)) ? notManagement() : noSuch.handshake()
    const refusal = row.parent_id === null ? refusalOf(row, 'CANCELED', now) : invalidTransition()
    if (refusal !== undefined) throw refusal
    const parts = (await handshakesOf(tx, accountId)).filter((part) => part.parent_id === row.id && isPending(part, now))
    for (const ending of [row, ...parts]) await setState(tx, ending, 'CANCELED', now)
    return { Handshake: await handshakeShape(tx, { ...row, state: 'CANCELED' }, now) }
  },
  precedes: concerned,
})

export const handshakeOperations = [acceptHandshake, declineHandshake, cancelHandshake]
