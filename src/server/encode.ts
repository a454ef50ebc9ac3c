/** An operation's output, or a fault, as the answer on the wire. */
import type { Fault } from '../aws/fault.ts'
import type { WireAnswer } from '../protocol/wire.ts'
import type { Route } from './route.ts'

export function encode(output: object, { protocol, model, operationModel }: Route, requestId: string): WireAnswer {
  if (model === undefined || operationModel === undefined) throw new Error('an answer of no operation')
  return protocol.encode(output, { model, operation: operationModel, requestId })
}

export function encodeFault(fault: Fault, { protocol, model, operationModel }: Route, requestId: string): WireAnswer {
  return protocol.encodeFault(fault, { model, operation: operationModel, requestId })
}
