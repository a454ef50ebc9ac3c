/** Runs the handling half of an operation: reads on a snapshot here, writes as a job of the writing side. */
import { Fault } from '../aws/fault.ts'
import type { Call, HandlingCall, Operation } from '../services/operation.ts'
import type { CallRecord } from './audit.ts'
import type { ServerContext } from './context.ts'
import type { WriteOutcome } from './jobs.ts'
import { separateReads } from './separate-reads.ts'

export type Handling = {
  readonly input: object
  readonly call: Call
  readonly record: CallRecord
  readonly context: ServerContext
}

/** The operation's output; rejects with its Fault. When it writes, output and audit record are durable before this resolves. */
export function handle(operation: Operation, handling: Handling): Promise<object> {
  if (operation.kind === 'write') return handleWrite(operation, handling)
  return operation.prepare === undefined ? handleRead(operation, handling, undefined) : prepareRead(operation, handling)
}

type Reading = Extract<Operation, { readonly kind: 'read' }>
type Writing = Extract<Operation, { readonly kind: 'write' }>

async function prepareRead(operation: Reading, handling: Handling): Promise<object> {
  return handleRead(operation, handling, await prepare(operation, handling))
}

function handleRead(operation: Reading, { input, call, context }: Handling, prepared: unknown): Promise<object> {
  const { random, vault } = context.edge
  const reading: HandlingCall = { ...call, random, vault }
  return context.store.read((tx) => operation.handle(tx, input, reading, prepared))
}

async function handleWrite(operation: Writing, handling: Handling): Promise<object> {
  const { input, call, record, context } = handling
  const prepared = await prepare(operation, handling)
  const { service, name } = operation
  const outcome: WriteOutcome = await context.write({
    kind: 'operation',
    service,
    name,
    input,
    call,
    prepared,
    draft: record.handOver(),
  })
  if (outcome.fault !== undefined) throw new Fault(outcome.fault.code, outcome.fault.message, outcome.fault)
  return outcome.output
}

async function prepare(operation: Operation, { input, call, context }: Handling): Promise<unknown> {
  if (operation.prepare === undefined) return undefined
  const preparing = { ...call, ...context.edge, ...context.outside }
  return operation.prepare(separateReads(context.store), input, preparing)
}
