/** Rows of groups and of their members. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { noSuchEntity } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import type { Slice, UserRow } from './users.rows.ts'

export type GroupRow = {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly created_at: number
}

const COLUMNS = 'id, name, path, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_group WHERE account = $1 AND name_key = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_group WHERE account = $1 AND name_key > $2 AND substr(path, 1, length($3)) = $3 ORDER BY name_key LIMIT $4`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_group WHERE account = $1'
const INSERT = 'INSERT INTO iam_group (account, id, name, name_key, path, created_at) VALUES ($1, $2, $3, $4, $5, $6)'
const RENAME = 'UPDATE iam_group SET name = $1, name_key = $2, path = $3 WHERE account = $4 AND id = $5'
const DELETE = 'DELETE FROM iam_group WHERE account = $1 AND id = $2'
const ADD_MEMBER = `INSERT INTO iam_group_member (account, group_id, user_id, added_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account, group_id, user_id) DO NOTHING`
const REMOVE_MEMBER = 'DELETE FROM iam_group_member WHERE account = $1 AND group_id = $2 AND user_id = $3'
const IS_MEMBER = 'SELECT added_at FROM iam_group_member WHERE account = $1 AND group_id = $2 AND user_id = $3'
const MEMBERS = `SELECT u.id, u.name, u.path, u.boundary_arn, u.tags, u.password_used_at, u.created_at
  FROM iam_group_member m JOIN iam_user u ON u.account = m.account AND u.id = m.user_id
  WHERE m.account = $1 AND m.group_id = $2 AND u.name_key > $3 ORDER BY u.name_key LIMIT $4`
const GROUPS_OF_USER = `SELECT g.id, g.name, g.path, g.created_at
  FROM iam_group_member m JOIN iam_group g ON g.account = m.account AND g.id = m.group_id
  WHERE m.account = $1 AND m.user_id = $2 AND g.name_key > $3 ORDER BY g.name_key LIMIT $4`
const COUNT_GROUPS_OF_USER = 'SELECT COUNT(*) AS count FROM iam_group_member WHERE account = $1 AND user_id = $2'

/** The group of this name, whatever its case. */
export const findGroup = (tx: ReadTx, account: string, name: string): Promise<GroupRow | undefined> =>
  tx.get(FIND, account, nameKey(name))

/** The group of this name; throws NoSuchEntity. */
export async function mustFindGroup(tx: ReadTx, account: string, name: string): Promise<GroupRow> {
  const row = await findGroup(tx, account, name)
  if (row === undefined) throw noSuchEntity.group(name)
  return row
}

/** Groups under a path prefix in the order of their names. `after` is a name key. */
export function listGroups(
  tx: ReadTx,
  account: string,
  prefix: string | undefined,
  { after, limit }: Slice,
): Promise<readonly GroupRow[]> {
  return tx.all(LIST, account, after ?? '', prefix ?? DEFAULT_PATH, limit)
}

export const countGroups = (tx: ReadTx, account: string): Promise<number> => count(tx, COUNT, account)

export async function insertGroup(tx: WriteTx, account: string, row: GroupRow): Promise<void> {
  await tx.run(INSERT, account, row.id, row.name, nameKey(row.name), row.path, row.created_at)
}

export async function renameGroup(
  tx: WriteTx,
  account: string,
  { id, name, path }: Pick<GroupRow, 'id' | 'name' | 'path'>,
): Promise<void> {
  await tx.run(RENAME, name, nameKey(name), path, account, id)
}

export async function deleteGroupRow(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE, account, id)
}

export type Membership = { readonly groupId: string; readonly userId: string }

/** Adding a member twice changes nothing, as on AWS. */
export async function addMember(tx: WriteTx, account: string, { groupId, userId }: Membership, now: number): Promise<void> {
  await tx.run(ADD_MEMBER, account, groupId, userId, now)
}

export async function isMember(tx: ReadTx, account: string, { groupId, userId }: Membership): Promise<boolean> {
  return (await tx.get(IS_MEMBER, account, groupId, userId)) !== undefined
}

/** Whether there was such a member. */
export async function removeMember(tx: WriteTx, account: string, { groupId, userId }: Membership): Promise<boolean> {
  return (await tx.run(REMOVE_MEMBER, account, groupId, userId)) > 0
}

/** The users of a group in the order of their names. `after` is a name key. */
export function listMembers(tx: ReadTx, account: string, groupId: string, { after, limit }: Slice): Promise<readonly UserRow[]> {
  return tx.all(MEMBERS, account, groupId, after ?? '', limit)
}

/** The groups of a user in the order of their names. `after` is a name key. */
export function listGroupsOfUser(
  tx: ReadTx,
  account: string,
  userId: string,
  { after, limit }: Slice,
): Promise<readonly GroupRow[]> {
  return tx.all(GROUPS_OF_USER, account, userId, after ?? '', limit)
}

export const countGroupsOfUser = (tx: ReadTx, account: string, userId: string): Promise<number> =>
  count(tx, COUNT_GROUPS_OF_USER, account, userId)

async function count(tx: ReadTx, sql: string, ...values: readonly string[]): Promise<number> {
  return Number((await tx.get<{ count: number }>(sql, ...values))?.count ?? 0)
}
