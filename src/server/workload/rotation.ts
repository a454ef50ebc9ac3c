/** Credentials that are handed out again until new ones are due. */
import type { Delivered } from '../admin-contract.ts'

/** EC2 makes new credentials every hour and "at least five minutes before the expiration of the old" (EC2 User Guide, "IAM roles"). */
const MAX_AGE_MS = 3_600_000
/** A refusal is not asked for again at once: whoever polls must not fill the audit trail. */
const REFUSAL_MS = 5_000

export type Rotating = {
  /** Asks the server. */
  readonly fetch: () => Promise<Delivered>
  /** Milliseconds since 1970. */
  readonly clock: () => number
}
/** The same question, asked once at a time: who comes while it is under way gets the same answer. */
export function together<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}

type Kept = { readonly name: string; readonly delivered: Promise<Delivered>; until: number }

/** Keeps one answer for each of a few names; the names that it is asked for are the caller's own, never a client's. */
export class Rotation {
  readonly #kept = new Map<string, Kept>()

  /** What is kept under the name, or, where new credentials are due, what is fetched now: once, however many ask. */
  get(name: string, { fetch, clock }: Rotating): Promise<Delivered> {
    const known = this.#kept.get(name)
    if (known !== undefined && clock() < known.until) return known.delivered
    const kept: Kept = { name, delivered: fetch(), until: Infinity }
    this.#kept.set(name, kept)
    kept.delivered.then(
      (delivered) => {
        kept.until = clock() + keepFor(delivered, clock())
      },
      () => this.#kept.delete(name),
    )
    return kept.delivered
  }

  /** Forgets all: the role is another one now. */
  clear(): void {
    this.#kept.clear()
  }
}

/** Half of their life, an hour at most: SDKs ask again up to 15 minutes before the end and expect others then. */
function keepFor(delivered: Delivered, now: number): number {
  return 'refusal' in delivered ? REFUSAL_MS : Math.min(MAX_AGE_MS, (delivered.credentials.expiresAt - now) / 2)
}
