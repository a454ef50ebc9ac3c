/** Why a question has no answer: something that is not supported, or more work than the limits allow. */

/** Thrown inside a comparison and answered as `unknown`; never seen by callers. */
export class Undecided extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'Undecided'
  }
}

/**
 * What one question may cost: steps of single automata, and combinations. Two million take about a second; the policies that AWS manages
 * need some thousands.
 */
const MAX_WORK = 2_000_000
/** Statements of all documents of a question: masks have a bit for each. */
export const MAX_STATEMENTS = 1_000
/** Classes of one part of the request, and combinations of all parts: what is kept in memory. */
export const MAX_CLASSES = 20_000
/** Templates that one text may or may not match, whatever their variables are: each doubles the cases. */
export const MAX_OPEN = 8
/** Assignments of variables that are tried for a witness. */
export const MAX_ASSIGNMENTS = 24

/** The work that is left for a question. */
export class Budget {
  #left: number

  constructor(work = MAX_WORK) {
    this.#left = work
  }

  /** Throws `Undecided` where nothing is left. */
  spend(work: number): void {
    this.#left -= work
    if (this.#left < 0) throw new Undecided('the policies are too complex to be compared')
  }
}
