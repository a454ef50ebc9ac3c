/** Rows of access keys. A secret is sealed; it is shown once, when the key is made. */
import type { Edge } from '../../aws/edge.ts'
import { newId } from '../../aws/ids.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { newSecretKey } from '../secret-key.ts'
import type { Slice } from './users.rows.ts'

export { newSecretKey }

export type KeyRow = {
  readonly id: string
  /** Null for a key of the root user. */
  readonly user_id: string | null
  readonly status: 'Active' | 'Inactive'
  readonly created_at: number
}
export type KeyUseRow = { readonly used_at: number; readonly service: string; readonly region: string }

/** A user's unique id, or null for the root user. */
type Owner = string | null

const COLUMNS = 'id, user_id, status, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_access_key WHERE account = $1 AND id = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_access_key WHERE account = $1 AND user_id = $2 AND id > $3 ORDER BY id LIMIT $4`
const LIST_ROOT = `SELECT ${COLUMNS} FROM iam_access_key WHERE account = $1 AND user_id IS NULL AND id > $2 ORDER BY id LIMIT $3`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_access_key WHERE account = $1 AND user_id = $2'
const COUNT_ROOT = 'SELECT COUNT(*) AS count FROM iam_access_key WHERE account = $1 AND user_id IS NULL'
const INSERT = `INSERT INTO iam_access_key (account, id, user_id, status, secret, created_at) VALUES ($1, $2, $3, 'Active', $4, $5)`
const SET_STATUS = 'UPDATE iam_access_key SET status = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_access_key WHERE account = $1 AND id = $2'
const DELETE_USE = 'DELETE FROM iam_access_key_use WHERE account = $1 AND key_id = $2'
const USE = 'SELECT used_at, service, region FROM iam_access_key_use WHERE account = $1 AND key_id = $2'

export const findKey = (tx: ReadTx, account: string, id: string): Promise<KeyRow | undefined> => tx.get(FIND, account, id)

/** Keys of a user, or of the root user, in the order of their ids. `after` is an id. */
export const listKeys = (tx: ReadTx, account: string, owner: Owner, { after = '', limit }: Slice): Promise<readonly KeyRow[]> =>
  owner === null ? tx.all(LIST_ROOT, account, after, limit) : tx.all(LIST, account, owner, after, limit)

export async function countKeys(tx: ReadTx, account: string, owner: Owner): Promise<number> {
  const row = await (owner === null
    ? tx.get<{ count: number }>(COUNT_ROOT, account)
    : tx.get<{ count: number }>(COUNT, account, owner))
  return Number(row?.count ?? 0)
}

export type NewKey = { readonly accountId: string; readonly userId: Owner; readonly now: number }

/** Makes an active key. What it returns is the only copy of the secret in clear. */
export async function newAccessKey(
  tx: WriteTx,
  { accountId, userId, now }: NewKey,
  { random, vault }: Edge,
): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const accessKeyId = newId('AKIA', accountId, random)
  const secretAccessKey = newSecretKey(random)
  await tx.run(INSERT, accountId, accessKeyId, userId, vault.seal(secretAccessKey, `access-key/${accessKeyId}`), now)
  return { accessKeyId, secretAccessKey }
}

export async function setKeyStatus(tx: WriteTx, account: string, id: string, status: KeyRow['status']): Promise<void> {
  await tx.run(SET_STATUS, status, account, id)
}

/** Deletes the key and what is known of its use. */
export async function deleteKey(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE_USE, account, id)
  await tx.run(DELETE, account, id)
}

/** When and for what the key was last used; undefined where it never was. */
export const findKeyUse = (tx: ReadTx, account: string, id: string): Promise<KeyUseRow | undefined> => tx.get(USE, account, id)
