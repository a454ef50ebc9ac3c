/** Bool: true or false, in any case. */
import { typed } from './comparison.ts'

const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

export const truthOf = (text: string): boolean | undefined => TRUTH.get(text) ?? TRUTH.get(text.toLowerCase())
export const isTruth = (text: string): boolean => truthOf(text) !== undefined

export const BOOL = {
  Bool: { phrase: { holds: 'is', fails: 'is not' }, ...typed(truthOf, (actual, expected) => actual === expected) },
} as const
