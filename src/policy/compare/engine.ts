/** The engine's own decision about a witness: a comparison says yes only where the engine does. */
import { policySet } from '../combine.ts'
import { contextOf } from '../context.ts'
import type { PolicyDocument } from '../document.ts'
import { decide } from '../evaluate.ts'
import { RESOURCE_ACCOUNTS } from './callers.ts'
import { compiled, type PolicyKind } from './kind.ts'
import type { Witness } from './witness.ts'

const ALLOW_ALL = policySet([
  compiled('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', 'identity'),
])

/** Of a resource-based policy this asks whether it lets the caller in, with all that the caller's own account has to allow. */
export function allowedByEngine({ source }: PolicyDocument, kind: PolicyKind): (request: Witness) => boolean {
  const policies = policySet([compiled(source, kind)])
  return ({ action, resource, context, caller: { caller, isBounded } }) => {
    const check = { action, resource, context: contextOf(context) }
    const { accountId } = caller
    if (kind === 'identity')
      return decide({ ...check, resourceAccountId: accountId }, caller, { identity: policies }).decision === 'allowed'
    const own = { identity: ALLOW_ALL, session: ALLOW_ALL, ...(isBounded && { boundary: ALLOW_ALL }) }
    const resourceAccountId = RESOURCE_ACCOUNTS.find((account) => account !== accountId) ?? ''
    const resourcePolicy = { kind: 'resource', policies } as const
    return decide({ ...check, resourceAccountId, resourcePolicy }, caller, own).decision === 'allowed'
  }
}
