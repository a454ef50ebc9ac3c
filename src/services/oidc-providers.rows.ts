/** Rows of OpenID Connect providers, for IAM which keeps them and for STS which believes their tokens. */
import { PARTITION } from '../aws/arn.ts'
import type { ReadTx, WriteTx } from '../store/store.ts'

export type OidcProviderRow = {
  /** The issuer without `https://`. */
  readonly url: string
  /** JSON lists. */
  readonly client_ids: string
  readonly thumbprints: string
  readonly tags: string
  readonly created_at: number
}

const COLUMNS = 'url, client_ids, thumbprints, tags, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_oidc_provider WHERE account = $1 AND url = $2`
const LIST = 'SELECT url FROM iam_oidc_provider WHERE account = $1 ORDER BY url'
const COUNT = 'SELECT COUNT(*) AS count FROM iam_oidc_provider WHERE account = $1'
const INSERT =
  'INSERT INTO iam_oidc_provider (account, url, client_ids, thumbprints, tags, created_at) VALUES ($1, $2, $3, $4, $5, $6)'
const SET_CLIENT_IDS = 'UPDATE iam_oidc_provider SET client_ids = $1 WHERE account = $2 AND url = $3'
const SET_THUMBPRINTS = 'UPDATE iam_oidc_provider SET thumbprints = $1 WHERE account = $2 AND url = $3'
const SET_TAGS = 'UPDATE iam_oidc_provider SET tags = $1 WHERE account = $2 AND url = $3'
const DELETE = 'DELETE FROM iam_oidc_provider WHERE account = $1 AND url = $2'

export const oidcProviderArn = (accountId: string, url: string): string =>
  `arn:${PARTITION}:iam::${accountId}:oidc-provider/${url}`

/** The texts in a row's column. */
export function parseTexts(column: string): readonly string[] {
  const texts: readonly string[] = JSON.parse(column)
  return texts
}

/** A provider by its issuer without `https://`, exact to the letter (IAM User Guide: "The URL is case-sensitive"). */
export const findOidcProvider = (tx: ReadTx, account: string, url: string): Promise<OidcProviderRow | undefined> =>
  tx.get(FIND, account, url)

export const listOidcProviderRows = (tx: ReadTx, account: string): Promise<readonly Pick<OidcProviderRow, 'url'>[]> =>
  tx.all(LIST, account)

export async function countOidcProviders(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

export async function insertOidcProvider(tx: WriteTx, account: string, row: OidcProviderRow): Promise<void> {
  await tx.run(INSERT, account, row.url, row.client_ids, row.thumbprints, row.tags, row.created_at)
}

export async function setOidcClientIds(tx: WriteTx, account: string, url: string, clientIds: readonly string[]): Promise<void> {
  await tx.run(SET_CLIENT_IDS, JSON.stringify(clientIds), account, url)
}

export async function setOidcThumbprints(
  tx: WriteTx,
  account: string,
  url: string,
  thumbprints: readonly string[],
): Promise<void> {
  await tx.run(SET_THUMBPRINTS, JSON.stringify(thumbprints), account, url)
}

export async function setOidcTags(tx: WriteTx, account: string, url: string, tags: string): Promise<void> {
  await tx.run(SET_TAGS, tags, account, url)
}

export async function deleteOidcProviderRow(tx: WriteTx, account: string, url: string): Promise<void> {
  await tx.run(DELETE, account, url)
}
