/** Context keys that depend on one another: together they are one dimension, in which combinations that do not exist are not real. */
import type { ContextValue } from '../context.ts'
import { compareInstants, instantOf } from '../conditions/instant.ts'
import { truthOf } from '../conditions/bool.ts'
import { type Choice, type Dimension, distinct } from './dimension.ts'
import type { Budget } from './undecided.ts'

type Values = ReadonlyMap<string, ContextValue | undefined>
type Group = { readonly keys: readonly string[]; readonly exists: (values: Values) => boolean }

const ENDPOINT = [
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourcevpcarn',
  'aws:vpcsourceip',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
]

const textAt = (values: Values, key: string): string | undefined => {
  const value = values.get(key)
  return typeof value === 'string' ? value : undefined
}

/** IAM User Guide, "AWS global condition context keys". */
const GROUPS: readonly Group[] = [
  { keys: ['aws:currenttime', 'aws:epochtime'], exists: isOneTime },
  {
    keys: ['aws:sourceip', ...ENDPOINT],
    exists: (values) => values.get('aws:sourceip') === undefined || ENDPOINT.every((key) => values.get(key) === undefined),
  },
  {
    keys: ['aws:multifactorauthpresent', 'aws:multifactorauthage'],
    exists: (values) =>
      values.get('aws:multifactorauthage') === undefined || truthOf(textAt(values, 'aws:multifactorauthpresent') ?? '') === true,
  },
  {
    keys: ['aws:principalarn', 'aws:principalaccount'],
    exists: (values) => textAt(values, 'aws:principalarn')?.split(':')[4] === textAt(values, 'aws:principalaccount'),
  },
]

function isOneTime(values: Values): boolean {
  const [one, other] = ['aws:currenttime', 'aws:epochtime'].map((key) => instantOf(textAt(values, key) ?? ''))
  return one !== undefined && other !== undefined && compareInstants(one, other) === 0
}

/** Dimensions of single keys, those that depend on one another joined. */
export function groupsOf(dimensions: readonly Dimension[], budget: Budget): readonly Dimension[] {
  const groups = GROUPS.map(({ keys, exists }) => ({
    exists,
    members: dimensions.filter((each) => keys.includes(each.keys[0] ?? '')),
  })).filter(({ members }) => members.length > 1)
  const grouped = new Set(groups.flatMap(({ members }) => members))
  return [
    ...dimensions.filter((each) => !grouped.has(each)),
    ...groups.map(({ members, exists }) => joined(members, exists, budget)),
  ]
}

function joined(members: readonly Dimension[], exists: Group['exists'], budget: Budget): Dimension {
  const [first, ...rest] = members
  const choices = rest.reduce<readonly Choice[]>((sofar, { choices: more }) => {
    budget.spend(sofar.length * more.length)
    return sofar.flatMap((one) =>
      more.map((other) => ({
        mask: one.mask & other.mask,
        context: [...(one.context ?? []), ...(other.context ?? [])],
        real: one.real && other.real,
      })),
    )
  }, first?.choices ?? [])
  const marked = choices.map((choice) => ({ ...choice, real: choice.real && exists(new Map(choice.context)) }))
  return { keys: members.flatMap(({ keys }) => keys), choices: distinct(marked) }
}
