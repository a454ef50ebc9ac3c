/** Turns an output into what JSON.stringify writes: wire names, base64, seconds since 1970; only members of the model. */
import type { Member, Shape, StructureShape, TimestampFormat } from '../model/model.ts'
import { putOwn } from './query-decoder.ts'
import { blobText, timestampText } from './scalars.ts'

type Convert = (value: unknown) => unknown

const converters = new WeakMap<Shape, Convert>()

const asItIs: Convert = (value) => value

/** The converter of a shape. */
export function jsonConverter(shape: Shape): Convert {
  const known = converters.get(shape)
  if (known !== undefined) return known
  const convert = compile(shape)
  converters.set(shape, convert)
  return convert
}

function compile(shape: Shape): Convert {
  if (shape.kind === 'structure') return structureConverter(shape)
  if (shape.kind === 'list') {
    const convert = memberConverter(shape.member)
    return (value) => (value as readonly unknown[]).map(convert)
  }
  if (shape.kind === 'map') return mapConverter(memberConverter(shape.value))
  if (shape.kind === 'timestamp') return timestampConverter(shape.timestampFormat)
  return shape.kind === 'blob' ? (value) => blobText(value as Uint8Array) : asItIs
}

function mapConverter(convert: Convert): Convert {
  return (value) => {
    const converted: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value as object)) putOwn(converted, key, convert(item))
    return converted
  }
}

/** Seconds since 1970, with their fraction, unless the model wants a text (Smithy, awsJson and restJson1: epoch-seconds is the default). */
function timestampConverter(format: TimestampFormat | undefined): Convert {
  if (format === undefined || format === 'unixTimestamp')
    return (value) => (value instanceof Date ? value.getTime() / 1000 : value)
  return (value) => (value instanceof Date ? timestampText(value, format) : value)
}

export function memberConverter(member: Member): Convert {
  if (member.shape.kind === 'timestamp') return timestampConverter(member.timestampFormat ?? member.shape.timestampFormat)
  return jsonConverter(member.shape)
}

function structureConverter(shape: StructureShape): Convert {
  const members: { readonly name: string; readonly wireName: string; readonly convert: Convert }[] = []
  const convert: Convert = (value) => {
    const converted: Record<string, unknown> = {}
    for (const member of members) {
      const part = (value as Readonly<Record<string, unknown>>)[member.name]
      if (part !== undefined) converted[member.wireName] = member.convert(part)
    }
    return converted
  }
  // Registered before its members are compiled: shapes may be recursive.
  converters.set(shape, convert)
  for (const member of shape.members)
    members.push({ name: member.name, wireName: member.wireName, convert: memberConverter(member) })
  return convert
}
