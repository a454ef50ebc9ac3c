/** String operators: exact, without regard to case, with wildcards. */
import type { PolicyVersion } from '../document.ts'
import { hasVariables, templateOf, type TemplatePart, templateTest } from '../variables.ts'
import { spend } from '../work.ts'
import { anyOf, type Comparison, type ValueTest } from './comparison.ts'

/** Lists longer than this are looked up, not searched. */
const FEW = 4

const exact: Comparison = {
  phrase: { holds: 'is', fails: 'is not' },
  variables: true,
  compile: (expected, version) => literalSet(expected, version) ?? templates(expected, { version, wildcards: false }),
}

function literalSet(expected: readonly string[], version: PolicyVersion): ValueTest | undefined {
  if (version === '2012-10-17' && expected.some((text) => text.includes('${'))) return undefined
  const [first] = expected
  if (expected.length === 1) return (actual) => actual === first
  if (expected.length <= FEW) return (actual) => expected.includes(actual)
  const set = new Set(expected)
  return (actual) => set.has(actual)
}

function templates(
  expected: readonly string[],
  how: { readonly version: PolicyVersion; readonly wildcards: boolean },
): ValueTest {
  return anyOf(
    expected.map((text) => {
      const test = templateTest(templateOf(text, how))
      return (actual, context) => test(actual, 0, context)
    }),
  )
}

/** Both sides in lower case. What fills in a variable is folded as well. */
const ignoringCase: Comparison = {
  phrase: { holds: 'is, whatever its case,', fails: 'is not, whatever its case,' },
  variables: true,
  compile(expected, version) {
    const tests = expected.map((text): ValueTest => {
      const template = templateOf(text, { version, wildcards: false })
      const folded = templateTest(template.map(foldedPart))
      if (!hasVariables(template)) return (actual, context) => folded(actual, 0, context)
      return (actual, context) =>
        folded(actual, 0, {
          value(key) {
            const value = context.value(key)
            if (typeof value !== 'string') return value
            spend(value.length)
            return value.toLowerCase()
          },
        })
    })
    const test = anyOf(tests)
    return (actual, context) => test(actual.toLowerCase(), context)
  },
}

/** In lower case, the default of a variable too. */
const foldedPart = (part: TemplatePart): TemplatePart =>
  'key' in part ? { ...part, fallback: part.fallback?.toLowerCase() } : { ...part, text: part.text.toLowerCase() }

/** `*` and `?` are wildcards; the pattern is anchored at both ends. */
const like: Comparison = {
  phrase: { holds: 'is like', fails: 'is not like' },
  variables: true,
  compile: (expected, version) => templates(expected, { version, wildcards: true }),
}

export const STRING = {
  StringEquals: exact,
  StringNotEquals: exact,
  StringEqualsIgnoreCase: ignoringCase,
  StringNotEqualsIgnoreCase: ignoringCase,
  StringLike: like,
  StringNotLike: like,
} as const
