/** Access keys as the authenticator knows them, and when they were last used. */
import type { Edge } from '../aws/edge.ts'
import { findAccessKey } from '../services/iam/principals.rows.ts'
import { noteRoleUse } from '../services/iam/roles.rows.ts'
import type { ReadTx, WriteTx } from '../store/store.ts'
import type { KeyUse } from './jobs.ts'

/** A long-term access key: whose it is, whether it may be used, and its secret. */
export type KnownKey = {
  readonly id: string
  /** The user's unique id; undefined for a key of the root user. */
  readonly userId: string | undefined
  readonly active: boolean
  readonly secret: string
}

/** Looks a key up and opens its secret; undefined where there is none. */
export async function loadKey(
  tx: ReadTx,
  { vault }: Pick<Edge, 'vault'>,
  accountId: string,
  keyId: string,
): Promise<KnownKey | undefined> {
  const row = await findAccessKey(tx, accountId, keyId)
  if (row === undefined) return undefined
  const secret = vault.open(row.secret, `access-key/${keyId}`)
  return { id: keyId, userId: row.user_id ?? undefined, active: row.status === 'Active', secret }
}

const NOTE_USE = `INSERT INTO iam_access_key_use (account, key_id, used_at, service, region) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (account, key_id) DO UPDATE SET used_at = excluded.used_at, service = excluded.service, region = excluded.region`

/** Unique ids of roles: their sessions have keys of their own, and the role was used. */
const ROLE_ID = 'AROA'

/** Remembers the last use of each key and role. It says nothing about permissions, so it does not bump the account's version. */
export async function noteKeyUses(tx: WriteTx, uses: readonly KeyUse[]): Promise<void> {
  // In one order everywhere, so that two nodes that note at the same time cannot block each other.
  for (const use of uses.toSorted((one, other) => (one.keyId < other.keyId ? -1 : 1))) {
    if (use.keyId.startsWith(ROLE_ID))
      await noteRoleUse(tx, use.accountId, use.keyId, { used_at: use.usedAt, region: use.region })
    else await tx.run(NOTE_USE, use.accountId, use.keyId, use.usedAt, use.service, use.region)
  }
}
