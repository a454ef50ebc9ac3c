/** How a Fault stands on the wire: its code in the protocol's spelling, its HTTP status, the name of its message member. */
import type { Fault } from '../aws/fault.ts'
import type { ErrorShape, ServiceModel } from '../model/model.ts'
import type { FaultContext } from './wire.ts'

export type FaultFamily = 'query' | 'json' | 'rest-json'

type RequestFault = { readonly json: string; readonly query: number; readonly awsJson: number; readonly rest: number }

/**
 * Request-level faults, by their Query code: the name that JSON services give them and the status in each protocol. AWS publishes this
 * per service ("Common errors"); Step Functions and SQS answer 400 where Lambda answers 403. Known from recordings: the renames.
 */
// oxfmt-ignore
const REQUEST_FAULTS: ReadonlyMap<string, RequestFault> = new Map([
  ['MissingAuthenticationToken', { json: 'MissingAuthenticationTokenException', query: 403, awsJson: 400, rest: 403 }],
  ['InvalidClientTokenId',       { json: 'UnrecognizedClientException',         query: 403, awsJson: 400, rest: 403 }],
  ['SignatureDoesNotMatch',      { json: 'InvalidSignatureException',           query: 403, awsJson: 400, rest: 403 }],
  ['IncompleteSignature',        { json: 'IncompleteSignatureException',        query: 400, awsJson: 400, rest: 403 }],
  ['ExpiredToken',               { json: 'ExpiredTokenException',               query: 403, awsJson: 400, rest: 403 }],
  ['AccessDenied',               { json: 'AccessDeniedException',               query: 403, awsJson: 400, rest: 403 }],
  ['ValidationError',            { json: 'ValidationException',                 query: 400, awsJson: 400, rest: 400 }],
  ['Throttling',                 { json: 'ThrottlingException',                 query: 400, awsJson: 400, rest: 429 }],
  ['InvalidAction',              { json: 'UnknownOperationException',           query: 400, awsJson: 400, rest: 404 }],
  ['MissingAction',              { json: 'UnknownOperationException',           query: 400, awsJson: 400, rest: 404 }],
  ['MalformedInput',             { json: 'SerializationException',              query: 400, awsJson: 400, rest: 400 }],
  ['MalformedQueryString',       { json: 'SerializationException',              query: 404, awsJson: 400, rest: 400 }],
  ['OptInRequired',              { json: 'OptInRequired',                       query: 403, awsJson: 400, rest: 403 }],
  ['RequestExpired',             { json: 'RequestExpired',                      query: 400, awsJson: 400, rest: 400 }],
  ['InternalFailure',            { json: 'InternalFailure',                     query: 500, awsJson: 500, rest: 500 }],
  ['ServiceUnavailable',         { json: 'ServiceUnavailableException',         query: 503, awsJson: 503, rest: 503 }],
])
const BY_JSON_CODE: ReadonlyMap<string, readonly [string, RequestFault]> = new Map(
  [...REQUEST_FAULTS].map(([code, row]) => [row.json, [code, row]]),
)

const STATUS_OF: Readonly<Record<FaultFamily, 'query' | 'awsJson' | 'rest'>> = {
  query: 'query',
  json: 'awsJson',
  'rest-json': 'rest',
}

/** The code on the wire. An error that the service models keeps its name; request-level faults are spelled as the protocol's services do. */
export function wireCode(fault: Fault, { model }: FaultContext, family: FaultFamily): string {
  if (model?.errors.has(fault.code) === true) return fault.code
  if (family === 'query') return BY_JSON_CODE.get(fault.code)?.[0] ?? fault.code
  // A Query service that is asked in JSON (by the console) keeps the codes that its users know.
  return model?.protocol === 'query' ? fault.code : (REQUEST_FAULTS.get(fault.code)?.json ?? fault.code)
}

/** The modelled error that a code stands for: the operation's own, else the service's. */
export function errorShape(code: string, { model, operation }: FaultContext): ErrorShape | undefined {
  return operation?.errors.find((shape) => shape.error.code === code) ?? model?.errors.get(code)
}

/** The HTTP status: the fault's own, else the model's, else that of the request-level fault, else 400 or 500 by whose fault it is. */
export function faultStatus(fault: Fault, context: FaultContext, family: FaultFamily): number {
  if (fault.status !== undefined) return fault.status
  const modelled = errorShape(wireCode(fault, context, family), context)
  if (modelled !== undefined)
    return family === 'json' && context.model?.protocol !== 'query' ? awsJsonStatus(modelled) : modelled.error.status
  const row = REQUEST_FAULTS.get(fault.code) ?? BY_JSON_CODE.get(fault.code)?.[1]
  return row?.[STATUS_OF[family]] ?? (fault.sender ? 400 : 500)
}

/**
 * Services whose own protocol is AWS JSON answer 400 and 500 and nothing else, whatever their models say of an error: Organizations' API reference
 * has 400 for each, and reports show it (AWSOrganizationsNotInUseException, AccessDeniedException: "status code: 400"), where the SDKs' models say 404 and 403.
 */
const awsJsonStatus = ({ error }: ErrorShape): number => (error.status >= 500 ? 500 : 400)

/** Whether the caller is at fault, as the model has it where it models the error. */
export function isSender(fault: Fault, code: string, context: FaultContext): boolean {
  return errorShape(code, context)?.error.sender ?? fault.sender
}

/** The body of a fault in JSON. AccessDeniedException is the one request-level fault seen with `Message`; modelled errors say it themselves. */
export function jsonFaultBody(fault: Fault, code: string, context: FaultContext): Record<string, unknown> {
  const shape = errorShape(code, context)
  const modelled = shape?.members.find((member) => member.name.toLowerCase() === 'message')?.wireName
  const name = modelled ?? (code === 'AccessDeniedException' ? 'Message' : 'message')
  return { __type: code, ...(fault.message !== '' && { [name]: fault.message }), ...fault.members }
}

/** `x-amzn-query-error`: the code that a service had before it spoke JSON; undefined for services that never spoke Query. */
export function queryErrorHeader(fault: Fault, code: string, context: FaultContext): string | undefined {
  const model: ServiceModel | undefined = context.model
  if (model?.queryCompatible !== true) return undefined
  const queryCode = errorShape(code, context)?.error.queryCode ?? BY_JSON_CODE.get(code)?.[0] ?? code
  return `${queryCode};${isSender(fault, code, context) ? 'Sender' : 'Receiver'}`
}
