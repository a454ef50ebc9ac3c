/** The row of an organization's delegation policy. `account` is the management account. */
import type { ReadTx, WriteTx } from '../../store/store.ts'

export type ResourcePolicyRow = { readonly id: string; readonly content: string; readonly tags: string }

const FIND = 'SELECT id, content, tags FROM organization_resource_policy WHERE account = $1'
const SAVE = `INSERT INTO organization_resource_policy (account, id, content, tags) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account) DO UPDATE SET content = excluded.content`
const DELETE = 'DELETE FROM organization_resource_policy WHERE account = $1'

/** Undefined where the organization has none. */
export const findResourcePolicy = (tx: ReadTx, account: string): Promise<ResourcePolicyRow | undefined> => tx.get(FIND, account)

/** Makes the policy, or gives the one that is there another content. */
export async function saveResourcePolicy(tx: WriteTx, account: string, { id, content, tags }: ResourcePolicyRow): Promise<void> {
  await tx.run(SAVE, account, id, content, tags)
}

export async function deleteResourcePolicyRow(tx: WriteTx, account: string): Promise<void> {
  await tx.run(DELETE, account)
}
