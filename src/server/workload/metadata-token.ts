/** Session tokens of the metadata service: sealed with a key of this process, so that none has to be kept and any number may be out. */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** EC2 User Guide, "Use IMDSv2": a token lives from one second to six hours. */
const MIN_SECONDS = 1
const MAX_SECONDS = 21_600
const TTL = /^\d{1,5}$/

const EXPIRY_BYTES = 8
const NONCE_BYTES = 16
const MAC_BYTES = 32
const TOKEN_BYTES = EXPIRY_BYTES + NONCE_BYTES + MAC_BYTES
/** Base64 without padding. */
const TOKEN_LENGTH = Math.ceil((TOKEN_BYTES * 4) / 3)

export class MetadataTokens {
  readonly #random: (count: number) => Uint8Array
  readonly #key: Uint8Array

  constructor(random: (count: number) => Uint8Array) {
    this.#random = random
    this.#key = random(MAC_BYTES)
  }

  /** A new token, valid for as many seconds as the text says; undefined where it says no allowed time. `now`: milliseconds. */
  issue(ttl: string | undefined, now: number): { readonly token: string; readonly seconds: number } | undefined {
    const seconds = ttl !== undefined && TTL.test(ttl) ? Number(ttl) : Number.NaN
    if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS)) return undefined
    const payload = Buffer.alloc(EXPIRY_BYTES + NONCE_BYTES)
    payload.writeBigUInt64BE(BigInt(now + seconds * 1000))
    payload.set(this.#random(NONCE_BYTES), EXPIRY_BYTES)
    return { token: Buffer.concat([payload, this.#mac(payload)]).toString('base64url'), seconds }
  }

  /** How many seconds the token is still good for; undefined where it is not ours, or over. Takes the same time for every wrong token. */
  remaining(token: string, now: number): number | undefined {
    if (token.length !== TOKEN_LENGTH) return undefined
    const bytes = Buffer.from(token, 'base64url')
    // Base64 has several writings of the same bytes; a token has one.
    if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return undefined
    const payload = bytes.subarray(0, EXPIRY_BYTES + NONCE_BYTES)
    if (!timingSafeEqual(bytes.subarray(payload.length), this.#mac(payload))) return undefined
    const left = Number(payload.readBigUInt64BE()) - now
    return left > 0 ? Math.ceil(left / 1000) : undefined
  }

  #mac(payload: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest()
  }
}
