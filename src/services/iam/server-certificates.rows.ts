/** Rows of server certificates. */
import { Fault } from '../../aws/fault.ts'
import { PARTITION } from '../../aws/arn.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import type { Slice } from '../pagination.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'

export type ServerCertificateRow = {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly body: string
  readonly chain: string | null
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  readonly created_at: number
  readonly expires_at: number
}

const COLUMNS = 'id, name, path, body, chain, tags, created_at, expires_at'
const FIND = `SELECT ${COLUMNS} FROM iam_server_certificate WHERE account = $1 AND name_key = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_server_certificate WHERE account = $1 AND name_key > $2 AND substr(path, 1, length($3)) = $3 ORDER BY name_key LIMIT $4`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_server_certificate WHERE account = $1'
const INSERT = `INSERT INTO iam_server_certificate (account, id, name, name_key, path, body, chain, private_key, tags, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
const RENAME = 'UPDATE iam_server_certificate SET name = $1, name_key = $2, path = $3 WHERE account = $4 AND id = $5'
const SET_TAGS = 'UPDATE iam_server_certificate SET tags = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_server_certificate WHERE account = $1 AND id = $2'

export const serverCertificateArn = (accountId: string, path: string, name: string): string =>
  `arn:${PARTITION}:iam::${accountId}:server-certificate${path}${name}`

export const findServerCertificate = (tx: ReadTx, account: string, name: string): Promise<ServerCertificateRow | undefined> =>
  tx.get(FIND, account, nameKey(name))

/** Throws NoSuchEntity. */
export async function mustFindServerCertificate(tx: ReadTx, account: string, name: string): Promise<ServerCertificateRow> {
  const row = await findServerCertificate(tx, account, name)
  if (row === undefined) throw new Fault('NoSuchEntity', `The Server Certificate with name ${name} cannot be found.`)
  return row
}

export const listServerCertificateRows = (
  tx: ReadTx,
  account: string,
  prefix: string | undefined,
  { after, limit }: Slice,
): Promise<readonly ServerCertificateRow[]> => tx.all(LIST, account, after ?? '', prefix ?? DEFAULT_PATH, limit)

export async function countServerCertificates(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

/** `sealedKey`: the private key, sealed for the context `server-certificate/<id>`. */
export async function insertServerCertificate(
  tx: WriteTx,
  account: string,
  row: ServerCertificateRow,
  sealedKey: string,
): Promise<void> {
  const { id, name, path, body, chain, tags, created_at: createdAt, expires_at: expiresAt } = row
  await tx.run(INSERT, account, id, name, nameKey(name), path, body, chain, sealedKey, tags, createdAt, expiresAt)
}

export async function renameServerCertificate(
  tx: WriteTx,
  account: string,
  { id, name, path }: Pick<ServerCertificateRow, 'id' | 'name' | 'path'>,
): Promise<void> {
  await tx.run(RENAME, name, nameKey(name), path, account, id)
}

export async function setServerCertificateTags(tx: WriteTx, account: string, id: string, tags: string): Promise<void> {
  await tx.run(SET_TAGS, tags, account, id)
}

export async function deleteServerCertificateRow(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE, account, id)
}
