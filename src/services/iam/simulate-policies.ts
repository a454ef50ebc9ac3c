/** A simulation, action by action: pure, so that it runs in the thread that asks or in one of its own. */
import { parseArn } from '../../aws/arn.ts'
import type { Fault } from '../../aws/fault.ts'
import type { EvaluationResult, SimulatePolicyResponse } from '../../model/iam.gen.ts'
import type { PolicySet } from '../../policy/combine.ts'
import { contextKeysOf } from '../../policy/context-keys.ts'
import { simulate } from '../../policy/simulate.ts'
import type { Work } from '../../policy/work.ts'
import { type Page, numberBefore, pageOf, rowsFor } from '../pagination.ts'
import { invalidInput } from './errors.ts'
import { evaluationResult, type Simulated } from './simulation-answer.ts'
import type { SimulationInput, SimulationRequest } from './simulation-request.ts'

const LIST = 'simulation'
/**
 * What one page tells: decisions (actions times resources), and beside them matched statements and missing keys, of which each decision may
 * have all that the policies have. To write so many takes some ten milliseconds. AWS names no such limits; where more results are available,
 * "IAM might return fewer than the MaxItems number of results" (IAM API reference).
 */
const DECISIONS_PER_PAGE = 4_000
const TOLD_PER_PAGE = 10_000
/** Where one action by itself is more than that. The text is ours. */
export const tooMuch = (): Fault =>
  invalidInput('There is too much to simulate in one call. Ask for fewer resources, or give fewer policies.')

type Action = { readonly name: string; readonly index: number }

/** The actions behind the marker, which is a place in the request's list of actions. Throws ValidationError. */
function actionsOf(input: SimulationInput): readonly Action[] {
  const after = numberBefore(LIST, input)
  const actions = input.ActionNames.map((name, index) => ({ name, index })).filter(({ index }) => index > after)
  return actions.slice(0, rowsFor(input))
}

/** A page of the first so many. */
function pageOfFirst(count: number, actions: readonly Action[], input: SimulationInput): Page<Action> {
  return pageOf(LIST, actions, count < actions.length ? { ...input, MaxItems: count } : input, ({ index }) => String(index))
}

/** `endsPage`: where the work is spent the page ends; otherwise `TooMuchWork` is thrown. */
export type Effort = { readonly work: Work; readonly endsPage: boolean }

/**
 * A page of results, one an action: of all actions that were asked for, or of as many as can be told. Throws ValidationError, InvalidInput where
 * one is too much, and `TooMuchWork`.
 */
export function answerOf(input: SimulationInput, request: SimulationRequest, effort: Effort): SimulatePolicyResponse {
  if (request.resources.length > DECISIONS_PER_PAGE) throw tooMuch()
  const actions = actionsOf(input)
  const missing = missingKeys(request)
  const results: EvaluationResult[] = []
  let told = 0
  for (const { name } of actions.slice(0, rowsFor(input) - 1)) {
    if ((results.length + 1) * request.resources.length > DECISIONS_PER_PAGE) break
    const result = resultWithin(effort, () => resultOf(name, request, missing))
    told += result === undefined ? 0 : toldBy(result)
    if (result === undefined || told > TOLD_PER_PAGE) break
    results.push(result)
  }
  if (results.length === 0 && actions.length > 0) throw tooMuch()
  const { items: _items, ...page } = pageOfFirst(results.length, actions, input)
  return { EvaluationResults: results, ...page }
}

function resultWithin({ work, endsPage }: Effort, run: () => EvaluationResult): EvaluationResult | undefined {
  return endsPage ? work.attempt(run) : work.limit(run)
}

function toldBy(result: EvaluationResult): number {
  const all = [result, ...(result.ResourceSpecificResults ?? [])]
  return all.reduce(
    (sum, { MatchedStatements = [], MissingContextValues = [] }) => sum + MatchedStatements.length + MissingContextValues.length,
    0,
  )
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
