/** A decision with all that led to it: every statement that matches, by type of policy, and what each type says by itself. */
import type { Caller } from './caller.ts'
import type { CandidateList, PolicySet } from './combine.ts'
import type { CompiledPolicy, CompiledStatement } from './compile.ts'
import { placesOf, type Place, type PolicyDocument } from './document.ts'
import { type Check, decide, type Decision, type Policies, type PolicyType } from './evaluate.ts'
import { lanesOf, type Question, questionOf } from './question.ts'
import { isMet } from './search.ts'
import { spend } from './work.ts'

/** What a decision, or one type of policy by itself, comes to. */
export type Verdict = Decision['decision']

/** A statement that matches. */
export type Match = { readonly policyType: PolicyType; readonly policy: CompiledPolicy; readonly statement: CompiledStatement }

/** What `simulate` tells. */
export type Simulation = {
  readonly decision: Decision
  /** By type of policy, in the order in which types are evaluated: the statements that deny where any does, else those that allow. */
  readonly matches: readonly Match[]
  /** What each type that applies says when it is asked alone. A type of several levels allows where all its levels do. */
  readonly verdicts: ReadonlyMap<PolicyType, Verdict>
}

/** Decides as `decide` does, and looks at every statement. */
export function simulate(check: Check, caller: Caller, policies: Policies): Simulation {
  const question = questionOf(check, caller, policies)
  const matches: Match[] = []
  const verdicts = new Map<PolicyType, Verdict>()
  for (const { policyType, set } of lanesOf(check, caller, policies)) {
    const { verdict, statements } = verdictOf(set, question)
    const before = verdicts.get(policyType)
    verdicts.set(policyType, before === undefined ? verdict : strictest([before, verdict]))
    matches.push(...statements.flatMap((statement) => matchOf(set, policyType, statement)))
  }
  return { decision: decide(check, caller, policies), matches, verdicts }
}

const BY_STRICTNESS: readonly Verdict[] = ['explicitDeny', 'implicitDeny', 'allowed']

/** The most restrictive of several verdicts; `allowed` of none. */
export const strictest = (verdicts: readonly Verdict[]): Verdict =>
  BY_STRICTNESS.find((verdict) => verdicts.includes(verdict)) ?? 'allowed'

type Found = { readonly verdict: Verdict; readonly statements: readonly CompiledStatement[] }

function verdictOf(set: PolicySet, question: Question): Found {
  const { deny, allow } = set.about(question.action)
  spend(deny.all.length + allow.all.length)
  const met = ({ all }: CandidateList): readonly CompiledStatement[] =>
    all.flatMap(({ statement }) => (isMet(statement, question) ? [statement] : []))
  const denies = met(deny)
  if (denies.length > 0 || set.broken.length > 0) return { verdict: 'explicitDeny', statements: denies }
  const allows = met(allow)
  return { verdict: allows.length > 0 ? 'allowed' : 'implicitDeny', statements: allows }
}

function matchOf(set: PolicySet, policyType: PolicyType, statement: CompiledStatement): readonly Match[] {
  const policy = set.policies.find(({ source }) => source === statement.policy)
  return policy === undefined ? [] : [{ policyType, policy, statement }]
}

export type Stretch = { readonly start: Place; readonly end: Place }

/**
 * Where a statement stands, as AWS's simulator counts. It ends just after its closing brace. It starts where the reader stood before
 * it knew the statement: just after the opening bracket of the array, just after the closing brace of the statement before it, or,
 * where `Statement` is one object, just after that object's opening brace (recorded: `"Statement": [` at column 3 of a line gives
 * column 17; of two statements in a line the second starts at the column at which the first ends).
 */
export function stretchOf(document: PolicyDocument, index: number): Stretch {
  const statement = document.statements[index]
  if (statement === undefined) throw new Error(`the document has no statement ${index}`)
  const { source, statements } = document
  const before = statements[index - 1]
  const bracket = source.slice(0, statement.start).trimEnd().length
  const first = source[bracket - 1] === '[' ? bracket : statement.start + 1
  const place = placesIn(document)
  return { start: place(before === undefined ? first : before.end), end: place(statement.end) }
}

/** One document's statements are asked for one after the other. */
const places = new WeakMap<PolicyDocument, (offset: number) => Place>()

function placesIn(document: PolicyDocument): (offset: number) => Place {
  const known = places.get(document) ?? placesOf(document.source)
  places.set(document, known)
  return known
}
