/** What a signature covers: a request as it arrived. Header names are made lower case and compared here, once. */
import { incomplete } from './faults.ts'

/** A request as bytes: strings hold one byte a character (Latin-1), as node:http hands them over. */
export type SignableRequest = {
  readonly method: string
  /** Path and query as they stood in the request line. */
  readonly target: string
  /** Names and values in turns, as they arrived. */
  readonly rawHeaders: readonly string[]
  readonly body: Uint8Array
}

/** The lower-case names of a request's headers, in order: the value of number n is `rawHeaders[2 * n + 1]`. */
export type HeaderNames = readonly string[]

/** AWS's own headers. `x-amzn-trace-id`, which proxies add, is none of them. */
export const AMZ_PREFIX = 'x-amz-'
/** Finding signed headers takes time by their number squared; SDKs send about 15. */
const MAX_HEADERS = 200
/** Two of these would let the signature cover one value while the service reads the other (node:http keeps the first, silently). */
const SINGLE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'date'])

/** The names of a request's headers; throws IncompleteSignature where one that must be unique is not. AWS takes the first or joins them. */
export function headerNames(rawHeaders: readonly string[]): HeaderNames {
  const count = rawHeaders.length >> 1
  if (count > MAX_HEADERS) throw incomplete(`The request has more than ${MAX_HEADERS} headers.`)
  const names: string[] = []
  for (let index = 0; index < count; index += 1) {
    const name = (rawHeaders[2 * index] ?? '').toLowerCase()
    if ((name.startsWith(AMZ_PREFIX) || SINGLE.has(name)) && names.includes(name))
      throw incomplete(`The header '${name}' stands more than once.`)
    names.push(name)
  }
  return names
}

/** The value of the first header of that name, given in lower case. */
export function headerValue(names: HeaderNames, rawHeaders: readonly string[], name: string): string | undefined {
  const index = names.indexOf(name)
  return index < 0 ? undefined : rawHeaders[2 * index + 1]
}
