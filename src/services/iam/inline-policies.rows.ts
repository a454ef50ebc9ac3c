/** Rows of inline policies: documents that belong to one user, group or role. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import type { Slice } from '../pagination.ts'

export type InlinePolicyRow = { readonly name: string; readonly document: string }

const FIND = 'SELECT document FROM iam_inline_policy WHERE account = $1 AND principal_id = $2 AND name = $3'
const ALL = 'SELECT name, document FROM iam_inline_policy WHERE account = $1 AND principal_id = $2'
const NAMES = 'SELECT name FROM iam_inline_policy WHERE account = $1 AND principal_id = $2 AND name > $3 ORDER BY name LIMIT $4'
const PUT = `INSERT INTO iam_inline_policy (account, principal_id, name, document) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account, principal_id, name) DO UPDATE SET document = excluded.document`
const DELETE = 'DELETE FROM iam_inline_policy WHERE account = $1 AND principal_id = $2 AND name = $3'

/** The document of an owner's policy; undefined where there is none of this name. */
export async function findInlineDocument(
  tx: ReadTx,
  account: string,
  ownerId: string,
  name: string,
): Promise<string | undefined> {
  return (await tx.get<{ document: string }>(FIND, account, ownerId, name))?.document
}

/** All inline policies of an owner, in no order. The size quota bounds them. */
export const allInlinePolicies = (tx: ReadTx, account: string, ownerId: string): Promise<readonly InlinePolicyRow[]> =>
  tx.all(ALL, account, ownerId)

/** Names in their order. `after` is a name. */
export const listInlineNames = (
  tx: ReadTx,
  account: string,
  ownerId: string,
  { after, limit }: Slice,
): Promise<readonly { readonly name: string }[]> => tx.all(NAMES, account, ownerId, after ?? '', limit)

/** Makes the policy, or replaces the one of the same name. */
export async function putInlinePolicyRow(
  tx: WriteTx,
  account: string,
  ownerId: string,
  { name, document }: InlinePolicyRow,
): Promise<void> {
  await tx.run(PUT, account, ownerId, name, document)
}

/** Whether there was such a policy. */
export async function deleteInlinePolicyRow(tx: WriteTx, account: string, ownerId: string, name: string): Promise<boolean> {
  return (await tx.run(DELETE, account, ownerId, name)) > 0
}
