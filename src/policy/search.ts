/** Finds the statements of a set that are met: the first one, or the one that names the caller most closely. */
import type { Candidate, CandidateList, Found, ResourceIndex } from './combine.ts'
import type { CompiledStatement } from './compile.ts'
import { longestPrefix, type PrefixIndex } from './prefix-index.ts'
import { CLOSENESS, type Closeness } from './principal-match.ts'
import type { Question } from './question.ts'
import { spend } from './work.ts'

/** The first statement, in the order of the policies, that names the caller and is met. Its action matched already. */
export function firstMet({ index, rest }: CandidateList, question: Question): Candidate | undefined {
  const found = index === undefined ? undefined : firstFound(index, question)
  for (const candidate of rest) {
    if (found !== undefined && found.number < candidate.number) return found
    if (isMet(candidate.statement, question)) return candidate
  }
  return found
}

/** Of the statements that the resource finds, by its ARN and by what can be a sixth segment. */
function firstFound({ arns, tails }: ResourceIndex, question: Question): Candidate | undefined {
  let found = arns.keys.length === 0 ? undefined : firstAlong(arns, question.resource.arn, question)
  if (tails.keys.length === 0) return found
  spend(question.resource.tails.length)
  for (const tail of question.resource.tails) found = firstAlong(tails, tail, question, found)
  return found
}

function firstAlong(index: PrefixIndex<Found>, text: string, question: Question, before?: Candidate): Candidate | undefined {
  let best = before
  for (let at = longestPrefix(index, text); at >= 0; at = index.parents[at] ?? -1) {
    for (const found of index.entries[at] ?? []) if (isEarlier(found, best) && isFound(found, question)) best = found
  }
  return best
}

const isEarlier = (one: Candidate, other: Candidate | undefined): boolean => other === undefined || one.number < other.number

function isFound({ pattern, statement }: Found, question: Question): boolean {
  return pattern.matches(question.resource, question.context) && isOpenTo(statement, question)
}

export function isMet(statement: CompiledStatement, question: Question): boolean {
  return statement.matchesResource(question.resource, question.context) && isOpenTo(statement, question)
}

/** Principal and conditions. */
function isOpenTo({ names, conditions }: CompiledStatement, { caller, isBounded, context }: Question): boolean {
  if (names !== undefined && names(caller, isBounded) === undefined) return false
  for (const { holds } of conditions) if (!holds(context)) return false
  return true
}

export type Grant = Candidate & { readonly closeness: Closeness }

/** The grant that names the caller most closely: it decides what else must allow, wherever in the policy it stands. */
export function closestGrant({ all }: CandidateList, question: Question): Grant | undefined {
  let best: Grant | undefined
  for (const { number, statement } of all) {
    const closeness = statement.names === undefined ? 'account' : statement.names(question.caller, question.isBounded)
    if (closeness === undefined || (best !== undefined && !isCloser(closeness, best.closeness))) continue
    if (isMet(statement, question)) best = { number, statement, closeness }
  }
  return best
}

const isCloser = (one: Closeness, other: Closeness): boolean => CLOSENESS.indexOf(one) < CLOSENESS.indexOf(other)
