/** Accounts that end: closed by the management account. Nobody of a closed account gets in any more. */
import { companions } from '../organization-trust.rows.ts'
import { writeOperation } from '../operation.ts'
import { alreadyClosed, violates } from './errors.ts'
import { listMembers, mustFindMember, mustLead } from './organization.rows.ts'
import { CLOSURE_DAYS, closuresAllowed } from './quotas.ts'
import { mustHaveAllFeatures } from './service-access.ts'

const SUSPEND = `UPDATE account SET status = 'SUSPENDED' WHERE id = $1`
const NOTE = 'INSERT INTO organization_closure (account, member, closed_at) VALUES ($1, $2, $3)'
const RECENT = 'SELECT COUNT(*) AS count FROM organization_closure WHERE account = $1 AND closed_at > $2'
const DAY_MS = 86_400_000

/** AWS closes in the background and says PENDING_CLOSURE first; here the account is suspended when the call returns. It stays in the organization and in its quota. */
export const closeAccount = writeOperation('organizations', 'CloseAccount', {
  authorize: ({ AccountId }) => ({ action: 'organizations:CloseAccount', resource: { kind: 'target', name: AccountId } }),
  async handle(tx, { AccountId }, { accountId, now }) {
    mustHaveAllFeatures(await mustLead(tx, accountId))
    if (AccountId === accountId)
      throw violates('CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 'You cannot close the management account of the organization.')
    const { status } = await mustFindMember(tx, accountId, AccountId)
    if (status !== 'ACTIVE') throw alreadyClosed()
    const { count } = (await tx.get<{ count: number }>(RECENT, accountId, now - CLOSURE_DAYS * DAY_MS)) ?? { count: 0 }
    if (Number(count) >= closuresAllowed((await listMembers(tx, accountId)).length))
      throw violates('CLOSE_ACCOUNT_QUOTA_EXCEEDED', 'You have exceeded the close account quota for the past 30 days.')
    await tx.run(SUSPEND, AccountId)
    await tx.run(NOTE, accountId, AccountId, now)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const closingOperations = [closeAccount]
