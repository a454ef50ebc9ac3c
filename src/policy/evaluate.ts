/** The decision (IAM User Guide, "Policy evaluation logic"): a deny anywhere wins, every guard must allow, then somebody must grant. */
import type { Caller } from './caller.ts'
import type { PolicySet } from './combine.ts'
import type { CompiledPolicy, CompiledStatement } from './compile.ts'
import type { Closeness } from './principal-match.ts'
import { type Check, type Policies, type PolicyType, type Question, questionOf, rcpsOf, scpsOf } from './question.ts'
import { closestGrant, firstMet, type Grant } from './search.ts'
import { type Trace, traceMark } from './trace.ts'

export type { Caller } from './caller.ts'
export type { Check, Policies, PolicyType } from './question.ts'

/** What was decided, and what decided it. */
export type Decision =
  | {
      readonly decision: 'allowed'
      readonly policyType: PolicyType | 'root'
      /** The granting statement; absent for the root user, which needs none. */
      readonly by?: CompiledStatement
      /** The statement that allowed in each set that had to allow; `readTrace` resolves them. */
      readonly trace: Trace
    }
  | {
      readonly decision: 'implicitDeny'
      /** The type of policy that had to allow and did not. */
      readonly policyType: PolicyType
      readonly trace: Trace
    }
  | {
      readonly decision: 'explicitDeny'
      readonly policyType: PolicyType
      /** The statement; absent where a policy denies because it cannot be compiled. */
      readonly by?: CompiledStatement
      /** The policy that cannot be compiled; its `problem` says why. */
      readonly broken?: CompiledPolicy
      readonly trace: Trace
    }

/** What is being decided, and the statements that have allowed so far. */
type Deciding = { readonly check: Check; readonly question: Question; readonly policies: Policies; readonly trace: number[] }

/** Decides one (action, resource, context). Never throws of itself; a context may, and work that is limited ends with `TooMuchWork`. */
export function decide(check: Check, caller: Caller, policies: Policies): Decision {
  const deciding: Deciding = { check, question: questionOf(check, caller, policies), policies, trace: [] }
  return explicitDeny(deciding) ?? unguarded(deciding) ?? inScope(granted(deciding), deciding)
}

/** The deny that is reported where several bite: the first in the order of the flow chart. */
function explicitDeny({ check, question, policies }: Deciding): Decision | undefined {
  const { resourcePolicy } = check
  const { identity, boundary, endpoint, rcps, scps } = policies
  return (
    (rcps && denyOfLevels('rcp', rcpsOf(check, question.caller, policies), question)) ??
    (scps && denyOfLevels('scp', scpsOf(question.caller, policies), question)) ??
    (resourcePolicy && denyOf(resourcePolicy.kind, resourcePolicy.policies, question)) ??
    (identity && denyOf('identity', identity, question)) ??
    (boundary && denyOf('boundary', boundary, question)) ??
    denyOfSession(policies, question) ??
    (endpoint && denyOf('endpoint', endpoint, question))
  )
}

/** Scopes are numbered behind the session policy itself. */
const FIRST_SCOPE = 1

function denyOfSession({ session, scopes }: Policies, question: Question): Decision | undefined {
  return (session && denyOf('session', session, question)) ?? (scopes && denyOfLevels('session', scopes, question, FIRST_SCOPE))
}

function denyOfLevels(policyType: PolicyType, sets: readonly PolicySet[], question: Question, first = 0): Decision | undefined {
  for (const [level, set] of sets.entries()) {
    const denied = denyOf(policyType, set, question, first + level)
    if (denied !== undefined) return denied
  }
  return undefined
}

function denyOf(policyType: PolicyType, set: PolicySet, question: Question, level = 0): Decision | undefined {
  const [broken] = set.broken
  if (broken !== undefined) return { decision: 'explicitDeny', policyType, broken, trace: [] }
  const { deny } = set.about(question.action)
  if (deny.all.length === 0) return undefined
  const found = firstMet(deny, question)
  if (found === undefined) return undefined
  return { decision: 'explicitDeny', policyType, by: found.statement, trace: [traceMark(policyType, level, found.number)] }
}

/** Types of which every set must allow, whoever grants. The refusal of the first that does not. */
function unguarded(deciding: Deciding): Decision | undefined {
  const { check, question, policies } = deciding
  const { rcps, scps, endpoint } = policies
  return (
    (rcps && silentLevel('rcp', rcpsOf(check, question.caller, policies), deciding)) ??
    (scps && silentLevel('scp', scpsOf(question.caller, policies), deciding)) ??
    (endpoint && silentLevel('endpoint', [endpoint], deciding))
  )
}

