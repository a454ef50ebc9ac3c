/** The decision (IAM User Guide, "Policy evaluation logic"): a deny anywhere wins, every guard must allow, then somebody must grant. */
import type { Caller } from './caller.ts'
import type { PolicySet } from './combine.ts'
import type { CompiledPolicy, CompiledStatement } from './compile.ts'
import type { RequestContext } from './context.ts'
import { CLOSENESS, type Closeness } from './principal-match.ts'
import { type AskedResource, askedResource } from './resource-match.ts'

export type { Caller } from './caller.ts'

/** The policies that bind the caller, wherever the request goes. An absent member is a type of policy that does not apply. */
export type Policies = {
  readonly identity?: PolicySet
  readonly boundary?: PolicySet
  readonly session?: PolicySet
  /** One set a level, from the organization's root to the account: each level must allow. */
  readonly scps?: readonly PolicySet[]
  readonly rcps?: readonly PolicySet[]
  readonly endpoint?: PolicySet
}

export type PolicyType = 'identity' | 'resource' | 'trust' | 'boundary' | 'session' | 'scp' | 'rcp' | 'endpoint'

export type Check = {
  /** As AWS writes it; compared without regard to case. */
  readonly action: string
  /** An ARN, or `*` for actions that know no resource. */
  readonly resource: string
  readonly resourceAccountId: string
  readonly context: RequestContext
  /** `trust`: without a grant from it nobody is let in, the resource's own account included. */
  readonly resourcePolicy?: { readonly kind: 'resource' | 'trust'; readonly policies: PolicySet }
}

export type Decision =
  | { readonly decision: 'allowed'; readonly policyType: PolicyType | 'root'; readonly by?: CompiledStatement }
  | { readonly decision: 'implicitDeny'; readonly policyType: PolicyType }
  | {
      readonly decision: 'explicitDeny'
      readonly policyType: PolicyType
      /** The statement; absent where a policy denies because it cannot be compiled. */
      readonly by?: CompiledStatement
      readonly broken?: CompiledPolicy
    }

/** What is asked, taken apart once. */
export type Question = {
  readonly action: string
  readonly resource: AskedResource
  readonly context: RequestContext
  readonly caller: Caller
}

export function questionOf(check: Check, caller: Caller): Question {
  return { action: check.action.toLowerCase(), resource: askedResource(check.resource), context: check.context, caller }
}

/** Decides one (action, resource, context). */
export function decide(check: Check, caller: Caller, policies: Policies): Decision {
  const question = questionOf(check, caller)
  const sets = applicable(check, caller, policies)
  for (const [policyType, set] of sets) {
    const denied = denial(set, policyType, question)
    if (denied !== undefined) return denied
  }
  for (const [policyType, set] of sets) {
    if (GUARDS.has(policyType) && grantOf(set, question) === undefined) return { decision: 'implicitDeny', policyType }
  }
  return granted(check, question, policies)
}

/** Types of which every set must allow, whoever grants. */
const GUARDS: ReadonlySet<PolicyType> = new Set(['scp', 'rcp', 'endpoint'])

/** All sets that apply, in the order in which a deny is looked for (IAM User Guide, the evaluation flow chart). */
export function applicable(
  { resourcePolicy }: Check,
  caller: Caller,
  { identity, boundary, session, scps, rcps, endpoint }: Policies,
): readonly (readonly [PolicyType, PolicySet])[] {
  const sets: (readonly [PolicyType, PolicySet])[] = []
  for (const set of rcps ?? []) sets.push(['rcp', set])
  // Service-linked roles are exempt from service control policies, and services are no principals of the organization.
  if (!isExempt(caller)) for (const set of scps ?? []) sets.push(['scp', set])
  if (resourcePolicy !== undefined) sets.push([resourcePolicy.kind, resourcePolicy.policies])
  if (identity !== undefined) sets.push(['identity', identity])
  if (boundary !== undefined) sets.push(['boundary', boundary])
  if (session !== undefined) sets.push(['session', session])
  if (endpoint !== undefined) sets.push(['endpoint', endpoint])
  return sets
}

const SERVICE_LINKED = ':role/aws-service-role/'
const isExempt = ({ type, roleArn }: Caller): boolean => type === 'service' || roleArn?.includes(SERVICE_LINKED) === true

