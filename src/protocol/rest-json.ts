/** REST JSON: members of the input stand in path, query string, headers and body (Lambda, Access Analyzer, Account, Sign-In). */
import type { Fault } from '../aws/fault.ts'
import type { Member, OperationModel, StructureShape } from '../model/model.ts'
import { errorShape, faultStatus, jsonFaultBody, wireCode } from './faults.ts'
import { queryOf } from './form.ts'
import { header } from './headers.ts'
import { decodeJson, decodeJsonBody, parseJson, unreadableJson } from './json-decoder.ts'
import { jsonConverter, memberConverter } from './json-encoder.ts'
import { MAX_QUERY_PARAMETERS } from './limits.ts'
import { putOwn } from './query-decoder.ts'
import { pathSegments, templateOf } from './rest-routes.ts'
import { parseScalar, scalarText } from './scalars.ts'
import { REQUEST_ID_HEADER, type Protocol, type WireRequest } from './wire.ts'

const JSON_TYPE = 'application/json'
const isBodyMember = (member: Member): boolean => member.location === undefined

export const restJson: Protocol = {
  decode(request, _model, operation) {
    const { input } = operation
    const decoded = decodeBody(request.body, input)
    const labels = readLabels(request.target, operation)
    const search = new URLSearchParams(queryOf(request.target))
    if (search.size > MAX_QUERY_PARAMETERS)
      throw unreadableJson(`The query string has more than ${MAX_QUERY_PARAMETERS} parameters.`)
    for (const member of input.members) {
      const value = isBodyMember(member) ? undefined : readBinding(member, request, { labels, search })
      if (value !== undefined) decoded[member.name] = value
    }
    return decoded
  },

  encode(output, { operation, requestId }) {
    const values = output as Readonly<Record<string, unknown>>
    const shape = operation.output
    let status = operation.http?.status ?? 200
    const headers: Record<string, string> = { [REQUEST_ID_HEADER]: requestId }
    if (shape === undefined) return { status, headers, body: '' }
    for (const member of shape.members) {
      const value = values[member.name]
      if (value === undefined || isBodyMember(member)) continue
      if (member.location === 'statusCode') status = Number(value)
      else writeHeader(headers, member, value)
    }
    const { body, type } = encodeBody(values, shape)
    return { status, headers: { 'content-type': type, ...headers }, body }
  },

  encodeFault(fault, context) {
    const code = wireCode(fault, context, 'rest-json')
    const { __type, ...body } = jsonFaultBody(fault, code, context)
    const headers: Record<string, string> = {
      [REQUEST_ID_HEADER]: context.requestId,
      'x-amzn-ErrorType': String(__type),
      'content-type': JSON_TYPE,
    }
    for (const member of errorShape(code, context)?.members ?? []) moveToHeader(member, fault, { body, headers })
    return { status: faultStatus(fault, context, 'rest-json'), headers, body: JSON.stringify(body) }
  },
}

type FaultParts = { readonly body: Record<string, unknown>; readonly headers: Record<string, string> }

function moveToHeader(member: Member, fault: Fault, { body, headers }: FaultParts): void {
  const value = fault.members?.[member.name]
  if (value === undefined || member.location !== 'header') return
  delete body[member.name]
  writeHeader(headers, member, value)
}

function decodeBody(body: Uint8Array, input: StructureShape): Record<string, unknown> {
  if (input.payload === undefined) {
    const members = input.members.filter(isBodyMember)
    return members.length === 0 ? {} : decodeJsonBody(body, members)
  }
  const payload = input.members.find((member) => member.name === input.payload)
  if (payload === undefined || (body.byteLength === 0 && payload.shape.kind !== 'structure')) return {}
  return { [payload.name]: decodePayload(body, payload) }
}

function decodePayload(body: Uint8Array, { shape }: Member): unknown {
  if (shape.kind === 'blob') return body
  if (shape.kind !== 'string') return decodeJson(parseJson(body), shape)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw unreadableJson('The request body is not UTF-8.')
  }
}

type Bindings = { readonly labels: ReadonlyMap<string, string>; readonly search: URLSearchParams }

function readLabels(target: string, operation: OperationModel): ReadonlyMap<string, string> {
  const segments = pathSegments(target)
  if (segments === undefined) throw unreadableJson('The path has an invalid escape.')
  const labels = new Map<string, string>()
  for (const [index, segment] of templateOf(operation).entries()) {
    if ('label' in segment) labels.set(segment.label, segment.greedy ? segments.slice(index).join('/') : (segments[index] ?? ''))
  }
  return labels
}

function readBinding(member: Member, request: WireRequest, { labels, search }: Bindings): unknown {
  const { shape, wireName, location } = member
  if (shape.kind === 'list' && location === 'querystring') {
    const texts = search.getAll(wireName)
    return texts.length === 0 ? undefined : texts.map((text) => readText(text, shape.member))
  }
  if (shape.kind === 'map') return location === 'headers' ? prefixedHeaders(request.rawHeaders, wireName) : queryMap(search)
  const text =
    location === 'uri'
      ? labels.get(wireName)
      : location === 'header'
        ? header(request.rawHeaders, wireName.toLowerCase())
        : search.get(wireName)
  return text === undefined || text === null ? undefined : readText(text, member)
}

function readText(text: string, { shape, wireName }: Member): unknown {
  return parseScalar(text, shape, (expected) => unreadableJson(`${wireName} must be ${expected}.`))
}

function prefixedHeaders(rawHeaders: readonly string[], prefix: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.toLowerCase().startsWith(prefix.toLowerCase())) putOwn(found, name.slice(prefix.length), rawHeaders[index + 1])
  }
  return found
}

function queryMap(search: URLSearchParams): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, value] of search) putOwn(found, name, value)
  return found
}

function writeHeader(
  headers: Record<string, string>,
  { wireName, shape, location, timestampFormat = 'rfc822' }: Member,
  value: unknown,
): void {
  if (location === 'headers' && shape.kind === 'map') {
    for (const [name, text] of Object.entries(value as object)) headers[wireName + name] = String(text)
  } else if (shape.kind === 'list') headers[wireName] = (value as readonly unknown[]).map((item) => scalarText(item)).join(', ')
  else headers[wireName] = scalarText(value, timestampFormat)
}

function encodeBody(
  values: Readonly<Record<string, unknown>>,
  shape: StructureShape,
): { readonly body: string | Uint8Array; readonly type: string } {
  const payload = shape.members.find((member) => member.name === shape.payload)
  if (payload === undefined) {
    const body: Record<string, unknown> = {}
    for (const member of shape.members) {
      const value = values[member.name]
      if (value !== undefined && isBodyMember(member)) body[member.wireName] = memberConverter(member)(value)
    }
    return { body: JSON.stringify(body), type: JSON_TYPE }
  }
  const value = values[payload.name]
  if (payload.shape.kind === 'blob') return { body: (value as Uint8Array | undefined) ?? '', type: 'application/octet-stream' }
  if (payload.shape.kind === 'string') return { body: (value as string | undefined) ?? '', type: 'text/plain' }
  return { body: JSON.stringify(value === undefined ? {} : jsonConverter(payload.shape)(value)), type: JSON_TYPE }
}
