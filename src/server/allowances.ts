/** How much may be kept of each account: so much at once, and as much again within a time, little by little. */
import { GenerationCache } from '../aws/generation-cache.ts'

/** Accounts that are remembered. One that is forgotten begins anew. */
const ACCOUNTS = 10_000

export type AllowancesSettings = {
  /** What an account may keep at once. */
  readonly most: number
  /** Milliseconds in which that becomes free again. */
  readonly period: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

export class Allowances {
  readonly #settings: AllowancesSettings
  readonly #left = new GenerationCache<string, { readonly amount: number; readonly at: number }>(ACCOUNTS)

  constructor(settings: AllowancesSettings) {
    this.#settings = settings
  }

  /** Takes so much of what the account has left; false, and nothing is taken, where it is more. */
  take(accountId: string, amount: number): boolean {
    const { most, period, clock } = this.#settings
    const now = clock()
    const known = this.#left.get(accountId)
    const left = known === undefined ? most : Math.min(most, known.amount + (Math.max(0, now - known.at) * most) / period)
    const isEnough = amount <= left
    this.#left.set(accountId, { amount: isEnough ? left - amount : left, at: now })
    return isEnough
  }
}
