/**
 * What decisions cost, and where they end. A decision takes as long as its texts against all patterns: with the policies and the header
 * fields that one caller may send, seconds. Whoever decides for strangers gives it an amount of work; nothing else is done meanwhile.
 */

/** Steps that may still be taken: some nanoseconds each. Several decisions may share it. */
export class Work {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  /** Throws `TooMuchWork` where nothing is left. */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new TooMuchWork()
  }

  /** Runs what decides, explains or simulates. Throws `TooMuchWork` where it takes more: then there is no answer. */
  limit<T>(run: () => T): T {
    return limited(this, run)
  }

  /** The same; undefined where it takes more. */
  attempt<T>(run: () => T): T | undefined {
    try {
      return this.limit(run)
    } catch (error) {
      if (error instanceof TooMuchWork) return undefined
      throw error
    }
  }
}

function limited<T>(work: Work, run: () => T): T {
  const before = current
  current = work
  try {
    return run()
  } finally {
    current = before
  }
}

/** The work was not done: what was asked has no answer, and certainly none that allows. */
export class TooMuchWork extends Error {
  constructor() {
    super('the policies take too many steps to decide')
    this.name = 'TooMuchWork'
  }
}

let current = new Work(Number.POSITIVE_INFINITY)

/** Counts steps: of a text that is compared, its characters. */
export const spend = (steps: number): void => current.spend(steps)
