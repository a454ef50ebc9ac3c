/** The row of an account's preferences about STS. */
import type { ReadTx, WriteTx } from '../../store/store.ts'

const FIND = 'SELECT global_endpoint_token_version AS version FROM iam_sts_preference WHERE account = $1'
const SET = `INSERT INTO iam_sts_preference (account, global_endpoint_token_version) VALUES ($1, $2)
  ON CONFLICT (account) DO UPDATE SET global_endpoint_token_version = excluded.global_endpoint_token_version`

/** IAM API reference, SetSecurityTokenServicePreferences: version 1 until it is set. */
const DEFAULT_VERSION = 1

/** The version of the tokens that STS's global endpoint gives out: 1 is for Regions that are enabled by default, 2 for all. */
export async function globalEndpointTokenVersion(tx: ReadTx, account: string): Promise<number> {
  const row = await tx.get<{ version: number }>(FIND, account)
  return row === undefined ? DEFAULT_VERSION : Number(row.version)
}

export async function setGlobalEndpointTokenVersion(tx: WriteTx, account: string, version: number): Promise<void> {
  await tx.run(SET, account, version)
}
