/** What service-linked roles have beside their own row: a managed policy, and a record of their deletion. */
import type { DeletionTaskStatusType } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'

export type DeletionRow = { readonly task: string; readonly status: DeletionTaskStatusType; readonly created_at: number }

const ATTACH = 'INSERT INTO iam_attachment (account, principal_id, policy_arn, attached_at) VALUES ($1, $2, $3, $4)'
const DETACH = 'DELETE FROM iam_attachment WHERE account = $1 AND principal_id = $2'
const DELETE_INLINE = 'DELETE FROM iam_inline_policy WHERE account = $1 AND principal_id = $2'
const INSERT_DELETION = 'INSERT INTO iam_service_linked_deletion (account, task, status, created_at) VALUES ($1, $2, $3, $4)'
const FIND_DELETION = 'SELECT task, status, created_at FROM iam_service_linked_deletion WHERE account = $1 AND task = $2'

export async function insertLinkedPolicy(
  tx: WriteTx,
  account: string,
  { roleId, policyArn, now }: { readonly roleId: string; readonly policyArn: string; readonly now: number },
): Promise<void> {
  await tx.run(ATTACH, account, roleId, policyArn, now)
}

export async function deletePoliciesOfRole(tx: WriteTx, account: string, roleId: string): Promise<void> {
  await tx.run(DETACH, account, roleId)
  await tx.run(DELETE_INLINE, account, roleId)
}

export async function insertDeletion(tx: WriteTx, account: string, row: DeletionRow): Promise<void> {
  await tx.run(INSERT_DELETION, account, row.task, row.status, row.created_at)
}

export const findDeletion = (tx: ReadTx, account: string, task: string): Promise<DeletionRow | undefined> =>
  tx.get(FIND_DELETION, account, task)
