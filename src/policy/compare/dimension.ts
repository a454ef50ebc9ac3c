/** One independent part of a request (its action, its resource, one context key, its caller): the sets of statements that it can meet. */
import type { ContextValue } from '../context.ts'
import type { PolicyVersion, Statement } from '../document.ts'
import type { Stranger } from './callers.ts'
import { OPEN, type Filling, type TokenPattern } from './pattern.ts'
import { type Asked, type Reached, reachable } from './product.ts'
import { MAX_CLASSES, MAX_OPEN, Undecided } from './undecided.ts'

/** A statement of one of the documents that are compared, as one bit of a mask. */
export type Numbered = { readonly bit: bigint; readonly source: Statement; readonly version: PolicyVersion }

/** What a choice says about the request. */
export type Piece = {
  readonly action?: string
  readonly resource?: string
  readonly caller?: Stranger
  /** Undefined: the key is absent. */
  readonly context?: readonly (readonly [key: string, value: ContextValue | undefined])[]
}

export type Choice = Piece & {
  /** The statements whose test of this dimension holds. */
  readonly mask: bigint
  /** False where it stands for something that may not exist: it can disprove nothing, and proves nothing. */
  readonly real: boolean
}

export type Dimension = { readonly keys: readonly string[]; readonly choices: readonly Choice[] }

/** Values of variables by key (lower case), undefined where absent; no map at all: they are left open. */
export type Assignment = ReadonlyMap<string, string | undefined> | undefined

export function fillingOf(assignment: Assignment): Filling {
  if (assignment === undefined) return () => OPEN
  return ({ key, fallback }) => assignment.get(key) ?? fallback ?? null
}

/** One choice for each mask: a real one where there is one. */
export function distinct(choices: Iterable<Choice>): readonly Choice[] {
  const byMask = new Map<bigint, Choice>()
  for (const choice of choices) {
    const known = byMask.get(choice.mask)
    if (known === undefined || (choice.real && !known.real)) byMask.set(choice.mask, choice)
    if (byMask.size > MAX_CLASSES) throw new Undecided(`more than ${MAX_CLASSES} classes of one part of the request`)
  }
  return [...byMask.values()]
}

/** Patterns that are numbered, each once. */
export class PatternTable {
  readonly patterns: TokenPattern[] = []
  readonly #numbers = new Map<string, number>()

  /** The numbers of a list of patterns; those that match nothing have none. */
  add(patterns: readonly (TokenPattern | undefined)[]): readonly number[] {
    return patterns.flatMap((pattern) => (pattern === undefined ? [] : [this.#numberOf(pattern)]))
  }

  #numberOf(pattern: TokenPattern): number {
    const known = this.#numbers.get(pattern.id)
    if (known !== undefined) return known
    this.patterns.push(pattern)
    this.#numbers.set(pattern.id, this.patterns.length - 1)
    return this.patterns.length - 1
  }

  /** What a text can match. Where a pattern has open variables, both: that it matches and that it does not. */
  *reached(asked: Asked): Generator<Reached & { readonly real: boolean }> {
    for (const { matched, text } of reachable(this.patterns, asked)) {
      const open = [...matched].filter((number) => this.patterns[number]?.open === true)
      if (open.length === 0) yield { matched, text, real: true }
      else
        for (const missing of subsets(open))
          yield { matched: new Set([...matched].filter((number) => !missing.has(number))), text, real: false }
    }
  }
}

function subsets(numbers: readonly number[]): readonly ReadonlySet<number>[] {
  if (numbers.length > MAX_OPEN) throw new Undecided(`a text may match more than ${MAX_OPEN} texts with variables`)
  return numbers.reduce<readonly ReadonlySet<number>[]>(
    (all, number) => [...all, ...all.map((set) => new Set([...set, number]))],
    [new Set()],
  )
}

/** A statement's test of a text: whether it matches one of some patterns, or none. */
export type TextMembership = { readonly bit: bigint; readonly negated: boolean; readonly patterns: readonly number[] }

export function maskOf(tests: readonly TextMembership[], matched: ReadonlySet<number>): bigint {
  return tests.reduce(
    (mask, { bit, negated, patterns }) => (patterns.some((number) => matched.has(number)) === negated ? mask : mask | bit),
    0n,
  )
}
