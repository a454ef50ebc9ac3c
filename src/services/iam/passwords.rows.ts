/** Rows of passwords: login profiles, and the hashes of earlier passwords. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { PASSWORDS_REMEMBERED } from './quotas.ts'

export type LoginProfileRow = {
  readonly password_hash: string
  /** 1 where the user must set a new password at the next sign-in. */
  readonly reset_required: number
  readonly created_at: number
  /** When the password was last set: its age counts from here. */
  readonly changed_at: number
}

const FIND =
  'SELECT password_hash, reset_required, created_at, changed_at FROM iam_login_profile WHERE account = $1 AND user_id = $2'
const INSERT = `INSERT INTO iam_login_profile (account, user_id, password_hash, reset_required, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6)`
const SET_PASSWORD = `UPDATE iam_login_profile SET password_hash = $1, changed_at = $2 WHERE account = $3 AND user_id = $4`
const SET_RESET = 'UPDATE iam_login_profile SET reset_required = $1 WHERE account = $2 AND user_id = $3'
const DELETE = 'DELETE FROM iam_login_profile WHERE account = $1 AND user_id = $2'

const EARLIER = 'SELECT password_hash FROM iam_password_history WHERE account = $1 AND user_id = $2 ORDER BY number DESC LIMIT $3'
const NEWEST = 'SELECT COALESCE(MAX(number), 0) AS number FROM iam_password_history WHERE account = $1 AND user_id = $2'
const REMEMBER = 'INSERT INTO iam_password_history (account, user_id, number, password_hash) VALUES ($1, $2, $3, $4)'
const FORGET_OLD = 'DELETE FROM iam_password_history WHERE account = $1 AND user_id = $2 AND number <= $3'
const FORGET = 'DELETE FROM iam_password_history WHERE account = $1 AND user_id = $2'

export const findLoginProfile = (tx: ReadTx, account: string, userId: string): Promise<LoginProfileRow | undefined> =>
  tx.get(FIND, account, userId)

export type NewPassword = { readonly userId: string; readonly hash: string; readonly now: number }

export async function insertLoginProfile(
  tx: WriteTx,
  account: string,
  { userId, hash, now }: NewPassword,
  resetRequired: boolean,
): Promise<void> {
  await tx.run(INSERT, account, userId, hash, Number(resetRequired), now, now)
  await remember(tx, account, userId, hash)
}

/** Sets the password of a profile that exists. */
export async function setPassword(tx: WriteTx, account: string, { userId, hash, now }: NewPassword): Promise<void> {
  await tx.run(SET_PASSWORD, hash, now, account, userId)
  await remember(tx, account, userId, hash)
}

export async function setResetRequired(tx: WriteTx, account: string, userId: string, required: boolean): Promise<void> {
  await tx.run(SET_RESET, Number(required), account, userId)
}

/** Deletes the profile. Earlier passwords stay known, so that a new profile cannot reuse them. */
export async function deleteLoginProfileRow(tx: WriteTx, account: string, userId: string): Promise<void> {
  await tx.run(DELETE, account, userId)
}

/** The hashes of the last passwords, the present one included, newest first. */
export async function lastHashes(tx: ReadTx, account: string, userId: string, count: number): Promise<readonly string[]> {
  const rows = await tx.all<{ password_hash: string }>(EARLIER, account, userId, count)
  return rows.map(({ password_hash: hash }) => hash)
}

/** Forgets all passwords of a user that is deleted. */
export async function forgetPasswords(tx: WriteTx, account: string, userId: string): Promise<void> {
  await tx.run(FORGET, account, userId)
}

/** As many are kept as a password policy may ask for, whatever it asks for now. */
async function remember(tx: WriteTx, account: string, userId: string, hash: string): Promise<void> {
  const number = Number((await tx.get<{ number: number }>(NEWEST, account, userId))?.number ?? 0) + 1
  await tx.run(REMEMBER, account, userId, number, hash)
  await tx.run(FORGET_OLD, account, userId, number - PASSWORDS_REMEMBERED)
}
