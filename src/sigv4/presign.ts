/** Signs requests with Signature Version 4 in the query: a link that works for a while and needs no headers. */
import { HMAC } from './algorithm.ts'
import { uriEncode } from './canonical.ts'
import { ALGORITHM_PARAMETER, MAX_EXPIRES, SIGNATURE_PARAMETER } from './claim.ts'
import { badExpiry } from './faults.ts'
import type { SignableRequest } from './request.ts'
import { scopeOf, signatureOf, signedHeadersOf, type SigningCredentials, type SigningOptions } from './sign.ts'

export type PresignOptions = SigningOptions & {
  /** Seconds, at most a week. Services other than S3 take it for at most their clock window, whatever it says. */
  readonly expiresIn: number
}

/** The target (path and query) of a presigned request. Whoever sends it must send the request's `host`, `content-type` and `x-amz-` headers with it. */
export function presignRequest(request: SignableRequest, credentials: SigningCredentials, options: PresignOptions): string {
  const { expiresIn } = options
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > MAX_EXPIRES)
    throw badExpiry(`X-Amz-Expires must be from 1 to ${MAX_EXPIRES} seconds`)
  const scope = scopeOf(options)
  const parameters: readonly (readonly [string, string])[] = [
    [ALGORITHM_PARAMETER, HMAC],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scope.scope}`],
    ['X-Amz-Date', scope.timestamp],
    ['X-Amz-Expires', String(expiresIn)],
    ['X-Amz-SignedHeaders', signedHeadersOf(request.rawHeaders).join(';')],
    ...(credentials.sessionToken === undefined ? [] : [['X-Amz-Security-Token', credentials.sessionToken] as const]),
  ]
  const query = parameters.map(([name, value]) => `${name}=${uriEncode(value)}`).join('&')
  const target = `${request.target}${request.target.includes('?') ? '&' : '?'}${query}`
  const { signature } = signatureOf({ ...request, target }, credentials, scope)
  return `${target}&${SIGNATURE_PARAMETER}=${signature}`
}
