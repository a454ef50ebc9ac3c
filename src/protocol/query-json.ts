/**
 * AWS Query, answered in JSON: what its services do for who asks with `Accept: application/json`. Servers that let others prove who they are
 * by a signed GetCallerIdentity read it so (aws-iam-authenticator, Teleport). The frame is known from what they parse; that times are seconds
 * since 1970 from the API Reference ("GeneratedTime": number).
 */
import type { Fault } from '../aws/fault.ts'
import type { OperationModel } from '../model/model.ts'
import { faultStatus, isSender, wireCode } from './faults.ts'
import { jsonConverter } from './json-encoder.ts'
import { query } from './query.ts'
import { REQUEST_ID_HEADER, type FaultContext, type Protocol, type WireAnswer } from './wire.ts'

export const queryJson: Protocol = {
  decode: (request, model, operation) => query.decode(request, model, operation),

  encode(output, { operation, requestId }) {
    const response = { ...result(output, operation), ResponseMetadata: { RequestId: requestId } }
    return answer(200, { [`${operation.name}Response`]: response }, requestId)
  },

  encodeFault(fault, context) {
    const { requestId } = context
    return answer(faultStatus(fault, context, 'query'), { Error: errorOf(fault, context), RequestId: requestId }, requestId)
  },
}

/** Whether the header `Accept` asks for JSON before all else. */
export const prefersJson = (accept: string | undefined): boolean =>
  accept !== undefined && /^\s*application\/json\s*(?:[,;]|$)/i.test(accept)

function result(output: unknown, { output: shape, resultWrapper }: OperationModel): object {
  if (shape === undefined) return {}
  const converted = jsonConverter(shape)(inWholeSeconds(output))
  return resultWrapper === undefined ? (converted as object) : { [resultWrapper]: converted }
}

/** IAM and STS tell no fractions of a second. */
function inWholeSeconds(value: unknown): unknown {
  if (value instanceof Date) return new Date(Math.floor(value.getTime() / 1000) * 1000)
  if (Array.isArray(value)) return value.map(inWholeSeconds)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inWholeSeconds(part)]))
}

function errorOf(fault: Fault, context: FaultContext): object {
  const Code = wireCode(fault, context, 'query')
  const Type = isSender(fault, Code, context) ? 'Sender' : 'Receiver'
  return { ...fault.members, Code, ...(fault.message !== '' && { Message: fault.message }), Type }
}

function answer(status: number, body: object, requestId: string): WireAnswer {
  return { status, headers: { [REQUEST_ID_HEADER]: requestId, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
