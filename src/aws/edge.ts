/** What an operation may ask of the outside world: randomness and the vault. Given at the edge of the program, never imported. */
import type { RandomBytes } from './ids.ts'

/** Seals secrets under the keyring (AES-256-GCM, key id inside the sealed text). `context` is authenticated with it: a sealed value moved elsewhere does not open. */
export interface Vault {
  seal(secret: string, context: string): string
  /** The secret; throws where the text was not sealed by a known key for this context. */
  open(sealed: string, context: string): string
}

export type Edge = { readonly random: RandomBytes; readonly vault: Vault }
