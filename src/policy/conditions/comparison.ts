/** What a family of operators says of itself: how it reads the policy's values, and how its sentences go. Negation and sets are not known here. */
import type { RequestContext } from '../context.ts'
import type { PolicyVersion } from '../document.ts'

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
  /** Makes the test of a list of values. Throws where one is none of this family: such a policy cannot be compiled. */
  readonly compile: (expected: readonly string[], version: PolicyVersion) => ValueTest
}

/** The comparison of one value, for families whose lists are one value after the other. */
export function anyOf(tests: readonly ValueTest[]): ValueTest {
  const [first] = tests
  if (first === undefined) return () => false
  if (tests.length === 1) return first
  return (actual, context) => {
    for (const test of tests) if (test(actual, context)) return true
    return false
  }
}

/**
 * For families that compare values of their own kind. A text that is none compares with nothing; a policy with such a text cannot be compiled.
 * A `${…}` stays the text it is, and that compares with nothing.
 */
export function typed<T>(
  read: (text: string) => T | undefined,
  holds: (actual: T, expected: T) => boolean,
): Pick<Comparison, 'variables' | 'compile'> {
  return {
    variables: false,
    compile(expected, version) {
      const known: T[] = []
      for (const text of expected) {
        const value = read(text)
        if (value !== undefined) known.push(value)
        else if (version !== '2012-10-17' || !text.includes('${')) throw new Error(`\`${text}\` cannot be read`)
      }
      return (actual) => {
        const value = read(actual)
        if (value === undefined) return false
        for (const one of known) if (holds(value, one)) return true
        return false
      }
    },
  }
}
