/** Whether a caller has what a delegation request asks for: the request's policy compared with each policy that limits the caller. */
import { Fault } from '../../aws/fault.ts'
import type { Principal } from '../../aws/principal.ts'
import { siblingModule } from '../../aws/sibling.ts'
import type { GetDelegationRequestResponse } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { SideThread, TooMuch } from '../side-thread.ts'
import { awsPolicyDocument } from './aws-policies.ts'
import type { AskedCoverage, CheckResult } from './delegation-coverage.ts'
import { loadIdentityDocuments, loadManagedDocument } from './principals.rows.ts'

const thread = new SideThread<AskedCoverage, CheckResult>(
  siblingModule('delegation-coverage-thread', import.meta.url),
  () => new Fault('Throttling', 'Rate exceeded', { status: 400 }),
)

/** AWS checks in the background; here the answer is there at once. It is as approximate as AWS's: resource-based policies and organizations are not looked at. */
export async function checkPermissions(
  tx: ReadTx,
  caller: Principal,
  policy: string,
): Promise<Pick<GetDelegationRequestResponse, 'PermissionCheckStatus' | 'PermissionCheckResult'>> {
  const asked = { limits: await limitsOf(tx, caller), policy }
  const PermissionCheckResult = await thread.ask(caller.accountId, asked).catch((error: unknown): CheckResult => {
    if (error instanceof TooMuch) return 'UNSURE'
    throw error
  })
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
