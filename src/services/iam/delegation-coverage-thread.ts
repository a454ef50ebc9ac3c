/** The thread that compares what a delegation request asks for with what limits a caller. */
import { parentPort } from 'node:worker_threads'
import { type AskedCoverage, coverageOf } from './delegation-coverage.ts'

parentPort?.on('message', (asked: AskedCoverage) => parentPort?.postMessage(coverageOf(asked)))
