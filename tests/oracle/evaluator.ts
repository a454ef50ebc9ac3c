/** A second evaluator, slow and obvious, written from AWS's documents alone. It shares no code with the engine, so that they can check each other. */
import type { Answer, PolicyKind, Question } from './question.ts'
import { verdictOf, type Verdict } from './statement.ts'

/** The verdicts of a request, by type; a type that does not apply has none. */
type Verdicts = {
  readonly identity: Verdict
  readonly boundary: Verdict | undefined
  readonly session: Verdict | undefined
  readonly scps: readonly Verdict[]
  readonly rcps: readonly Verdict[]
  readonly endpoint: Verdict | undefined
  readonly resource: Verdict | undefined
}

/** Decides a question, in the order of the User Guide: an explicit deny anywhere, then the limits of organization and endpoint, then the grants. */
export function answer(question: Question): Answer {
  const verdicts = verdictsOf(question)
  const denying = denyingTypes(verdicts, question)
  if (denying.length > 0) return { decision: 'explicitDeny', reasons: denying }
  const missing = [...missingLimits(verdicts), ...missingGrants(verdicts, question)]
  return missing.length > 0 ? { decision: 'implicitDeny', reasons: missing } : { decision: 'allowed', reasons: [] }
}

function verdictsOf(question: Question): Verdicts {
  const { identity, boundary, session, scps, rcps, endpoint, resource } = question.policies
  const read = (documents: readonly string[]): Verdict => verdictOf(documents, question)
  const maybe = (documents: readonly string[] | undefined): Verdict | undefined => documents && read(documents)
  return {
    identity: read(identity ?? []),
    boundary: maybe(boundary),
    session: maybe(session),
    scps: (scps ?? []).map(read),
    rcps: (rcps ?? []).map(read),
    endpoint: maybe(endpoint),
    resource: maybe(resource?.documents),
  }
}

const resourceKind = (question: Question): PolicyKind => question.policies.resource?.kind ?? 'resource'

/** "An explicit deny in any policy overrides any allows." */
function denyingTypes(verdicts: Verdicts, question: Question): PolicyKind[] {
  const kinds: PolicyKind[] = []
  if (verdicts.rcps.some(({ denied }) => denied)) kinds.push('rcp')
  if (verdicts.scps.some(({ denied }) => denied)) kinds.push('scp')
  if (verdicts.endpoint?.denied === true) kinds.push('endpoint')
  if (verdicts.resource?.denied === true) kinds.push(resourceKind(question))
  if (verdicts.identity.denied) kinds.push('identity')
  if (verdicts.boundary?.denied === true) kinds.push('boundary')
  if (verdicts.session?.denied === true) kinds.push('session')
  return kinds
}

/** Every level of an organization must allow, and so must the endpoint that the request came through. */
function missingLimits(verdicts: Verdicts): PolicyKind[] {
  const kinds: PolicyKind[] = []
  if (verdicts.rcps.some(({ allowed }) => !allowed)) kinds.push('rcp')
  if (verdicts.scps.some(({ allowed }) => !allowed)) kinds.push('scp')
  if (verdicts.endpoint?.allowed === false) kinds.push('endpoint')
  return kinds
}

/** The types that a grant is missing from; empty where the request is granted. */
function missingGrants(verdicts: Verdicts, question: Question): PolicyKind[] {
  const { caller } = question
  const named = verdicts.resource?.allowed === true
  const resource: PolicyKind[] = named ? [] : [resourceKind(question)]
  // These have no identity-based policies: only the resource's policy can speak for them.
  if (['service', 'anonymous', 'web-identity', 'saml'].includes(caller.type)) return resource
  const identity = missingIdentity(verdicts, question)
  if (caller.accountId !== question.resourceAccountId) return [...identity, ...resource]
  return grantedByResource(verdicts, question) ? [] : [...identity, ...(resourceKind(question) === 'trust' ? resource : [])]
}

/** What the caller's own side lacks: the intersection of identity-based policies, permissions boundary and session policies. */
function missingIdentity(verdicts: Verdicts, question: Question): PolicyKind[] {
  if (question.caller.type === 'root') return []
  const identity: PolicyKind[] = verdicts.identity.allowed ? [] : ['identity']
  return [...identity, ...missingCeiling(verdicts, question)]
}

function missingCeiling(verdicts: Verdicts, question: Question): PolicyKind[] {
  const kinds: PolicyKind[] = []
  if (verdicts.boundary?.allowed === false) kinds.push('boundary')
  // "If there is no session policy, the code checks whether the principal is a role session. [...] Otherwise, the request is implicitly denied."
  const withoutSession = question.caller.type === 'federated-user' && verdicts.session === undefined
  if (withoutSession || verdicts.session?.allowed === false) kinds.push('session')
  return kinds
}

/** Within an account, a resource's policy can grant by itself, depending on whom it names. */
function grantedByResource(verdicts: Verdicts, question: Question): boolean {
  const namings = verdicts.resource?.namings ?? new Set()
  if (namings.has('itself')) return true
  const ceiling = missingCeiling(verdicts, question).length === 0
  return ceiling && (namings.has('role') || namings.has('federating user'))
}
