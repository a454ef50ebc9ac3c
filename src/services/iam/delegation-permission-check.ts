/** Whether a caller has what a delegation request asks for: the request's policy compared with each policy that limits the caller. */
import type { GetDelegationRequestResponse } from '../../model/iam.gen.ts'
import type { Principal } from '../../aws/principal.ts'
import type { newAccess as NewAccess } from '../../policy/compare/compare.ts'
import { parsePolicy } from '../../policy/parse.ts'
import type { ReadTx } from '../../store/store.ts'
import { awsPolicyDocument } from './aws-policies.ts'
import { loadIdentityDocuments, loadManagedDocument } from './principals.rows.ts'

type Result = NonNullable<GetDelegationRequestResponse['PermissionCheckResult']>

/** AWS checks in the background; here the answer is there at once. It is as approximate as AWS's: resource-based policies and organizations are not looked at. */
export async function checkPermissions(
  tx: ReadTx,
  caller: Principal,
  policy: string,
): Promise<Pick<GetDelegationRequestResponse, 'PermissionCheckStatus' | 'PermissionCheckResult'>> {
  // Loaded when somebody asks: a start does without comparisons.
  const { newAccess } = await import('../../policy/compare/compare.ts')
  const results = (await limitsOf(tx, caller)).map((documents) => coverage(documents, policy, newAccess))
  const PermissionCheckResult = (['DENIED', 'UNSURE'] as const).find((result) => results.includes(result)) ?? 'ALLOWED'
  return { PermissionCheckStatus: 'COMPLETE', PermissionCheckResult }
}

/** Documents that limit a caller. Those of one list allow together; each list must allow. */
async function limitsOf(tx: ReadTx, caller: Principal): Promise<readonly (readonly string[])[]> {
  const { accountId, credential } = caller
  const { policies, scopes = [] } = credential.session ?? {}
  const own = await ownLimits(tx, caller)
  const session = policies && [
    ...(policies.inline === undefined ? [] : [policies.inline]),
    ...(await documentsOf(tx, accountId, policies.arns ?? [])),
  ]
  return [...own, ...(session === undefined ? [] : [session]), ...scopes.map((document) => [document])]
}

/** The policies of the user or role itself; none of them limits the root user. */
async function ownLimits(tx: ReadTx, caller: Principal): Promise<readonly (readonly string[])[]> {
  const id = idOf(caller)
  if (id === undefined) return []
  const { inline, managed, awsManagedArns, boundary } = await loadIdentityDocuments(tx, caller.accountId, id)
  const identity = [
    ...[...inline, ...managed].map(({ document }) => document),
    ...(await documentsOf(tx, caller.accountId, awsManagedArns)),
  ]
  if (boundary === undefined) return [identity]
  return [identity, [boundary.document ?? awsPolicyDocument(boundary.arn) ?? '']]
}

function idOf(caller: Principal): string | undefined {
  if (caller.type === 'assumed-role') return caller.roleId
  if (caller.type === 'federated-user') return caller.issuer.userId
  return caller.type === 'user' ? caller.id : undefined
}

/** A policy that is gone is empty text, which no reader takes. */
async function documentsOf(tx: ReadTx, accountId: string, arns: readonly string[]): Promise<readonly string[]> {
  const documents = []
  for (const arn of arns) documents.push(awsPolicyDocument(arn) ?? (await loadManagedDocument(tx, accountId, arn)) ?? '')
  return documents
}

/** What a policy element says of itself is not asked here: only whether it has conditions. */
type StatementElement = { readonly Effect?: unknown; readonly Condition?: unknown }

/** Denied where not even the policies without their conditions would do; unsure where it depends on conditions (API reference: "UNSURE … most likely … conditions"). */
function coverage(documents: readonly string[], policy: string, newAccess: typeof NewAccess): Result {
  const statements = statementsOf(documents)
  if (statements === undefined) return 'DENIED'
  const asked = covers(statements, policy, newAccess)
  if (asked !== 'DENIED') return asked
  const without = statements
    .filter(({ Effect, Condition }) => Effect === 'Allow' || Condition === undefined)
    .map(({ Condition: _condition, ...rest }) => rest)
  return covers(without, policy, newAccess) === 'DENIED' ? 'DENIED' : 'UNSURE'
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

function covers(statements: readonly StatementElement[], policy: string, newAccess: typeof NewAccess): Result {
  if (!statements.some(({ Effect }) => Effect === 'Allow')) return 'DENIED'
  const existing = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }))
  const { answer } = newAccess(existing, parsePolicy(policy), 'identity')
  return answer === 'no' ? 'ALLOWED' : answer === 'yes' ? 'DENIED' : 'UNSURE'
}
