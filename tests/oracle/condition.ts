/** Whether a statement's Condition holds: every operator, key by key, as the condition operators page says it. */
import { matches, partsOf, partsOfTokens, tokensOf, valueOf } from './pattern.ts'
import type { Context, Values } from './question.ts'
import { bytesOf, dateOf, inRange, numberOf } from './value.ts'

type Compare = (asked: string, policy: string, world: World) => boolean
/** What the comparison may look at beside the two values. */
export type World = { readonly context: Context; readonly variables: boolean }

const lower = (text: string): string => text.toLowerCase()

function equal(asked: string, policy: string, world: World): boolean {
  const tokens = tokensOf(policy, { ...world, wildcards: false })
  return tokens !== undefined && matches(tokens, asked)
}

function equalIgnoringCase(asked: string, policy: string, world: World): boolean {
  const context = Object.fromEntries(Object.entries(world.context).map(([key, value]) => [key, lowerValues(value)]))
  return equal(lower(asked), lower(policy), { ...world, context })
}
const lowerValues = (value: Values): Values => (typeof value === 'string' ? lower(value) : value.map(lower))

function like(asked: string, policy: string, world: World): boolean {
  const tokens = tokensOf(policy, { ...world, wildcards: true })
  return tokens !== undefined && matches(tokens, asked)
}

/** "Each of the six colon-delimited components of the ARN is checked separately." */
function arnLike(asked: string, policy: string, world: World): boolean {
  const tokens = tokensOf(policy, { ...world, wildcards: true })
  const patterns = tokens === undefined ? [] : partsOfTokens(tokens)
  const parts = partsOf(asked)
  return patterns.length === 6 && parts.length === 6 && patterns.every((pattern, index) => matches(pattern, parts[index] ?? ''))
}

/** Two texts read as one kind of value; a text that is no such value compares with nothing. */
function ordered<T>(read: (text: string) => T | undefined, holds: (asked: T, policy: T) => boolean): Compare {
  return (asked, policy) => {
    const left = read(asked)
    const right = read(policy)
    return left !== undefined && right !== undefined && holds(left, right)
  }
}

const isBoolean = (text: string): boolean => ['true', 'false'].includes(text)
const sameBytes = (asked: string, policy: string): boolean => bytesOf(policy) !== undefined && bytesOf(asked) === bytesOf(policy)

/** A negated operator is true where its positive form is not. */
type Operator = { readonly compare: Compare; readonly negated: boolean }
const is = (compare: Compare): Operator => ({ compare, negated: false })
const not = (compare: Compare): Operator => ({ compare, negated: true })

// oxfmt-ignore
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals:              is(equal),
  StringNotEquals:           not(equal),
  StringEqualsIgnoreCase:    is(equalIgnoringCase),
  StringNotEqualsIgnoreCase: not(equalIgnoringCase),
  StringLike:                is(like),
  StringNotLike:             not(like),
  NumericEquals:             is(ordered(numberOf, (asked, policy) => asked === policy)),
  NumericNotEquals:          not(ordered(numberOf, (asked, policy) => asked === policy)),
  NumericLessThan:           is(ordered(numberOf, (asked, policy) => asked < policy)),
  NumericLessThanEquals:     is(ordered(numberOf, (asked, policy) => asked <= policy)),
  NumericGreaterThan:        is(ordered(numberOf, (asked, policy) => asked > policy)),
  NumericGreaterThanEquals:  is(ordered(numberOf, (asked, policy) => asked >= policy)),
  DateEquals:                is(ordered(dateOf, (asked, policy) => asked === policy)),
  DateNotEquals:             not(ordered(dateOf, (asked, policy) => asked === policy)),
  DateLessThan:              is(ordered(dateOf, (asked, policy) => asked < policy)),
  DateLessThanEquals:        is(ordered(dateOf, (asked, policy) => asked <= policy)),
  DateGreaterThan:           is(ordered(dateOf, (asked, policy) => asked > policy)),
  DateGreaterThanEquals:     is(ordered(dateOf, (asked, policy) => asked >= policy)),
  Bool:                      is((asked, policy) => isBoolean(asked) && asked === policy),
  BinaryEquals:              is(sameBytes),
  IpAddress:                 is(inRange),
  NotIpAddress:              not(inRange),
  ArnEquals:                 is(arnLike),
  ArnLike:                   is(arnLike),
  ArnNotEquals:              not(arnLike),
  ArnNotLike:                not(arnLike),
}

type Block = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Several operators and several keys: all must hold. */
export function conditionHolds(condition: Block, world: World): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      keyHolds(operator, presentValue(world.context, key), { policy: listOf(values), world }),
    ),
  )
}

/** A set without members is no value. */
function presentValue(context: Context, key: string): Values | undefined {
  const value = valueOf(context, key)
  return typeof value === 'string' || value === undefined || value.length > 0 ? value : undefined
}

const listOf = (values: unknown): string[] => (Array.isArray(values) ? values.map(String) : [String(values)])

type Against = { readonly policy: readonly string[]; readonly world: World }

function keyHolds(name: string, value: Values | undefined, against: Against): boolean {
  const set = name.startsWith('ForAllValues:') ? 'all' : name.startsWith('ForAnyValue:') ? 'any' : undefined
  const unset = set === undefined ? name : name.slice(name.indexOf(':') + 1)
  if (unset === 'Null') return nullHolds(set, value, against.policy)
  const ifExists = unset.endsWith('IfExists')
  const operator = OPERATORS[ifExists ? unset.slice(0, -'IfExists'.length) : unset]
  if (operator === undefined) throw new Error(`${name} is no condition operator`)
  if (value === undefined) return ifExists || (set === undefined ? operator.negated : set === 'all')
  const one = (asked: string): boolean =>
    operator.negated !== against.policy.some((policy) => operator.compare(asked, policy, against.world))
  if (set === undefined) return typeof value === 'string' && one(value)
  return setHolds(set, typeof value === 'string' ? [value] : value, one)
}

/**
 * "If the key values in the request resolve to an empty data set (for example, an empty string), a condition operator modified by
 * ForAllValues returns true, and a condition operator modified by ForAnyValue returns false."
 */
function setHolds(set: 'all' | 'any', values: readonly string[], one: (asked: string) => boolean): boolean {
  if (values.every((value) => value === '')) return set === 'all'
  return set === 'all' ? values.every(one) : values.some(one)
}

/**
 * "true": the key must be absent; "false": it must be there, "and its value is not null". With a set operator always true, or always false
 * (Access Analyzer's checks). An empty set is null: Null is the guard "to prevent missing context keys or context keys with empty values
 * from evaluating to true" (single-valued and multivalued keys). Whether a single empty text is null is not said; here it is a value.
 */
function nullHolds(set: 'all' | 'any' | undefined, value: Values | undefined, policy: readonly string[]): boolean {
  if (set !== undefined) return set === 'all'
  const isNull = value === undefined || (typeof value !== 'string' && value.every((one) => one === ''))
  return policy.some((wanted) => (wanted === 'true' ? isNull : wanted === 'false' && !isNull))
}
