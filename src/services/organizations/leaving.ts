/** Accounts that leave: by themselves, or because the management account removes them. */
import type { WriteTx } from '../../store/store.ts'
import { companions, delegates, leaders } from '../organization-trust.rows.ts'
import { writeOperation } from '../operation.ts'
import { settleAllFeatures } from './all-features.ts'
import { cannotLeave, violates } from './errors.ts'
import {
  deleteMemberRow,
  type MemberRow,
  mustFindMember,
  mustLead,
  mustReachToWrite,
  type OrganizationRow,
} from './organization.rows.ts'
import { detachAll } from './policies.rows.ts'
import { LEAVING_DAYS } from './quotas.ts'

const DAY_MS = 86_400_000

/** Throws where the account administers a service, and while it is too young. There is nothing here to be paid: no payment instrument is asked for. */
async function mustBeFree(tx: WriteTx, { account }: OrganizationRow, row: MemberRow, now: number): Promise<void> {
  if ((await delegates(tx, account)).includes(row.member))
    throw violates(
      'CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG',
      'You cannot remove an account that is a delegated administrator from the organization.',
    )
  if (row.joined_method === 'CREATED' && row.joined_at + LEAVING_DAYS * DAY_MS > now)
    throw violates('WAIT_PERIOD_ACTIVE', `You must wait until at least ${LEAVING_DAYS} days after the account was created.`)
}

/**
 * Takes a member out of its organization: its tags, its policies and its place go with it. Throws ConstraintViolationException, and
 * MasterCannotLeaveOrganizationException for the management account.
 */
export async function takeOut(tx: WriteTx, organization: OrganizationRow, member: string, now: number): Promise<void> {
  if (member === organization.account) throw cannotLeave()
  const row = await mustFindMember(tx, organization.account, member)
  await mustBeFree(tx, organization, row, now)
  await detachAll(tx, organization.account, member)
  await deleteMemberRow(tx, organization.account, member)
  await settleAllFeatures(tx, organization.account, now)
}

export const removeAccountFromOrganization = writeOperation('organizations', 'RemoveAccountFromOrganization', {
  authorize: ({ AccountId }) => ({
    action: 'organizations:RemoveAccountFromOrganization',
    resource: { kind: 'target', name: AccountId },
  }),
  async handle(tx, { AccountId }, { accountId, now }) {
    await takeOut(tx, await mustLead(tx, accountId), AccountId, now)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** Nothing of the organization is asked for it: what binds the account here are its service control policies. */
export const leaveOrganization = writeOperation('organizations', 'LeaveOrganization', {
  authorize: () => ({ action: 'organizations:LeaveOrganization', resource: '*' }),
  async handle(tx, _input, { accountId, now }) {
    await takeOut(tx, await mustReachToWrite(tx, accountId), accountId, now)
    return {}
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const leavingOperations = [removeAccountFromOrganization, leaveOrganization]
