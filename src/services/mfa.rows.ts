/** Rows of virtual MFA devices, for IAM which keeps them and for STS which asks for their codes. */
import type { ReadTx, WriteTx } from '../store/store.ts'
import type { Slice } from './pagination.ts'

export type MfaRow = {
  /** The device's ARN. */
  readonly serial: string
  /** Base32, sealed for the context `mfa/<serial>`. */
  readonly seed: string
  /** A user's unique id, or the account's number for the root user; null while nobody has it. */
  readonly owner: string | null
  readonly enabled_at: number | null
  /** Time steps that the device's clock is ahead (or, negative, behind). */
  readonly drift: number
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  readonly created_at: number
}

const COLUMNS = 'serial, seed, owner, enabled_at, drift, tags, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_mfa_device WHERE account = $1 AND serial = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_mfa_device WHERE account = $1 AND serial > $2 ORDER BY serial LIMIT $3`
const LIST_ASSIGNED = `SELECT ${COLUMNS} FROM iam_mfa_device WHERE account = $1 AND serial > $2 AND owner IS NOT NULL ORDER BY serial LIMIT $3`
const LIST_UNASSIGNED = `SELECT ${COLUMNS} FROM iam_mfa_device WHERE account = $1 AND serial > $2 AND owner IS NULL ORDER BY serial LIMIT $3`
// Of every kind: passkeys too.
const OF_OWNER = `SELECT serial, enabled_at FROM iam_enabled_mfa WHERE account = $1 AND owner = $2 AND serial > $3 ORDER BY serial LIMIT $4`
const COUNT_OF_OWNER = 'SELECT COUNT(*) AS count FROM iam_enabled_mfa WHERE account = $1 AND owner = $2'
const COUNT = 'SELECT COUNT(*) AS count FROM iam_mfa_device WHERE account = $1'
const INSERT = 'INSERT INTO iam_mfa_device (account, serial, seed, drift, tags, created_at) VALUES ($1, $2, $3, 0, $4, $5)'
const ASSIGN = 'UPDATE iam_mfa_device SET owner = $1, enabled_at = $2, drift = $3 WHERE account = $4 AND serial = $5'
const UNASSIGN = 'UPDATE iam_mfa_device SET owner = NULL, enabled_at = NULL, drift = 0 WHERE account = $1 AND serial = $2'
const SET_DRIFT = 'UPDATE iam_mfa_device SET drift = $1 WHERE account = $2 AND serial = $3'
const SET_TAGS = 'UPDATE iam_mfa_device SET tags = $1 WHERE account = $2 AND serial = $3'
const DELETE = 'DELETE FROM iam_mfa_device WHERE account = $1 AND serial = $2'

export const findMfaDevice = (tx: ReadTx, account: string, serial: string): Promise<MfaRow | undefined> =>
  tx.get(FIND, account, serial)

/** Which devices `listMfaDevices` tells of. */
export type Assignment = 'Assigned' | 'Unassigned' | 'Any'
const LISTS: Readonly<Record<Assignment, string>> = { Assigned: LIST_ASSIGNED, Unassigned: LIST_UNASSIGNED, Any: LIST }

/** Devices of the account in the order of their serial numbers. `after` is a serial number. */
export const listMfaDevices = (
  tx: ReadTx,
  account: string,
  which: Assignment,
  { after, limit }: Slice,
): Promise<readonly MfaRow[]> => tx.all(LISTS[which], account, after ?? '', limit)

export type EnabledMfaRow = { readonly serial: string; readonly enabled_at: number }

/** Devices of a user or of the root user, virtual ones and passkeys. */
export const listMfaDevicesOf = (
  tx: ReadTx,
  account: string,
  owner: string,
  { after, limit }: Slice,
): Promise<readonly EnabledMfaRow[]> => tx.all(OF_OWNER, account, owner, after ?? '', limit)

export async function countMfaDevices(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

export async function countMfaDevicesOf(tx: ReadTx, account: string, owner: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT_OF_OWNER, account, owner))?.count ?? 0)
}

export async function insertMfaDevice(
  tx: WriteTx,
  account: string,
  row: Pick<MfaRow, 'serial' | 'seed' | 'tags' | 'created_at'>,
): Promise<void> {
  await tx.run(INSERT, account, row.serial, row.seed, row.tags, row.created_at)
}

export async function assignMfaDevice(
  tx: WriteTx,
  account: string,
  serial: string,
  to: { readonly owner: string; readonly at: number; readonly drift: number },
): Promise<void> {
  await tx.run(ASSIGN, to.owner, to.at, to.drift, account, serial)
}

export async function unassignMfaDevice(tx: WriteTx, account: string, serial: string): Promise<void> {
  await tx.run(UNASSIGN, account, serial)
}

export async function setMfaDrift(tx: WriteTx, account: string, serial: string, drift: number): Promise<void> {
  await tx.run(SET_DRIFT, drift, account, serial)
}

export async function setMfaTags(tx: WriteTx, account: string, serial: string, tags: string): Promise<void> {
  await tx.run(SET_TAGS, tags, account, serial)
}

export async function deleteMfaDeviceRow(tx: WriteTx, account: string, serial: string): Promise<void> {
  await tx.run(DELETE, account, serial)
}
