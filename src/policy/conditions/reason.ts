/** Why a condition failed, as a sentence about the values of the request. */
import type { RequestContext } from '../context.ts'
import type { PolicyVersion } from '../document.ts'
import type { OperatorName } from '../operator.ts'
import { isVariable, templateOf, valueOf } from '../variables.ts'
import { COMPARISONS } from './comparisons.ts'
import { type CompiledCondition, isMissing } from './condition.ts'

/** `192.0.2.1 is not in 203.0.113.0/24`. For conditions that do not hold. */
export function failureReason(condition: CompiledCondition, context: RequestContext, version: PolicyVersion): string {
  const { operator, key, source } = condition
  const value = context.value(key)
  if (operator.base === 'Null') return isMissing(value) ? 'the request has no such key' : 'the request has the key'
  if (isMissing(value)) return 'the request has no such key'
  if (typeof value !== 'string' && operator.set === undefined)
    return `the key has several values, and \`${source.operator.text}\` compares one`
  const values = typeof value === 'string' ? [value] : value
  // ForAllValues fails by one value, ForAnyValue by all of them.
  const actual = operator.set === 'ForAllValues' ? values.find((one) => !condition.meets(one, context)) : undefined
  return `${actual ?? listed(values, 'and')} ${phraseOf(operator)} ${listed(expectedOf(condition, context, version), 'or')}`
}

function phraseOf({ base, negated }: OperatorName): string {
  if (base === 'Null') return ''
  const { holds, fails } = COMPARISONS[base].phrase
  return negated ? holds : fails
}

/** The policy's values, with what stands in for their variables. */
function expectedOf({ operator, source }: CompiledCondition, context: RequestContext, version: PolicyVersion): readonly string[] {
  const fillsIn = operator.base !== 'Null' && COMPARISONS[operator.base].variables
  return source.values.map(({ text }) => (fillsIn ? filledIn(text, context, version) : text))
}

/** A text of a policy, each variable followed by its value: `${aws:username} (alice)`. */
export function filledIn(text: string, context: RequestContext, version: PolicyVersion): string {
  const variables = templateOf(text, { version, wildcards: true }).filter(isVariable)
  if (variables.length === 0) return text
  const values = variables.map((variable) => `${variable.name} = ${valueOf(variable, context) ?? 'no value'}`)
  return `${text} (${values.join(', ')})`
}

/** `a, b or c`. */
export function listed(texts: readonly string[], last: 'and' | 'or'): string {
  const shown = texts.map((text) => (text === '' ? '""' : text))
  return shown.length < 2 ? (shown[0] ?? 'nothing') : `${shown.slice(0, -1).join(', ')} ${last} ${shown.at(-1) ?? ''}`
}
