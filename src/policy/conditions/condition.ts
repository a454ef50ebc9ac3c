/** One test of a Condition block: an operator, a key, values (IAM JSON policy elements: Condition operators). */
import type { ContextValue, RequestContext } from '../context.ts'
import type { ConditionTest, PolicyVersion } from '../document.ts'
import { type OperatorName, operatorNamed } from '../operator.ts'
import { COMPARISONS, type ValueTest } from './comparisons.ts'

export type CompiledCondition = {
  readonly source: ConditionTest
  /** In lower case. */
  readonly key: string
  readonly holds: (context: RequestContext) => boolean
}

/** Throws where the operator is unknown or a value cannot be read. */
export function compileCondition(source: ConditionTest, version: PolicyVersion): CompiledCondition {
  const operator = operatorNamed(source.operator.text)
  if (operator === undefined) throw new Error(`\`${source.operator.text}\` is no condition operator`)
  const key = source.key.text.toLowerCase()
  const holds = operator.base === 'Null' ? presence(operator, key, source) : comparison(operator, key, { source, version })
  return { source, key, holds }
}

/** Null: "true" asks that the key is absent. With ForAllValues it always holds, with ForAnyValue never (Access Analyzer policy checks). */
function presence({ set }: OperatorName, key: string, { values }: ConditionTest): CompiledCondition['holds'] {
  if (set !== undefined) return () => set === 'ForAllValues'
  const asked = values.map(({ text }) => text.toLowerCase() === 'true')
  return (context) => asked.includes(context.value(key) === undefined)
}

type Comparing = { readonly source: ConditionTest; readonly version: PolicyVersion }

function comparison(operator: OperatorName, key: string, { source, version }: Comparing): CompiledCondition['holds'] {
  const { base, negated, set } = operator
  if (base === 'Null') throw new Error('Null compares nothing')
  const compare = COMPARISONS[base]
  const tests: readonly ValueTest[] = source.values.map(({ text }) => compare(text, version))
  const meets = (actual: string, context: RequestContext): boolean => tests.some((test) => test(actual, context)) !== negated
  const whenMissing = missing(operator)
  return (context) => {
    const value = context.value(key)
    // An empty text is a value; an empty list is none.
    if (value === undefined || (typeof value !== 'string' && value.length === 0)) return whenMissing
    return set === undefined ? single(value, context, meets) : overSet(set, value, { context, meets })
  }
}

/** What holds where the request has no such key. ForAllValues holds for nothing at all; a negated operator holds; ForAnyValue never does. */
function missing({ ifExists, negated, set }: OperatorName): boolean {
  if (ifExists || set === 'ForAllValues') return true
  return set === undefined && negated
}

type Meets = (actual: string, context: RequestContext) => boolean

/** Without ForAllValues or ForAnyValue a key of several values matches nothing. */
function single(value: ContextValue, context: RequestContext, meets: Meets): boolean {
  return typeof value === 'string' && meets(value, context)
}

function overSet(
  set: 'ForAllValues' | 'ForAnyValue',
  value: ContextValue,
  { context, meets }: { readonly context: RequestContext; readonly meets: Meets },
): boolean {
  const values = typeof value === 'string' ? [value] : value
  if (set === 'ForAnyValue') return values.some((one) => meets(one, context))
  // A set that comes to an empty text counts as empty (IAM User Guide, "Multivalued context keys").
  return values.every((one) => one === '') || values.every((one) => meets(one, context))
}
