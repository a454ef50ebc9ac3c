/** The dimension of one condition key: it is absent, has a value, or has several. */
import { truthOf } from '../conditions/bool.ts'
import { holdsWhenMissing } from '../conditions/condition.ts'
import { keyFact } from '../keys.ts'
import { type Assignment, type Choice, type Dimension, distinct } from './dimension.ts'
import { classesOf, evaluatorOf, type KeyTest, type ValueClass, valueClasses } from './value-classes.ts'
import { type Budget, MAX_CLASSES, Undecided } from './undecided.ts'

/** Keys that every request has (IAM User Guide, "AWS global condition context keys"). */
const ALWAYS: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:useragent',
  'aws:userid',
  'aws:viaawsservice',
])
/** Keys that every signed request has. */
const SIGNED: ReadonlySet<string> = new Set(['aws:principalarn', 'aws:principalaccount', 'aws:principalisawsservice'])

export type KeyAsked = {
  readonly budget: Budget
  readonly assignment: Assignment
  /** Nobody asks unsigned. */
  readonly isSigned: boolean
  /** All statements: those that do not test the key do not mind what it is. */
  readonly all: bigint
  /** Whether the key may have such a value: what may not be is not looked at. */
  readonly takes?: (key: string, text: string) => boolean
}

/** `key` in lower case. */
export function keyDimension(
  key: string,
  tests: readonly KeyTest[],
  { assignment, budget, isSigned, all, takes = () => true }: KeyAsked,
): Dimension {
  const held = new Held(tests, all)
  const toChoice = (
    holds: (test: KeyTest, number: number) => boolean,
    value: NonNullable<Choice['context']>,
    real: boolean,
  ): Choice => ({
    mask: held.mask(holds),
    context: value,
    real,
  })
  const absent = toChoice((test) => whenMissing(test), [[key, undefined]], !(ALWAYS.has(key) || (isSigned && SIGNED.has(key))))
  if (assignment?.has(key) === true) {
    const value = assignment.get(key)
    if (value === undefined) return { keys: [key], choices: [absent] }
    if (!takes(key, value)) return { keys: [key], choices: [] }
    return { keys: [key], choices: [single(key, evaluatorOf(tests, assignment)(value), held)] }
  }
  const fact = keyFact(key)
  // What is not real stays: it may stand for other texts than its own.
  const classes = valueClasses(tests, { type: fact?.type, assignment, budget }).filter(
    ({ real, text }) => !real || takes(key, text),
  )
  const hasSets = tests.some(({ operator }) => operator.set !== undefined)
  const singles = classes.map((each) => single(key, fact?.multivalued === true ? { ...each, real: false } : each, held))
  const lists =
    fact?.multivalued === false
      ? []
      : listsOf(classes, held, budget).map((list) => ({
          ...toChoice(
            (test, number) => listHolds(test, number, list),
            [[key, list.texts]],
            list.real && (fact !== undefined || hasSets),
          ),
        }))
  return { keys: [key], choices: distinct([absent, ...singles, ...lists]) }
}

/** What a value of the key meets, or its absence: more than one where variables are left open. */
export function choicesOf(
  key: string,
  value: string | undefined,
  { tests, all, assignment, budget }: Pick<KeyAsked, 'all' | 'assignment' | 'budget'> & { readonly tests: readonly KeyTest[] },
): readonly Choice[] {
  const held = new Held(tests, all)
  if (value === undefined) return [{ mask: held.mask(whenMissing), context: [[key, undefined]], real: true }]
  const known = assignment && new Map([...assignment, [key, value] as const])
  return classesOf(value, tests, { assignment: known, budget }).map((each) => single(key, each, held))
}

/** The tests of a key, gathered by statement. */
class Held {
  readonly tests: readonly KeyTest[]
  readonly #all: bigint

  constructor(tests: readonly KeyTest[], all: bigint) {
    this.tests = tests
    this.#all = all
  }

  /** The statements all of whose tests hold. */
  mask(holds: (test: KeyTest, number: number) => boolean): bigint {
    return this.tests.reduce((mask, test, number) => (holds(test, number) ? mask : mask & ~test.bit), this.#all)
  }

  /** The tests that a value meets, negation considered. */
  meets({ met }: ValueClass): bigint {
    return this.tests.reduce((bits, { operator }, number) => {
      const bit = 1n << BigInt(number)
      return ((met & bit) !== 0n) === operator.negated ? bits : bits | bit
    }, 0n)
  }
}

const isNull = ({ operator }: KeyTest): boolean => operator.base === 'Null'
const has = (bits: bigint, number: number): boolean => ((bits >> BigInt(number)) & 1n) === 1n

/** `Null` holds where the key is as asked; with ForAllValues always, with ForAnyValue never. */
function nullHolds({ operator: { set }, source }: KeyTest, isMissing: boolean): boolean {
  if (set !== undefined) return set === 'ForAllValues'
  return source.values.some(({ text }) => truthOf(text) === isMissing)
}

const whenMissing = (test: KeyTest): boolean => (isNull(test) ? nullHolds(test, true) : holdsWhenMissing(test.operator))

function single(key: string, each: ValueClass, held: Held): Choice {
  const meets = held.meets(each)
  const mask = held.mask((test, number) => {
    if (isNull(test)) return nullHolds(test, false)
    // A set that has only empty texts in it is none.
    if (test.operator.set !== undefined && each.text === '') return test.operator.set === 'ForAllValues'
    return has(meets, number)
  })
  return { mask, context: [[key, each.text]], real: each.real }
}

/** A set of values: the tests that one of them meets, those that all meet, and whether all are empty texts. */
type List = {
  readonly any: bigint
  readonly all: bigint
  readonly isEmpty: boolean
  readonly texts: readonly string[]
  readonly real: boolean
}

/** Without a set operator a key of several values matches nothing. */
function listHolds(test: KeyTest, number: number, { any, all, isEmpty }: List): boolean {
  if (isNull(test)) return nullHolds(test, isEmpty)
  if (test.operator.set === undefined) return false
  return test.operator.set === 'ForAnyValue' ? !isEmpty && has(any, number) : isEmpty || has(all, number)
}

/** Every list that differs from the others in what its members meet, each as short as can be; real ones first. */
function listsOf(classes: readonly ValueClass[], held: Held, budget: Budget): readonly List[] {
  const ordered = classes.toSorted((one, other) => Number(other.real) - Number(one.real))
  const ones = ordered.map((each): List => {
    const meets = held.meets(each)
    return { any: meets, all: meets, isEmpty: each.text === '', texts: [each.text], real: each.real }
  })
  const found = new Map<string, List>()
  const queue: List[] = []
  const add = (list: List): void => {
    budget.spend(1)
    const key = `${list.any} ${list.all} ${list.isEmpty} ${list.real}`
    if (found.has(key)) return
    if (found.size > MAX_CLASSES) throw new Undecided(`more than ${MAX_CLASSES} classes of one part of the request`)
    found.set(key, list)
    queue.push(list)
  }
  for (const one of ones) add(one)
  for (let at = 0; at < queue.length; at += 1) {
    const list = queue[at]
    if (list === undefined) break
    for (const one of ones) add(joined(list, one))
  }
  return [...found.values()]
}

const joined = (list: List, one: List): List => ({
  any: list.any | one.any,
  all: list.all & one.all,
  isEmpty: list.isEmpty && one.isEmpty,
  texts: [...list.texts, ...one.texts],
  real: list.real && one.real,
})
