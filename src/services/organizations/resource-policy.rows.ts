/** The row of an organization's delegation policy. */
import type { ReadTx } from '../../store/store.ts'

export type ResourcePolicyRow = { readonly id: string; readonly content: string; readonly tags: string }

const FIND = 'SELECT id, content, tags FROM organization_resource_policy WHERE account = $1'

/** Undefined where the organization has none. `account` is the management account. */
export const findResourcePolicy = (tx: ReadTx, account: string): Promise<ResourcePolicyRow | undefined> => tx.get(FIND, account)
