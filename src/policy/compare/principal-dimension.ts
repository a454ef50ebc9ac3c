/** The dimension of the caller, in resource-based policies: with the context keys that follow from who it is. */
import { principalTest } from '../principal-match.ts'
import { callersFor, principalKeys, type Stranger } from './callers.ts'
import { type Assignment, type Choice, type Dimension, distinct, type Numbered } from './dimension.ts'
import { keyDimension } from './key-dimension.ts'
import { principalArns } from './principal-arns.ts'
import type { Budget } from './undecided.ts'
import { type KeyTest } from './value-classes.ts'

export type PrincipalAsked = {
  readonly budget: Budget
  readonly all: bigint
  readonly assignment: Assignment
  /** Who may call at all. */
  readonly admits: (stranger: Stranger) => boolean
}

const FOLLOWING = ['aws:principalarn', 'aws:principalaccount', 'aws:principalisawsservice'] as const

/**
 * A real choice is a caller with the ARN and the account that it has. Beside those stands every caller with every ARN, which is not real: it
 * keeps the answer honest where a caller was not thought of. `tests`: those of the keys that follow from the caller.
 */
export function principalDimension(
  statements: readonly Numbered[],
  tests: ReadonlyMap<string, readonly KeyTest[]>,
  { all, assignment, budget, admits }: PrincipalAsked,
): Dimension {
  const elements = statements.flatMap(({ source: { principal } }) => (principal === undefined ? [] : [principal]))
  const keys = FOLLOWING.filter((key) => tests.has(key))
  const known = principalArns(elements, {
    arn: tests.get('aws:principalarn') ?? [],
    account: tests.get('aws:principalaccount') ?? [],
    budget,
  })
  // Where every way to be a principal is known, there is nothing beside the callers made of them.
  const apart =
    known === undefined
      ? keys.map((key) => keyDimension(key, tests.get(key) ?? [], { all, assignment, budget, isSigned: false }))
      : []
  const arns = keys.length === 0 ? [] : (known ?? textsOf(apart))
  const names = statements.map(({ bit, source: { principal, effect } }) => ({
    bit,
    test: principal && principalTest(principal, effect),
  }))
  const maskOf = ({ caller, isBounded }: Stranger): bigint =>
    names.reduce((mask, { bit, test }) => (test === undefined || test(caller, isBounded) !== undefined ? mask | bit : mask), 0n)
  const callers = callersFor(elements, arns).filter(admits)
  budget.spend(callers.length * (statements.length + 1))
  const following = (stranger: Stranger): Choice => {
    const values = keys.map((key) => [key, principalKeys(stranger.caller).get(key)] as const)
    const masks = values.map(([key, value]) => valueMask(key, value, { tests: tests.get(key) ?? [], all, budget }))
    const isAssigned = values.every(([key, value]) => assignment?.has(key) !== true || assignment.get(key) === value)
    return {
      mask: masks.reduce((mask, each) => mask & each, maskOf(stranger)),
      caller: stranger,
      context: values,
      real: isAssigned,
    }
  }
  const free = apart.reduce<readonly Choice[]>(
    (sofar, { choices }) => sofar.flatMap((one) => choices.map((other) => ({ ...one, mask: one.mask & other.mask }))),
    distinct(callers.map((stranger) => ({ mask: maskOf(stranger), caller: stranger, real: false }))),
  )
  return { keys, choices: distinct([...callers.map(following), ...(apart.length > 0 ? free : [])]) }
}

const textsOf = (dimensions: readonly Dimension[]): readonly string[] =>
  dimensions.flatMap(({ choices }) =>
    choices.flatMap(({ context = [] }) => context.flatMap(([, value]) => (typeof value === 'string' ? [value] : []))),
  )

/** The statements that a caller's key meets. */
function valueMask(
  key: string,
  value: string | undefined,
  { tests, all, budget }: { readonly tests: readonly KeyTest[]; readonly all: bigint; readonly budget: Budget },
): bigint {
  const [choice] = keyDimension(key, tests, { all, budget, assignment: new Map([[key, value]]), isSigned: false }).choices
  return choice?.mask ?? 0n
}
