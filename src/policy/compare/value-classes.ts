/** The classes of one value of a condition key: which comparisons of all its tests the value meets. */
import { COMPARISONS } from '../conditions/comparisons.ts'
import { truthOf } from '../conditions/bool.ts'
import { decimalOf } from '../conditions/decimal.ts'
import { instantOf } from '../conditions/instant.ts'
import { networkOf } from '../conditions/ip-address.ts'
import { contextOf, type RequestContext } from '../context.ts'
import type { ConditionTest, PolicyVersion } from '../document.ts'
import type { KeyFact } from '../keys.ts'
import type { OperatorName } from '../operator.ts'
import { type Assignment, fillingOf, PatternTable } from './dimension.ts'
import { arnPattern, type Filling, hasVariable, type TextStyle, textPattern, type TokenPattern } from './pattern.ts'
import { POINTS, type PointFamily, UNREADABLE } from './points.ts'
import type { Budget } from './undecided.ts'

type KeyType = KeyFact['type']

/** One test of the key: the statement it belongs to, and its operator taken apart. */
export type KeyTest = {
  readonly bit: bigint
  readonly version: PolicyVersion
  readonly operator: OperatorName
  readonly source: ConditionTest
}

/** `met`: for each test, by its number, whether its comparison holds; negation and sets are not considered. */
export type ValueClass = { readonly met: bigint; readonly text: string; readonly real: boolean }

const isText = ({ operator: { family } }: KeyTest): boolean => family === 'String' || family === 'Arn'
const FAMILIES: readonly PointFamily[] = ['Numeric', 'Date', 'Bool', 'Binary', 'IpAddress']

type Asked = { readonly type: KeyType | undefined; readonly assignment: Assignment; readonly budget: Budget }

/** A step of an automaton takes as long as some comparisons of values. */
const COMPARISONS_OF_A_STEP = 16

/** All classes. Texts that are no value of the key's type are not real. */
export function valueClasses(tests: readonly KeyTest[], { type, assignment, budget }: Asked): readonly ValueClass[] {
  const evaluate = evaluatorOf(tests, assignment)
  const families = FAMILIES.filter((family) => tests.some(({ operator }) => operator.family === family))
  const texts = tests.some(isText) ? textClasses(tests, { assignment, budget }) : []
  const points = families.flatMap((family) => [...POINTS[family](expectedOf(tests, family))])
  const typical = TYPICAL[type ?? 'String'].flatMap((family) => [...POINTS[family](expectedOf(tests, family))])
  const mixed = families.length + (texts.length > 0 ? 1 : 0) > 1
  budget.spend(
    ((points.length + texts.length) * tests.reduce((sum, { source }) => sum + source.values.length, 0)) / COMPARISONS_OF_A_STEP,
  )
  const classes = [
    ...(families.length === 0 ? texts : texts.map(({ text }) => evaluate(text))),
    ...[...points, ...typical, ...(families.length === 0 && texts.length > 0 ? [] : [UNREADABLE, ''])].map(evaluate),
    ...(mixed ? crossed([texts, ...families.map((family) => partial(tests, family, assignment))], budget) : []),
  ]
  const isTyped = READERS[type ?? 'String']
  return classes.map((each) => ({ ...each, real: each.real && isTyped(each.text) }))
}

/** The families whose values a key of some type has. */
const TYPICAL: Readonly<Record<KeyType, readonly PointFamily[]>> = {
  String: [],
  ARN: [],
  Bool: ['Bool'],
  Numeric: ['Numeric'],
  Date: ['Date'],
  IPAddress: ['IpAddress'],
}

const READERS: Readonly<Record<KeyType, (text: string) => boolean>> = {
  String: () => true,
  ARN: () => true,
  Bool: (text) => truthOf(text) !== undefined,
  Numeric: (text) => decimalOf(text) !== undefined,
  Date: (text) => instantOf(text) !== undefined,
  IPAddress: (text) => networkOf(text) !== undefined,
}

