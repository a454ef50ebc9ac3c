/** Every way in which the conditions of some statements can hold together: a context for each, whatever else a request is. */
import type { ContextValue } from '../context.ts'
import { type Choice, distinct, type Dimension, type Numbered } from './dimension.ts'
import { groupsOf } from './groups.ts'
import { keyDimension } from './key-dimension.ts'
import { keysTested } from './tests.ts'
import { Budget, MAX_STATEMENTS, Undecided } from './undecided.ts'

/** `met`: the statements, by their positions, whose conditions hold. `real`: false where values of variables decide it, and may never do so. */
export type Situation = {
  readonly met: ReadonlySet<number>
  readonly context: Readonly<Record<string, ContextValue>>
  readonly real: boolean
}

export type Situations = readonly Situation[] | { readonly unknown: string }

/**
 * All situations, each once. Statements whose resources have open variables are listed in `open`: each may hold or not, whatever the
 * conditions are. Never throws: what is too complex is unknown.
 */
export function situationsOf(
  statements: readonly Pick<Numbered, 'source' | 'version'>[],
  { open, isSigned }: { readonly open: ReadonlySet<number>; readonly isSigned: boolean },
): Situations {
  try {
    if (statements.length > MAX_STATEMENTS) throw new Undecided(`there are more than ${MAX_STATEMENTS} statements`)
    const numbered = statements.map((statement, number) => ({ ...statement, bit: 1n << BigInt(number) }))
    return [...joined(dimensionsOf(numbered, { open, isSigned }), numbered)]
  } catch (error) {
    if (error instanceof Undecided) return { unknown: error.message }
    throw error
  }
}

type How = { readonly open: ReadonlySet<number>; readonly isSigned: boolean }

function dimensionsOf(numbered: readonly Numbered[], { open, isSigned }: How): readonly Dimension[] {
  const budget = new Budget()
  const all = allOf(numbered)
  const ofKeys = [...keysTested(numbered)].map(([key, tests]) =>
    keyDimension(key, tests, { assignment: undefined, budget, isSigned, all }),
  )
  const ofResources = numbered
    .filter((_, number) => open.has(number))
    .map(({ bit }): Dimension => ({ keys: [], choices: [all, all & ~bit].map((mask) => ({ mask, real: false })) }))
  return [...groupsOf(ofKeys, budget), ...ofResources]
}

const allOf = (numbered: readonly Numbered[]): bigint => numbered.reduce((bits, { bit }) => bits | bit, 0n)

function joined(dimensions: readonly Dimension[], numbered: readonly Numbered[]): readonly Situation[] {
  const budget = new Budget()
  let choices: readonly Choice[] = [{ mask: allOf(numbered), real: true }]
  for (const dimension of dimensions) {
    budget.spend(choices.length * dimension.choices.length)
    choices = distinct(pairs(choices, dimension.choices))
  }
  return choices.map(({ mask, context = [], real }) => ({
    met: new Set(numbered.flatMap(({ bit }, number) => ((mask & bit) === 0n ? [] : [number]))),
    context: Object.fromEntries(context.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    real,
  }))
}

function* pairs(some: readonly Choice[], others: readonly Choice[]): Generator<Choice> {
  for (const one of some)
    for (const other of others)
      yield {
        mask: one.mask & other.mask,
        context: [...(one.context ?? []), ...(other.context ?? [])],
        real: one.real && other.real,
      }
}
