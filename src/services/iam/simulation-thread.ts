/** The thread of long simulations. */
import { parentPort } from 'node:worker_threads'
import { Fault } from '../../aws/fault.ts'
import type { SimulatePolicyResponse } from '../../model/iam.gen.ts'
import { Work } from '../../policy/work.ts'
import { answerOf } from './simulate-policies.ts'
import { type AskedSimulation, readSimulation } from './simulation-request.ts'

export type SaidSimulation =
  | { readonly answer: SimulatePolicyResponse }
  | { readonly fault: { readonly code: string; readonly message: string } }

/** Some seconds. Others wait for the thread. */
const STEPS = 200_000_000

function saidOf({ input, accountId, source }: AskedSimulation): SaidSimulation {
  try {
    return { answer: answerOf(input, readSimulation(input, accountId, source), { work: new Work(STEPS), endsPage: true }) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { fault: { code: error.code, message: error.message } }
  }
}

parentPort?.on('message', (asked: AskedSimulation) => parentPort?.postMessage(saidOf(asked)))