/** The class of a text, every test asked. */
export function evaluatorOf(tests: readonly KeyTest[], assignment: Assignment): (text: string) => ValueClass {
  const context: RequestContext = contextOf(Object.fromEntries(assignment ?? []))
  const comparisons = tests.map(({ operator: { base }, source, version }) =>
    base === 'Null'
      ? () => false
      : COMPARISONS[base].compile(
          source.values.map(({ text }) => text),
          version,
        ),
  )
  return (text) => ({
    met: comparisons.reduce((met, holds, number) => (holds(text, context) ? met | (1n << BigInt(number)) : met), 0n),
    text,
    real: true,
  })
}

/** The classes of one text: more than one where variables are left open. */
export function classesOf(text: string, tests: readonly KeyTest[], asked: Omit<Asked, 'type'>): readonly ValueClass[] {
  const isOpen = ({ source, version }: KeyTest): boolean => source.values.some((value) => hasVariable(value.text, version))
  const isOfTexts = tests.every((test) => isText(test) || test.operator.base === 'Null')
  if (asked.assignment !== undefined || !isOfTexts || !tests.some(isOpen)) return [evaluatorOf(tests, asked.assignment)(text)]
  const only = textPattern(text, 'exact', { version: '2008-10-17', fill: () => null })
  return only === undefined ? [] : textClasses(tests, { ...asked, only })
}

const expectedOf = (tests: readonly KeyTest[], family: PointFamily): readonly string[] =>
  tests.filter(({ operator }) => operator.family === family).flatMap(({ source }) => source.values.map(({ text }) => text))

/** The classes of one family alone. */
function partial(tests: readonly KeyTest[], family: PointFamily, assignment: Assignment): readonly ValueClass[] {
  const evaluate = evaluatorOf(
    tests.map((test) => (test.operator.family === family ? test : ABSENT_TEST(test))),
    assignment,
  )
  return [...POINTS[family](expectedOf(tests, family)), UNREADABLE].map(evaluate)
}
const ABSENT_TEST = (test: KeyTest): KeyTest => ({ ...test, operator: { ...test.operator, base: 'Null' } })

/** Every combination of what the families can say, whether or not one text says it all. */
function crossed(groups: readonly (readonly ValueClass[])[], budget: Budget): readonly ValueClass[] {
  return groups
    .filter((group) => group.length > 0)
    .reduce((all, group) => {
      budget.spend(all.length * group.length)
      return all.flatMap((one) => group.map(({ met }) => ({ ...one, met: one.met | met, real: false })))
    })
}

const STYLES: Readonly<Partial<Record<OperatorName['base'], TextStyle>>> = {
  StringEquals: 'exact',
  StringNotEquals: 'exact',
  StringEqualsIgnoreCase: 'folded',
  StringNotEqualsIgnoreCase: 'folded',
  StringLike: 'like',
  StringNotLike: 'like',
}

/** The pattern of one value of a test that compares texts; undefined where it matches nothing. */
export function patternOfTest(text: string, { operator: { base }, version }: KeyTest, fill: Filling): TokenPattern | undefined {
  const style = STYLES[base]
  return style === undefined ? arnPattern(text, { version, fill }) : textPattern(text, style, { version, fill })
}

/** `only`: what a text may be; absent where it may be any. */
type TextAsked = Omit<Asked, 'type'> & { readonly only?: TokenPattern }

/** The classes of the tests that compare texts; other tests count as not met. */
function textClasses(tests: readonly KeyTest[], { assignment, budget, only }: TextAsked): readonly ValueClass[] {
  const table = new PatternTable()
  const fill = fillingOf(assignment)
  const patterns = tests.map((test) =>
    isText(test) ? table.add(test.source.values.map(({ text }) => patternOfTest(text, test, fill))) : [],
  )
  const domain = only === undefined ? undefined : [only]
  return [...table.reached({ budget, ...(domain && { domain }) })].map(({ matched, text, real }) => ({
    met: patterns.reduce(
      (met, members, number) => (members.some((each) => matched.has(each)) ? met | (1n << BigInt(number)) : met),
      0n,
    ),
    text,
    real,
  }))
}