function silentLevel(policyType: PolicyType, sets: readonly PolicySet[], deciding: Deciding, first = 0): Decision | undefined {
  for (const [level, set] of sets.entries()) {
    if (!isAllowedBy(policyType, set, deciding, first + level))
      return { decision: 'implicitDeny', policyType, trace: deciding.trace }
  }
  return undefined
}

/** Whether a statement of the set allows; the trace then says which. */
function isAllowedBy(policyType: PolicyType, set: PolicySet | undefined, { question, trace }: Deciding, level = 0): boolean {
  const found = set && firstMet(set.about(question.action).allow, question)
  if (found === undefined) return false
  trace.push(traceMark(policyType, level, found.number))
  return true
}

/** A grant so close needs nothing else from within the account. */
const SUFFICIENT: ReadonlySet<Closeness> = new Set(['session', 'user', 'service', 'federated', 'everyone'])
/** A grant to a role, or to the user behind a federated session, spares the identity policies; boundary and session policy still limit it. */
const SPARES_IDENTITY: ReadonlySet<Closeness> = new Set(['role', 'issuer'])
/** Callers that belong to no account: what the resource says is all there is. */
const STRANGERS: ReadonlySet<Caller['type']> = new Set(['service', 'anonymous', 'web-identity', 'saml'])

/** Nothing denies and all guards allow: who grants? */
function granted(deciding: Deciding): Decision {
  const { resourcePolicy } = deciding.check
  const { question, trace } = deciding
  if (resourcePolicy === undefined)
    return isForeign(deciding) ? { decision: 'implicitDeny', policyType: 'resource', trace } : byOwnPolicies(deciding)
  const { kind, policies, mandatory } = resourcePolicy
  const grant = closestGrant(policies.about(question.action).allow, question)
  if (grant !== undefined) return grantedByResource(grant, kind, deciding)
  if (kind === 'trust' || mandatory === true || isForeign(deciding)) return { decision: 'implicitDeny', policyType: kind, trace }
  return byOwnPolicies(deciding)
}

/** Whether the resource's account is not the caller's, so that it has to let the caller in. */
function isForeign({ check, question: { caller } }: Deciding): boolean {
  return STRANGERS.has(caller.type) || caller.accountId !== check.resourceAccountId
}

function grantedByResource(grant: Grant, policyType: PolicyType, deciding: Deciding): Decision {
  const { question, trace } = deciding
  trace.push(traceMark(policyType, 0, grant.number))
  if (STRANGERS.has(question.caller.type)) return allowed(policyType, grant, trace)
  // From another account both sides must allow, however closely the caller is named.
  if (isForeign(deciding)) return byOwnPolicies(deciding)
  if (SUFFICIENT.has(grant.closeness)) return allowed(policyType, grant, trace)
  if (SPARES_IDENTITY.has(grant.closeness)) return limited(deciding) ?? allowed(policyType, grant, trace)
  return byOwnPolicies(deciding)
}

/** What was granted, as far as every scope allows it: also what a resource grants to the session itself, and what the root user may do. */
function inScope(decision: Decision, deciding: Deciding): Decision {
  const { scopes } = deciding.policies
  if (scopes === undefined || decision.decision !== 'allowed') return decision
  return silentLevel('session', scopes, deciding, FIRST_SCOPE) ?? decision
}

function allowed(policyType: PolicyType, { statement }: Pick<Grant, 'statement'>, trace: Trace): Decision {
  return { decision: 'allowed', policyType, by: statement, trace }
}

/** The caller's own policies: identity policies grant, boundary and session policy limit. */
function byOwnPolicies(deciding: Deciding): Decision {
  const { question, policies, trace } = deciding
  const grant = policies.identity && firstMet(policies.identity.about(question.action).allow, question)
  if (grant !== undefined) trace.push(traceMark('identity', 0, grant.number))
  else if (!isRoot(question.caller)) return { decision: 'implicitDeny', policyType: 'identity', trace }
  const refused = limited(deciding)
  if (refused !== undefined) return refused
  return grant === undefined ? { decision: 'allowed', policyType: 'root', trace } : allowed('identity', grant, trace)
}

/** The root user has full access to its account, and so has the federated session that it made, within its session policies. */
function isRoot({ type, userArn }: Caller): boolean {
  return type === 'root' || (type === 'federated-user' && userArn?.endsWith(':root') === true)
}

/** The refusal of a limit that does not allow. A federated user without session policy has no permission (STS API reference, GetFederationToken). */
function limited(deciding: Deciding): Decision | undefined {
  const { question, policies, trace } = deciding
  const { boundary, session } = policies
  if (boundary !== undefined && !isAllowedBy('boundary', boundary, deciding))
    return { decision: 'implicitDeny', policyType: 'boundary', trace }
  const needsSession = session !== undefined || question.caller.type === 'federated-user'
  if (needsSession && !isAllowedBy('session', session, deciding))
    return { decision: 'implicitDeny', policyType: 'session', trace }
  return undefined
}
