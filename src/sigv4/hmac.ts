/** HMAC-SHA-256 (RFC 2104) as two one-shot hashes: with both pads of the key prepared, less than half of what a `createHmac` costs. */
import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto'

const BLOCK_BYTES = 64
const HASH_BYTES = 32
const INNER = 0x36
const OUTER = 0x5c
/** Strings to sign have about 140 bytes. What is longer takes the ordinary way. */
const MAX_TEXT_BYTES = 960

/** The key over one block, combined with each of the two constants. */
type Pads = { readonly inner: Uint8Array; readonly outer: Uint8Array }

const pads = new WeakMap<KeyObject, Pads>()
// Used within one call only, which nothing interrupts.
const innerBlock = Buffer.alloc(BLOCK_BYTES + MAX_TEXT_BYTES)
const outerBlock = Buffer.alloc(BLOCK_BYTES + HASH_BYTES)
const expected = Buffer.alloc(HASH_BYTES)
const given = Buffer.alloc(HASH_BYTES)

/** Buffer.write would stop at what is not hexadecimal, and timingSafeEqual throws where lengths differ. */
const SIGNATURE = /^[0-9a-f]{64}$/

/** Whether a hexadecimal signature is the HMAC of `text`, which is ASCII. Takes the same time whichever of its digits are wrong. */
export function isHmac(text: string, signature: string, key: KeyObject): boolean {
  if (!SIGNATURE.test(signature)) return false
  expected.write(hmac(text, key), 'latin1')
  given.write(signature, 'hex')
  return timingSafeEqual(expected, given)
}

/** One character a byte. */
function hmac(text: string, key: KeyObject): string {
  const known = pads.get(key) ?? preparePads(key)
  if (known === undefined || text.length > MAX_TEXT_BYTES) return createHmac('sha256', key).update(text).digest('latin1')
  innerBlock.set(known.inner)
  const length = BLOCK_BYTES + innerBlock.write(text, BLOCK_BYTES, 'latin1')
  outerBlock.set(known.outer)
  outerBlock.write(hash('sha256', innerBlock.subarray(0, length), 'latin1'), BLOCK_BYTES, 'latin1')
  return hash('sha256', outerBlock, 'latin1')
}

/** Undefined for a key that is longer than a block, which HMAC hashes first. Signing keys never are. */
function preparePads(key: KeyObject): Pads | undefined {
  const bytes = key.export()
  if (bytes.byteLength > BLOCK_BYTES) return undefined
  const padded = (constant: number): Uint8Array =>
    Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (bytes[at] ?? 0) ^ constant)
  const made: Pads = { inner: padded(INNER), outer: padded(OUTER) }
  pads.set(key, made)
  return made
}
