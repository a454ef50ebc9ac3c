/** Signature Version 4A: ECDSA over P-256 with a key pair that both sides derive from the secret; one signature is good for a set of regions. */
import { createECDH, createHmac, createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ECDSA } from './algorithm.ts'

export type SigningKeyPair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject }

/** The order of P-256 (FIPS 186-4, D.1.2.3), less two: a key is one more than a number up to this. */
const LAST = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 2n
const KEY_BITS = 256
const SCALAR_DIGITS = KEY_BITS / 4
/** So many numbers in a row are too large with a chance of 2 to the power of -8128. */
const MAX_COUNTER = 254

/**
 * The key pair of an access key: NIST SP 800-108 in counter mode with HMAC-SHA-256, one round, the label being the algorithm's name and
 * the context the access key id and a counter of failed attempts ("AWS Signature Version 4A", as AWS's open-source signers do it).
 */
export function deriveKeyPair(accessKeyId: string, secret: string): SigningKeyPair {
  for (let counter = 1; counter <= MAX_COUNTER; counter += 1) {
    const candidate = BigInt(`0x${deriveNumber(accessKeyId, secret, counter)}`)
    if (candidate <= LAST) return pairOf((candidate + 1n).toString(16).padStart(SCALAR_DIGITS, '0'))
  }
  throw new Error('no key in this secret')
}

function deriveNumber(accessKeyId: string, secret: string, counter: number): string {
  const round = Buffer.alloc(4)
  round.writeUInt32BE(1)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(KEY_BITS)
  const input = Buffer.concat([round, Buffer.from(`${ECDSA}\0${accessKeyId}`), Buffer.from([counter]), length])
  return createHmac('sha256', `AWS4A${secret}`).update(input).digest('hex')
}

function pairOf(scalar: string): SigningKeyPair {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(scalar, 'hex')
  const point = curve.getPublicKey()
  const coordinates = { x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }
  const key = { kty: 'EC', crv: 'P-256', ...coordinates }
  return {
    privateKey: createPrivateKey({ format: 'jwk', key: { ...key, d: Buffer.from(scalar, 'hex').toString('base64url') } }),
    publicKey: createPublicKey({ format: 'jwk', key }),
  }
}

/** DER of two 32-byte integers is at most 72 bytes. */
const SIGNATURE = /^(?:[0-9a-f]{2}){8,72}$/

/** Whether a hexadecimal DER signature is one of `text`. There is no secret in the comparison: the public key is all it takes. */
export function isEcdsaSignature(text: string, signature: string, key: KeyObject): boolean {
  return (
    SIGNATURE.test(signature) && verify('sha256', Buffer.from(text), { key, dsaEncoding: 'der' }, Buffer.from(signature, 'hex'))
  )
}
