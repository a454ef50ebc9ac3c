/** GetDelegatedAccessToken: a product provider exchanges the token of an approved delegation request for credentials of whoever approved it. */
import { approverOf, findDelegationRequest, isProductProvider } from '../delegation-requests.rows.ts'
import { openTradeIn } from '../delegation-token.ts'
import { readOperation } from '../operation.ts'
import { accessDenied, expiredTradeInToken, validationError } from './errors.ts'
import { issueSession } from './issue-session.ts'
import { mustFit } from './role-session.ts'

/**
 * The token may be exchanged again and again; all that it is exchanged for ends at the same time (IAM User Guide, "Multiple Redemptions").
 * The session may do what its approver may, within the approver's own session policies and the request's policy, which stays in the
 * store: whoever takes the delegation back ends the sessions too. PackedPolicySize "is not populated" (API reference).
 */
export const getDelegatedAccessToken = readOperation('sts', 'GetDelegatedAccessToken', {
  authorize: () => ({ action: 'sts:GetDelegatedAccessToken', resource: '*' }),
  async handle(tx, { TradeInToken }, call) {
    const { accountId, now, vault } = call
    const tradeIn = openTradeIn(TradeInToken, vault)
    // The texts of these refusals are ours.
    if (tradeIn === undefined) throw validationError('The trade-in token is not valid.')
    if (tradeIn.requestor !== accountId || !(await isProductProvider(tx, accountId)))
      throw accessDenied('The trade-in token can be redeemed by the account that requested the delegation only.')
    const row = await findDelegationRequest(tx, tradeIn.requestId)
    if (row === undefined || row.token_expires_at === null || now >= row.token_expires_at) throw expiredTradeInToken()
    const approver = approverOf(row)
    if (row.revoked_at !== null || row.owner_account === null || approver === undefined)
      throw accessDenied('The delegated access was revoked.')
    const issued = issueSession(call, {
      ...approver.facts,
      accountId: row.owner_account,
      principal: approver.principal,
      seconds: (row.token_expires_at - now) / 1000,
      delegate: { accountId, requestId: row.id },
    })
    mustFit(issued)
    const { Credentials } = issued
    return { Credentials, ...(row.approver_arn !== null && { AssumedPrincipal: row.approver_arn }) }
  },
})

export const delegatedAccessOperations = [getDelegatedAccessToken]
