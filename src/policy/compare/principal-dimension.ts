/** The dimension of the caller, in resource-based policies: with the context keys that follow from who it is. */
import { principalTest } from '../principal-match.ts'
import { callersFor, principalKeys, type Stranger } from './callers.ts'
import { type Assignment, type Choice, type Dimension, distinct, type Numbered } from './dimension.ts'
import { choicesOf, keyDimension } from './key-dimension.ts'
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
  const keys = FOLLOWING.filter((key) => tests.has(key) || assignment?.has(key) === true)
  const known = principalArns(elements, {
    arn: tests.get('aws:principalarn') ?? [],
    account: tests.get('aws:principalaccount') ?? [],
    assignment,
    budget,
  })
  // Where every way to be a principal is known, there is nothing beside the callers made of them.
  const apart =
    known === undefined
      ? keys.map((key) => keyDimension(key, tests.get(key) ?? [], { all, assignment, budget, isSigned: false }))
      : []
  const arns = keys.length === 0 ? [] : [...(known ?? textsOf(apart)), ...assigned(assignment)]
  const names = statements.map(({ bit, source: { principal, effect } }) => ({
    bit,
    test: principal && principalTest(principal, effect),
  }))
  const maskOf = ({ caller, isBounded }: Stranger): bigint =>
    names.reduce((mask, { bit, test }) => (test === undefined || test(caller, isBounded) !== undefined ? mask | bit : mask), 0n)
  const callers = callersFor(elements, arns).filter(admits)
  budget.spend(callers.length * (statements.length + 1))
  const following = (stranger: Stranger): readonly Choice[] => {
    const values = principalKeys(stranger.caller)
    const start: Choice = { mask: maskOf(stranger), caller: stranger, context: [], real: true }
    return keys.reduce<readonly Choice[]>(
      (sofar, key) => {
        const value = values.get(key)
        const isAssigned = assignment?.has(key) !== true || assignment.get(key) === value
        const choices = choicesOf(key, value, { tests: tests.get(key) ?? [], all, assignment, budget })
        return sofar.flatMap((one) =>
          choices.map(({ mask, context = [], real }) => ({
            ...one,
            mask: one.mask & mask,
            context: [...(one.context ?? []), ...context],
            real: one.real && real && isAssigned,
          })),
        )
      },
      [start],
    )
  }
  const free = apart.reduce<readonly Choice[]>(
    (sofar, { choices }) => sofar.flatMap((one) => choices.map((other) => ({ ...one, mask: one.mask & other.mask }))),
    distinct(callers.map((stranger) => ({ mask: maskOf(stranger), caller: stranger, real: false }))),
  )
  return { keys, choices: distinct([...callers.flatMap(following), ...(apart.length > 0 ? free : [])]) }
}

/** Principals that have what the keys are given. */
function assigned(assignment: Assignment): readonly string[] {
  const arn = assignment?.get('aws:principalarn')
  const account = assignment?.get('aws:principalaccount')
  return [...(arn === undefined ? [] : [arn]), ...(account === undefined ? [] : [`arn:aws:iam::${account}:root`])]
}

const textsOf = (dimensions: readonly Dimension[]): readonly string[] =>
  dimensions.flatMap(({ choices }) =>
    choices.flatMap(({ context = [] }) => context.flatMap(([, value]) => (typeof value === 'string' ? [value] : []))),
  )