function denial(set: PolicySet, policyType: PolicyType, question: Question): Decision | undefined {
  const [policy] = set.broken
  if (policy !== undefined) return { decision: 'explicitDeny', policyType, broken: policy }
  for (const statement of set.about(question.action).deny) {
    if (isMet(statement, question) && statement.names(question.caller) !== undefined)
      return { decision: 'explicitDeny', policyType, by: statement }
  }
  return undefined
}

/** Resource and conditions; the action matched already. */
function isMet({ matchesResource, conditions }: CompiledStatement, { resource, context }: Question): boolean {
  if (!matchesResource(resource, context)) return false
  for (const { holds } of conditions) if (!holds(context)) return false
  return true
}

type Grant = { readonly statement: CompiledStatement; readonly closeness: Closeness }

/** The grant that names the caller most closely. */
function grantOf(set: PolicySet, question: Question): Grant | undefined {
  let best: Grant | undefined
  for (const statement of set.about(question.action).allow) {
    const closeness = statement.names(question.caller)
    if (closeness === undefined || !isMet(statement, question)) continue
    if (best === undefined || CLOSENESS.indexOf(closeness) < CLOSENESS.indexOf(best.closeness)) best = { statement, closeness }
    if (best.closeness === CLOSENESS[0] || closeness === 'account') return best
  }
  return best
}

/** A grant so close needs nothing else from within the account. */
const SUFFICIENT: ReadonlySet<Closeness> = new Set(['session', 'user', 'service', 'federated', 'everyone'])
/** A grant to a role, or to the user behind a federated session, spares the identity policies; boundary and session policy still limit it. */
const SPARES_IDENTITY: ReadonlySet<Closeness> = new Set(['role', 'issuer'])
/** Callers that belong to no account: what the resource says is all there is. */
const STRANGERS: ReadonlySet<Caller['type']> = new Set(['service', 'anonymous', 'web-identity', 'saml'])

/** Nothing denies and all guards allow: who grants? */
function granted(check: Check, question: Question, policies: Policies): Decision {
  const { resourcePolicy, resourceAccountId } = check
  const isForeign = STRANGERS.has(question.caller.type) || question.caller.accountId !== resourceAccountId
  const grant = resourcePolicy === undefined ? undefined : grantOf(resourcePolicy.policies, question)
  if (grant !== undefined && resourcePolicy !== undefined)
    return grantedByResource({ grant, policyType: resourcePolicy.kind, isForeign }, question, policies)
  if (isForeign || resourcePolicy?.kind === 'trust')
    return { decision: 'implicitDeny', policyType: resourcePolicy?.kind ?? 'resource' }
  return byOwnPolicies(question, policies)
}

type ResourceGrant = { readonly grant: Grant; readonly policyType: PolicyType; readonly isForeign: boolean }

/** From another account both sides must allow, however closely the caller is named; callers without an account have no other side. */
function grantedByResource({ grant, policyType, isForeign }: ResourceGrant, question: Question, policies: Policies): Decision {
  const allowed: Decision = { decision: 'allowed', policyType, by: grant.statement }
  if (STRANGERS.has(question.caller.type)) return allowed
  if (isForeign) return byOwnPolicies(question, policies)
  if (SUFFICIENT.has(grant.closeness)) return allowed
  if (SPARES_IDENTITY.has(grant.closeness)) return limits(question, policies) ?? allowed
  return byOwnPolicies(question, policies)
}

/** The caller's own policies: identity grants, boundary and session policy limit. */
function byOwnPolicies(question: Question, policies: Policies): Decision {
  const { caller } = question
  const grant = policies.identity === undefined ? undefined : grantOf(policies.identity, question)
  if (grant === undefined && caller.type !== 'root') return { decision: 'implicitDeny', policyType: 'identity' }
  const limited = limits(question, policies)
  if (limited !== undefined) return limited
  if (grant === undefined) return { decision: 'allowed', policyType: 'root' }
  return { decision: 'allowed', policyType: 'identity', by: grant.statement }
}

/** The limit that does not allow; undefined where all do. A federated user without session policy has no permission (STS API reference, GetFederationToken). */
function limits(question: Question, { boundary, session }: Policies): Decision | undefined {
  if (boundary !== undefined && grantOf(boundary, question) === undefined)
    return { decision: 'implicitDeny', policyType: 'boundary' }
  const needsSession = session !== undefined || question.caller.type === 'federated-user'
  if (needsSession && (session === undefined || grantOf(session, question) === undefined))
    return { decision: 'implicitDeny', policyType: 'session' }
  return undefined
}
