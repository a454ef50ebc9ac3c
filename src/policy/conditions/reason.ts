/** Why a condition failed, as a sentence about the values of the request. */
import type { ContextValue, RequestContext } from '../context.ts'
import type { PolicyVersion } from '../document.ts'
import type { OperatorName } from '../operator.ts'
import { spend } from '../work.ts'
import { isVariable, templateOf, valueOf } from '../variables.ts'
import { COMPARISONS } from './comparisons.ts'
import { type CompiledCondition, isMissing } from './condition.ts'

const NO_KEY = 'the request has no such key'
const ONLY_EMPTY = 'the key has no value but the empty text'

/** `192.0.2.1 is not in 203.0.113.0/24`. For conditions that do not hold. */
export function failureReason(condition: CompiledCondition, context: RequestContext, version: PolicyVersion): string {
  const { operator, key, source } = condition
  const value = context.value(key)
  if (operator.base === 'Null') return presenceReason(operator, value)
  if (isMissing(value)) return NO_KEY
  if (typeof value !== 'string' && operator.set === undefined)
    return `the key has several values, and \`${source.operator.text}\` compares one`
  const values = typeof value === 'string' ? [value] : value
  // A set of nothing but empty texts is none (condition.ts).
  if (operator.set === 'ForAnyValue' && values.every((one) => one === '')) return ONLY_EMPTY
  // ForAllValues fails by one value, ForAnyValue by all of them.
  const one = operator.set === 'ForAllValues' ? values.find((each) => !condition.meets(each, context)) : undefined
  return comparisonReason(one === undefined ? values : [one], { condition, context, version })
}

function presenceReason({ set }: OperatorName, value: ContextValue | undefined): string {
  if (set === 'ForAnyValue') return '`ForAnyValue:Null` never holds'
  if (isMissing(value)) return NO_KEY
  return typeof value !== 'string' && value.every((one) => one === '') ? ONLY_EMPTY : 'the request has the key'
}

type Failed = { readonly condition: CompiledCondition; readonly context: RequestContext; readonly version: PolicyVersion }

function comparisonReason(values: readonly string[], failed: Failed): string {
  const { base, negated } = failed.condition.operator
  if (base === 'Null') return ''
  const { holds, fails } = COMPARISONS[base].phrase
  if (failed.condition.source.values.length === 0) return `${listed(values, 'and')} is not among no values`
  const expected = `${listed(expectedOf(values, failed), 'or')}${hintOf(failed)}`
  const actual = listed(values, 'and')
  if (values.length === 1) return `${actual} ${negated ? holds : fails} ${expected}`
  return negated ? `each of ${actual} ${holds} ${expected}` : `none of ${actual} ${holds} ${expected}`
}

/** The policy's values, with what stands in for their variables; of a negated operator those that are met. */
function expectedOf(values: readonly string[], { condition, context, version }: Failed): readonly string[] {
  const { operator, source } = condition
  if (operator.base === 'Null') return []
  const { variables, compile } = COMPARISONS[operator.base]
  const texts = source.values.map(({ text }) => text)
  const isMet = (text: string): boolean => {
    const test = compile([text], version)
    return values.some((value) => test(value, context))
  }
  return (operator.negated ? texts.filter(isMet) : texts).map((text) => (variables ? filledIn(text, context, version) : text))
}

/** What people often expect of an operator, and what it does not do. */
function hintOf({ condition: { operator, source }, version }: Failed): string {
  const { base, family, negated } = operator
  const isAny = (test: (text: string) => boolean): boolean => source.values.some(({ text }) => test(text))
  if (negated || base === 'Null') return ''
  if (family === 'String' && base !== 'StringLike' && isAny((text) => /[*?]/.test(text.replaceAll(/\$\{[*?$]\}/g, ''))))
    return ` (to \`${source.operator.text}\` a wildcard is a sign like any other)`
  if (!COMPARISONS[base].variables && version === '2012-10-17' && isAny((text) => text.includes('${')))
    return ` (\`${source.operator.text}\` fills in no variables)`
  return ''
}

/** A text of a policy, each variable followed by its value: `${aws:username} (alice)`. */
export function filledIn(text: string, context: RequestContext, version: PolicyVersion): string {
  const variables = templateOf(text, { version, wildcards: true }).filter(isVariable)
  if (variables.length === 0) return text
  const values = variables.map((variable) => {
    const value = valueOf(variable, context) ?? 'no value'
    spend(value.length)
    return `${variable.name} = ${value}`
  })
  return `${text} (${values.join(', ')})`
}

/** `a, b or c`. */
export function listed(texts: readonly string[], last: 'and' | 'or'): string {
  const shown = texts.map((text) => (text === '' ? '""' : text))
  return shown.length < 2 ? (shown[0] ?? 'nothing') : `${shown.slice(0, -1).join(', ')} ${last} ${shown.at(-1) ?? ''}`
}
