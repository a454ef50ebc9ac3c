/** Requests and answers as bytes, and what a protocol does: wire to input, output or fault to wire. */
import type { Fault } from '../aws/fault.ts'
import type { OperationModel, ServiceModel } from '../model/model.ts'

export type WireRequest = {
  readonly method: string
  /** Path and query as they stood in the request line. */
  readonly target: string
  /** Names and values in turns, as they arrived. */
  readonly rawHeaders: readonly string[]
  readonly body: Uint8Array
}

export type WireAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

export type AnswerContext = { readonly model: ServiceModel; readonly operation: OperationModel; readonly requestId: string }

/** A fault may precede the knowledge of service and operation. */
export type FaultContext = {
  readonly model?: ServiceModel | undefined
  readonly operation?: OperationModel | undefined
  readonly requestId: string
}

export interface Protocol {
  /** The operation's input: only members of the model, in the model's types. Throws a Fault where the bytes do not hold one. */
  decode(request: WireRequest, model: ServiceModel, operation: OperationModel): Record<string, unknown>
  /** Absent members stay absent. Timestamps are Dates, blobs are bytes. */
  encode(output: unknown, context: AnswerContext): WireAnswer
  encodeFault(fault: Fault, context: FaultContext): WireAnswer
}

/** The header that carries the request id in every protocol. */
export const REQUEST_ID_HEADER = 'x-amzn-RequestId'
