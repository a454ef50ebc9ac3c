/** Rows of users. */
import type { Tag } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import type { Slice } from '../pagination.ts'
import { noSuchEntity } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'

export type UserRow = {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly boundary_arn: string | null
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  readonly password_used_at: number | null
  readonly created_at: number
}

const COLUMNS = 'id, name, path, boundary_arn, tags, password_used_at, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_user WHERE account = $1 AND name_key = $2`
const FIND_BY_ID = `SELECT ${COLUMNS} FROM iam_user WHERE account = $1 AND id = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_user WHERE account = $1 AND name_key > $2 AND substr(path, 1, length($3)) = $3 ORDER BY name_key LIMIT $4`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_user WHERE account = $1'
const INSERT = `INSERT INTO iam_user (account, id, name, name_key, path, boundary_arn, tags, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
const RENAME = 'UPDATE iam_user SET name = $1, name_key = $2, path = $3 WHERE account = $4 AND id = $5'
const SET_TAGS = 'UPDATE iam_user SET tags = $1 WHERE account = $2 AND id = $3'
const SET_BOUNDARY = 'UPDATE iam_user SET boundary_arn = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_user WHERE account = $1 AND id = $2'

/** The user of this name, whatever its case. */
export const findUser = (tx: ReadTx, account: string, name: string): Promise<UserRow | undefined> =>
  tx.get(FIND, account, nameKey(name))

export const findUserById = (tx: ReadTx, account: string, id: string): Promise<UserRow | undefined> =>
  tx.get(FIND_BY_ID, account, id)

/** The user of this name; throws NoSuchEntity. */
export async function mustFindUser(tx: ReadTx, account: string, name: string): Promise<UserRow> {
  const row = await findUser(tx, account, name)
  if (row === undefined) throw noSuchEntity.user(name)
  return row
}

export type { Slice }

/** Users under a path prefix in the order of their names. `after` is a name key. */
export function listUsers(
  tx: ReadTx,
  account: string,
  prefix: string | undefined,
  { after, limit }: Slice,
): Promise<readonly UserRow[]> {
  return tx.all(LIST, account, after ?? '', prefix ?? DEFAULT_PATH, limit)
}

export async function countUsers(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

export async function insertUser(tx: WriteTx, account: string, row: Omit<UserRow, 'password_used_at'>): Promise<void> {
  await tx.run(INSERT, account, row.id, row.name, nameKey(row.name), row.path, row.boundary_arn, row.tags, row.created_at)
}

export async function renameUser(
  tx: WriteTx,
  account: string,
  { id, name, path }: Pick<UserRow, 'id' | 'name' | 'path'>,
): Promise<void> {
  await tx.run(RENAME, name, nameKey(name), path, account, id)
}

export async function setUserTags(tx: WriteTx, account: string, id: string, tags: readonly Tag[]): Promise<void> {
  await tx.run(SET_TAGS, JSON.stringify(tags), account, id)
}

/** Sets the boundary, or takes it away with null. */
export async function setUserBoundary(tx: WriteTx, account: string, id: string, arn: string | null): Promise<void> {
  await tx.run(SET_BOUNDARY, arn, account, id)
}

export async function deleteUserRow(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE, account, id)
}
