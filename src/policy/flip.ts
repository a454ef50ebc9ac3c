/** What would have to be said for a refused request to be allowed: the smallest statements that flip the decision, and no more than was asked. */
import type { Caller } from './caller.ts'
import { policySet, type PolicySet } from './combine.ts'
import { type CompiledStatement, compileText, type DocumentKind, type PolicySource } from './compile.ts'
import { newAccess, type PolicyKind } from './compare/compare.ts'
import { type Check, decide, type Decision, type Policies, type PolicyType } from './evaluate.ts'
import { parsePolicy } from './parse.ts'

/** A statement to add, and where. */
export type Addition = {
  readonly policyType: PolicyType
  /** Which of the sets of this type, from 0: levels of an organization, or a session policy and the scopes behind it. */
  readonly level: number
  /** A policy of this one statement. */
  readonly document: string
  /**
   * Whether the comparison proved that it grants the action on the resource to the principal and nothing else. `unknown` where it found no
   * answer.
   */
  readonly proof: 'exact' | 'unknown'
}

export type Flip =
  | { readonly kind: 'add'; readonly additions: readonly Addition[] }
  /** A deny is met. Nothing that is added lifts it: the statement, or the policy that cannot be compiled, has to change. */
  | {
      readonly kind: 'denied'
      readonly policyType: PolicyType
      readonly policy: PolicySource
      readonly statement?: CompiledStatement
    }
  /** No statement helps: the caller cannot be named in a policy. */
  | { readonly kind: 'none'; readonly policyType: PolicyType }

/** Every level of an organization, and each other type, once. */
const MAX_ADDITIONS = 32

/** Decides, adds what is missing, and decides again. For people: costs many decisions and a comparison. */
export function flipOf(check: Check, caller: Caller, policies: Policies): Flip {
  const additions: Addition[] = []
  let [asked, bound] = [check, policies]
  for (let step = 0; step < MAX_ADDITIONS; step += 1) {
    const decision = decide(asked, caller, bound)
    if (decision.decision === 'allowed') return { kind: 'add', additions }
    const { policyType } = decision
    if (decision.decision === 'explicitDeny') {
      const policy = decision.by?.policy ?? decision.broken?.source
      if (policy === undefined) break
      return { kind: 'denied', policyType, policy, ...(decision.by !== undefined && { statement: decision.by }) }
    }
    const place = placeOf(policyType, asked, bound, caller)
    const addition = place && additionTo(place, asked, caller)
    if (addition === undefined) return { kind: 'none', policyType }
    additions.push(addition)
    ;[asked, bound] = withAddition(addition, asked, bound)
  }
  throw new Error('the decision is not flipped by all that could be added')
}

type Place = { readonly policyType: PolicyType; readonly level: number }

/** The first set of the type that does not allow. */
function placeOf(policyType: PolicyType, check: Check, policies: Policies, caller: Caller): Place | undefined {
  if (policyType === 'session') return { policyType, level: sessionLevel(check, policies, caller) }
  if (policyType !== 'scp' && policyType !== 'rcp') return { policyType, level: 0 }
  const levels = policies[policyType === 'scp' ? 'scps' : 'rcps'] ?? []
  const level = levels.findIndex((set) => isSilent(policyType, decide(check, caller, onlyLevel(policyType, set, policies))))
  return level < 0 ? undefined : { policyType, level }
}

/** 0: the session policy, which may be one that is not there; from 1: the scopes. */
function sessionLevel(check: Check, { scopes = [], ...own }: Policies, caller: Caller): number {
  const isMissing = (bound: Policies): boolean => isSilent('session', decide(check, caller, bound))
  return isMissing(own) ? 0 : 1 + scopes.findIndex((scope) => isMissing({ ...own, scopes: [scope] }))
}

/** Guards are decided before grants, so a level that does not allow is what is told. */
const isSilent = (policyType: PolicyType, decision: Decision): boolean =>
  decision.decision === 'implicitDeny' && decision.policyType === policyType

function onlyLevel(policyType: 'scp' | 'rcp', set: PolicySet, { scps: _scps, rcps: _rcps, ...own }: Policies): Policies {
  return policyType === 'scp' ? { ...own, scps: [set] } : { ...own, rcps: [set] }
}

