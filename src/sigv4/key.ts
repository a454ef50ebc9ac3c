/** Signing keys: derived from a secret for one day, region and service, and remembered. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export const TERMINATOR = 'aws4_request'

export type KeyScope = { readonly date: string; readonly region: string; readonly service: string }

/** The signing key of Signature Version 4 ("Create a signed AWS API request", step 4). `date` is YYYYMMDD. */
export function deriveSigningKey(secret: string, { date, region, service }: KeyScope): KeyObject {
  const dateKey = hmac(`AWS4${secret}`, date)
  return createSecretKey(hmac(hmac(hmac(dateKey, region), service), TERMINATOR))
}

const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

type Entry = { readonly secret: string; readonly key: KeyObject }

/** Users and scopes of a busy day; an entry takes about 500 bytes. */
const CAPACITY = 8_192

/**
 * Remembers keys by credential. Bounded: entries live in two generations and the older one is dropped whole. An entry is tied to its
 * secret, so that a changed secret never meets the old key, and is kept only after a signature matched, so that a stranger who knows
 * an access key id cannot push out what others use.
 */
export class SigningKeyCache {
  readonly #capacity: number
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()

  /** `capacity`: how many keys a generation holds; at most twice as many are kept. */
  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
  }

  /** The key kept for this credential and this very secret. */
  find(credential: string, secret: string): KeyObject | undefined {
    const young = this.#young.get(credential)
    if (young !== undefined) return young.secret === secret ? young.key : undefined
    const old = this.#old.get(credential)
    if (old === undefined || old.secret !== secret) return undefined
    this.keep(credential, secret, old.key)
    return old.key
  }

  keep(credential: string, secret: string, key: KeyObject): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(credential, { secret, key })
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }
}
