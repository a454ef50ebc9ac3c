/** How each family of operators compares: from a value of the policy to a test of values of the request. Negation and sets are not known here. */
import type { RequestContext } from '../context.ts'
import type { PolicyVersion } from '../document.ts'
import type { BaseOperator } from '../operator.ts'
import { arnTest } from '../resource-match.ts'
import { templateOf, templateTest } from '../variables.ts'
import { addressOf, contains, dateOf, networkOf, numberOf } from './values.ts'

/** Whether a value of the request meets one value of the policy. */
export type ValueTest = (actual: string, context: RequestContext) => boolean

/** Makes the test of one value. Throws where the policy's value is none of this family: such a policy cannot be compiled. */
type Comparison = (expected: string, version: PolicyVersion) => ValueTest

const text =
  (wildcards: boolean): Comparison =>
  (expected, version) =>
    templateTest(templateOf(expected, { version, wildcards }))

const ignoreCase: Comparison = (expected, version) => {
  const parts = templateOf(expected, { version, wildcards: false })
  const folded = templateTest(parts.map((part) => ('key' in part ? part : { ...part, text: part.text.toLowerCase() })))
  const lowered = (context: RequestContext): RequestContext => ({
    value(key) {
      const value = context.value(key)
      return typeof value === 'string' ? value.toLowerCase() : value
    },
  })
  return (actual, context) => folded(actual.toLowerCase(), lowered(context))
}

/** Numbers and dates: values that cannot be read never compare. */
const ordered =
  (read: (text: string) => number | undefined, holds: (actual: number, expected: number) => boolean): Comparison =>
  (expected, version) => {
    const fixed = read(expected)
    if (fixed !== undefined) return (actual) => compare(read(actual), fixed, holds)
    if (version === '2008-10-17' || !expected.includes('${')) throw new Error(`\`${expected}\` cannot be read`)
    // A variable in a number or date: documented for strings and ARNs only, so it never compares.
    return () => false
  }

function compare(actual: number | undefined, expected: number, holds: (actual: number, expected: number) => boolean): boolean {
  return actual !== undefined && holds(actual, expected)
}

const equal = (actual: number, expected: number): boolean => actual === expected
const less = (actual: number, expected: number): boolean => actual < expected
const lessOrEqual = (actual: number, expected: number): boolean => actual <= expected
const greater = (actual: number, expected: number): boolean => actual > expected
const greaterOrEqual = (actual: number, expected: number): boolean => actual >= expected

const bool: Comparison = (expected, version) => {
  const test = templateTest(templateOf(expected.toLowerCase(), { version, wildcards: false }))
  return (actual, context) => test(actual.toLowerCase(), context)
}

/** Base64 of the same bytes: padding may be left out. */
const binary: Comparison = (expected) => {
  const plain = expected.replace(/={1,2}$/, '')
  return (actual) => actual.replace(/={1,2}$/, '') === plain
}

const address: Comparison = (expected) => {
  const network = networkOf(expected)
  if (network === undefined) throw new Error(`\`${expected}\` is no address or network`)
  return (actual) => {
    const asked = addressOf(actual)
    return asked !== undefined && contains(network, asked)
  }
}

/** By base operator; a negated operator compares as its positive twin. Null is not here: it compares nothing. */
export const COMPARISONS: Readonly<Record<Exclude<BaseOperator, 'Null'>, Comparison>> = {
  StringEquals: text(false),
  StringNotEquals: text(false),
  StringEqualsIgnoreCase: ignoreCase,
  StringNotEqualsIgnoreCase: ignoreCase,
  StringLike: text(true),
  StringNotLike: text(true),
  NumericEquals: ordered(numberOf, equal),
  NumericNotEquals: ordered(numberOf, equal),
  NumericLessThan: ordered(numberOf, less),
  NumericLessThanEquals: ordered(numberOf, lessOrEqual),
  NumericGreaterThan: ordered(numberOf, greater),
  NumericGreaterThanEquals: ordered(numberOf, greaterOrEqual),
  DateEquals: ordered(dateOf, equal),
  DateNotEquals: ordered(dateOf, equal),
  DateLessThan: ordered(dateOf, less),
  DateLessThanEquals: ordered(dateOf, lessOrEqual),
  DateGreaterThan: ordered(dateOf, greater),
  DateGreaterThanEquals: ordered(dateOf, greaterOrEqual),
  Bool: bool,
  BinaryEquals: binary,
  IpAddress: address,
  NotIpAddress: address,
  // The documentation calls the two the same, with wildcards in both.
  ArnEquals: arnTest,
  ArnLike: arnTest,
  ArnNotEquals: arnTest,
  ArnNotLike: arnTest,
}
