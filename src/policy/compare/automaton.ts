/** The deterministic automaton of one pattern, built as it is walked. */
import { COLON } from '../glob.ts'
import type { Token, TokenPattern } from './pattern.ts'
import type { Budget } from './undecided.ts'

/** The Kelvin sign: the one letter beyond ASCII whose lower case is a letter of ASCII. */
const KELVIN = 0x21_2a

/** A state stands for the positions of the pattern that may have been reached. */
type State = {
  readonly positions: readonly number[]
  readonly accepts: boolean
  /** Characters that lead elsewhere than all others do. */
  readonly codes: readonly number[]
  readonly next: Map<number, number>
  /** Where every character leads that is not in `codes`. */
  other: number | undefined
}

/** The state that no text gets out of and that accepts nothing. */
export const DEAD = 0
export const START = 1

export class Automaton {
  readonly pattern: TokenPattern
  readonly #budget: Budget
  readonly #states: State[] = []
  readonly #numbers = new Map<string, number>()

  constructor(pattern: TokenPattern, budget: Budget) {
    this.#budget = budget
    this.pattern = pattern
    this.#number([])
    this.#number(this.#closed([0]))
  }

  accepts(state: number): boolean {
    return this.#states[state]?.accepts === true
  }

  codes(state: number): readonly number[] {
    return this.#states[state]?.codes ?? []
  }

  /** Where a character leads. */
  step(state: number, code: number): number {
    const from = this.#states[state]
    if (from === undefined) return DEAD
    if (!from.codes.includes(code)) return (from.other ??= this.#after(from, code))
    const known = from.next.get(code)
    if (known !== undefined) return known
    const reached = this.#after(from, code)
    from.next.set(code, reached)
    return reached
  }

  #after({ positions }: State, code: number): number {
    this.#budget.spend(positions.length)
    const { tokens } = this.pattern
    const reached: number[] = []
    for (const position of positions) {
      const token = tokens[position]
      if (token !== undefined && takes(token, code)) reached.push(token.kind === 'run' ? position : position + 1)
    }
    return this.#number(this.#closed(reached))
  }

  /** Runs may be empty. Whatever an earlier run could still take, the last one takes as well, so that what lies before it is forgotten. */
  #closed(positions: readonly number[]): readonly number[] {
    const { tokens } = this.pattern
    const all = new Set<number>()
    for (const position of positions) {
      let at = position
      all.add(at)
      while (tokens[at]?.kind === 'run') all.add((at += 1))
    }
    const sorted = [...all].toSorted((one, other) => one - other)
    const lastRun = sorted.findLastIndex((position) => tokens[position]?.kind === 'run')
    return lastRun < 0 ? sorted : sorted.slice(lastRun)
  }

  #number(positions: readonly number[]): number {
    const key = positions.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const { tokens } = this.pattern
    const codes = [...new Set(positions.flatMap((position) => codesOf(tokens[position])))]
    const accepts = positions.includes(tokens.length)
    this.#states.push({ positions, accepts, codes, next: new Map(), other: undefined })
    this.#numbers.set(key, this.#states.length - 1)
    return this.#states.length - 1
  }
}

function takes(token: Token, code: number): boolean {
  if (token.kind !== 'literal') return !token.inSegment || code !== COLON
  return token.folded ? codesOf(token).includes(code) : code === token.code
}

/** The characters that a token treats in their own way. */
function codesOf(token: Token | undefined): readonly number[] {
  if (token === undefined) return []
  if (token.kind !== 'literal') return token.inSegment ? [COLON] : []
  if (!token.folded) return [token.code]
  const lower = String.fromCharCode(token.code)
  const forms = [token.code, lower.toUpperCase().charCodeAt(0)]
  return lower === 'k' ? [...forms, KELVIN] : forms
}
