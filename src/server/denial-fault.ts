/** The fault of a refusal: AWS's words for it, and the authorization id where AWS tells one. */
import { Fault } from '../aws/fault.ts'
import { denialText, isOfOneHouse, refusalText } from '../policy/denial.ts'
import type { Decision } from '../policy/evaluate.ts'
import { services } from '../services/index.ts'
import type { Check, EntityRef } from '../services/operation.ts'
import type { Denials, Refused } from './denials.ts'

type Denial = Exclude<Decision, { readonly decision: 'allowed' }>

/** Keeps the refusal, and says it: AccessDenied. */
export function denialFault(refused: Refused & { readonly decision: Denial }, denials: Denials): Fault {
  const { facts, check, decision } = refused
  const { caller, call, entity } = facts
  const id = denials.keep(refused)
  // Some operations have words of their own where the resource lets nobody in.
  const unwelcome = decision.decision === 'implicitDeny' && decision.policyType === 'resource' ? entity.refusal : undefined
  const text = unwelcome ?? denialText(caller.known.caller, check, decision, told(facts.check))
  return new Fault('AccessDenied', id !== undefined && isExplained(refused) ? text + denials.sentence(id, call.region) : text)
}

/** What nobody could decide is refused, without a reason and an id: to explain it would take as long. */
export const undecidedFault = ({ facts, check }: Pick<Refused, 'facts' | 'check'>): Fault =>
  new Fault('AccessDenied', refusalText(facts.caller.known.caller, check, told(facts.check)))

/** AWS tells authorization ids behind IAM's denials ("Supported services": most of IAM), and only where it tells a reason. All others are found by their request id. */
const isExplained = ({ facts: { caller }, check }: Refused): boolean =>
  check.action.startsWith('iam:') && isOfOneHouse(caller.known.caller, check)

/** How the denial names the resource; undefined: by its ARN. */
function told({ action, resource, told: said }: Check): string | undefined {
  if (said !== undefined || typeof resource === 'string') return said
  return services.get(serviceOf(action, resource))?.told?.(action, resource)
}

/** The service that knows an entity: the one that is named, else the one in the action's prefix. */
export const serviceOf = (action: string, { service }: EntityRef): string => service ?? action.slice(0, action.indexOf(':'))
