/** The policy simulator: what policies would decide of actions that nobody calls. */
import { Fault } from '../../aws/fault.ts'
import { siblingModule } from '../../aws/sibling.ts'
import type { SimulatePolicyResponse } from '../../model/iam.gen.ts'
import { Work } from '../../policy/work.ts'
import { readOperation } from '../operation.ts'
import { AT_ONCE, SideThread, TooMuch } from '../side-thread.ts'
import { withoutPolicies } from './policy-exclusions.ts'
import { answerOf, tooMuch } from './simulate-policies.ts'
import { type AskedSimulation, readSimulation } from './simulation-request.ts'
import type { SaidSimulation } from './simulation-thread.ts'
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

const thread = new SideThread<AskedSimulation, SaidSimulation>(
  siblingModule('simulation-thread', import.meta.url),
  () => new Fault('Throttling', 'Rate exceeded', { status: 400 }),
)

/** At once where it is short. Rejects with InvalidInput, PolicyEvaluation and Throttling. */
async function simulated(asked: AskedSimulation): Promise<SimulatePolicyResponse> {
  return (charactersOf(asked) <= AT_ONCE.characters ? atOnce(asked) : undefined) ?? askThread(asked)
}

/** Of all texts, wherever they stand. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, member) => sum + charactersOf(member), 0)
}

/** Undefined where it is not short after all. */
function atOnce({ input, accountId, source }: AskedSimulation): SimulatePolicyResponse | undefined {
  const work = new Work(AT_ONCE.steps)
  return work.attempt(() => answerOf(input, readSimulation(input, accountId, source), { work, endsPage: false }))
}

async function askThread(asked: AskedSimulation): Promise<SimulatePolicyResponse> {
  const said = await thread.ask(asked.accountId, asked).catch((error: unknown) => {
    throw error instanceof TooMuch ? tooMuch() : error
  })
  if ('answer' in said) return said.answer
  throw new Fault(said.fault.code, said.fault.message)
}

export const simulationOperations = [simulateCustomPolicy, simulatePrincipalPolicy]
