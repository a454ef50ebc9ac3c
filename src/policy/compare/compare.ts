/** What policies allow, compared exactly: does one allow what another does not, does it allow any of some access, are two equal. */
import type { PolicyDocument } from '../document.ts'
import { keysTested, variablesOf } from './tests.ts'
import { combined, type Found, type Goal, type Restriction, UNRESTRICTED } from './combine.ts'
import { assignmentsFor } from './assignments.ts'
import type { Assignment, Numbered } from './dimension.ts'
import { allowedByEngine } from './engine.ts'
import { type PolicyKind, problemOf } from './kind.ts'
import { Budget, MAX_STATEMENTS, Undecided } from './undecided.ts'
import { plainPrincipals } from './plain-principals.ts'
import type { Witness } from './witness.ts'

export { type PolicyKind, problemOf } from './kind.ts'
export type { Witness } from './witness.ts'

/** `statements`: the Allow statements (from 0) of the document asked about that allow such requests. */
export type Answer =
  | { readonly answer: 'yes'; readonly witness: Witness; readonly statements: readonly number[] }
  | { readonly answer: 'no' }
  | { readonly answer: 'unknown'; readonly why: string }

/** Actions and resources as a policy writes them; an empty list stands for all. */
export type Access = { readonly actions: readonly string[]; readonly resources: readonly string[] }

/** Whether `updated` allows anything that `existing` does not. Never throws. */
export function newAccess(existing: PolicyDocument, updated: PolicyDocument, kind: PolicyKind): Answer {
  return answered({ kind, asked: updated, other: existing, goal: (mask, { allows }) => allows(0, mask) && !allows(1, mask) })
}

/** Whether a policy allows any of some actions on any of some resources. Never throws. */
export function grantsAccess(document: PolicyDocument, access: Access, kind: PolicyKind): Answer {
  return answered({
    kind,
    asked: document,
    other: documentOf(access),
    goal: (mask, { allows }) => allows(0, mask) && allows(1, mask),
    isCriterion: true,
  })
}

/** The answer of `areEqual`; `allowedBy` is the policy that allows the witness. */
export type Equality =
  | { readonly answer: 'yes' }
  | { readonly answer: 'no'; readonly witness: Witness; readonly allowedBy: 'one' | 'other' }
  | { readonly answer: 'unknown'; readonly why: string }

/** Whether two policies allow the same. Never throws. */
export function areEqual(one: PolicyDocument, other: PolicyDocument, kind: PolicyKind): Equality {
  const more = newAccess(other, one, kind)
  if (more.answer === 'yes') return { answer: 'no', witness: more.witness, allowedBy: 'one' }
  const less = newAccess(one, other, kind)
  if (less.answer === 'yes') return { answer: 'no', witness: less.witness, allowedBy: 'other' }
  if (more.answer === 'unknown') return more
  return less.answer === 'unknown' ? less : { answer: 'yes' }
}

export type Query = {
  readonly kind: PolicyKind
  readonly asked: PolicyDocument
  readonly other?: PolicyDocument
  readonly goal: Goal
  /** `other` is no policy but says which requests are meant. */
  readonly isCriterion?: boolean
  readonly restriction?: Restriction
}

/** The answer to a query: no where nothing that could exist meets the goal, yes where the engine agrees about a request that does. */
export function answered(query: Query): Answer {
  try {
    return search(query.kind === 'resource' ? { ...query, ...plainPrincipals(query) } : query)
  } catch (error) {
    if (error instanceof Undecided) return { answer: 'unknown', why: error.message }
    throw error
  }
}

type Asking = { readonly query: Query; readonly statements: readonly Numbered[]; readonly budget: Budget }

function search(query: Query): Answer {
  const { asked, other, kind, isCriterion = false } = query
  const documents = other === undefined ? [asked] : [asked, other]
  for (const document of isCriterion ? [asked] : documents) {
    const problem = problemOf(document, kind)
    if (problem !== undefined) throw new Undecided(problem)
  }
  const statements = numbered(documents)
  if (statements.length > MAX_STATEMENTS) throw new Undecided(`there are more than ${MAX_STATEMENTS} statements`)
  const asking = { query, statements, budget: new Budget() }
  const open = explore(asking, undefined)
  if (open === undefined) return { answer: 'no' }
  const found = open.real ? open : firstReal(asking)
  if (found === undefined) return { answer: 'unknown', why: 'no request was found that settles it' }
  return { answer: 'yes', witness: found.witness, statements: found.allowing.map((bit) => indexOf(statements, bit)) }
}

/** Looks for a request with the variables given values. */
function firstReal(asking: Asking): Found | undefined {
  const { statements } = asking
  if (variablesOf(statements).size === 0) return undefined
  for (const assignment of assignmentsFor(statements)) {
    const found = explore(asking, assignment)
    if (found?.real === true) return found
  }
  return undefined
}

function explore({ query, statements, budget }: Asking, assignment: Assignment): Found | undefined {
  const { kind, asked, other, goal, isCriterion = false, restriction = UNRESTRICTED } = query
  const bitsOf = (document: PolicyDocument | undefined, effect: 'Allow' | 'Deny'): bigint =>
    statements.reduce(
      (bits, { bit, source }) => (document?.statements.includes(source) === true && source.effect === effect ? bits | bit : bits),
      0n,
    )
  const allow = [bitsOf(asked, 'Allow'), bitsOf(other, 'Allow')]
  const deny = [bitsOf(asked, 'Deny'), bitsOf(other, 'Deny')]
  const allows = (number: 0 | 1, mask: bigint): boolean =>
    (mask & (allow[number] ?? 0n)) !== 0n && (mask & (deny[number] ?? 0n)) === 0n
  const isAllowed = allowedByEngine(asked, kind)
  const isAllowedBefore = isCriterion || other === undefined ? () => false : allowedByEngine(other, kind)
  const isConfirmed = (witness: Witness): boolean => isAllowed(witness) && !isAllowedBefore(witness)
  return combined({
    budget,
    statements,
    keys: keysTested(statements),
    kind,
    assignment,
    restriction,
    wanted: allow[0] ?? 0n,
    isGoal: (mask) => goal(mask, { allows }),
    isConfirmed,
  })
}

function numbered(documents: readonly PolicyDocument[]): readonly Numbered[] {
  return documents
    .flatMap(({ statements, version }) => statements.map((source) => ({ source, version })))
    .map((statement, number) => ({ ...statement, bit: 1n << BigInt(number) }))
}

const indexOf = (statements: readonly Numbered[], bit: bigint): number =>
  statements.find((each) => each.bit === bit)?.source.index ?? -1

const ALLOW: 'Allow' | 'Deny' = 'Allow'

/** A statement of the same form as a policy's, that takes in what is asked for. */
function documentOf({ actions, resources }: Access): PolicyDocument {
  const span = { start: 0, end: 0 }
  const texts = (values: readonly string[]) => ({
    ...span,
    negated: values.length === 0,
    values: values.map((text) => ({ ...span, text })),
  })
  const statement = { ...span, index: 0, effect: ALLOW, action: texts(actions), resource: texts(resources), conditions: [] }
  return { ...span, source: '', version: '2008-10-17', versionGiven: true, statements: [statement] }
}
