/** ARNs of principals that stand for all others: for the tests of aws:PrincipalArn and aws:PrincipalAccount, and for what the policies name. */
import type { PrincipalElement } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { isPrincipal } from '../principal-syntax.ts'
import { type Assignment, fillingOf } from './dimension.ts'
import { arnPattern, type Filling, hasVariable, OPEN, type Reading, type TokenPattern } from './pattern.ts'
import { DIGITS_FIRST, reachable } from './product.ts'
import type { Budget } from './undecided.ts'
import { type KeyTest, patternOfTest } from './value-classes.ts'

const LITERAL: Reading = { version: '2008-10-17', fill: () => OPEN }
const ACCOUNT = '?'.repeat(12)
const DOMAIN = patternsOf([
  `arn:aws:iam::${ACCOUNT}:user/?*`,
  `arn:aws:iam::${ACCOUNT}:role/?*`,
  `arn:aws:iam::${ACCOUNT}:root`,
  `arn:aws:sts::${ACCOUNT}:federated-user/?*`,
])

function patternsOf(texts: readonly string[]): readonly TokenPattern[] {
  return texts.map((text) => arnPattern(text, LITERAL)).filter((pattern) => pattern !== undefined)
}

export type PrincipalTests = {
  readonly budget: Budget
  readonly assignment: Assignment
  readonly arn: readonly KeyTest[]
  readonly account: readonly KeyTest[]
}

/** One ARN for every way in which a principal can stand to all of them; undefined where the tests are of a kind that ARNs cannot be made for. */
export function principalArns(
  elements: readonly PrincipalElement[],
  { arn, account, budget, assignment }: PrincipalTests,
): readonly string[] | undefined {
  const fill = fillingOf(assignment)
  const patterns = [...arn.map((test) => patternsOfTest(test, fill)), ...account.map((test) => accountsOfTest(test, fill))]
  if (patterns.includes(undefined)) return undefined
  const named = elements.flatMap(({ entries }) => entries.flatMap(({ kind, text }) => (kind === 'AWS' ? markersOf(text) : [])))
  const all = [...patterns.flatMap((each) => each ?? []), ...patternsOf([...new Set(named)])]
  const arns = reachable(all, { budget, domain: DOMAIN, fillers: DIGITS_FIRST }).map(({ text }) => text)
  return arns.filter((text) => isPrincipal({ kind: 'AWS', text }))
}

const isText = ({ operator: { family } }: KeyTest): boolean => family === 'String' || family === 'Arn' || family === 'Null'

function patternsOfTest(test: KeyTest, fill: Filling): readonly TokenPattern[] | undefined {
  if (!isText(test)) return undefined
  if (test.operator.family === 'Null') return []
  return test.source.values.flatMap(({ text }) => patternOfTest(text, test, fill) ?? [])
}

/** What compares an account is made to compare that part of an ARN. */
function accountsOfTest(test: KeyTest, fill: Filling): readonly TokenPattern[] | undefined {
  const { operator, version, source } = test
  if (operator.family === 'Null') return []
  const texts = source.values.map(({ text }) => text)
  const isOdd = (text: string): boolean => (hasVariable(text, version) ? hasWildcard(text) : text.includes(':'))
  if (operator.family !== 'String' || texts.some(isOdd)) return undefined
  const isLike = operator.base === 'StringLike' || operator.base === 'StringNotLike'
  return texts
    .filter((text) => isLike || !hasWildcard(text))
    .flatMap((text) => arnPattern(`arn:aws:*::${text}:*`, { version, fill }) ?? [])
}

/** What tells the principals that a name means from all others: an account, an ARN, a session's role. */
function markersOf(text: string): readonly string[] {
  if (!text.startsWith('arn:')) return text.startsWith('A') || text === '*' ? [] : [`arn:aws:*::${text}:*`]
  const [, , , , account = '', resource = ''] = text.split(':')
  const [type, name = ''] = resource.split('/')
  const roles = [`arn:aws:iam::${account}:role/${name}`, `arn:aws:iam::${account}:role/*/${name}`]
  return [`arn:aws:*::${account}:*`, text, ...(type === 'assumed-role' ? roles : [])]
}
