/** What a request says of its own signature, from the Authorization header or from the query. Only its form is checked here. */
import { hash } from 'node:crypto'
import { GenerationCache } from '../aws/generation-cache.ts'
import { type Algorithm, ECDSA, isAlgorithm } from './algorithm.ts'
import type { QueryParameter } from './canonical.ts'
import { badExpiry, incomplete, malformedQuery } from './faults.ts'
import { type HeaderNames, headerValue } from './request.ts'
import { basicFormat } from './timestamp.ts'

/** All as the request has it, apart from its form unproven. */
export type Claim = {
  readonly algorithm: Algorithm
  readonly credential: string
  /** Names joined by semicolons. */
  readonly signedHeaders: string
  readonly signature: string
  /** When it was signed; perhaps no timestamp at all. */
  readonly timestamp: string
  readonly sessionToken: string | undefined
  /** What the body's SHA-256 is said to be. */
  readonly contentSha256: string | undefined
  /** The regions of a Version 4A signature. */
  readonly regionSet: string | undefined
}

type Headers = { readonly names: HeaderNames; readonly rawHeaders: readonly string[] }

/** The claim of an Authorization header (steps 6a to 6d of the order of refusal). */
export function readHeaderClaim(authorization: string, { names, rawHeaders }: Headers): Claim {
  const { algorithm, credential, signedHeaders, signature } = readAuthorization(authorization)
  const timestamp = headerValue(names, rawHeaders, 'x-amz-date') ?? headerValue(names, rawHeaders, 'date') ?? ''
  const regionSet = headerValue(names, rawHeaders, 'x-amz-region-set')
  if (
    credential === '' ||
    signature === '' ||
    signedHeaders === '' ||
    timestamp === '' ||
    (algorithm === ECDSA && regionSet === undefined)
  ) {
    throw missingFromHeader(authorization, {
      "Authorization header requires 'Credential' parameter. ": credential === '',
      "Authorization header requires 'Signature' parameter. ": signature === '',
      "Authorization header requires 'SignedHeaders' parameter. ": signedHeaders === '',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ": timestamp === '',
      "Authorization header requires existence of a 'X-Amz-Region-Set' header. ": algorithm === ECDSA && regionSet === undefined,
    })
  }
  return {
    algorithm,
    credential,
    signedHeaders,
    signature,
    timestamp: basicFormat(timestamp),
    sessionToken: headerValue(names, rawHeaders, 'x-amz-security-token'),
    contentSha256: headerValue(names, rawHeaders, 'x-amz-content-sha256'),
    regionSet,
  }
}

const SEPARATOR = /[ \t,]+/
/** How SDKs end the header, and how many characters that has. */
const SIGNATURE_AT_END = /^[ \t,]Signature=[0-9a-f]{64}$/
const END_LENGTH = 75

type Authorization = {
  readonly algorithm: Algorithm
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
}

/** What stands before the signature is the same for all requests of a client for a day. Only what can be read is kept, and nothing long. */
const beginnings = new GenerationCache<string, Authorization>(1_024)
const MAX_KEPT_LENGTH = 512

function readAuthorization(authorization: string): Authorization {
  const cut = authorization.length - END_LENGTH
  const end = authorization.slice(Math.max(0, cut))
  if (cut > MAX_KEPT_LENGTH || !SIGNATURE_AT_END.test(end)) return readParts(authorization)
  const beginning = authorization.slice(0, cut)
  let known = beginnings.get(beginning)
  if (known === undefined) beginnings.set(beginning, (known = readParts(beginning)))
  const { algorithm, credential, signedHeaders } = known
  return { algorithm, credential, signedHeaders, signature: end.slice(' Signature='.length) }
}

/** Parts are parted by commas and by white space alike (recorded from STS: a space inside a key id ends the part). The last of a name counts. */
function readParts(authorization: string): Authorization {
  const parts = authorization.split(SEPARATOR)
  const algorithm = parts[0] ?? ''
  if (!isAlgorithm(algorithm)) throw unsupported(algorithm)
  let credential = ''
  let signedHeaders = ''
  let signature = ''
  for (let index = 1; index < parts.length; index += 1) {
    const part = parts[index] ?? ''
    if (part.startsWith('Credential=')) credential = part.slice('Credential='.length)
    else if (part.startsWith('SignedHeaders=')) signedHeaders = part.slice('SignedHeaders='.length)
    else if (part.startsWith('Signature=')) signature = part.slice('Signature='.length)
    else if (part !== '' && !part.includes('=')) {
      throw incomplete(`Invalid key=value pair (missing equal-sign) in Authorization header ${hashed(part)}.`)
    }
  }
  return { algorithm, credential, signedHeaders, signature }
}

