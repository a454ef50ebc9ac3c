/** Runs the handling half of an operation: reads on a snapshot here, writes as a job of the writing side. */
import { Fault } from '../aws/fault.ts'
import type { Call, HandlingCall, Operation } from '../services/operation.ts'
import type { CallRecord } from './audit.ts'
import type { ServerContext } from './context.ts'
import type { WriteOutcome } from './jobs.ts'

export type Handling = { readonly input: object; readonly call: Call; readonly record: CallRecord; readonly context: ServerContext }

/** The operation's output; throws its Fault. When it writes, output and audit record are durable before this returns. */
export async function handle(operation: Operation, { input, call, record, context }: Handling): Promise<object> {
  const handling: HandlingCall = { ...call, ...context.edge }
  if (operation.kind === 'read') {
    return context.store.read(async (tx) => {
      const prepared = await operation.prepare?.(tx, input, handling)
      return operation.handle(tx, input, handling, prepared)
    })
  }
  const { prepare } = operation
  const prepared = prepare === undefined ? undefined : await context.store.read((tx) => prepare(tx, input, handling))
  const { service, name } = operation
  const outcome: WriteOutcome = await context.write({ kind: 'operation', service, name, input, call, prepared, draft: record.handOver() })
  if (outcome.fault !== undefined) throw new Fault(outcome.fault.code, outcome.fault.message, outcome.fault)
  return outcome.output
}
