/** Rows of accounts that issue tokens: IAM switches it, STS signs, the server shows the public keys. */
import type { ReadTx, WriteTx } from '../store/store.ts'

export type OutboundFederationRow = {
  /** The last part of the issuer's address, unique on this server. */
  readonly id: string
  /** The issuer's address, as tokens name it. */
  readonly issuer: string
  /** 1, or 0 where tokens are not issued (any more). */
  readonly enabled: number
  /** JSON: a list of JWKs. */
  readonly public_keys: string
  /** JSON, sealed: see `token-issuer.ts`. */
  readonly private_keys: string
}

const COLUMNS = 'id, issuer, enabled, public_keys, private_keys'
const FIND = `SELECT ${COLUMNS} FROM iam_outbound_federation WHERE account = $1`
const FIND_PUBLIC = 'SELECT issuer, public_keys FROM iam_outbound_federation WHERE id = $1'
const INSERT =
  'INSERT INTO iam_outbound_federation (account, id, issuer, enabled, public_keys, private_keys) VALUES ($1, $2, $3, $4, $5, $6)'
const ENABLE = 'UPDATE iam_outbound_federation SET enabled = 1, issuer = $1 WHERE account = $2'
const DISABLE = 'UPDATE iam_outbound_federation SET enabled = 0 WHERE account = $1'

export const findOutboundFederation = (tx: ReadTx, account: string): Promise<OutboundFederationRow | undefined> =>
  tx.get(FIND, account)

/** What an issuer shows to everybody, whichever account it is; undefined where there is no such issuer. */
export const findPublicIssuer = (
  tx: ReadTx,
  id: string,
): Promise<Pick<OutboundFederationRow, 'issuer' | 'public_keys'> | undefined> => tx.get(FIND_PUBLIC, id)

export async function insertOutboundFederation(tx: WriteTx, account: string, row: OutboundFederationRow): Promise<void> {
  await tx.run(INSERT, account, row.id, row.issuer, row.enabled, row.public_keys, row.private_keys)
}

export async function enableOutboundFederation(tx: WriteTx, account: string, issuer: string): Promise<void> {
  await tx.run(ENABLE, issuer, account)
}

export async function disableOutboundFederation(tx: WriteTx, account: string): Promise<void> {
  await tx.run(DISABLE, account)
}
