/** Policies that are decided together: the identity policies of a principal, one level of service control policies. */
import type { CompiledPolicy, CompiledStatement } from './compile.ts'

export type Candidates = { readonly deny: readonly CompiledStatement[]; readonly allow: readonly CompiledStatement[] }

export type PolicySet = {
  readonly policies: readonly CompiledPolicy[]
  /** Policies that cannot be compiled: each denies everything. */
  readonly broken: readonly CompiledPolicy[]
  /** The statements about an action (in lower case). Found once for each action that is asked about. */
  about(action: string): Candidates
}

/** Actions whose candidates are remembered; beyond that they are found anew. AWS has some 22,000 actions, a principal asks few. */
const REMEMBERED_ACTIONS = 512

export function policySet(policies: readonly CompiledPolicy[]): PolicySet {
  const byService = new Map<string, CompiledStatement[]>()
  const statements = policies.flatMap((policy) => policy.statements)
  const remembered = new Map<string, Candidates>()
  return {
    policies,
    broken: policies.filter(({ problem }) => problem !== undefined),
    about(action) {
      const known = remembered.get(action)
      if (known !== undefined) return known
      const found = candidates(ofService(action, byService, statements), action)
      if (remembered.size >= REMEMBERED_ACTIONS) remembered.clear()
      remembered.set(action, found)
      return found
    },
  }
}

/** The statements that may be about a service: those that name it, and those that name any. */
function ofService(
  action: string,
  byService: Map<string, CompiledStatement[]>,
  all: readonly CompiledStatement[],
): readonly CompiledStatement[] {
  const service = action.slice(0, action.indexOf(':'))
  const known = byService.get(service)
  if (known !== undefined) return known
  const found = all.filter(({ services }) => services === undefined || services.has(service))
  byService.set(service, found)
  return found
}

function candidates(statements: readonly CompiledStatement[], action: string): Candidates {
  const about = statements.filter((statement) => statement.matchesAction(action))
  return { deny: about.filter(({ effect }) => effect === 'Deny'), allow: about.filter(({ effect }) => effect === 'Allow') }
}
