/** The thread that finds what many policies could allow. */
import { parentPort } from 'node:worker_threads'
import { TooMuchWork, Work } from '../../policy/work.ts'
import { type AskedAccess, grantedAccess, type SaidAccess } from './granted-access.ts'

/** Some seconds. Others wait for the thread. */
const STEPS = 200_000_000

/** Undefined: it took too much. */
function saidOf(asked: AskedAccess): SaidAccess | undefined {
  try {
    return new Work(STEPS).limit(() => grantedAccess(asked))
  } catch (error) {
    if (error instanceof TooMuchWork) return undefined
    throw error
  }
}

parentPort?.on('message', (asked: AskedAccess) => parentPort?.postMessage(saidOf(asked)))
