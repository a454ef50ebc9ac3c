/** What would have to be said for a refused request to be allowed: the smallest statements that flip the decision, and no more than was asked. */
import { isSamlProvider } from '../aws/arn.ts'
import { resourcePattern } from './arn-match.ts'
import type { Caller } from './caller.ts'
import { policySet, type PolicySet } from './combine.ts'
import { type CompiledStatement, compileText, type DocumentKind, type PolicySource } from './compile.ts'
import { isExact } from './flip-proof.ts'
import { type Check, decide, type Decision, type Policies, type PolicyType } from './evaluate.ts'
import { resourceFlaw } from './put-resource.ts'
import { lanesOf, POLICY_TYPES } from './question.ts'

/** A statement to add, and where. */
export type Addition = {
  readonly policyType: PolicyType
  /** Which of the sets of this type, from 0: levels of an organization, or a session policy and the scopes behind it. */
  readonly level: number
  /** A policy of this one statement. */
  readonly document: string
  /**
   * `exact`: it grants this action on this resource to this principal, and nothing else; the comparison found no other request. `wider`: it
   * grants more, because no policy can name one of them by itself.
   */
  readonly reach: 'exact' | 'wider'
}

/** What has to be added, or why nothing that is added helps. */
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

/** Decides, adds what is missing, and decides again. For people: costs many decisions. */
export function flipOf(check: Check, caller: Caller, policies: Policies): Flip {
  const additions: Addition[] = []
  let [asked, bound] = [check, policies]
  // Each set that is there once, and each type that is not.
  const most = lanesOf(check, caller, policies).length + POLICY_TYPES.length
  for (let step = 0; step <= most; step += 1) {
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

const KINDS: Readonly<Record<PolicyType, DocumentKind | 'endpoint'>> = {
  identity: 'identity',
  boundary: 'identity',
  session: 'identity',
  scp: 'scp',
  rcp: 'rcp',
  resource: 'resource',
  trust: 'trust',
  endpoint: 'endpoint',
}

function additionTo({ policyType, level }: Place, check: Check, caller: Caller): Addition | undefined {
  const kind = KINDS[policyType]
  const named: Named | undefined =
    kind === 'identity' ? {} : kind === 'scp' ? onlyFor(check.context) : principalOf(kind, caller, check)
  if (named === undefined) return undefined
  const resource = kind === 'trust' ? undefined : nameOf(check.resource)
  const { Principal, Condition } = named
  const statement = {
    Effect: 'Allow',
    ...(Principal !== undefined && { Principal }),
    Action: check.action,
    ...(resource !== undefined && { Resource: resource }),
    ...(Condition !== undefined && { Condition }),
  }
  const document = JSON.stringify({ Version: VERSION, Statement: [statement] })
  const meant = {
    action: check.action,
    resource: kind === 'trust' || check.resource === EVERYTHING ? EVERYTHING : literal(check.resource),
    caller,
  }
  // A policy of an organization without a key that tells who asks is about everybody.
  const isForAll = kind === 'scp' && Condition === undefined
  const reach = !isForAll && isExact(document, meant, Principal === undefined ? 'identity' : 'resource') ? 'exact' : 'wider'
  return { policyType, level, document, reach }
}

const VERSION = '2012-10-17'
const EVERYTHING = '*'

/** A text of a request, so that a policy takes no sign of it for a wildcard or a variable. */
const literal = (text: string): string => text.replaceAll(/[*?$]/g, (sign) => `\${${sign}}`)

/** The resource as a policy names it, and no other; `*` where none can: what is no ARN, or has such signs before its fifth colon. */
function nameOf(resource: string): string {
  const text = literal(resource)
  const { form, prefix } = resourcePattern(text, VERSION)
  return form === 'exact' && prefix === resource && resourceFlaw(text) === undefined ? text : EVERYTHING
}

type Named = {
  readonly Principal?: object | '*'
  readonly Condition?: object
}

/** Who asks, as a policy names it; undefined where nobody can be named so closely. A session's role stands for it: sessions come and go. */
function principalOf(kind: DocumentKind | 'endpoint', caller: Caller, { context }: Check): Named | undefined {
  const { type, arn, roleArn, userArn, providerArn } = caller
  if (kind === 'rcp') return { Principal: '*', ...onlyFor(context) }
  switch (type) {
    case 'root':
      return rootOf(arn, context)
    case 'user':
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

/** To name a root user is to name its whole account: the key that tells who asks keeps all others out. */
function rootOf(arn: string, context: Check['context']): Named {
  return { Principal: { AWS: arn }, ...(context.value('aws:principalarn') === arn && onlyFor(context)) }
}

/** Policies of organizations bind everybody: the key that tells who asks keeps it from all others. */
function onlyFor(context: Check['context']): Pick<Named, 'Condition'> {
  const arn = context.value('aws:principalarn')
  return typeof arn === 'string' ? { Condition: { StringEquals: { 'aws:PrincipalArn': arn.replaceAll('$', '${$}') } } } : {}
}

/** A provider speaks for everybody it knows: the subject and the audience of this token or assertion are named too. */
function federated(providerArn: string, context: Check['context']): Named | undefined {
  const provider = providerArn.slice(providerArn.indexOf('/') + 1)
  const prefix = isSamlProvider(providerArn) ? 'saml' : provider.toLowerCase()
  const tested = ['aud', 'sub'].flatMap((claim) => {
    const value = context.value(`${prefix}:${claim}`)
    return typeof value === 'string' ? [[`${prefix}:${claim}`, value.replaceAll('$', '${$}')] as const] : []
  })
  if (tested.length === 0) return undefined
  return { Principal: { Federated: providerArn }, Condition: { StringEquals: Object.fromEntries(tested) } }
}

const ADDED: PolicySource = { id: 'added', name: 'added', type: 'inline' }

function withAddition({ policyType, level, document }: Addition, check: Check, policies: Policies): [Check, Policies] {
  const grown = (set: PolicySet | undefined): PolicySet =>
    policySet([...(set?.policies ?? []), compileText(document, KINDS[policyType], ADDED)])
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
