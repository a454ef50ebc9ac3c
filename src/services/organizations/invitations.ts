/** Invitations: the management account asks another account to join. */
import type { WriteTx } from '../../store/store.ts'
import { type Check, writeOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { duplicateHandshake, handshakeRefused, invalidInput } from './errors.ts'
import { handshakeShape, INVITATION_MS, isPending, SHOWN_MS } from './handshake-states.ts'
import { forgetHandshakes, handshakesOf, type HandshakeRow, insertHandshake } from './handshakes.rows.ts'
import { newHandshakeId } from './ids.ts'
import { listMembers, mustLead } from './organization.rows.ts'
import { ACCOUNTS_PER_ORGANIZATION, invitationsAllowed } from './quotas.ts'
import { forgetTransfers } from './transfers.rows.ts'
import { checksWithTags, newTags } from './tags.ts'

type Party = { readonly Id: string; readonly Type: 'ACCOUNT' | 'ORGANIZATION' | 'EMAIL' }

const ACCOUNT_ID = /^\d{12}$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const DAY_MS = 86_400_000
const KNOWN = 'SELECT id FROM account WHERE id = $1'

/** Whom the invitation is for, as rows name it. Throws InvalidInputException. */
export async function targetKey(tx: WriteTx, { Id, Type }: Party): Promise<string> {
  if (Type === 'ORGANIZATION')
    throw invalidInput('INVALID_PARTY_TYPE_TARGET', 'You specified the wrong type of entity as a party.')
  if (Type === 'EMAIL') {
    if (!EMAIL.test(Id))
      throw invalidInput('INVALID_EMAIL_ADDRESS_TARGET', 'You specified an invalid email address for the invited account owner.')
    return Id.toLowerCase()
  }
  // Which reason AWS gives for an account that is not there is inferred. For an address it sends a mail.
  if (!ACCOUNT_ID.test(Id) || (await tx.get(KNOWN, Id)) === undefined)
    throw invalidInput('INVALID_PATTERN_TARGET_ID', "You specified an account that doesn't exist.")
  return Id
}

export const invited = ({ Id, Type }: Party): Check['resource'] =>
  Type === 'ACCOUNT' ? { kind: 'target', name: Id } : EVERYTHING

/** Nobody sends mail here: the invited account finds the invitation in ListHandshakesForAccount. */
export const inviteAccountToOrganization = writeOperation('organizations', 'InviteAccountToOrganization', {
  authorize: ({ Target, Tags }) =>
    checksWithTags({ action: 'organizations:InviteAccountToOrganization', resource: invited(Target) }, Tags),
  async handle(tx, { Target, Notes, Tags }, { accountId, now, random }) {
    await mustLead(tx, accountId)
    const key = await targetKey(tx, Target)
    await forgetHandshakes(tx, accountId, now - SHOWN_MS)
    await forgetTransfers(tx, accountId)
    const sent = await handshakesOf(tx, accountId)
    const members = await listMembers(tx, accountId)
    if (members.some(({ member, email }) => member === key || email.toLowerCase() === key))
      throw handshakeRefused('ALREADY_IN_AN_ORGANIZATION', 'The invited account is already a member of an organization.')
    mustBeInvitable(sent, { key, members: members.length, now })
    const row: HandshakeRow = {
      account: accountId,
      id: newHandshakeId(random),
      action: 'INVITE',
      // That of the examples of the AWS CLI.
      state: 'OPEN',
      target_type: Target.Type,
      target_id: Target.Id,
      target_key: key,
      parent_id: null,
      notes: Notes ?? null,
      tags: newTags(Tags),
      requested_at: now,
      expires_at: now + INVITATION_MS,
      changed_at: now,
    }
    await insertHandshake(tx, row)
    return { Handshake: await handshakeShape(tx, row, now) }
  },
})

type Inviting = { readonly key: string; readonly members: number; readonly now: number }

/** Throws where the account was asked already, while all features are being enabled, and above the quotas. */
function mustBeInvitable(sent: readonly HandshakeRow[], { key, members, now }: Inviting): void {
  const pending = sent.filter((row) => isPending(row, now))
  if (pending.some(({ action }) => action === 'ENABLE_ALL_FEATURES'))
    throw handshakeRefused(
      'INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES',
      'You cannot issue new invitations while the organization is enabling all features.',
    )
  const invitations = pending.filter(({ action }) => action === 'INVITE')
  if (invitations.some(({ target_key: asked }) => asked === key)) throw duplicateHandshake()
  // Open invitations count as accounts (Organizations User Guide, "Quotas").
  if (members + invitations.length >= ACCOUNTS_PER_ORGANIZATION)
    throw handshakeRefused('ACCOUNT_NUMBER_LIMIT_EXCEEDED', 'You have exceeded the number of accounts in your organization.')
  mustBeWithinADay(
    sent.filter(({ action }) => action === 'INVITE'),
    members,
    now,
  )
}

/** Throws HandshakeConstraintViolationException above the quota of a day. */
export function mustBeWithinADay(sent: readonly HandshakeRow[], members: number, now: number): void {
  const today = sent.filter(({ requested_at: at }) => at > now - DAY_MS)
  if (today.length >= invitationsAllowed(members))
    throw handshakeRefused(
      'HANDSHAKE_RATE_LIMIT_EXCEEDED',
      'You have exceeded the number of handshakes that you can send in one day.',
    )
}

export const invitationOperations = [inviteAccountToOrganization]
