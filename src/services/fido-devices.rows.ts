/** Rows of passkeys and security keys: made where a browser registers one, shown and taken away by IAM. */
import { fidoArn } from '../aws/arn.ts'
import type { RandomBytes } from '../aws/ids.ts'
import type { ReadTx, WriteTx } from '../store/store.ts'

/** What a check of an assertion needs (Web Authentication Level 3, "Credential Record"). Bytes are base64url. */
export type FidoCredential = { readonly id: string; readonly publicKey: string; readonly signCount: number }

export type FidoRow = {
  /** The device's ARN. */
  readonly serial: string
  /** A user's unique id, or the account's number for the root user. */
  readonly owner: string
  /** JSON: a `FidoCredential`. */
  readonly credential: string
  /** JSON: certification levels by name, as GetMFADevice gives them. */
  readonly certifications: string
  readonly enabled_at: number
}

const COLUMNS = 'serial, owner, credential, certifications, enabled_at'
const FIND = `SELECT ${COLUMNS} FROM iam_fido_device WHERE account = $1 AND serial = $2`
const INSERT = `INSERT INTO iam_fido_device (account, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)`
const DELETE = 'DELETE FROM iam_fido_device WHERE account = $1 AND serial = $2'

export const findFidoDevice = (tx: ReadTx, account: string, serial: string): Promise<FidoRow | undefined> =>
  tx.get(FIND, account, serial)

export async function insertFidoDevice(tx: WriteTx, account: string, row: FidoRow): Promise<void> {
  await tx.run(INSERT, account, row.serial, row.owner, row.credential, row.certifications, row.enabled_at)
}

export async function deleteFidoDevice(tx: WriteTx, account: string, serial: string): Promise<void> {
  await tx.run(DELETE, account, serial)
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Seen in ARNs of AWS's. */
const SUFFIX_LENGTH = 26

/** A new device's serial number: its ARN, with the name that its owner gave it and 26 random characters. `userName` undefined: the root user's. */
export function newFidoSerial(
  accountId: string,
  { userName, name }: { readonly userName: string | undefined; readonly name: string },
  random: RandomBytes,
): string {
  const suffix = Array.from(random(SUFFIX_LENGTH), (byte) => BASE32[byte & 31] ?? '').join('')
  return fidoArn(accountId, userName, `${name}-${suffix}`)
}
