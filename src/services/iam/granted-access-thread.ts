/** The thread that finds what many policies could allow. */
import { parentPort } from 'node:worker_threads'
import { Work } from '../../policy/work.ts'
import { type AskedAccess, grantedAccess, type SaidAccess } from './granted-access.ts'

/** Some seconds. Others wait for the thread. */
const STEPS = 200_000_000

/** Undefined: it took too much. */
const saidOf = (asked: AskedAccess): SaidAccess | undefined => new Work(STEPS).attempt(() => grantedAccess(asked))

parentPort?.on('message', (asked: AskedAccess) => parentPort?.postMessage(saidOf(asked)))
