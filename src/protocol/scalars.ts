/** Scalars as text: what Query parameters, headers, labels and query strings hold. And the timestamps and blobs of every protocol. */
import { GenerationCache } from '../aws/generation-cache.ts'
import type { Fault } from '../aws/fault.ts'
import type { Shape, TimestampFormat } from '../model/model.ts'
import { MAX_EPOCH_SECONDS, MAX_NUMBER_LENGTH } from './limits.ts'

/** Makes the fault for a value that its type cannot hold; protocols have codes of their own for it. */
export type Unreadable = (expected: string) => Fault

const INT_MAX = 2_147_483_647
const INT_MIN = -2_147_483_648
const INTEGER = /^[+-]?\d+$/
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
// RFC 3339 with an optional offset (Smithy, date-time); seconds may have a fraction.
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

type Parse = (text: string, unreadable: Unreadable) => unknown

const noText: Parse = (_text, unreadable) => {
  throw unreadable('a scalar')
}
const PARSERS: Readonly<Record<Shape['kind'], Parse>> = {
  string: (text) => text,
  boolean: parseBoolean,
  integer: (text, unreadable) => wholeNumber(parseInteger(text), 'integer', unreadable),
  long: (text, unreadable) => wholeNumber(parseInteger(text), 'long', unreadable),
  float: parseDecimal,
  double: parseDecimal,
  timestamp: parseTimestamp,
  blob: parseBlob,
  document: noText,
  structure: noText,
  list: noText,
  map: noText,
}

/** The value of a text for a scalar shape. */
export function parseScalar(text: string, shape: Shape, unreadable: Unreadable): unknown {
  return PARSERS[shape.kind](text, unreadable)
}

const parseInteger = (text: string): number => (text.length <= MAX_NUMBER_LENGTH && INTEGER.test(text) ? Number(text) : NaN)

function parseDecimal(text: string, unreadable: Unreadable): number {
  if (text.length > MAX_NUMBER_LENGTH || !DECIMAL.test(text)) throw unreadable('a number')
  return Number(text)
}

/** An `integer` has 32 bits; a `long` is refused beyond what a JavaScript number holds exactly. */
export function wholeNumber(value: number, kind: 'integer' | 'long', unreadable: Unreadable): number {
  const fits = kind === 'integer' ? Number.isInteger(value) && value <= INT_MAX && value >= INT_MIN : Number.isSafeInteger(value)
  if (!fits) throw unreadable(kind === 'integer' ? 'an integer' : 'a long integer')
  // Minus zero is no integer of AWS's.
  return value === 0 ? 0 : value
}

function parseBoolean(text: string, unreadable: Unreadable): boolean {
  const lower = text.toLowerCase()
  if (lower !== 'true' && lower !== 'false') throw unreadable('true or false')
  return lower === 'true'
}

/** Every format is read: AWS's services accept ISO 8601 and seconds since 1970 alike; headers may have RFC 822 dates. */
export function parseTimestamp(text: string, unreadable: Unreadable): Date {
  if (text.length <= MAX_NUMBER_LENGTH && DECIMAL.test(text)) return fromSeconds(Number(text), unreadable)
  const date = ISO_8601.test(text) || /^[A-Z][a-z]{2}, \d/.test(text) ? new Date(text) : undefined
  if (date === undefined || Number.isNaN(date.getTime())) throw unreadable('a timestamp')
  return date
}

export function fromSeconds(seconds: number, unreadable: Unreadable): Date {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > MAX_EPOCH_SECONDS) throw unreadable('a timestamp')
  return new Date(Math.round(seconds * 1000))
}

export function parseBlob(text: string, unreadable: Unreadable): Uint8Array {
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw unreadable('base64')
  return new Uint8Array(Buffer.from(text, 'base64'))
}

/** A scalar as text. Dates have whole seconds, as IAM and STS write them; REST headers use RFC 822. */
export function scalarText(value: unknown, format: TimestampFormat = 'iso8601'): string {
  if (value instanceof Date) return timestampText(value, format)
  if (value instanceof Uint8Array) return blobText(value)
  return String(value)
}

export function timestampText(date: Date, format: TimestampFormat): string {
  if (format === 'unixTimestamp') return String(date.getTime() / 1000)
  if (format === 'iso8601Milliseconds') return date.toISOString()
  return format === 'rfc822' ? date.toUTCString() : isoText(date)
}

/** The same dates are written again and again, and a calendar is slow. */
const isoTexts = new GenerationCache<number, string>(256)

function isoText(date: Date): string {
  const time = date.getTime()
  let text = isoTexts.get(time)
  if (text === undefined) isoTexts.set(time, (text = `${date.toISOString().slice(0, 19)}Z`))
  return text
}

export const blobText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
