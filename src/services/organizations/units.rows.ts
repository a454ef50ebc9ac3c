/** Rows of organizational units, and the way from an account up to the root. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { noSuch } from './errors.ts'
import { findMember, type OrganizationRow } from './organization.rows.ts'

export type UnitRow = {
  readonly id: string
  readonly parent_id: string
  readonly name: string
  readonly tags: string
  readonly created_at: number
}

const COLUMNS = 'id, parent_id, name, tags, created_at'
const FIND = `SELECT ${COLUMNS} FROM organization_unit WHERE account = $1 AND id = $2`
const FIND_NAMED = `SELECT ${COLUMNS} FROM organization_unit WHERE account = $1 AND parent_id = $2 AND name = $3`
const LIST = `SELECT ${COLUMNS} FROM organization_unit WHERE account = $1 ORDER BY id`
const INSERT = `INSERT INTO organization_unit (account, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)`
const RENAME = 'UPDATE organization_unit SET name = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM organization_unit WHERE account = $1 AND id = $2'

export const findUnit = (tx: ReadTx, account: string, id: string): Promise<UnitRow | undefined> => tx.get(FIND, account, id)

/** Throws OrganizationalUnitNotFoundException. */
export async function mustFindUnit(tx: ReadTx, account: string, id: string): Promise<UnitRow> {
  const row = await findUnit(tx, account, id)
  if (row === undefined) throw noSuch.unit()
  return row
}

export const findUnitNamed = (tx: ReadTx, account: string, parentId: string, name: string): Promise<UnitRow | undefined> =>
  tx.get(FIND_NAMED, account, parentId, name)

/** All units of the organization. */
export const listUnits = (tx: ReadTx, account: string): Promise<readonly UnitRow[]> => tx.all(LIST, account)

export async function insertUnit(tx: WriteTx, account: string, row: UnitRow): Promise<void> {
  await tx.run(INSERT, account, row.id, row.parent_id, row.name, row.tags, row.created_at)
}

export async function renameUnit(tx: WriteTx, account: string, id: string, name: string): Promise<void> {
  await tx.run(RENAME, name, account, id)
}

export async function deleteUnitRow(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE, account, id)
}

type Organization = Pick<OrganizationRow, 'account' | 'root_id'>

/** Whether the id is the root or a unit of the organization. */
export async function isParent(tx: ReadTx, { account, root_id: root }: Organization, id: string): Promise<boolean> {
  return id === root || (await findUnit(tx, account, id)) !== undefined
}

/** From the root down to this root or unit, itself included. */
export async function lineOf(tx: ReadTx, { account, root_id: root }: Organization, id: string): Promise<readonly string[]> {
  const line = [id]
  for (let at = id; at !== root;) {
    at = (await mustFindUnit(tx, account, at)).parent_id
    line.unshift(at)
  }
  return line
}

/** Whether the id is the root, a unit or an account of the organization. */
export async function isTarget(tx: ReadTx, organization: Organization, id: string): Promise<boolean> {
  return (await isParent(tx, organization, id)) || (await findMember(tx, organization.account, id)) !== undefined
}
