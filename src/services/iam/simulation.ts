/** The policy simulator: what policies would decide of actions that nobody calls. */
import { Fault } from '../../aws/fault.ts'
import { siblingModule } from '../../aws/sibling.ts'
import type { SimulatePolicyResponse } from '../../model/iam.gen.ts'
import { readOperation } from '../operation.ts'
import { SideThread, TooMuch } from '../side-thread.ts'
import { invalidInput } from './errors.ts'
import { withoutPolicies } from './policy-exclusions.ts'
import { answerOf, workOf } from './simulate-policies.ts'
import { type AskedSimulation, readSimulation } from './simulation-request.ts'
import { loadSource, sourceCheck } from './source-policies.ts'

/** Simulates policies that need not exist. */
export const simulateCustomPolicy = readOperation('iam', 'SimulateCustomPolicy', {
  authorize: () => ({ action: 'iam:SimulateCustomPolicy', resource: '*' }),
  prepare: (_tx, input, { accountId }) => simulated({ input, accountId }),
  handle: async (_tx, _input, _call, answer) => answer,
})

/** Simulates the policies of a user (its groups' included), a group or a role, and more that are given. */
export const simulatePrincipalPolicy = readOperation('iam', 'SimulatePrincipalPolicy', {
  authorize: ({ PolicySourceArn }, { accountId }) => sourceCheck('iam:SimulatePrincipalPolicy', PolicySourceArn, accountId),
  async prepare(tx, input, { accountId }) {
    const source = await loadSource(tx, accountId, input.PolicySourceArn)
    return simulated({ input, accountId, source: withoutPolicies(source, input.PolicyExclusionList ?? []) })
  },
  handle: async (_tx, _input, _call, answer) => answer,
})

/** Up to so much work a simulation takes some ten milliseconds at worst, and is done at once. */
const DONE_AT_ONCE = 50_000_000
const thread = new SideThread<AskedSimulation, SimulatePolicyResponse | undefined>(
  siblingModule('simulation-thread', import.meta.url),
  () => new Fault('Throttling', 'Rate exceeded', { status: 400 }),
)

/** The text is ours. */
const tooMuch = (): Fault =>
  invalidInput('There is too much to simulate in one call. Ask for fewer actions with MaxItems, or for fewer resources.')

/** What is wrong with the input is told before anything is decided. Rejects with InvalidInput, PolicyEvaluation and Throttling. */
async function simulated(asked: AskedSimulation): Promise<SimulatePolicyResponse> {
  const { input, accountId, source } = asked
  const request = readSimulation(input, accountId, source)
  const answer = workOf(input, request) <= DONE_AT_ONCE ? answerOf(input, request) : await answerOfThread(asked)
  if (answer === undefined) throw tooMuch()
  return answer
}

async function answerOfThread(asked: AskedSimulation): Promise<SimulatePolicyResponse | undefined> {
  try {
    return await thread.ask(asked)
  } catch (error) {
    if (error instanceof TooMuch) return undefined
    throw error
  }
}

export const simulationOperations = [simulateCustomPolicy, simulatePrincipalPolicy]
