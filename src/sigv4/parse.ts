/** Reads the signature of a request and refuses, in AWS's order, what its form, its clock or its scope forbid. No key is looked up yet. */
import { GenerationCache } from '../aws/generation-cache.ts'
import type { Algorithm } from './algorithm.ts'
import { canonicalQuery, hasValidEscapes, isNormalPath, parseQuery } from './canonical.ts'
import { ALGORITHM_PARAMETER, type Claim, readHeaderClaim, readQueryClaim, SIGNATURE_PARAMETER } from './claim.ts'
import { doesNotMatch, incomplete, missingToken } from './faults.ts'
import { AMZ_PREFIX, type HeaderNames, headerNames, headerValue, type SignableRequest } from './request.ts'
import { readScope } from './scope.ts'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'

export type ReadOptions = {
  /** The signing names that the scope may have. */
  readonly services: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
  /** How far the clocks may be apart, in milliseconds. */
  readonly windowMs: number
  /** Whether the body may stay unsigned, which S3 alone allows. */
  readonly unsignedPayload?: boolean
}

/** A signature whose form, clock and scope are right. Who signed is proven only by `verifySignature`. */
export type Presented = {
  readonly algorithm: Algorithm
  readonly accessKeyId: string
  /** YYYYMMDD. */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly sessionToken: string | undefined
  /** When it was signed, as it is signed: ISO 8601 in basic format. */
  readonly timestamp: string
  /** When it was signed, in milliseconds since 1970. */
  readonly signedAt: number
  readonly credential: string
  readonly scope: string
  /** Names in lower case, sorted, each once, joined by semicolons. */
  readonly signedHeaders: string
  readonly signedNames: readonly string[]
  readonly signature: string
  readonly contentSha256: string | undefined
  readonly unsignedPayload: boolean
  readonly presigned: boolean
  readonly path: string
  readonly canonicalQuery: string
  readonly headerNames: HeaderNames
}

/** What a request says of who signed it, and how; throws the SignatureError of the first check that fails (the numbers are AWS's steps, see DESIGN.md). */
export function readSignature(request: SignableRequest, options: ReadOptions): Presented {
  const { target, rawHeaders } = request
  const path = readPath(target) // 1
  const names = headerNames(rawHeaders)
  const parameters = parseQuery(target.slice(path.length + 1)) // 4
  const authorization = headerValue(names, rawHeaders, 'authorization')
  const presigned = parameters.some(({ name }) => name === ALGORITHM_PARAMETER)
  if (authorization === undefined && !presigned) throw missingToken() // 5
  if (authorization !== undefined && presigned) throw doesNotMatch('')
  const claim =
    authorization === undefined
      ? readQueryClaim(parameters, { names, rawHeaders })
      : readHeaderClaim(authorization, { names, rawHeaders }) // 6, 7
  const signedNames = readSignedNames(claim.signedHeaders, names) // 8
  const signedAt = readTimestamp(claim) // 9
  checkClock(claim.timestamp, signedAt, options) // 10, 11
  const { accessKeyId, date, region, service, scope } = readScope(claim, options.services) // 12, 13
  return {
    algorithm: claim.algorithm,
    accessKeyId,
    date,
    region,
    service,
    sessionToken: claim.sessionToken,
    timestamp: claim.timestamp,
    signedAt,
    credential: claim.credential,
    scope,
    signedHeaders: claim.signedHeaders,
    signedNames,
    signature: claim.signature,
    contentSha256: claim.contentSha256,
    unsignedPayload: options.unsignedPayload === true,
    presigned,
    path,
    canonicalQuery: canonicalQuery(parameters, presigned ? SIGNATURE_PARAMETER : undefined),
    headerNames: names,
  }
}

const TARGET = /^\/[\x21-\x7e]*$/

/**
 * The raw path of a target. AWS normalises dot segments and empty ones before it signs; here they are refused, because services route by
 * the path that arrived: a captured signature of `/a` must not be good for `/a/b/..`.
 */
function readPath(target: string): string {
  if (target === '/') return target
  if (!TARGET.test(target)) throw incomplete('The request target must be an absolute path in ASCII.')
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  if (!hasValidEscapes(path)) throw incomplete('The path has an invalid escape.')
  if (!isNormalPath(path)) throw incomplete('The path has empty or relative segments.')
  return path
}

/** Headers' names in lower case (RFC 9110, "token"); `:authority` never reaches a server of HTTP/1.1. */
const NAMES = /^[!#$%&'*+\-.^_`|~0-9a-z]+(?:;[!#$%&'*+\-.^_`|~0-9a-z]+)*$/

/** The signed names; throws where the list is not as signers write it, or leaves out what must be signed. */
function readSignedNames(text: string, names: HeaderNames): readonly string[] {
  const signed = lists.get(text) ?? readList(text)
  if (!signed.includes('host')) throw doesNotMatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  for (const name of names) {
    // AWS honours some of these unsigned; what a stranger can add must not be obeyed (MinIO's lesson of 2026).
    if (name.startsWith(AMZ_PREFIX) && !signed.includes(name))
      throw doesNotMatch(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
  }
  return signed
}

/** A client signs the same few headers again and again. Only well-formed lists are kept, and none that is long. */
const lists = new GenerationCache<string, readonly string[]>(256)
const MAX_KEPT_LENGTH = 512

function readList(text: string): readonly string[] {
  const signed = text.split(';')
  if (!NAMES.test(text) || !ascends(signed)) throw incomplete("'SignedHeaders' must be names in lower case, sorted, each once.")
  if (text.length <= MAX_KEPT_LENGTH) lists.set(text, signed)
  return signed
}

function ascends(texts: readonly string[]): boolean {
  let last = ''
  for (const text of texts) {
    if (text <= last) return false
    last = text
  }
  return true
}

function readTimestamp({ timestamp }: Claim): number {
  const signedAt = parseTimestamp(timestamp)
  if (signedAt !== undefined) return signedAt
  throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601`)
}

function checkClock(timestamp: string, signedAt: number, { now, windowMs }: ReadOptions): void {
  // Timestamps are of whole seconds.
  const second = now - (now % 1_000)
  if (signedAt < second - windowMs) {
    throw doesNotMatch(
      `Signature expired: ${timestamp} is now earlier than ${formatTimestamp(second - windowMs)} (${clockText(second, '-', windowMs)})`,
    )
  }
  if (signedAt > second + windowMs) {
    throw doesNotMatch(
      `Signature not yet current: ${timestamp} is still later than ${formatTimestamp(second + windowMs)} (${clockText(second, '+', windowMs)})`,
    )
  }
}

const clockText = (now: number, sign: '-' | '+', windowMs: number): string =>
  `${formatTimestamp(now)} ${sign} ${windowMs / 60_000} min.`
