/** Policies that are decided together: the identity policies of a principal, one level of service control policies. */
import type { ResourcePattern } from './arn-match.ts'
import type { CompiledPolicy, CompiledStatement } from './compile.ts'
import { type PrefixIndex, prefixIndex } from './prefix-index.ts'
import { remember } from './remembered.ts'
import { spend } from './work.ts'

/** A statement and its number in its set: what a trace holds. */
export type Candidate = { readonly number: number; readonly statement: CompiledStatement }

/** A statement as one of its resources finds it. */
export type Found = Candidate & { readonly pattern: ResourcePattern }

/** Finds statements by what resources begin with. */
export type ResourceIndex = {
  /** By the beginning of the ARN. */
  readonly arns: PrefixIndex<Found>
  /** By the beginning of the sixth segment, for patterns with wildcards before it. */
  readonly tails: PrefixIndex<Found>
}

/** The statements about an action with one effect. */
export type CandidateList = {
  /** In the order of the policies. */
  readonly all: readonly Candidate[]
  /** Those that a resource can find, where there are so many that searching them all is slower. */
  readonly index: ResourceIndex | undefined
  /** Those that the index does not hold; all where there is none. */
  readonly rest: readonly Candidate[]
}

type Candidates = { readonly deny: CandidateList; readonly allow: CandidateList }

/** Policies of one type that are decided together; it may be asked by any number of decisions. */
export type PolicySet = {
  readonly policies: readonly CompiledPolicy[]
  readonly statements: readonly CompiledStatement[]
  /** Policies that cannot be compiled: each denies everything. */
  readonly broken: readonly CompiledPolicy[]
  /** The statements about an action, whatever its case. Found once for each action that is asked about. */
  about(action: string): Candidates
}

/** From so many resources on the index is faster than comparing one after the other. */
const INDEXED_FROM = 12

/** Makes a set; an empty list is a type of policy that applies and allows nothing. Never throws. */
export function policySet(policies: readonly CompiledPolicy[]): PolicySet {
  const statements = policies.flatMap((policy) => policy.statements)
  const byService = new Map<string, readonly Candidate[]>()
  const remembered = new Map<string, Candidates>()
  return {
    policies,
    statements,
    broken: policies.filter(({ problem }) => problem !== undefined),
    about(action) {
      const known = remembered.get(action)
      if (known !== undefined) return known
      const name = action.toLowerCase()
      spend(statements.length)
      const found = candidates(ofService(name, byService, statements), name)
      remember(remembered, action, { value: found, weight: found.deny.all.length + found.allow.all.length })
      return found
    },
  }
}

/** The statements that may be about a service: those that name it, and those that name any. */
function ofService(
  action: string,
  byService: Map<string, readonly Candidate[]>,
  statements: readonly CompiledStatement[],
): readonly Candidate[] {
  const service = action.slice(0, Math.max(0, action.indexOf(':')))
  const known = byService.get(service)
  if (known !== undefined) return known
  const found: Candidate[] = []
  for (const [number, statement] of statements.entries())
    if (statement.services?.has(service) !== false) found.push({ number, statement })
  remember(byService, service, { value: found, weight: found.length })
  return found
}

function candidates(ofService: readonly Candidate[], action: string): Candidates {
  const about = ofService.filter(({ statement }) => statement.matchesAction(action))
  return {
    deny: candidateList(about.filter(({ statement }) => statement.effect === 'Deny')),
    allow: candidateList(about.filter(({ statement }) => statement.effect === 'Allow')),
  }
}

function candidateList(all: readonly Candidate[]): CandidateList {
  const found = all.flatMap((candidate) => foundBy(candidate))
  if (found.length < INDEXED_FROM) return { all, index: undefined, rest: all }
  const indexed = new Set(found.map(({ number }) => number))
  const [arns, tails] = [
    found.filter(({ pattern }) => pattern.tailPrefix === ''),
    found.filter(({ pattern }) => pattern.tailPrefix !== ''),
  ]
  return {
    all,
    index: {
      arns: prefixIndex(arns.map((one) => [one.pattern.prefix, one])),
      tails: prefixIndex(tails.map((one) => [one.pattern.tailPrefix, one])),
    },
    rest: all.filter(({ number }) => !indexed.has(number)),
  }
}

/** A statement by each of its resources; not at all where one has no literal beginning, and would be found by every request. */
function foundBy(candidate: Candidate): readonly Found[] {
  const { patterns } = candidate.statement
  if (patterns === undefined || patterns.some(({ prefix, tailPrefix }) => prefix + tailPrefix === '')) return []
  return patterns.map((pattern) => ({ ...candidate, pattern }))
}
