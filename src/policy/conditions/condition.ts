/** One test of a Condition block: an operator, a key, values (IAM JSON policy elements: Condition operators). */
import type { ContextValue, RequestContext } from '../context.ts'
import type { ConditionTest, PolicyVersion } from '../document.ts'
import type { OperatorName, SetPrefix } from '../operator.ts'
import { isTruth, truthOf } from './bool.ts'
import type { ValueTest } from './comparison.ts'
import { COMPARISONS } from './comparisons.ts'
import { spend } from '../work.ts'

export type CompiledCondition = {
  readonly source: ConditionTest
  readonly operator: OperatorName
  /** In lower case. */
  readonly key: string
  readonly holds: (context: RequestContext) => boolean
  /** Whether one value of the request suffices, negation considered. */
  readonly meets: ValueTest
}

/** A test whose values are readable: `refuseUnreadable` has seen it. Made when it is first asked. */
export function compileCondition(source: ConditionTest, version: PolicyVersion): CompiledCondition {
  return new ConditionTests(source, version)
}

/**
 * Throws where a value is none that the operator compares. A `${…}` passes where variables are not filled in: it stays the text it is and
 * compares with nothing.
 */
export function refuseUnreadable({ form: { base }, values }: ConditionTest, version: PolicyVersion): void {
  const isReadable = base === 'Null' ? isTruth : COMPARISONS[base].isReadable
  if (isReadable === undefined) return
  for (const { text } of values) {
    if (isReadable(text) || (base !== 'Null' && version === '2012-10-17' && text.includes('${'))) continue
    throw new Error(base === 'Null' ? '`Null` asks for `true` or `false`' : `\`${text}\` cannot be read`)
  }
}

class ConditionTests implements CompiledCondition {
  readonly source: ConditionTest
  readonly #version: PolicyVersion
  #key: string | undefined
  #tests: Tests | undefined

  constructor(source: ConditionTest, version: PolicyVersion) {
    this.source = source
    this.#version = version
  }

  get operator(): OperatorName {
    return this.source.form
  }

  get key(): string {
    return (this.#key ??= this.source.key.text.toLowerCase())
  }

  get holds(): Tests['holds'] {
    return (this.#tests ??= testsOf(this, this.#version)).holds
  }

  get meets(): Tests['meets'] {
    return (this.#tests ??= testsOf(this, this.#version)).meets
  }
}

function testsOf(
  { source, operator, key }: Pick<CompiledCondition, 'source' | 'operator' | 'key'>,
  version: PolicyVersion,
): Tests {
  return operator.base === 'Null' ? presence(operator, key, source) : comparison(operator, key, { source, version })
}

type Tests = Pick<CompiledCondition, 'holds' | 'meets'>

/** Whether the request has a value of the key. A list without members is none; an empty text is one. */
export const isMissing = (value: ContextValue | undefined): value is undefined =>
  value === undefined || (typeof value !== 'string' && value.length === 0)

const isEmptyText = (text: string): boolean => text === ''

/** Null: "true" asks that the key is absent. With ForAllValues it always holds, with ForAnyValue never (Access Analyzer policy checks). */
function presence({ set }: OperatorName, key: string, { values }: ConditionTest): Tests {
  const asked = values.map(({ text }) => truthOf(text))
  const isAsked = (context: RequestContext): boolean => {
    const value = context.value(key)
    // AWS names Null as the guard against sets that hold nothing but empty texts: to it they are absent.
    return asked.includes(isMissing(value) || (typeof value !== 'string' && value.every(isEmptyText)))
  }
  const holds = set === undefined ? isAsked : () => set === 'ForAllValues'
  return { holds, meets: (_, context) => holds(context) }
}

type Comparing = { readonly source: ConditionTest; readonly version: PolicyVersion }

function comparison(operator: OperatorName, key: string, { source, version }: Comparing): Tests {
  const { base, negated, set } = operator
  if (base === 'Null') throw new Error('`Null` compares nothing')
  const isOne = COMPARISONS[base].compile(
    source.values.map(({ text }) => text),
    version,
  )
  // Several values are alternatives; for a negated operator none of them may be met.
  const meets: ValueTest = (actual, context) => {
    // Read, folded or cut: whatever the operator, a value is gone through.
    spend(actual.length)
    return isOne(actual, context) !== negated
  }
  const whenMissing = holdsWhenMissing(operator)
  if (set !== undefined) return { meets, holds: overSet(set, key, { meets, whenMissing }) }
  const holds = (context: RequestContext): boolean => {
    const value = context.value(key)
    if (typeof value === 'string') return meets(value, context)
    // Without a set operator a key of several values matches nothing, negated or not.
    return isMissing(value) && whenMissing
  }
  return { meets, holds }
}

/** What holds where the request has no such key. */
export function holdsWhenMissing({ ifExists, negated, set }: OperatorName): boolean {
  if (ifExists || set === 'ForAllValues') return true
  return set === undefined && negated
}

type OverSet = { readonly meets: ValueTest; readonly whenMissing: boolean }

function overSet(set: SetPrefix, key: string, { meets, whenMissing }: OverSet): CompiledCondition['holds'] {
  const holds = set === 'ForAnyValue' ? anyValue : allValues
  return (context) => {
    const value = context.value(key)
    if (isMissing(value)) return whenMissing
    return holds(typeof value === 'string' ? [value] : value, meets, context)
  }
}

/** Never holds where the set resolves to a null dataset, negated or not (IAM User Guide, "Single-valued vs. multivalued context keys"). */
function anyValue(values: readonly string[], meets: ValueTest, context: RequestContext): boolean {
  if (values.every(isEmptyText)) return false
  for (const value of values) if (meets(value, context)) return true
  return false
}

/** Also holds where the set "resolves to a null dataset, such as an empty string" (the same page). */
function allValues(values: readonly string[], meets: ValueTest, context: RequestContext): boolean {
  let isEmpty = true
  let isMet = true
  for (const value of values) {
    isEmpty &&= value === ''
    isMet &&= meets(value, context)
  }
  return isEmpty || isMet
}
