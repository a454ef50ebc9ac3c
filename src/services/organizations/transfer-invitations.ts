/** Invitations to hand over: the management account that would take over asks that of another organization. */
import type { ReadTx } from '../../store/store.ts'
import { writeOperation } from '../operation.ts'
import { duplicateHandshake } from './errors.ts'
import { NEW_TRANSFER } from './entities.ts'
import { handshakeShape, INVITATION_MS, isPending, SHOWN_MS } from './handshake-states.ts'
import { forgetHandshakes, handshakesOf, type HandshakeRow, insertHandshake } from './handshakes.rows.ts'
import { newHandshakeId, newTransferId } from './ids.ts'
import { invited, mustBeWithinADay, targetKey } from './invitations.ts'
import { mustLead } from './organization.rows.ts'
import { newTags, tagCheck } from './tags.ts'
import { mustBeStart } from './transfer-dates.ts'
import { cannotMatch } from './transfers.ts'
import { forgetTransfers, insertTransfer, transferKeys } from './transfers.rows.ts'

const ACCOUNT_OF = 'SELECT id FROM account WHERE id = $1 OR email_key = $1'

/** The account that a key means; null for an address that no account has yet. */
const accountOf = async (tx: ReadTx, key: string): Promise<string | null> =>
  (await tx.get<{ id: string }>(ACCOUNT_OF, key))?.id ?? null

/** The invited account need not lead an organization yet: that is asked when it accepts. */
export const inviteOrganizationToTransferResponsibility = writeOperation(
  'organizations',
  'InviteOrganizationToTransferResponsibility',
  {
    authorize({ Target, Tags }) {
      const action = 'organizations:InviteOrganizationToTransferResponsibility'
      const check = { action, resource: invited(Target), context: transferKeys('inbound') }
      // Of the two actions the tags are keys of tagging alone (Service Authorization Reference).
      return Tags === undefined || Tags.length === 0 ? check : [check, tagCheck(check, Tags, { on: NEW_TRANSFER, isNew: true })]
    },
    async handle(tx, { Target, Notes, StartTimestamp, SourceName, Tags }, { accountId, now, random }) {
      await mustLead(tx, accountId)
      const key = await targetKey(tx, Target)
      const source = await accountOf(tx, key)
      if (source === accountId) throw cannotMatch()
      mustBeStart(StartTimestamp.getTime(), now)
      await forgetHandshakes(tx, accountId, now - SHOWN_MS)
      await forgetTransfers(tx, accountId)
      const sent = (await handshakesOf(tx, accountId)).filter(({ action }) => action === 'TRANSFER_RESPONSIBILITY')
      if (sent.some((row) => row.target_key === key && isPending(row, now))) throw duplicateHandshake()
      mustBeWithinADay(sent, 0, now)
      const row: HandshakeRow = {
        account: accountId,
        id: newHandshakeId(random),
        action: 'TRANSFER_RESPONSIBILITY',
        state: 'REQUESTED',
        target_type: Target.Type,
        target_id: Target.Id,
        target_key: key,
        parent_id: null,
        notes: Notes ?? null,
        tags: '[]',
        requested_at: now,
        expires_at: now + INVITATION_MS,
        changed_at: now,
      }
      await insertHandshake(tx, row)
      await insertTransfer(tx, {
        account: accountId,
        id: newTransferId(random),
        source,
        name: SourceName,
        handshake_id: row.id,
        start_at: StartTimestamp.getTime(),
        accepted_at: null,
        end_at: null,
        tags: newTags(Tags),
        source_tags: '[]',
      })
      return { Handshake: await handshakeShape(tx, row, now) }
    },
  },
)

export const transferInvitationOperations = [inviteOrganizationToTransferResponsibility]
