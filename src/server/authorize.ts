/** The decision: every (action, resource, context) that an operation names must be allowed by the caller's policies. */
import { decide, type Check as PolicyCheck, type Decision } from '../policy/evaluate.ts'
import { TooMuchWork, Work } from '../policy/work.ts'
import { services } from '../services/index.ts'
import { type Authorization, type Check, type EntityRef, NO_PERMISSION_NEEDED } from '../services/operation.ts'
import type { Service } from '../services/service.ts'
import type { AuthenticatedCaller } from './authenticate.ts'
import type { OpenCall } from './call.ts'
import type { ServerContext } from './context.ts'
import { denialFault, serviceOf, undecidedFault } from './denial-fault.ts'
import type { Refused } from './denials.ts'
import { fixedEntity, knownEntity, type KnownEntity, toldTo } from './entities.ts'
import type { HttpRequest } from './http.ts'
import { brokenPolicyDenied, undecided } from './observe.ts'
import { loadOrganization, withResourceControls } from './organization.ts'
import { requestContext } from './request-keys.ts'
import type { Route } from './route.ts'

/** Steps that the decisions of one call may take: some ten milliseconds, in which nobody else is answered. Well-meant ones take thousands. */
const STEPS_PER_CALL = 3_000_000

export type Authorizing = {
  readonly request: HttpRequest
  readonly route: Route
  readonly caller: AuthenticatedCaller
  readonly call: OpenCall
  readonly context: ServerContext
}

/**
 * Returns once all checks are allowed, at once where everything about them is remembered. Throws, or rejects with, AccessDenied in AWS's
 * words at the first that is not.
 */
export function authorize(authorization: Authorization, authorizing: Authorizing): void | Promise<void> {
  if (authorization === NO_PERMISSION_NEEDED) return undefined
  return 'action' in authorization ? authorizeOne(authorization, authorizing) : authorizeAll(authorization, authorizing)
}

/** What several checks name is looked up once: they are about the same state of it. All are decided: a refusal tells of each. */
async function authorizeAll(checks: readonly Check[], authorizing: Authorizing): Promise<void> {
  const found = new Map<Check['resource'], KnownEntity>()
  const decided: Decided[] = []
  const work = new Work(STEPS_PER_CALL)
  for (const check of checks) {
    const entity = found.get(check.resource) ?? (await entityOf(check, authorizing))
    found.set(check.resource, entity)
    const one = decideOn(entity, check, { ...authorizing, work })
    if (one !== undefined) decided.push(one)
  }
  mustBeAllowed(decided, authorizing)
}

function authorizeOne(check: Check, authorizing: Authorizing): void | Promise<void> {
  const entity = entityOf(check, authorizing)
  const decide = (found: KnownEntity): void => {
    const one = decideOn(found, check, { ...authorizing, work: new Work(STEPS_PER_CALL) })
    if (one !== undefined && one.decision.decision !== 'allowed') mustBeAllowed([one], authorizing)
  }
  return entity instanceof Promise ? entity.then(decide) : decide(entity)
}

const entityOf = ({ action, resource }: Check, authorizing: Authorizing): KnownEntity | Promise<KnownEntity> =>
  typeof resource === 'string'
    ? fixedEntity(resource, authorizing.call.accountId, authorizing.caller.known.organization)
    : recallEntity(action, resource, authorizing)

/** A check with what it was decided by. */
type Decided = Omit<Refused, 'beside'> & { readonly decision: Decision }

type Deciding = Authorizing & { readonly work: Work }

/** Undefined where the check is about another state of its resource. Throws AccessDenied where it takes too much. */
function decideOn(known: KnownEntity, check: Check, authorizing: Deciding): Decided | undefined {
  const { request, route, caller, call, context, work } = authorizing
  const entity = toldTo(check.action, known, ownerOf(check)?.actionsOfKey)
  if (check.when !== undefined) {
    const found = entity.missing === true ? 'missing' : 'exists'
    call.found.push(found)
    if (found !== check.when) return undefined
  }
  const question: PolicyCheck = {
    action: check.action,
    resource: entity.arn,
    resourceAccountId: entity.accountId,
    context: requestContext(authorizing, check, entity),
    ...(entity.policy !== undefined && governs(entity.policy, check.action) && { resourcePolicy: entity.policy }),
  }
  const policies = withResourceControls(caller.known.policies, {
    action: check.action,
    resource: entity.arn,
    owner: entity.organization,
  })
  const facts = { request, route, caller, call, check, entity }
  try {
    const decision = work.limit(() => decide(question, caller.known.caller, policies))
    context.metrics.decided(decision.decision)
    return { facts, check: question, policies, decision }
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error
    undecided(question, caller.known.caller, context)
    throw undecidedFault({ facts, check: question })
  }
}

/** Throws for the first check that is not allowed. The others are kept with it. */
function mustBeAllowed(decided: readonly Decided[], { context }: Authorizing): void {
  for (const [index, one] of decided.entries()) {
    const { decision } = one
    if (decision.decision === 'allowed') continue
    if (decision.decision === 'explicitDeny' && decision.broken !== undefined) brokenPolicyDenied(decision.broken, context)
    const beside = { before: decided.slice(0, index), after: decided.slice(index + 1) }
    throw denialFault({ ...one, decision, beside }, context.denials)
  }
}

/** A role's trust policy is about STS's actions alone: whether a role may be read, changed or passed, identity policies say. */
const governs = ({ kind }: NonNullable<KnownEntity['policy']>, action: string): boolean =>
  kind !== 'trust' || action.startsWith('sts:')

/** The service whose entity a check names. */
const ownerOf = ({ action, resource }: Check): Service | undefined =>
  typeof resource === 'string' ? undefined : services.get(serviceOf(action, resource))

function recallEntity(action: string, ref: EntityRef, { call, context }: Authorizing): KnownEntity | Promise<KnownEntity> {
  const { kind, name, accountId = call.accountId } = ref
  const service = serviceOf(action, ref)
  const lookup = services.get(service)?.entities[kind]
  if (lookup === undefined) throw new Error(`the service ${service} has no entities of kind ${kind}`)
  const { memories, store } = context
  const { entities } = memories.of(accountId)
  const key = `${service}/${kind}/${name}`
  const load = () =>
    store.read(async (tx) => {
      const found = await lookup(tx, accountId, name)
      const owner = found.accountId ?? accountId
      return knownEntity(found, owner, await loadOrganization(tx, owner))
    })
  return entities.known(key) ?? entities.recall(key, load)
}
