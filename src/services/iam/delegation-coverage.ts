/** Whether policies that limit a caller cover what a delegation request asks for: pure, for a thread of its own. */
import type { GetDelegationRequestResponse } from '../../model/iam.gen.ts'
import { newAccess } from '../../policy/compare/compare.ts'
import { parsePolicy } from '../../policy/parse.ts'

export type CheckResult = NonNullable<GetDelegationRequestResponse['PermissionCheckResult']>

/** Documents that limit a caller, in lists of which each must allow, and the policy that is asked for. */
export type AskedCoverage = { readonly limits: readonly (readonly string[])[]; readonly policy: string }

/** The strictest of what the lists say. A comparison may take a second. */
export function coverageOf({ limits, policy }: AskedCoverage): CheckResult {
  const results = limits.map((documents) => coverage(documents, policy))
  return (['DENIED', 'UNSURE'] as const).find((result) => results.includes(result)) ?? 'ALLOWED'
}

/** What a policy element says of itself is not asked here: only whether it has conditions. */
type StatementElement = { readonly Effect?: unknown; readonly Condition?: unknown }

/** Denied where not even the policies without their conditions would do; unsure where it depends on conditions (API reference: "UNSURE … most likely … conditions"). */
function coverage(documents: readonly string[], policy: string): CheckResult {
  const statements = statementsOf(documents)
  if (statements === undefined) return 'DENIED'
  const asked = covers(statements, policy)
  if (asked !== 'DENIED') return asked
  const without = statements
    .filter(({ Effect, Condition }) => Effect === 'Allow' || Condition === undefined)
    .map(({ Condition: _condition, ...rest }) => rest)
  return covers(without, policy) === 'DENIED' ? 'DENIED' : 'UNSURE'
}

/** All statements of several documents; undefined where one cannot be read, and so denies everything. */
function statementsOf(documents: readonly string[]): readonly StatementElement[] | undefined {
  try {
    return documents.flatMap((document) => {
      // What cannot be read as a policy is refused before its elements are taken.
      parsePolicy(document)
      const { Statement: element }: { readonly Statement: StatementElement | readonly StatementElement[] } = JSON.parse(document)
      const statements: readonly StatementElement[] = Array.isArray(element) ? element : [element]
      return statements.map((statement) => ({ ...statement, Sid: undefined }))
    })
  } catch {
    return undefined
  }
}

function covers(statements: readonly StatementElement[], policy: string): CheckResult {
  if (!statements.some(({ Effect }) => Effect === 'Allow')) return 'DENIED'
  const existing = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }))
  const { answer } = newAccess(existing, parsePolicy(policy), 'identity')
  return answer === 'no' ? 'ALLOWED' : answer === 'yes' ? 'DENIED' : 'UNSURE'
}
