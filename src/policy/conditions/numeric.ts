/** Numeric operators. */
import { type Comparison, typed } from './comparison.ts'
import { compareDecimals, decimalOf } from './decimal.ts'

const ordered = (holds: string, fails: string, test: (order: number) => boolean): Comparison => ({
  phrase: { holds, fails },
  ...typed(decimalOf, (actual, expected) => test(compareDecimals(actual, expected))),
})
const equal = ordered('equals', 'does not equal', (order) => order === 0)

export const NUMERIC = {
  NumericEquals: equal,
  NumericNotEquals: equal,
  NumericLessThan: ordered('is less than', 'is not less than', (order) => order < 0),
  NumericLessThanEquals: ordered('is at most', 'is more than', (order) => order <= 0),
  NumericGreaterThan: ordered('is greater than', 'is not greater than', (order) => order > 0),
  NumericGreaterThanEquals: ordered('is at least', 'is less than', (order) => order >= 0),
} as const
