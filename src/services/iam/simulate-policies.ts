/** A simulation, action by action: pure, so that it runs in the thread that asks or in one of its own. */
import { parseArn } from '../../aws/arn.ts'
import type { EvaluationResult, SimulatePolicyResponse } from '../../model/iam.gen.ts'
import type { PolicySet } from '../../policy/combine.ts'
import { contextKeysOf } from '../../policy/context-keys.ts'
import { simulate } from '../../policy/simulate.ts'
import { type Page, numberBefore, pageOf, rowsFor } from '../pagination.ts'
import { invalidInput } from './errors.ts'
import { evaluationResult, type Simulated } from './simulation-answer.ts'
import type { SimulationInput, SimulationRequest } from './simulation-request.ts'

const LIST = 'simulation'
/** Decisions that one call may ask for: actions of the page times resources. The limit and its text are ours: AWS names none, and a call must not keep others waiting. */
const DECISIONS_PER_CALL = 10_000

/** Matched statements that one call may be answered: each decision may match all of a policy's. The limit is ours, for the same reason. */
const STATEMENTS_PER_CALL = 100_000

type Action = { readonly name: string; readonly index: number }

/** The actions of a page. A marker is the place in the request's list of actions. Throws ValidationError, and InvalidInput above the limit. */
function actionsOf(input: SimulationInput, request: SimulationRequest): Page<Action> {
  const after = numberBefore(LIST, input)
  const actions = input.ActionNames.map((name, index) => ({ name, index })).filter(({ index }) => index > after)
  const page = pageOf(LIST, actions.slice(0, rowsFor(input)), input, ({ index }) => String(index))
  if (page.items.length * request.resources.length > DECISIONS_PER_CALL)
    throw invalidInput(`A call may simulate up to ${DECISIONS_PER_CALL} actions on resources. Ask for fewer with MaxItems.`)
  return page
}

/** A page of results, one an action; undefined where they are too many to be told. */
export function answerOf(input: SimulationInput, request: SimulationRequest): SimulatePolicyResponse | undefined {
  const { items, ...page } = actionsOf(input, request)
  const missing = missingKeys(request)
  const EvaluationResults: EvaluationResult[] = []
  let statements = 0
  for (const { name } of items) {
    const result = resultOf(name, request, missing)
    for (const { MatchedStatements = [] } of [result, ...(result.ResourceSpecificResults ?? [])])
      statements += MatchedStatements.length
    if (statements > STATEMENTS_PER_CALL) return undefined
    EvaluationResults.push(result)
  }
  return { EvaluationResults, ...page }
}

/** Resources of fewer characters cost as much: what is done for each statement, whatever the resource. */
const LEAST_LENGTH = 64

/** How much there is to do at most: the characters of all patterns against those of all resources, for each action. */
export function workOf(input: SimulationInput, request: SimulationRequest): number {
  const { policies, resourcePolicy, resources } = request
  const { identity, boundary, scps = [] } = policies
  const sets = [identity, resourcePolicy, boundary, ...scps].filter((set): set is PolicySet => set !== undefined)
  const texts = sets.flatMap((set) => set.policies.map(({ text }) => text.length))
  const characters = resources.reduce((sum, { length }) => sum + Math.max(length, LEAST_LENGTH), 0)
  return actionsOf(input, request).items.length * characters * texts.reduce((sum, length) => sum + length, 0)
}

function resultOf(action: string, request: SimulationRequest, missing: readonly string[]): EvaluationResult {
  return evaluationResult(
    action,
    request.resources.map((resource) => simulateOne(action, resource, request)),
    missing,
  )
}

/**
 * Actions by which roles are assumed take the resource-based policy as the role's trust policy, which must allow. AWS's own simulator
 * leaves it out for these actions; its users reported that as a defect (2026).
 */
const ASSUMING = /^sts:(?:AssumeRole|TagSession|SetSourceIdentity)/i

function simulateOne(action: string, resource: string, request: SimulationRequest): Simulated {
  const { caller, policies, context, resourcePolicy } = request
  const kind = ASSUMING.test(action) ? ('trust' as const) : ('resource' as const)
  const resourceAccountId = resourcePolicy === undefined ? caller.accountId : ownerOf(resource, request)
  const check = {
    action,
    resource,
    resourceAccountId,
    context,
    ...(resourcePolicy !== undefined && { resourcePolicy: { kind, policies: resourcePolicy } }),
  }
  return { resource, simulation: simulate(check, caller, policies), isForeign: resourceAccountId !== caller.accountId }
}

const ACCOUNT = /^\d{12}$/

/** The account in the resource's ARN, else the owner that the request names. Only where a resource-based policy is given are accounts compared. */
function ownerOf(resource: string, { owner }: SimulationRequest): string {
  const account = parseArn(resource)?.accountId ?? ''
  return ACCOUNT.test(account) ? account : owner
}

/** Keys that any of the policies asks for and that nobody gave, also those of statements about other actions (reported of AWS). */
function missingKeys({ policies, resourcePolicy, context }: SimulationRequest): readonly string[] {
  const { identity, boundary, scps = [] } = policies
  const documents = [identity, resourcePolicy, boundary, ...scps]
    .filter((set): set is PolicySet => set !== undefined)
    .flatMap((set) => set.policies)
    .flatMap(({ document }) => (document === undefined ? [] : [document]))
  return contextKeysOf(documents).filter((key) => context.value(key.toLowerCase()) === undefined)
}
