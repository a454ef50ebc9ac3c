/** The writing thread of SQLite: loads the runner, takes jobs as messages, and answers each once its group is on the disk. */
import { parentPort, workerData } from 'node:worker_threads'
import { SqliteConnection } from './sqlite-connection.ts'
import { JobGroups, type Settled } from './sqlite-groups.ts'
import { type Answer, type FromWriter, plainError, type ThreadSettings, type ToWriter } from './sqlite-messages.ts'
import type { RunnerModule } from './store.ts'

if (parentPort === null) throw new Error('this module runs in a thread of its own')
const port = parentPort
const { file, module, settings } = workerData as ThreadSettings
const say = (message: FromWriter): void => port.postMessage(message)

const { openRunner } = (await import(module)) as RunnerModule
const runner = await openRunner(settings)
const connection = new SqliteConnection({ file })
const groups = new JobGroups<number>(connection, runner, {
  settled: (results) => tell(results.map(answer)),
  failed: (error) => say({ kind: 'failed', error: plainError(error) }),
})

function answer(result: Settled<number>): Answer {
  const { ticket } = result
  return 'error' in result ? { ticket, error: plainError(result.error) } : { ticket, outcome: result.outcome }
}

/** Tells what a group came to. An answer that cannot cross threads, a bug of its job, must not take those of the others with it. */
function tell(answers: readonly Answer[]): void {
  try {
    say({ kind: 'settled', answers })
  } catch (error) {
    const [only, ...others] = answers
    if (only === undefined) return
    if (others.length === 0) say({ kind: 'settled', answers: [{ ticket: only.ticket, error: plainError(error) }] })
    else for (const one of answers) tell([one])
  }
}

port.on('message', (message: ToWriter) => {
  if (message.kind === 'job') return groups.add(message.ticket, message.job)
  // Sent when every job was answered.
  connection.close()
  port.close()
})
say({ kind: 'ready' })
