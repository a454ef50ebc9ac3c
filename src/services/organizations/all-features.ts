/** From consolidated billing to all features: every invited member must approve, then the management account finishes. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { companions } from '../organization-trust.rows.ts'
import { writeOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { handshakeRefused } from './errors.ts'
import { ALL_FEATURES_MS, handshakeShape, isPending } from './handshake-states.ts'
import { handshakesOf, type HandshakeRow, insertHandshake, setState } from './handshakes.rows.ts'
import { newHandshakeId } from './ids.ts'
import { listMembers, mustLead } from './organization.rows.ts'

/** The process that is going on, if one is. `account` is the management account. */
async function pendingProcess(tx: ReadTx, account: string, now: number): Promise<HandshakeRow | undefined> {
  return (await handshakesOf(tx, account)).find((row) => row.action === 'ENABLE_ALL_FEATURES' && isPending(row, now))
}

/** Members that were invited, not made: they must approve (Organizations API reference, EnableAllFeatures). */
const invitedMembers = async (tx: ReadTx, account: string): Promise<readonly string[]> =>
  (await listMembers(tx, account))
    .filter(({ member, joined_method: method }) => method === 'INVITED' && member !== account)
    .map(({ member }) => member)

/**
 * Opens the process for its end once every invited member has approved. Asked again wherever one of them answers, leaves, or is removed;
 * what was sent to a member that is gone is canceled.
 */
export async function settleAllFeatures(tx: WriteTx, account: string, now: number): Promise<void> {
  const process = await pendingProcess(tx, account, now)
  if (process === undefined) return
  const members = new Set(await invitedMembers(tx, account))
  const parts = (await handshakesOf(tx, account)).filter(({ parent_id: parent }) => parent === process.id)
  const gone = parts.filter((row) => !members.has(row.target_id) && isPending(row, now))
  for (const row of gone) await setState(tx, row, 'CANCELED', now)
  const approved = new Set(parts.filter(({ state }) => state === 'ACCEPTED').map(({ target_id: member }) => member))
  if ([...members].every((member) => approved.has(member))) await setState(tx, process, 'OPEN', now)
}

/** Answers the handshake that the management account accepts at the end; each invited member gets one of its own. */
export const enableAllFeatures = writeOperation('organizations', 'EnableAllFeatures', {
  authorize: () => ({ action: 'organizations:EnableAllFeatures', resource: EVERYTHING }),
  async handle(tx, _input, { accountId, now, random }) {
    const organization = await mustLead(tx, accountId)
    if (organization.feature_set === 'ALL')
      throw handshakeRefused('ORGANIZATION_ALREADY_HAS_ALL_FEATURES', 'The organization has already enabled all features.')
    if ((await pendingProcess(tx, accountId, now)) !== undefined)
      throw handshakeRefused(
        'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION',
        'The organization has already started the process to enable all features.',
      )
    const common = {
      account: accountId,
      notes: null,
      tags: '[]',
      requested_at: now,
      expires_at: now + ALL_FEATURES_MS,
      changed_at: now,
    }
    const members = await invitedMembers(tx, accountId)
    const row: HandshakeRow = {
      ...common,
      id: newHandshakeId(random),
      action: 'ENABLE_ALL_FEATURES',
      state: members.length === 0 ? 'OPEN' : 'REQUESTED',
      target_type: 'ORGANIZATION',
      target_id: organization.id,
      target_key: null,
      parent_id: null,
    }
    await insertHandshake(tx, row)
    for (const member of members) {
      const part = { target_type: 'ACCOUNT', target_id: member, target_key: member, parent_id: row.id } as const
      await insertHandshake(tx, { ...common, ...part, id: newHandshakeId(random), action: 'APPROVE_ALL_FEATURES', state: 'OPEN' })
    }
    return { Handshake: await handshakeShape(tx, row, now) }
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const allFeaturesOperations = [enableAllFeatures]
