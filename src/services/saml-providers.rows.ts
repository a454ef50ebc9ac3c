/** Rows of SAML providers, for IAM which keeps them and for STS which believes them. */
import { PARTITION } from '../aws/arn.ts'
import type { ReadTx, WriteTx } from '../store/store.ts'

export type SamlProviderRow = {
  readonly name: string
  readonly id: string
  readonly metadata: string
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  readonly encryption: 'Required' | 'Allowed' | null
  readonly created_at: number
  readonly valid_until: number
}
export type SamlKeyRow = { readonly id: string; readonly created_at: number }

const COLUMNS = 'name, id, metadata, tags, encryption, created_at, valid_until'
const FIND = `SELECT ${COLUMNS} FROM iam_saml_provider WHERE account = $1 AND name = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_saml_provider WHERE account = $1 ORDER BY name`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_saml_provider WHERE account = $1'
const INSERT = `INSERT INTO iam_saml_provider (account, name, id, metadata, tags, encryption, created_at, valid_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
const UPDATE = 'UPDATE iam_saml_provider SET metadata = $1, encryption = $2, valid_until = $3 WHERE account = $4 AND name = $5'
const SET_TAGS = 'UPDATE iam_saml_provider SET tags = $1 WHERE account = $2 AND name = $3'
const DELETE = 'DELETE FROM iam_saml_provider WHERE account = $1 AND name = $2'
const DELETE_KEYS = 'DELETE FROM iam_saml_key WHERE account = $1 AND provider = $2'
const KEYS = 'SELECT id, created_at FROM iam_saml_key WHERE account = $1 AND provider = $2 ORDER BY created_at, id'
const SEALED_KEYS = 'SELECT id, key FROM iam_saml_key WHERE account = $1 AND provider = $2 ORDER BY created_at, id'
const ADD_KEY = 'INSERT INTO iam_saml_key (account, id, provider, key, created_at) VALUES ($1, $2, $3, $4, $5)'
const REMOVE_KEY = 'DELETE FROM iam_saml_key WHERE account = $1 AND provider = $2 AND id = $3'

export const samlProviderArn = (accountId: string, name: string): string =>
  `arn:${PARTITION}:iam::${accountId}:saml-provider/${name}`

export const findSamlProvider = (tx: ReadTx, account: string, name: string): Promise<SamlProviderRow | undefined> =>
  tx.get(FIND, account, name)
export const listSamlProviderRows = (tx: ReadTx, account: string): Promise<readonly SamlProviderRow[]> => tx.all(LIST, account)
export const listSamlKeys = (tx: ReadTx, account: string, provider: string): Promise<readonly SamlKeyRow[]> =>
  tx.all(KEYS, account, provider)

/** The keys as they are sealed, for the context `saml-key/<id>`. */
export const listSealedSamlKeys = (
  tx: ReadTx,
  account: string,
  provider: string,
): Promise<readonly { readonly id: string; readonly key: string }[]> => tx.all(SEALED_KEYS, account, provider)

export async function countSamlProviders(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

export async function insertSamlProvider(tx: WriteTx, account: string, row: SamlProviderRow): Promise<void> {
  await tx.run(INSERT, account, row.name, row.id, row.metadata, row.tags, row.encryption, row.created_at, row.valid_until)
}

export async function updateSamlProviderRow(tx: WriteTx, account: string, row: SamlProviderRow): Promise<void> {
  await tx.run(UPDATE, row.metadata, row.encryption, row.valid_until, account, row.name)
}

export async function setSamlProviderTags(tx: WriteTx, account: string, name: string, tags: string): Promise<void> {
  await tx.run(SET_TAGS, tags, account, name)
}

export async function deleteSamlProviderRow(tx: WriteTx, account: string, name: string): Promise<void> {
  await tx.run(DELETE_KEYS, account, name)
  await tx.run(DELETE, account, name)
}

/** `sealed`: the private key, sealed for the context `saml-key/<id>`. */
export async function addSamlKey(
  tx: WriteTx,
  account: string,
  key: SamlKeyRow & { readonly provider: string; readonly sealed: string },
): Promise<void> {
  await tx.run(ADD_KEY, account, key.id, key.provider, key.sealed, key.created_at)
}

/** Whether there was such a key. */
export async function removeSamlKey(tx: WriteTx, account: string, provider: string, id: string): Promise<boolean> {
  return (await tx.run(REMOVE_KEY, account, provider, id)) > 0
}
