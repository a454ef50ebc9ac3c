/** Date operators. */
import { type Comparison, typed } from './comparison.ts'
import { compareInstants, instantOf } from './instant.ts'

const ordered = (holds: string, fails: string, test: (order: number) => boolean): Comparison => ({
  phrase: { holds, fails },
  ...typed(instantOf, (actual, expected) => test(compareInstants(actual, expected))),
})
const equal = ordered('is the time', 'is not the time', (order) => order === 0)

export const DATE = {
  DateEquals: equal,
  DateNotEquals: equal,
  DateLessThan: ordered('is before', 'is not before', (order) => order < 0),
  DateLessThanEquals: ordered('is not after', 'is after', (order) => order <= 0),
  DateGreaterThan: ordered('is after', 'is not after', (order) => order > 0),
  DateGreaterThanEquals: ordered('is not before', 'is before', (order) => order >= 0),
} as const
