/** The writing side of the harness: a job is a function, because the harness never leaves its thread. */
import type { Job, Outcome, Runner, WriteTx } from '../src/store/store.ts'

export type HarnessJob = { readonly run: (tx: WriteTx) => Promise<Outcome> }

export function openRunner(): Runner {
  return (tx: WriteTx, job: Job) => (job as HarnessJob).run(tx)
}
