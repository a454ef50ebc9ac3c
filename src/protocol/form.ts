/** `application/x-www-form-urlencoded` text as a tree of parameters: `Tags.member.1.Key=x` is Tags, member, 1, Key. */
import { Fault } from '../aws/fault.ts'
import { MAX_QUERY_NAME_PARTS, MAX_QUERY_PARAMETERS } from './limits.ts'

/** A parameter's text, or the parameters below its name. */
export type Parameter = string | Parameters
export type Parameters = Map<string, Parameter>

/** AWS's answer to a query string it cannot read (common errors: HTTP 404). */
const malformed = (why: string): Fault =>
  new Fault('MalformedQueryString', `The query string is malformed: ${why}.`, { status: 404 })

/** The query part of a request target, without its question mark. */
export function queryOf(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? '' : target.slice(mark + 1)
}

/** A body is read twice: to find its operation, and to decode it. Its text goes with it, because it may hold a password. */
const texts = new WeakMap<Uint8Array, string>()

function textOf(body: Uint8Array): string {
  const known = texts.get(body)
  if (known !== undefined) return known
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const text = bytes.toString('utf8')
  texts.set(body, text)
  return text
}

/** The text of a form body; throws MalformedQueryString where it is not UTF-8. */
export function formText(body: Uint8Array): string {
  const text = textOf(body)
  // A replacement character is either what the sender wrote or the sign of bytes that are not UTF-8.
  if (text.includes('\uFFFD') && !isUtf8(body)) throw malformed('it is not UTF-8')
  return text
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Reads the parameters of several texts into one tree. A name that stands twice is refused: which one AWS takes is not told. */
export function parseForm(texts: readonly string[]): Parameters {
  const root: Parameters = new Map()
  let count = 0
  for (const text of texts) count = readText(root, text, count)
  return root
}

/** Adds the parameters of a text, of which `count` were read before; the new count. */
function readText(root: Parameters, text: string, count: number): number {
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('&', start)
    const end = found < 0 ? text.length : found
    if (end > start) {
      count += 1
      if (count > MAX_QUERY_PARAMETERS) throw malformed(`it has more than ${MAX_QUERY_PARAMETERS} parameters`)
      addPair(root, text, start, end)
    }
    start = end + 1
  }
  return count
}

function addPair(root: Parameters, text: string, start: number, end: number): void {
  const equals = text.indexOf('=', start)
  const split = equals < 0 || equals > end ? end : equals
  const name = unescape(text.slice(start, split))
  const value = split === end ? '' : unescape(text.slice(split + 1, end))
  if (name.includes('.')) return addNested(root, name, value)
  if (!root.has(name)) root.set(name, value)
  else mergeEmpty(root, name, value)
}

/** A list or structure may be said to be empty (`Tags=`) beside its parts; any other second value is refused. */
function mergeEmpty(level: Parameters, name: string, value: string): void {
  if (typeof level.get(name) === 'string' || value !== '') throw malformed('a parameter stands twice')
}

function addNested(root: Parameters, name: string, value: string): void {
  const parts = name.split('.', MAX_QUERY_NAME_PARTS + 1)
  if (parts.length > MAX_QUERY_NAME_PARTS) throw malformed(`a parameter's name has more than ${MAX_QUERY_NAME_PARTS} parts`)
  const last = parts.pop() ?? ''
  let level = root
  for (const part of parts) {
    const below = level.get(part)
    if (below instanceof Map) {
      level = below
      continue
    }
    if (below !== undefined && below !== '') throw malformed('a parameter stands twice')
    const made: Parameters = new Map()
    level.set(part, made)
    level = made
  }
  if (!level.has(last)) level.set(last, value)
  else mergeEmpty(level, last, value)
}

function unescape(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw malformed('it has an invalid escape')
  }
}

/** Finds the first parameter of a name in the query string or else in the body, for routing: nothing is refused here, decoding does that. */
export function peekParameters(request: {
  readonly target: string
  readonly body: Uint8Array
}): (name: string) => string | undefined {
  const search = queryOf(request.target)
  const form = textOf(request.body)
  return (name) => (search === '' ? undefined : find(search, name)) ?? find(form, name)
}

function find(text: string, name: string): string | undefined {
  const wanted = `${name}=`
  let start = wanted.length
  if (!text.startsWith(wanted)) {
    const found = text.indexOf(`&${wanted}`)
    if (found < 0) return undefined
    start += found + 1
  }
  const end = text.indexOf('&', start)
  try {
    return unescape(text.slice(start, end < 0 ? text.length : end))
  } catch {
    return undefined
  }
}
