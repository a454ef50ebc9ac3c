/** Signs requests with Signature Version 4, in headers. */
import { createHmac } from 'node:crypto'
import { HMAC } from './algorithm.ts'
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  parseQuery,
  payloadHash,
  stringToSign,
} from './canonical.ts'
import { incomplete } from './faults.ts'
import { deriveSigningKey, TERMINATOR } from './key.ts'
import { AMZ_PREFIX, headerNames, type SignableRequest } from './request.ts'
import { formatTimestamp } from './timestamp.ts'

export type SigningCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export type SigningOptions = {
  readonly region: string
  /** The service's signing name. */
  readonly service: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The headers to add to a request, as name, value, name, value. Signs `host`, `content-type`, `content-md5` and every `x-amz-` header. */
export function signRequest(
  request: SignableRequest,
  credentials: SigningCredentials,
  options: SigningOptions,
): readonly string[] {
  const scope = scopeOf(options)
  const token = credentials.sessionToken
  const added = ['x-amz-date', scope.timestamp, ...(token === undefined ? [] : ['x-amz-security-token', token])]
  const { signedHeaders, signature } = signatureOf(
    { ...request, rawHeaders: [...request.rawHeaders, ...added] },
    credentials,
    scope,
  )
  const authorization = `${HMAC} Credential=${credentials.accessKeyId}/${scope.scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`
  return [...added, 'authorization', authorization]
}

export type Scope = SigningOptions & {
  readonly algorithm: typeof HMAC
  readonly date: string
  readonly timestamp: string
  readonly scope: string
}

export function scopeOf(options: SigningOptions): Scope {
  const timestamp = formatTimestamp(options.now)
  const date = timestamp.slice(0, 8)
  return { ...options, algorithm: HMAC, date, timestamp, scope: `${date}/${options.region}/${options.service}/${TERMINATOR}` }
}

const SIGNED = new Set(['host', 'content-type', 'content-md5'])

/** The headers of a request that signing covers, as they are listed. */
export function signedHeadersOf(rawHeaders: readonly string[]): readonly string[] {
  const names = headerNames(rawHeaders)
  if (names.includes('authorization')) throw incomplete('The request is signed already.')
  if (!names.includes('host')) throw incomplete("A request cannot be signed without a 'host' header.")
  return [...new Set(names.filter((name) => SIGNED.has(name) || name.startsWith(AMZ_PREFIX)))].toSorted()
}

export type Signed = { readonly signedHeaders: string; readonly signature: string }

/** The signature of a request whose target and headers are complete but for the signature itself. */
export function signatureOf(request: SignableRequest, { secretAccessKey }: SigningCredentials, scope: Scope): Signed {
  const signed = signedHeadersOf(request.rawHeaders)
  const signedHeaders = signed.join(';')
  const mark = request.target.indexOf('?')
  const canonical = canonicalRequest(
    {
      method: request.method,
      path: canonicalPath(mark < 0 ? request.target : request.target.slice(0, mark), scope.service),
      query: mark < 0 ? '' : canonicalQuery(parseQuery(request.target.slice(mark + 1))),
      headers: canonicalHeaders(headerNames(request.rawHeaders), request.rawHeaders, signed),
      signedHeaders,
    },
    payloadHash(request.body),
  )
  const signature = createHmac('sha256', deriveSigningKey(secretAccessKey, scope))
    .update(stringToSign(scope, canonical))
    .digest('hex')
  return { signedHeaders, signature }
}
