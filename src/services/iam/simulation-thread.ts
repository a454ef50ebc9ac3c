/** The thread of long simulations: what it is asked was read before without a fault. */
import { parentPort } from 'node:worker_threads'
import { answerOf } from './simulate-policies.ts'
import { type AskedSimulation, readSimulation } from './simulation-request.ts'

parentPort?.on('message', ({ input, accountId, source }: AskedSimulation) =>
  parentPort?.postMessage(answerOf(input, readSimulation(input, accountId, source))),
)
