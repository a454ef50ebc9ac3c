/** Rows of instance profiles and of the role in each. */
import type { Tag } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { noSuchEntity } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import type { RoleRow } from './roles.rows.ts'
import type { Slice } from './users.rows.ts'

export type ProfileRow = {
  readonly id: string
  readonly name: string
  readonly path: string
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  readonly created_at: number
}

const COLUMNS = 'id, name, path, tags, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_instance_profile WHERE account = $1 AND name_key = $2`
const FIND_BY_ID = `SELECT ${COLUMNS} FROM iam_instance_profile WHERE account = $1 AND id = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_instance_profile WHERE account = $1 AND name_key > $2 AND substr(path, 1, length($3)) = $3 ORDER BY name_key LIMIT $4`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_instance_profile WHERE account = $1'
const INSERT = `INSERT INTO iam_instance_profile (account, name_key, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)`
const SET_TAGS = 'UPDATE iam_instance_profile SET tags = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_instance_profile WHERE account = $1 AND id = $2'
const ROLES = `SELECT r.id, r.name, r.path, r.trust_policy, r.description, r.max_session_seconds, r.boundary_arn, r.tags, r.linked_service, r.created_at
  FROM iam_instance_profile_role m JOIN iam_role r ON r.account = m.account AND r.id = m.role_id
  WHERE m.account = $1 AND m.profile_id = $2 ORDER BY r.name_key`
const PROFILES_OF_ROLE = `SELECT p.id, p.name, p.path, p.tags, p.created_at
  FROM iam_instance_profile_role m JOIN iam_instance_profile p ON p.account = m.account AND p.id = m.profile_id
  WHERE m.account = $1 AND m.role_id = $2 AND p.name_key > $3 ORDER BY p.name_key LIMIT $4`
const ADD_ROLE = 'INSERT INTO iam_instance_profile_role (account, profile_id, role_id) VALUES ($1, $2, $3)'
const REMOVE_ROLE = 'DELETE FROM iam_instance_profile_role WHERE account = $1 AND profile_id = $2 AND role_id = $3'

/** The instance profile of this name, whatever its case. */
export const findProfile = (tx: ReadTx, account: string, name: string): Promise<ProfileRow | undefined> =>
  tx.get(FIND, account, nameKey(name))

export const findProfileById = (tx: ReadTx, account: string, id: string): Promise<ProfileRow | undefined> =>
  tx.get(FIND_BY_ID, account, id)

/** The instance profile of this name; throws NoSuchEntity. */
export async function mustFindProfile(tx: ReadTx, account: string, name: string): Promise<ProfileRow> {
  const row = await findProfile(tx, account, name)
  if (row === undefined) throw noSuchEntity.instanceProfile(name)
  return row
}

/** Instance profiles under a path prefix in the order of their names. `after` is a name key. */
export function listProfiles(
  tx: ReadTx,
  account: string,
  prefix: string | undefined,
  { after, limit }: Slice,
): Promise<readonly ProfileRow[]> {
  return tx.all(LIST, account, after ?? '', prefix ?? DEFAULT_PATH, limit)
}

export async function countProfiles(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

export async function insertProfile(tx: WriteTx, account: string, row: ProfileRow): Promise<void> {
  await tx.run(INSERT, account, nameKey(row.name), row.id, row.name, row.path, row.tags, row.created_at)
}

export async function setProfileTags(tx: WriteTx, account: string, id: string, tags: readonly Tag[]): Promise<void> {
  await tx.run(SET_TAGS, JSON.stringify(tags), account, id)
}

export async function deleteProfileRow(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE, account, id)
}

/** The roles of an instance profile: one at most. */
export const rolesOfProfile = (tx: ReadTx, account: string, profileId: string): Promise<readonly RoleRow[]> =>
  tx.all(ROLES, account, profileId)

/** The instance profiles that a role is in, in the order of their names. `after` is a name key. */
export function listProfilesOfRole(
  tx: ReadTx,
  account: string,
  roleId: string,
  { after, limit }: Slice,
): Promise<readonly ProfileRow[]> {
  return tx.all(PROFILES_OF_ROLE, account, roleId, after ?? '', limit)
}

export type Placement = { readonly profileId: string; readonly roleId: string }

export async function addRoleToProfile(tx: WriteTx, account: string, { profileId, roleId }: Placement): Promise<void> {
  await tx.run(ADD_ROLE, account, profileId, roleId)
}

/** Whether the role was in the instance profile. */
export async function removeRoleFromProfile(tx: WriteTx, account: string, { profileId, roleId }: Placement): Promise<boolean> {
  return (await tx.run(REMOVE_ROLE, account, profileId, roleId)) > 0
}
