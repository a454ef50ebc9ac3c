/** Rows of roles. Whoever changes a role asks for it with `mustFindModifiableRole`. */
import type { Tag } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { noSuchEntity, unmodifiableRole } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import type { Slice } from './users.rows.ts'

export type RoleRow = {
  readonly id: string
  readonly name: string
  readonly path: string
  /** As stored: users and roles stand in it by unique id (trust-policy.ts). */
  readonly trust_policy: string
  readonly description: string | null
  readonly max_session_seconds: number
  readonly boundary_arn: string | null
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  /** The service principal of a service-linked role; null for all others. */
  readonly linked_service: string | null
  readonly created_at: number
}
/** The template that a role was made from. */
export type RoleSourceRow = { readonly template_arn: string; readonly minor_version: number }
export type RoleUseRow = { readonly used_at: number; readonly region: string }

const COLUMNS = 'id, name, path, trust_policy, description, max_session_seconds, boundary_arn, tags, linked_service, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_role WHERE account = $1 AND name_key = $2`
const FIND_BY_ID = `SELECT ${COLUMNS} FROM iam_role WHERE account = $1 AND id = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_role WHERE account = $1 AND name_key > $2 AND substr(path, 1, length($3)) = $3 ORDER BY name_key LIMIT $4`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_role WHERE account = $1'
const INSERT = `INSERT INTO iam_role (account, name_key, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
const SET_TRUST_POLICY = 'UPDATE iam_role SET trust_policy = $1 WHERE account = $2 AND id = $3'
const SET_SETTINGS = 'UPDATE iam_role SET description = $1, max_session_seconds = $2 WHERE account = $3 AND id = $4'
const SET_TAGS = 'UPDATE iam_role SET tags = $1 WHERE account = $2 AND id = $3'
const SET_BOUNDARY = 'UPDATE iam_role SET boundary_arn = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_role WHERE account = $1 AND id = $2'
const USE = 'SELECT used_at, region FROM iam_role_use WHERE account = $1 AND role_id = $2'
const NOTE_USE = `INSERT INTO iam_role_use (account, role_id, used_at, region) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account, role_id) DO UPDATE SET used_at = excluded.used_at, region = excluded.region`
const SOURCE = 'SELECT template_arn, minor_version FROM iam_role_source WHERE account = $1 AND role_id = $2'
const INSERT_SOURCE = 'INSERT INTO iam_role_source (account, role_id, template_arn, minor_version) VALUES ($1, $2, $3, $4)'
const DELETE_SOURCE = 'DELETE FROM iam_role_source WHERE account = $1 AND role_id = $2'
const DELETE_USE = 'DELETE FROM iam_role_use WHERE account = $1 AND role_id = $2'

/** The role of this name, whatever its case. */
export const findRole = (tx: ReadTx, account: string, name: string): Promise<RoleRow | undefined> =>
  tx.get(FIND, account, nameKey(name))

export const findRoleById = (tx: ReadTx, account: string, id: string): Promise<RoleRow | undefined> =>
  tx.get(FIND_BY_ID, account, id)

/** The role of this name; throws NoSuchEntity. */
export async function mustFindRole(tx: ReadTx, account: string, name: string): Promise<RoleRow> {
  const row = await findRole(tx, account, name)
  if (row === undefined) throw noSuchEntity.role(name)
  return row
}

/** The role of this name, to change it; throws NoSuchEntity, and UnmodifiableEntity for a service-linked role, which is its service's alone. */
export async function mustFindModifiableRole(tx: ReadTx, account: string, name: string): Promise<RoleRow> {
  const row = await mustFindRole(tx, account, name)
  if (row.linked_service !== null) throw unmodifiableRole(row.name)
  return row
}

/** Roles under a path prefix in the order of their names. `after` is a name key. */
export function listRoles(
  tx: ReadTx,
  account: string,
  prefix: string | undefined,
  { after, limit }: Slice,
): Promise<readonly RoleRow[]> {
  return tx.all(LIST, account, after ?? '', prefix ?? DEFAULT_PATH, limit)
}

export async function countRoles(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

export async function insertRole(tx: WriteTx, account: string, row: RoleRow): Promise<void> {
  const { id, name, path, trust_policy: trust, description, max_session_seconds: seconds } = row
  const rest = [row.boundary_arn, row.tags, row.linked_service, row.created_at]
  await tx.run(INSERT, account, nameKey(name), id, name, path, trust, description, seconds, ...rest)
}

export async function setTrustPolicy(tx: WriteTx, account: string, id: string, stored: string): Promise<void> {
  await tx.run(SET_TRUST_POLICY, stored, account, id)
}

export async function setRoleSettings(
  tx: WriteTx,
  account: string,
  { id, description, max_session_seconds: seconds }: Pick<RoleRow, 'id' | 'description' | 'max_session_seconds'>,
): Promise<void> {
  await tx.run(SET_SETTINGS, description, seconds, account, id)
}

export async function setRoleTags(tx: WriteTx, account: string, id: string, tags: readonly Tag[]): Promise<void> {
  await tx.run(SET_TAGS, JSON.stringify(tags), account, id)
}

/** Sets the boundary, or takes it away with null. */
export async function setRoleBoundary(tx: WriteTx, account: string, id: string, arn: string | null): Promise<void> {
  await tx.run(SET_BOUNDARY, arn, account, id)
}

/** The template that a role was made from; undefined where it was made without one. */
export const findRoleSource = (tx: ReadTx, account: string, id: string): Promise<RoleSourceRow | undefined> =>
  tx.get(SOURCE, account, id)

export async function insertRoleSource(tx: WriteTx, account: string, id: string, source: RoleSourceRow): Promise<void> {
  await tx.run(INSERT_SOURCE, account, id, source.template_arn, source.minor_version)
}

/** Deletes the role and what is known of its use and its making. */
export async function deleteRoleRow(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE_SOURCE, account, id)
  await tx.run(DELETE_USE, account, id)
  await tx.run(DELETE, account, id)
}

/** When and where a session of the role last called; undefined where none did. */
export const findRoleUse = (tx: ReadTx, account: string, id: string): Promise<RoleUseRow | undefined> => tx.get(USE, account, id)

/** Remembers that a session of the role called. It says nothing about permissions, so it does not bump the account's version. */
export async function noteRoleUse(tx: WriteTx, account: string, id: string, { used_at: at, region }: RoleUseRow): Promise<void> {
  await tx.run(NOTE_USE, account, id, at, region)
}
