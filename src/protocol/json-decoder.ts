/** Turns parsed JSON into an input of the model: right types only, unknown members left aside, `null` as absent. */
import { Fault } from '../aws/fault.ts'
import type { ListShape, MapShape, Member, Shape, StructureShape } from '../model/model.ts'
import { MAX_JSON_DEPTH } from './limits.ts'
import { putOwn } from './query-decoder.ts'
import { fromSeconds, parseBlob, parseTimestamp, wholeNumber } from './scalars.ts'

/** AWS's code for a body that it cannot read or whose types are wrong. */
export const unreadableJson = (message: string): Fault => new Fault('SerializationException', message, { status: 400 })

/** The tokens that AWS names in its texts. */
function tokenOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE'
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
}

/** Seen from DynamoDB and Step Functions: "NUMBER_VALUE cannot be converted to String", "Start of list found where not expected". */
function mismatch(value: unknown, wanted: string): Fault {
  if (Array.isArray(value)) return unreadableJson('Start of list found where not expected')
  if (typeof value === 'object') return unreadableJson('Start of structure or map found where not expected.')
  return unreadableJson(`${tokenOf(value)} cannot be converted to ${wanted}`)
}

/** The text as JSON; a body without a byte is an empty structure. */
export function parseJson(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw unreadableJson('The request body is not valid JSON.')
  }
}

/** The members of a structure that is the whole body. */
export function decodeJsonBody(body: Uint8Array, members: readonly Member[]): Record<string, unknown> {
  const value = parseJson(body)
  if (!isObject(value)) throw unreadableJson('The request body is not a JSON object.')
  return decodeMembers(value, members)
}

/** A value of `shape`; `depth` is how deep in the body it stands. */
export function decodeJson(value: unknown, shape: Shape, depth = 0): unknown {
  if (depth > MAX_JSON_DEPTH) throw unreadableJson(`The request body is nested deeper than ${MAX_JSON_DEPTH} levels.`)
  if (shape.kind === 'structure') return decodeStructure(value, shape, depth)
  if (shape.kind === 'list') return decodeList(value, shape, depth)
  if (shape.kind === 'map') return decodeMap(value, shape, depth)
  return shape.kind === 'document' ? decodeDocument(value, depth) : SCALARS[shape.kind](value)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function decodeStructure(value: unknown, shape: StructureShape, depth: number): Record<string, unknown> {
  if (!isObject(value)) throw mismatch(value, 'a structure')
  return decodeMembers(value, shape.members, depth)
}

/** The members of a structure that `value` has of its own. */
function decodeMembers(value: Readonly<Record<string, unknown>>, members: readonly Member[], depth = 0): Record<string, unknown> {
  const decoded: Record<string, unknown> = {}
  for (const member of members) {
    if (!Object.hasOwn(value, member.wireName)) continue
    const part = value[member.wireName]
    if (part !== null) decoded[member.name] = decodeJson(part, member.shape, depth + 1)
  }
  return decoded
}

function decodeList(value: unknown, { member }: ListShape, depth: number): readonly unknown[] {
  if (!Array.isArray(value)) throw mismatch(value, 'a list')
  return value.map((item: unknown) => {
    if (item === null) throw unreadableJson('A list holds null.')
    return decodeJson(item, member.shape, depth + 1)
  })
}

function decodeMap(value: unknown, shape: MapShape, depth: number): Record<string, unknown> {
  if (!isObject(value)) throw mismatch(value, 'a map')
  const decoded: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value))
    if (item !== null) putOwn(decoded, key, decodeJson(item, shape.value.shape, depth + 1))
  return decoded
}

/** Free JSON as it stands; only its depth is bounded. */
function decodeDocument(value: unknown, depth: number): unknown {
  if (depth > MAX_JSON_DEPTH) throw unreadableJson(`The request body is nested deeper than ${MAX_JSON_DEPTH} levels.`)
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) decodeDocument(part, depth + 1)
  return value
}

type Scalar = Exclude<Shape['kind'], 'structure' | 'list' | 'map' | 'document'>

const SCALARS: Readonly<Record<Scalar, (value: unknown) => unknown>> = {
  string: (value) => (typeof value === 'string' ? value : refuse(value, 'String')),
  boolean: (value) => (typeof value === 'boolean' ? value : refuse(value, 'Boolean')),
  integer: (value) =>
    typeof value === 'number' ? wholeNumber(value, 'integer', () => mismatch(value, 'Integer')) : refuse(value, 'Integer'),
  long: (value) =>
    typeof value === 'number' ? wholeNumber(value, 'long', () => mismatch(value, 'Long')) : refuse(value, 'Long'),
  float: (value) => (typeof value === 'number' ? value : refuse(value, 'Float')),
  double: (value) => (typeof value === 'number' ? value : refuse(value, 'Double')),
  timestamp: decodeTimestamp,
  blob: (value) =>
    typeof value === 'string' ? parseBlob(value, () => unreadableJson('A blob is not base64.')) : refuse(value, 'Blob'),
}

function refuse(value: unknown, wanted: string): never {
  throw mismatch(value, wanted)
}

function decodeTimestamp(value: unknown): Date {
  if (typeof value === 'number') return fromSeconds(value, () => mismatch(value, 'Timestamp'))
  if (typeof value !== 'string') throw mismatch(value, 'Timestamp')
  return parseTimestamp(value, () => mismatch(value, 'Timestamp'))
}
