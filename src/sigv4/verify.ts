/** Checks a signature against the secret that its key id stands for: the last step, and the only one that proves anything. */
import type { KeyObject } from 'node:crypto'
import { ECDSA } from './algorithm.ts'
import { canonicalHeaders, canonicalPath, canonicalRequest, payloadHash, stringToSign } from './canonical.ts'
import { deriveKeyPair, isEcdsaSignature } from './ecdsa.ts'
import { wrongSignature } from './faults.ts'
import { isHmac } from './hmac.ts'
import { deriveSigningKey, type SigningKeyCache } from './key.ts'
import type { Presented } from './parse.ts'
import type { SignableRequest } from './request.ts'

const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** Throws SignatureDoesNotMatch unless the secret's owner signed exactly this request. `presented` is what `readSignature` read from it. */
export function verifySignature(request: SignableRequest, presented: Presented, secret: string, cache: SigningKeyCache): void {
  const text = signedText(request, presented)
  const isOf = presented.algorithm === ECDSA ? isEcdsaSignature : isHmac
  const known = cache.find(presented.credential, secret)
  const key = known ?? deriveKey(presented, secret)
  if (!isOf(text, presented.signature, key)) throw wrongSignature()
  if (known === undefined) cache.keep(presented.credential, secret, key)
}

function deriveKey(presented: Presented, secret: string): KeyObject {
  return presented.algorithm === ECDSA
    ? deriveKeyPair(presented.accessKeyId, secret).publicKey
    : deriveSigningKey(secret, presented)
}

function signedText(request: SignableRequest, presented: Presented): string {
  const payload = payloadOf(request.body, presented)
  const canonical = canonicalRequest(
    {
      method: request.method,
      path: canonicalPath(presented.path, presented.service),
      query: presented.canonicalQuery,
      headers: canonicalHeaders(presented.headerNames, request.rawHeaders, presented.signedNames),
      signedHeaders: presented.signedHeaders,
    },
    payload,
  )
  return stringToSign(presented, canonical)
}

/** The received bytes are always hashed; what the request says they are must be true. Signed streams of S3 are no such hash either. */
function payloadOf(body: Uint8Array, { contentSha256, unsignedPayload }: Presented): string {
  if (unsignedPayload && contentSha256 === UNSIGNED_PAYLOAD) return UNSIGNED_PAYLOAD
  const actual = payloadHash(body)
  if (contentSha256 !== undefined && contentSha256 !== actual) throw wrongSignature()
  return actual
}
