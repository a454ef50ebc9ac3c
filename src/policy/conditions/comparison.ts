/** What a family of operators says of itself: how it reads the policy's values, and how its sentences go. Negation and sets are not known here. */
import type { RequestContext } from '../context.ts'
import type { PolicyVersion } from '../document.ts'
import { spend } from '../work.ts'

/** Whether a value of the request meets one of the policy's values. */
export type ValueTest = (actual: string, context: RequestContext) => boolean

export type Comparison = {
  /** For explanations: `192.0.2.1` *is in* `203.0.113.0/24`. */
  readonly phrase: { readonly holds: string; readonly fails: string }
  /**
   * Whether `${…}` is filled in: "You can't use a policy variable with other operators, such as Numeric, Date, Boolean, Binary, IP Address,
   * or Null operators" (IAM User Guide, "Variables and tags").
   */
  readonly variables: boolean
  /** Whether a text is a value of the family; absent where every text is one. A policy with another text cannot be compiled. */
  readonly isReadable?: (text: string) => boolean
  /** Makes the test of a list of values. A text that is no value of the family compares with nothing. */
  readonly compile: (expected: readonly string[], version: PolicyVersion) => ValueTest
}

/** The comparison of one value, for families whose lists are one value after the other. */
export function anyOf(tests: readonly ValueTest[]): ValueTest {
  const [first] = tests
  if (first === undefined) return () => false
  if (tests.length === 1) return first
  return (actual, context) => {
    spend(tests.length)
    for (const test of tests) if (test(actual, context)) return true
    return false
  }
}

/** For families that compare values of their own kind. */
export function typed<T>(
  read: (text: string) => T | undefined,
  holds: (actual: T, expected: T) => boolean,
): Pick<Comparison, 'variables' | 'isReadable' | 'compile'> {
  return {
    variables: false,
    isReadable: (text) => read(text) !== undefined,
    compile(expected) {
      const known = expected.map(read).filter((value) => value !== undefined)
      return (actual) => {
        const value = read(actual)
        if (value === undefined) return false
        spend(known.length)
        for (const one of known) if (holds(value, one)) return true
        return false
      }
    },
  }
}
