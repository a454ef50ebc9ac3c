/** Linearizability: whether some order of calls that ran at the same time explains what each of them was told. */
import { AssertionError } from 'node:assert'
import { type Input, Refused, RULES } from './rules.ts'
import { type State, textOf } from './state.ts'

export type RaceCall = { readonly action: string; readonly input: Input }
/** The code of the refusal, or the answer. */
export type Told = { readonly code?: string; readonly answer: Record<string, unknown> }
export type Raced = { readonly call: RaceCall; readonly told: Told }

/** The state behind the call; undefined where the call, in this state, would have been told something else. */
function stepped(state: State, { call, told }: Raced): State | undefined {
  const rule = RULES[call.action]
  if (rule === undefined) throw new Error(`no rule for ${call.action}`)
  const next = structuredClone(state)
  try {
    rule(next, call.input, told.answer)
    return told.code === undefined ? next : undefined
  } catch (error) {
    if (error instanceof AssertionError) return undefined
    if (error instanceof Refused) return error.code === told.code ? state : undefined
    throw error
  }
}

/** All states that the account may be in after these calls ran at the same time; none where no order explains the answers. */
export function explain(before: State, raced: readonly Raced[]): readonly State[] {
  const ends = new Map<string, State>()
  const seen = new Set<string>()
  const walk = (state: State, left: readonly Raced[]): void => {
    const place = `${left.map((one) => raced.indexOf(one)).join()} ${textOf(state)}`
    if (seen.has(place)) return
    seen.add(place)
    if (left.length === 0) ends.set(place, state)
    for (const one of left) {
      const next = stepped(state, one)
      if (next !== undefined)
        walk(
          next,
          left.filter((other) => other !== one),
        )
    }
  }
  walk(before, raced)
  return [...ends.values()]
}
