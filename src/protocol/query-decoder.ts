/** Reads inputs out of Query parameters. One closure per shape, compiled when first needed. */
import { Fault } from '../aws/fault.ts'
import type { ListShape, MapShape, Member, Shape, StructureShape } from '../model/model.ts'
import type { Parameter, Parameters } from './form.ts'
import { MAX_QUERY_INDEX } from './limits.ts'
import { parseScalar } from './scalars.ts'

/** `path` is the parameter's name, for messages. */
type Decode = (parameter: Parameter, path: string) => unknown

const decoders = new WeakMap<Shape, Decode>()
const INDEX = /^[1-9]\d{0,4}$/

const malformed = (path: string, expected: string): Fault =>
  new Fault('MalformedInput', `The parameter ${path} must be ${expected}.`, { status: 400 })

/** The input of an operation. Parameters that the model does not know are left aside, as AWS does (`Action`, `Version`, `X-Amz-*` are such). */
export function decodeQuery(parameters: Parameters, input: StructureShape): Record<string, unknown> {
  return decoderOf(input)(parameters, '') as Record<string, unknown>
}

function decoderOf(shape: Shape): Decode {
  const known = decoders.get(shape)
  if (known !== undefined) return known
  if (shape.kind === 'structure') return structureDecoder(shape)
  const decode = shape.kind === 'list' ? listDecoder(shape) : shape.kind === 'map' ? mapDecoder(shape) : scalarDecoder(shape)
  decoders.set(shape, decode)
  return decode
}

type MemberDecode = { readonly name: string; readonly wireName: string; readonly decode: Decode }

function structureDecoder(shape: StructureShape): Decode {
  const members: MemberDecode[] = []
  const decode: Decode = (parameter, path) => {
    if (typeof parameter === 'string') {
      if (parameter !== '') throw malformed(path, 'a structure')
      return {}
    }
    const value: Record<string, unknown> = {}
    for (const member of members) {
      const part = parameter.get(member.wireName)
      if (part !== undefined)
        value[member.name] = member.decode(part, path === '' ? member.wireName : `${path}.${member.wireName}`)
    }
    return value
  }
  // Registered before its members are compiled: shapes may be recursive.
  decoders.set(shape, decode)
  for (const member of shape.members) members.push(memberDecoder(member))
  return decode
}

/** A flattened list goes by its element's name where the model gives it one (AWS Query, xmlFlattened and xmlName). */
function memberDecoder(member: Member): MemberDecode {
  const { shape } = member
  const renamed = shape.kind === 'list' && shape.flattened && shape.member.renamed
  return { name: member.name, wireName: renamed ? shape.member.wireName : member.wireName, decode: decoderOf(shape) }
}

function scalarDecoder(shape: Shape): Decode {
  if (shape.kind === 'string') {
    return (parameter, path) => {
      if (typeof parameter !== 'string') throw malformed(path, 'a string')
      return parameter
    }
  }
  return (parameter, path) => {
    const unreadable = (expected: string): Fault => malformed(path, expected)
    if (typeof parameter !== 'string') throw unreadable(`a ${shape.kind}`)
    return parseScalar(parameter, shape, unreadable)
  }
}

/** The numbered parts in the order of their numbers. Gaps close up; what is not a number is refused. */
function numbered(parameters: Parameters, path: string): readonly (readonly [number, Parameter])[] {
  const parts: (readonly [number, Parameter])[] = []
  for (const [name, part] of parameters) {
    const index = INDEX.test(name) ? Number(name) : NaN
    if (!(index <= MAX_QUERY_INDEX)) throw malformed(`${path}.${name.slice(0, 64)}`, `numbered from 1 to ${MAX_QUERY_INDEX}`)
    parts.push([index, part])
  }
  return parts.toSorted(([left], [right]) => left - right)
}

/** The part that holds the numbers: the parameter itself where it is flattened, else the one below the element's name. */
function container(parameter: Parameter, path: string, below: string | undefined): Parameters | undefined {
  if (parameter === '') return undefined
  const inner = below === undefined || typeof parameter === 'string' ? parameter : parameter.get(below)
  if (inner === undefined || inner === '') return undefined
  if (typeof inner === 'string') throw malformed(path, 'a list')
  return inner
}

function listDecoder({ member, flattened }: ListShape): Decode {
  const decode = decoderOf(member.shape)
  const below = flattened ? undefined : member.renamed ? member.wireName : 'member'
  return (parameter, path) => {
    const parts = container(parameter, path, below)
    if (parts === undefined) return []
    const prefix = below === undefined ? path : `${path}.${below}`
    return numbered(parts, prefix).map(([index, part]) => decode(part, `${prefix}.${index}`))
  }
}

function mapDecoder({ key, value, flattened }: MapShape): Decode {
  const decodeKey = decoderOf(key.shape)
  const decodeValue = decoderOf(value.shape)
  const below = flattened ? undefined : 'entry'
  return (parameter, path) => {
    const parts = container(parameter, path, below)
    const decoded: Record<string, unknown> = {}
    if (parts === undefined) return decoded
    const prefix = below === undefined ? path : `${path}.${below}`
    for (const [index, part] of numbered(parts, prefix)) {
      const at = `${prefix}.${index}`
      const keyPart = typeof part === 'string' ? undefined : part.get(key.wireName)
      const valuePart = typeof part === 'string' ? undefined : part.get(value.wireName)
      if (keyPart === undefined || valuePart === undefined) throw malformed(at, `a ${key.wireName} and a ${value.wireName}`)
      putOwn(decoded, String(decodeKey(keyPart, `${at}.${key.wireName}`)), decodeValue(valuePart, `${at}.${value.wireName}`))
    }
    return decoded
  }
}

/** Sets a key that the caller chose: `__proto__` becomes an ordinary key. */
export function putOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
  else record[key] = value
}
