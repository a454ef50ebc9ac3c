/** The policy simulator: what policies would decide of actions that nobody calls. */
import { parseArn } from '../../aws/arn.ts'
import type { EvaluationResult, SimulatePolicyResponse } from '../../model/iam.gen.ts'
import { contextKeysOf } from '../../policy/context-keys.ts'
import type { PolicySet } from '../../policy/combine.ts'
import { simulate } from '../../policy/simulate.ts'
import { readOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { invalidInput } from './errors.ts'
import { withoutPolicies } from './policy-exclusions.ts'
import { loadSource, sourceCheck } from './source-policies.ts'
import { evaluationResult, type Simulated } from './simulation-answer.ts'
import { readSimulation, type SimulationInput, type SimulationRequest } from './simulation-request.ts'

/** Simulates policies that need not exist. */
export const simulateCustomPolicy = readOperation('iam', 'SimulateCustomPolicy', {
  authorize: () => ({ action: 'iam:SimulateCustomPolicy', resource: '*' }),
  handle: async (_tx, input, { accountId }) => answer(input, readSimulation(input, accountId)),
})

/** Simulates the policies of a user (its groups' included), a group or a role, and more that are given. */
export const simulatePrincipalPolicy = readOperation('iam', 'SimulatePrincipalPolicy', {
  authorize: ({ PolicySourceArn }, { accountId }) => sourceCheck('iam:SimulatePrincipalPolicy', PolicySourceArn, accountId),
  async handle(tx, input, { accountId }) {
    const source = await loadSource(tx, accountId, input.PolicySourceArn)
    return answer(input, readSimulation(input, accountId, withoutPolicies(source, input.PolicyExclusionList ?? [])))
  },
})

const LIST = 'simulation'
/** Decisions that one call may ask for: actions of the page times resources. The limit and its text are ours: AWS names none, and a call must not keep others waiting. */
const DECISIONS_PER_CALL = 10_000

/** A page of results, one an action. A marker is the place in the request's list of actions. */
function answer(input: SimulationInput, request: SimulationRequest): SimulatePolicyResponse {
  const after = Number(startOf(LIST, input) ?? '-1')
  const actions = input.ActionNames.map((name, index) => ({ name, index })).filter(({ index }) => index > after)
  const { items, ...page } = pageOf(LIST, actions.slice(0, rowsFor(input)), input, ({ index }) => String(index))
  if (items.length * request.resources.length > DECISIONS_PER_CALL)
    throw invalidInput(`A call may simulate up to ${DECISIONS_PER_CALL} actions on resources. Ask for fewer with MaxItems.`)
  const missing = missingKeys(request)
  return { EvaluationResults: items.map(({ name }) => resultOf(name, request, missing)), ...page }
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

export const simulationOperations = [simulateCustomPolicy, simulatePrincipalPolicy]
