/** The canonical request and the string to sign, from the raw bytes ("Create a signed AWS API request", IAM User Guide). */
import { hash } from 'node:crypto'
import { malformedQuery, wrongSignature } from './faults.ts'
import type { HeaderNames } from './request.ts'

/** One parameter of a query, name and value in canonical encoding. */
export type QueryParameter = { readonly name: string; readonly value: string }

/** The parts of a canonical request beside the payload's hash. */
export type CanonicalParts = {
  readonly method: string
  readonly path: string
  readonly query: string
  /** The block of canonical headers: a line each, with its line feed. */
  readonly headers: string
  /** Names in lower case, sorted, joined by semicolons. */
  readonly signedHeaders: string
}

export function canonicalRequest({ method, path, query, headers, signedHeaders }: CanonicalParts, payloadHash: string): string {
  return `${method}\n${path}\n${query}\n${headers}\n${signedHeaders}\n${payloadHash}`
}

export type SigningScope = { readonly algorithm: string; readonly timestamp: string; readonly scope: string }

export function stringToSign({ algorithm, timestamp, scope }: SigningScope, canonical: string): string {
  // Headers hold a byte a character: only where all are ASCII is that what the hash makes of a string.
  const bytes = Buffer.byteLength(canonical) === canonical.length ? canonical : Buffer.from(canonical, 'latin1')
  return `${algorithm}\n${timestamp}\n${scope}\n${hash('sha256', bytes, 'hex')}`
}

export const payloadHash = (body: Uint8Array): string => hash('sha256', body, 'hex')

/** S3 keeps paths as they are and encodes them once; every other service removes dot segments and empty ones, and encodes what is encoded again. */
const ENCODED_ONCE = 's3'
const PATH_RESERVED = /[^A-Za-z0-9\-._~/]/g

/** The canonical form of a raw path, which may be empty. */
export function canonicalPath(path: string, service: string): string {
  if (path === '' || path === '/') return '/'
  if (service === ENCODED_ONCE) return path
  return normalPath(path).replace(PATH_RESERVED, (character) => percent(character.charCodeAt(0)))
}

/** Whether a path has no dot segments and no empty segments but the last. */
export function isNormalPath(path: string): boolean {
  return path === '/' || (!path.includes('//') && (!path.includes('/.') || normalPath(path) === path))
}

/** As RFC 3986, section 5.2.4, with empty segments removed too. A path that ends in a dot segment ends without a slash, as SDKs sign it. */
function normalPath(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}

const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/

/** Whether every percent sign begins an escape. */
export const hasValidEscapes = (text: string): boolean => !BAD_ESCAPE.test(text)

/** The parameters of a raw query; throws MalformedQueryString. Empty parts are left out, as decoding leaves them out. */
export function parseQuery(query: string): readonly QueryParameter[] {
  if (query === '') return []
  if (!hasValidEscapes(query)) throw malformedQuery('it has an invalid escape')
  const parameters: QueryParameter[] = []
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    parameters.push(
      equals < 0
        ? { name: canonicalComponent(part), value: '' }
        : { name: canonicalComponent(part.slice(0, equals)), value: canonicalComponent(part.slice(equals + 1)) },
    )
  }
  return parameters
}

/** Sorted by name, then by value: names that stand more than once stay. A sort of whole parts would put `a-b=` before `a=`. */
export function canonicalQuery(parameters: readonly QueryParameter[], without?: string): string {
  if (parameters.length === 0) return ''
  return parameters
    .filter(({ name }) => name !== without)
    .toSorted((one, other) => order(one.name, other.name) || order(one.value, other.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const RESERVED = /[^A-Za-z0-9\-._~]/
const ESCAPE_OR_RESERVED = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/g

/** Whatever is escaped or reserved, escaped in capitals; what needs no escape, plain. A plus sign is a space, as decoding reads it. */
function canonicalComponent(text: string): string {
  if (!RESERVED.test(text)) return text
  return text.replaceAll(ESCAPE_OR_RESERVED, (found) => {
    if (found === '+') return '%20'
    if (found.length === 1) return percent(found.charCodeAt(0))
    const code = Number.parseInt(found.slice(1), 16)
    const plain = String.fromCharCode(code)
    return RESERVED.test(plain) ? percent(code) : plain
  })
}

/** Percent-encodes each byte but the unreserved ones (RFC 3986), as AWS's UriEncode does. */
export function uriEncode(text: string): string {
  return RESERVED.test(text) ? canonicalComponent(encodeURIComponent(text)) : text
}

const percent = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`

/** The lines of the signed headers. Values of one name are joined in their order; a name without a header cannot have been signed. */
export function canonicalHeaders(names: HeaderNames, rawHeaders: readonly string[], signed: readonly string[]): string {
  let lines = ''
  for (const name of signed) {
    let index = names.indexOf(name)
    if (index < 0) throw wrongSignature()
    lines += `${name}:${canonicalValue(rawHeaders[2 * index + 1] ?? '')}`
    while ((index = names.indexOf(name, index + 1)) >= 0) lines += `,${canonicalValue(rawHeaders[2 * index + 1] ?? '')}`
    lines += '\n'
  }
  return lines
}

const UNTIDY = /^ | $|[\t\r\n]| {2}/
const BLANKS = /[\t\r\n ]+/g

/** Trimmed, with each run of spaces, tabs and line folds as one space. Other white space is data: trim() would take the byte A0 too. */
function canonicalValue(value: string): string {
  if (!UNTIDY.test(value)) return value
  const spaced = value.replaceAll(BLANKS, ' ')
  return spaced.slice(spaced.startsWith(' ') ? 1 : 0, spaced.endsWith(' ') ? -1 : undefined)
}
