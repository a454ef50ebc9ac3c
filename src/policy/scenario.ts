/**
 * A question as people have it, in the texts of policies: who wants to do what, and every policy that bears on it. AWS's simulator knows no
 * session policies, and takes a trust policy for no grant; here both are asked like all others.
 */
import { parseArn } from '../aws/arn.ts'
import type { Caller } from './caller.ts'
import { callerKeys, callerNamed } from './caller-keys.ts'
import { policySet, type PolicySet } from './combine.ts'
import { compileText, type DocumentKind, type PolicySource } from './compile.ts'
import { contextOf, type ContextValue } from './context.ts'
import { InputError } from './input-error.ts'
import type { Check, Policies } from './question.ts'

/** A policy: its JSON, or what its JSON says. */
export type PolicyText = string | object

/** A question in the words and texts that people have. */
export type Scenario = {
  /** As callers are named by `callerNamed`: an ARN, a service, `anonymous`. */
  readonly caller: Caller | string
  readonly action: string
  /** An ARN; `*`, which is the default, for actions that know no resource. */
  readonly resource?: string
  /** Who owns the resource: the default is the account of its ARN, else the caller's. */
  readonly resourceAccountId?: string
  /** Condition keys of the request. Those about the principal are filled in where they are left out. */
  readonly context?: Readonly<Record<string, ContextValue | undefined>>
  readonly identity?: PolicyText | readonly PolicyText[]
  readonly boundary?: PolicyText
  /** The policies that a session was made with: what they do not allow it may not do. */
  readonly session?: PolicyText | readonly PolicyText[]
  /** The trust policy of the role that is assumed: it must allow. */
  readonly trust?: PolicyText
  /** The policy of the resource. That of a KMS key must allow, whoever asks. */
  readonly resourcePolicy?: PolicyText
  /** Level by level, from the organization's root to the account. */
  readonly scps?: readonly (readonly PolicyText[])[]
  readonly rcps?: readonly (readonly PolicyText[])[]
  readonly endpoint?: PolicyText
}

/** What `decide`, `simulate`, `explain` and `readTrace` take, in this order. */
export type Prepared = { readonly check: Check; readonly caller: Caller; readonly policies: Policies }

/** A scenario made ready, once for as many questions as there are. Throws `InputError` where the caller or a value is none; a policy that is none denies everything. */
export function prepare(scenario: Scenario): Prepared {
  const { identity, boundary, session, scps, rcps, endpoint } = scenario
  const caller = typeof scenario.caller === 'string' ? callerNamed(scenario.caller) : scenario.caller
  const policies: Policies = {
    ...(identity !== undefined && { identity: setOf('identity', identity) }),
    ...(boundary !== undefined && { boundary: setOf('boundary', boundary) }),
    ...(session !== undefined && { session: setOf('session', session) }),
    ...(endpoint !== undefined && { endpoint: setOf('endpoint', endpoint) }),
    ...(scps !== undefined && { scps: scps.map((level) => setOf('scp', level)) }),
    ...(rcps !== undefined && { rcps: rcps.map((level) => setOf('rcp', level)) }),
  }
  return { check: checkOf(scenario, caller), caller, policies }
}

function checkOf({ action, resource = '*', resourceAccountId, context, trust, resourcePolicy }: Scenario, caller: Caller): Check {
  if (trust !== undefined && resourcePolicy !== undefined)
    throw new InputError('resourcePolicy', 'a trust policy is the policy of its role: a resource has no other')
  for (const [member, text] of Object.entries({ action, resource }))
    if (typeof text !== 'string') throw new InputError(member, `the ${member} is no text`)
  const check: Check = {
    action,
    resource,
    resourceAccountId: resourceAccountId ?? (parseArn(resource)?.accountId || caller.accountId),
    context: contextOf({ ...otherKeys(caller, context), ...context }),
  }
  if (trust !== undefined) return { ...check, resourcePolicy: { kind: 'trust', policies: setOf('trust', trust) } }
  if (resourcePolicy === undefined) return check
  const policies = setOf('resource', resourcePolicy)
  return { ...check, resourcePolicy: { kind: 'resource', policies, ...(isKey(resource) && { mandatory: true }) } }
}

/** Without the key policy's word nobody may use a key, its own account included (KMS Developer Guide, "Key policies in AWS KMS"). */
function isKey(arn: string): boolean {
  const parsed = parseArn(arn)
  return parsed?.service === 'kms' && parsed.resource.startsWith('key/')
}

/** The keys of the caller that the context does not name, in whatever case: one that it names as undefined is absent. */
function otherKeys(caller: Caller, context: Scenario['context'] = {}): NonNullable<Scenario['context']> {
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()))
  return Object.fromEntries([...callerKeys(caller)].filter(([key]) => !given.has(key)))
}

const TYPES: Readonly<Record<DocumentKind | 'endpoint', PolicySource['type']>> = {
  identity: 'inline',
  boundary: 'managed',
  session: 'session',
  trust: 'trust',
  resource: 'resource',
  scp: 'scp',
  rcp: 'rcp',
  endpoint: 'endpoint',
}

/** Policies are named by their kind and number: `identity 1`. */
function setOf(kind: DocumentKind | 'endpoint', given: PolicyText | readonly PolicyText[]): PolicySet {
  const texts: readonly PolicyText[] = Array.isArray(given) ? given : [given]
  return policySet(
    texts.map((text, index) => {
      const name = `${kind} ${index + 1}`
      return compileText(typeof text === 'string' ? text : JSON.stringify(text), kind, { id: name, name, type: TYPES[kind] })
    }),
  )
}