const KINDS: Readonly<Record<PolicyType, { readonly compiled: DocumentKind | 'endpoint'; readonly compared: PolicyKind }>> = {
  identity: { compiled: 'identity', compared: 'identity' },
  boundary: { compiled: 'identity', compared: 'identity' },
  session: { compiled: 'identity', compared: 'identity' },
  scp: { compiled: 'scp', compared: 'identity' },
  rcp: { compiled: 'rcp', compared: 'resource' },
  resource: { compiled: 'resource', compared: 'resource' },
  trust: { compiled: 'trust', compared: 'resource' },
  endpoint: { compiled: 'endpoint', compared: 'resource' },
}

function additionTo({ policyType, level }: Place, check: Check, caller: Caller): Addition | undefined {
  const names = KINDS[policyType].compiled
  const principal: Named | undefined = names === 'identity' || names === 'scp' ? {} : principalOf(names, caller, check)
  if (principal === undefined) return undefined
  const asked = {
    Effect: 'Allow',
    ...(principal.Principal !== undefined && { Principal: principal.Principal }),
    Action: check.action,
    ...(names === 'trust' ? {} : { Resource: literal(check.resource) }),
  }
  const statement = { ...asked, ...(principal.Condition !== undefined && { Condition: principal.Condition }) }
  return { policyType, level, document: documentOf(statement), proof: proofOf(policyType, statement, asked) }
}

const documentOf = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })

/** A text of a request as a policy writes it. An action that knows no resource is about `*`. */
const literal = (resource: string): string =>
  resource === '*' ? resource : resource.replaceAll(/[*?$]/g, (sign) => `\${${sign}}`)

type Named = { readonly Principal?: object | '*'; readonly Condition?: object }

/** Who asks, as a policy names it; undefined where nobody can be named so closely. A session's role stands for it: sessions come and go. */
function principalOf(kind: DocumentKind | 'endpoint', caller: Caller, { context }: Check): Named | undefined {
  const { type, arn, roleArn, userArn, providerArn } = caller
  if (kind === 'rcp') return { Principal: '*' }
  switch (type) {
    case 'user':
    case 'root':
    case 'assumed-role':
      return { Principal: { AWS: roleArn ?? userArn ?? arn } }
    case 'federated-user':
      return { Principal: { AWS: arn } }
    case 'service':
      return { Principal: { Service: arn } }
    case 'web-identity':
    case 'saml':
      return providerArn === undefined ? undefined : federated(providerArn, context)
    case 'anonymous':
      return undefined
  }
}

/** A provider speaks for everybody it knows: the subject and the audience of this token or assertion are named too. */
function federated(providerArn: string, context: Check['context']): Named | undefined {
  const provider = providerArn.slice(providerArn.indexOf('/') + 1)
  const prefix = providerArn.includes(':saml-provider/') ? 'saml' : provider.toLowerCase()
  const tested = ['aud', 'sub'].flatMap((claim) => {
    const value = context.value(`${prefix}:${claim}`)
    return typeof value === 'string' ? [[`${prefix}:${claim}`, value] as const] : []
  })
  if (tested.length === 0) return undefined
  return { Principal: { Federated: providerArn }, Condition: { StringEquals: Object.fromEntries(tested) } }
}

/** The statement grants nothing but the action on the resource to the principal: the comparison finds no request beyond. */
function proofOf(policyType: PolicyType, statement: object, asked: object): Addition['proof'] {
  const document = (one: object) => parsePolicy(documentOf(one))
  return newAccess(document(asked), document(statement), KINDS[policyType].compared).answer === 'no' ? 'exact' : 'unknown'
}

const ADDED: PolicySource = { id: 'added', name: 'added', type: 'inline' }

function withAddition({ policyType, level, document }: Addition, check: Check, policies: Policies): [Check, Policies] {
  const grown = (set: PolicySet | undefined): PolicySet =>
    policySet([...(set?.policies ?? []), compileText(document, KINDS[policyType].compiled, ADDED)])
  if (policyType === 'resource' || policyType === 'trust') {
    const resourcePolicy = { kind: policyType, ...check.resourcePolicy, policies: grown(check.resourcePolicy?.policies) }
    return [{ ...check, resourcePolicy }, policies]
  }
  if (policyType === 'scp')
    return [check, { ...policies, scps: (policies.scps ?? []).map((set, at) => (at === level ? grown(set) : set)) }]
  if (policyType === 'rcp')
    return [check, { ...policies, rcps: (policies.rcps ?? []).map((set, at) => (at === level ? grown(set) : set)) }]
  if (policyType === 'session' && level > 0)
    return [check, { ...policies, scopes: (policies.scopes ?? []).map((set, at) => (at === level - 1 ? grown(set) : set)) }]
  return [check, { ...policies, [policyType]: grown(policies[policyType]) }]
}