/** AWS writes the name out; what is no name may be a key or a token that somebody sent alone, and the message goes into the audit log. */
const unsupported = (algorithm: string): Error =>
  incomplete(`Unsupported AWS 'algorithm'${ALGORITHM_NAME.test(algorithm) ? `: '${algorithm}'` : ` ${hashed(algorithm)}`}.`)
const ALGORITHM_NAME = /^[A-Za-z0-9-]{1,32}$/

/** AWS stopped to write out what it could not read, which may be a secret (recorded from API Gateway since 2024). */
const hashed = (text: string): string => `(hashed with SHA-256 and encoded with Base64): '${hash('sha256', text, 'base64')}'`

function missingFromHeader(authorization: string, missing: Readonly<Record<string, boolean>>): Error {
  const named = Object.keys(missing).filter((text) => missing[text] === true)
  return incomplete(
    `${named.join('')}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash('sha256', authorization, 'base64')}`,
  )
}

export const ALGORITHM_PARAMETER = 'X-Amz-Algorithm'
export const SIGNATURE_PARAMETER = 'X-Amz-Signature'
const REQUIRED_PARAMETERS = ['X-Amz-Credential', SIGNATURE_PARAMETER, 'X-Amz-SignedHeaders', 'X-Amz-Date'] as const
/** The longest life of a presigned request, in seconds: a week. */
export const MAX_EXPIRES = 604_800

/** The claim of a presigned request (steps 7a to 7d). The first parameter of a name counts. */
export function readQueryClaim(parameters: readonly QueryParameter[], { names, rawHeaders }: Headers): Claim {
  const value = (name: string): string | undefined => parameterValue(parameters, name)
  const algorithm = value(ALGORITHM_PARAMETER) ?? ''
  if (!isAlgorithm(algorithm)) throw unsupported(algorithm)
  const regionSet = value('X-Amz-Region-Set')
  const required = algorithm === ECDSA ? [...REQUIRED_PARAMETERS, 'X-Amz-Region-Set'] : REQUIRED_PARAMETERS
  const missing = required.filter((name) => (value(name) ?? '') === '')
  if (missing.length > 0) {
    const named = missing.map((name) => `AWS query-string parameters must include '${name}'. `)
    throw incomplete(`${named.join('')}Re-examine the query-string parameters.`)
  }
  checkExpires(value('X-Amz-Expires'))
  // Which of two tokens counts is not told, so neither does.
  if (names.includes('x-amz-security-token'))
    throw incomplete("A presigned request has its 'X-Amz-Security-Token' in the query string.")
  return {
    algorithm,
    credential: value('X-Amz-Credential') ?? '',
    signedHeaders: value('X-Amz-SignedHeaders') ?? '',
    signature: value(SIGNATURE_PARAMETER) ?? '',
    timestamp: value('X-Amz-Date') ?? '',
    sessionToken: value('X-Amz-Security-Token'),
    contentSha256: headerValue(names, rawHeaders, 'x-amz-content-sha256') ?? value('X-Amz-Content-Sha256'),
    regionSet,
  }
}

function parameterValue(parameters: readonly QueryParameter[], name: string): string | undefined {
  const found = parameters.find((parameter) => parameter.name === name)?.value
  try {
    return found === undefined ? undefined : decodeURIComponent(found)
  } catch {
    throw malformedQuery('it is not UTF-8')
  }
}

/**
 * Only S3 lets a presigned request live as long as it says: STS answers within the service's clock window whatever X-Amz-Expires is
 * (aws-sdk-go issue 2167), and kubectl's tokens, which say 60 seconds and are used for 14 minutes, live on that. So it is only checked.
 */
function checkExpires(text: string | undefined): void {
  if (text === undefined) return
  const seconds = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(seconds)) throw badExpiry('X-Amz-Expires should be a number')
  if (seconds < 0) throw badExpiry('X-Amz-Expires must be non-negative')
  if (seconds > MAX_EXPIRES) {
    throw badExpiry(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_EXPIRES} seconds`,
    )
  }
}
