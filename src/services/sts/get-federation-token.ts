/** GetFederationToken: temporary credentials for somebody else, with no more than the issuer has and session policies allow. */
import { federatedUserArn } from '../../aws/arn.ts'
import type { Principal } from '../../aws/principal.ts'
import type { GetFederationTokenRequest } from '../../model/sts.gen.ts'
import { type Check, readOperation } from '../operation.ts'
import { sessionCredentials } from './errors.ts'
import { issueSession } from './issue-session.ts'
import { mustFit } from './role-session.ts'
import { packedPolicySize, sessionPolicies } from './session-policies.ts'
import { sessionTagKeys, sessionTags } from './session-tags.ts'

/** STS API reference, GetFederationToken: 15 minutes to 36 hours (the model checks), 12 by default; the root user's at most one hour, more is cut. Seconds. */
const USER_DEFAULT = 43_200
const ROOT_MAX = 3_600

export const getFederationToken = readOperation('sts', 'GetFederationToken', {
  authorize(input: GetFederationTokenRequest, { accountId, principal }): readonly Check[] {
    issuerOf(principal)
    const resource = federatedUserArn(accountId, input.Name)
    const context = sessionTagKeys(input, undefined)
    const check: Check = { action: 'sts:GetFederationToken', resource }
    return context === undefined
      ? [check]
      : [
          { ...check, context },
          { action: 'sts:TagSession', resource, context },
        ]
  },
  async handle(tx, input, call) {
    const { accountId } = call
    const issuer = issuerOf(call.principal)
    const { tags } = sessionTags(input, undefined)
    const policies = await sessionPolicies(tx, accountId, input)
    const size = packedPolicySize(policies, tags)
    const issued = issueSession(call, {
      accountId,
      principal: { type: 'federated-user', id: issuer.id, name: input.Name },
      seconds: secondsOf(input.DurationSeconds, issuer),
      minimumTokenSize: input.MinimumSessionTokenSize,
      noIam: true,
      ...(policies !== undefined && { policies }),
      ...(tags.length > 0 && { tags }),
    })
    mustFit(issued)
    return {
      ...issued,
      FederatedUser: { FederatedUserId: `${accountId}:${input.Name}`, Arn: federatedUserArn(accountId, input.Name) },
      ...(size !== undefined && { PackedPolicySize: size }),
    }
  },
})

/** A user or the root user with a long-term key. Throws AccessDenied for all others (recorded). */
function issuerOf(principal: Principal): Extract<Principal, { readonly type: 'user' | 'root' }> {
  const isIssuer = principal.type === 'user' || principal.type === 'root'
  if (!isIssuer || principal.credential.session !== undefined) throw sessionCredentials('GetFederationToken')
  return principal
}

function secondsOf(asked: number | undefined, { type }: Pick<Principal, 'type'>): number {
  return type === 'root' ? Math.min(asked ?? ROOT_MAX, ROOT_MAX) : (asked ?? USER_DEFAULT)
}

export const federationTokenOperations = [getFederationToken]
