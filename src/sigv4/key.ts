/** Signing keys: derived from a secret for one day, region and service, and remembered. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { GenerationCache } from '../aws/generation-cache.ts'

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
 * Remembers keys by credential. An entry is tied to its secret, so that a changed secret never meets the old key, and is kept only after a
 * signature matched, so that a stranger who knows an access key id cannot push out what others use.
 */
export class SigningKeyCache {
  readonly #entries: GenerationCache<string, Entry>

  /** `capacity`: how many keys a generation holds; at most twice as many are kept. */
  constructor(capacity = CAPACITY) {
    this.#entries = new GenerationCache(capacity)
  }

  /** The key kept for this credential and this very secret. */
  find(credential: string, secret: string): KeyObject | undefined {
    const known = this.#entries.get(credential)
    return known?.secret === secret ? known.key : undefined
  }

  keep(credential: string, secret: string, key: KeyObject): void {
    this.#entries.set(credential, { secret, key })
  }

  get size(): number {
    return this.#entries.size
  }
}
