/** What is remembered of each account, valid for one version of it. Every write bumps the version, and all that was remembered is dropped. */
import { GenerationCache } from '../aws/generation-cache.ts'
import type { KnownEntity } from './entities.ts'
import type { KnownKey } from './keys.ts'
import type { KnownPrincipal } from './principals.ts'

const MAX_ACCOUNTS = 1_000
const MAX_ENTRIES = 10_000

/** `found` is set once `loading` has ended. */
type Entry<T> = { readonly loading: Promise<T>; found: T | undefined }

/** Answers by key; each is loaded once, even when several ask at the same time. */
export class Memo<T> {
  readonly #entries = new GenerationCache<string, Entry<T>>(MAX_ENTRIES)
  readonly #isThere: (found: T) => boolean

  /** `isThere`: whether something was found. What is not there has no end of names, and strangers may ask for any: it is not remembered. */
  constructor(isThere: (found: T) => boolean = (found) => found !== undefined) {
    this.#isThere = isThere
  }

  /** What was found before, at once: nearly every call gets by with it. Undefined where `recall` has to be asked, and for misses. */
  known(key: string): T | undefined {
    return this.#entries.get(key)?.found
  }

  get size(): number {
    return this.#entries.size
  }

  /** The remembered answer, or what `load` finds. */
  recall(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key)
    if (known !== undefined) return known.loading
    const entry: Entry<T> = { loading: load(), found: undefined }
    this.#entries.set(key, entry)
    const forget = (): void => this.#entries.delete(key)
    entry.loading.then((found) => {
      if (this.#isThere(found)) entry.found = found
      else forget()
    }, forget)
    return entry.loading
  }
}

/** Memory of one account at one version. */
export class AccountMemory {
  readonly version: number
  readonly keys = new Memo<KnownKey | undefined>()
  readonly principals = new Memo<KnownPrincipal | undefined>()
  readonly entities = new Memo<KnownEntity>(({ missing }) => missing !== true)

  constructor(version: number) {
    this.version = version
  }
}

export class AccountMemories {
  #memories = new GenerationCache<string, AccountMemory>(MAX_ACCOUNTS)

  of(accountId: string): AccountMemory {
    const known = this.#memories.get(accountId)
    if (known !== undefined) return known
    const memory = new AccountMemory(0)
    this.#memories.set(accountId, memory)
    return memory
  }

  /** Forgets all accounts. */
  clear(): void {
    this.#memories = new GenerationCache(MAX_ACCOUNTS)
  }

  /** Forgets the account unless what is remembered is of this version or a newer one. */
  changed(accountId: string, version: number): void {
    const known = this.#memories.get(accountId)
    if (known !== undefined && known.version < version) this.#memories.set(accountId, new AccountMemory(version))
  }
}
