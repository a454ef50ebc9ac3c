/** The condition keys of a request (IAM User Guide, "AWS global condition context keys"). Filled here and by nobody else; what only AWS could know is absent. */
import { isSamlProvider } from '../aws/arn.ts'
import { contextOf, type ContextValue, type RequestContext } from '../policy/context.ts'
import { keyFact } from '../policy/keys.ts'
import { header } from '../protocol/headers.ts'
import type { Check } from '../services/operation.ts'
import type { Authorizing } from './authorize.ts'
import type { KnownEntity } from './entities.ts'

/** What the keys of one check are made from. */
export type Facts = Omit<Authorizing, 'context'> & { readonly check: Check; readonly entity: KnownEntity }

/** The context of one check. A key costs nothing until a policy asks for it. */
export function requestContext(
  { request, route, caller, call }: Omit<Authorizing, 'context'>,
  check: Check,
  entity: KnownEntity,
): RequestContext {
  const facts: Facts = { request, route, caller, call, check, entity }
  let asked: RequestContext | undefined
  return {
    value(key) {
      // What an operation says of its own call comes first: a code that AssumeRole was given counts as multi-factor authentication.
      if (check.context !== undefined) asked ??= contextOf(check.context)
      const said = asked?.value(key)
      if (said !== undefined) return said
      const filled = KEYS.get(key)
      return filled === undefined ? (entity.context?.value(key) ?? caller.known.context.value(key)) : filled(facts)
    },
  }
}

type Keys = Readonly<Record<string, ContextValue>>

/** Keys that are about the resource of a check, not about the request as a whole. */
const OF_RESOURCE: ReadonlySet<string> = new Set(['aws:resourceaccount', 'aws:resourceorgid', 'aws:resourceorgpaths'])

/** All keys of the request as a whole, by the names that AWS writes. */
export const keysOfRequest = (facts: Facts): Keys =>
  present({ ...facts.caller.known.context.record, ...filledKeys(facts, (key) => !OF_RESOURCE.has(key)) })

/** All keys of the resource of a check: whoever owns it tells them to nobody. */
export const keysOfResource = (facts: Facts): Keys =>
  present({ ...facts.entity.context?.record, ...filledKeys(facts, (key) => OF_RESOURCE.has(key)) })

/** What the operation says of this check. */
export const keysOfCheck = ({ check }: Facts): Keys => present(check.context ?? {})

const filledKeys = (facts: Facts, isWanted: (key: string) => boolean): Readonly<Record<string, ContextValue | undefined>> =>
  Object.fromEntries(
    [...KEYS].filter(([key]) => isWanted(key)).map(([key, filled]) => [keyFact(key)?.name ?? key, filled(facts)]),
  )

function present(record: Readonly<Record<string, ContextValue | undefined>>): Keys {
  const keys: Record<string, ContextValue> = {}
  for (const [key, value] of Object.entries(record)) if (value !== undefined) keys[key] = value
  return keys
}

/** Global services answer for us-east-1, wherever they are called from (IAM User Guide, aws:RequestedRegion). */
const GLOBAL_REGION = 'us-east-1'
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'organizations', 'account'])

type Key = (facts: Facts) => ContextValue | undefined

const session = ({ caller }: Facts) => caller.principal.credential.session
const isService = ({ caller }: Facts): boolean => caller.principal.type === 'service'
/** Whoever a token or an assertion speaks of signed nothing. */
const isSigned = ({ caller }: Facts): boolean => !['anonymous', 'web-identity', 'saml'].includes(caller.principal.type)

/** Keys of the request and of the session, in lower case. Keys of the principal are in `KnownPrincipal.context`, keys of the resource in its entity. */
const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['aws:currenttime', ({ call }) => new Date(call.now).toISOString()],
  ['aws:epochtime', ({ call }) => String(Math.floor(call.now / 1000))],
  ['aws:sourceip', (facts) => (isService(facts) ? undefined : facts.request.remoteAddress)],
  ['aws:securetransport', ({ request }) => String(request.secure === true)],
  ['aws:useragent', ({ request }) => header(request.rawHeaders, 'user-agent')],
  ['aws:referer', ({ request }) => header(request.rawHeaders, 'referer')],
  ['aws:requestedregion', ({ route, call }) => (GLOBAL_SERVICES.has(route.service ?? '') ? GLOBAL_REGION : call.region)],
  ['aws:resourceaccount', ({ entity }) => entity.accountId],
  // The management account is in its organization too.
  ['aws:principalorgid', ({ caller }) => caller.known.organization?.id],
  ['aws:principalorgpaths', ({ caller }) => asList(caller.known.organization?.path)],
  ['aws:resourceorgid', ({ entity }) => entity.organization?.id],
  ['aws:resourceorgpaths', ({ entity }) => asList(entity.organization?.path)],
  ['aws:principalisawsservice', (facts) => (isSigned(facts) ? String(isService(facts)) : undefined)],
  ['aws:viaawsservice', () => 'false'],
  ['aws:tokenissuetime', (facts) => asTime(session(facts)?.issuedAt)],
  // An operation that takes a code (AssumeRole) says so in its check, and proves the code before it hands anything out.
  ['aws:multifactorauthpresent', (facts) => facts.check.context?.['aws:MultiFactorAuthPresent'] ?? asMfaPresent(facts)],
  [
    'aws:multifactorauthage',
    (facts) => facts.check.context?.['aws:MultiFactorAuthAge'] ?? ageOf(session(facts)?.mfaAt, facts.call.now),
  ],
  ['aws:sourceidentity', (facts) => session(facts)?.sourceIdentity],
  ['aws:federatedprovider', federatedProvider],
  ['aws:assumedroot', (facts) => (session(facts)?.assumedRoot === true ? 'true' : undefined)],
])

/** OrgPaths keys have several values, though an account has one place. */
const asList = (path: string | undefined): readonly string[] | undefined => (path === undefined ? undefined : [path])

const asTime = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString())

/**
 * Present for temporary credentials only: a request signed with a long-term key has no MultiFactorAuthPresent, not a false one. Nor have
 * federated identities: "this condition key is not present" for them (IAM User Guide, aws:MultiFactorAuthPresent).
 */
function asMfaPresent(facts: Facts): string | undefined {
  const temporary = session(facts)
  const isFederated = facts.caller.principal.type === 'federated-user' || temporary?.provider !== undefined
  return temporary === undefined || isFederated ? undefined : String(temporary.mfaAt !== undefined)
}

/** Of OpenID Connect providers only, in the session of a role and already when it is asked for (IAM User Guide, aws:FederatedProvider). */
function federatedProvider(facts: Facts): string | undefined {
  const { principal } = facts.caller
  const provider = principal.type === 'web-identity' ? principal.provider : session(facts)?.provider
  return provider === undefined || isSamlProvider(provider) ? undefined : provider
}

function ageOf(mfaAt: number | undefined, now: number): string | undefined {
  return mfaAt === undefined ? undefined : String(Math.floor((now - mfaAt) / 1000))
}
