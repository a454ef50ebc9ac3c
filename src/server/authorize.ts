/** The decision: every (action, resource, context) that an operation names must be allowed by the caller's policies. */
import { Fault } from '../aws/fault.ts'
import { contextOf, type RequestContext } from '../policy/context.ts'
import { denialText } from '../policy/denial.ts'
import { decide, type Check as PolicyCheck } from '../policy/evaluate.ts'
import { services } from '../services/index.ts'
import { type Authorization, type Call, type Check, type ContextValue, type EntityRef, NO_PERMISSION_NEEDED } from '../services/operation.ts'
import type { Entity } from '../services/service.ts'
import type { AuthenticatedCaller } from './authenticate.ts'
import type { ServerContext } from './context.ts'
import type { HttpRequest } from './http.ts'
import { requestKeys } from './request-keys.ts'

export type Authorizing = { readonly request: HttpRequest; readonly caller: AuthenticatedCaller; readonly call: Call; readonly context: ServerContext }

/** Returns when all checks are allowed; throws AccessDenied, in AWS's words, at the first that is not. */
export async function authorize(authorization: Authorization, authorizing: Authorizing): Promise<void> {
  if (authorization === NO_PERMISSION_NEEDED) return
  const checks = 'action' in authorization ? [authorization] : authorization
  const { caller, call, context } = authorizing
  const keys = requestKeys(authorizing)
  for (const check of checks) {
    const entity = await entityOf(check, call, context)
    const question: PolicyCheck = {
      action: check.action,
      resource: entity.arn,
      resourceAccountId: call.accountId,
      context: contextFor(keys, entity, check),
    }
    const decision = decide(question, caller.known.caller, caller.known.policies)
    context.metrics.decided(decision.decision)
    if (decision.decision !== 'allowed') throw new Fault('AccessDenied', denialText(caller.known.caller, question, decision), { status: 403 })
  }
}

function contextFor(keys: Readonly<Record<string, ContextValue>>, entity: Entity, check: Check): RequestContext {
  return contextOf({ ...keys, ...entity.context, ...check.context })
}

function entityOf(check: Check, call: Call, context: ServerContext): Promise<Entity> | Entity {
  const { resource } = check
  return typeof resource === 'string' ? { arn: resource } : recallEntity(check.action, resource, call, context)
}

function recallEntity(action: string, { kind, name }: EntityRef, { accountId }: Call, { memories, store }: ServerContext): Promise<Entity> {
  const service = action.slice(0, action.indexOf(':'))
  const lookup = services.get(service)?.entities[kind]
  if (lookup === undefined) throw new Error(`the service ${service} has no entities of kind ${kind}`)
  return memories.of(accountId).entities.recall(`${service}/${kind}/${name}`, () => store.read((tx) => lookup(tx, accountId, name)))
}
