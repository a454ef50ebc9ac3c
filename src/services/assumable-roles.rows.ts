/** IAM's rows as STS reads them: roles to assume, and managed policies that limit sessions. */
import type { ReadTx } from '../store/store.ts'

export type AssumableRole = {
  readonly id: string
  readonly name: string
  /** The longest session, seconds. */
  readonly max_session_seconds: number
}

const FIND = 'SELECT id, name, max_session_seconds FROM iam_role WHERE account = $1 AND name_key = $2 AND name = $3 AND path = $4'
const POLICY = 'SELECT arn FROM iam_policy WHERE account = $1 AND arn = $2'

/** A role by what its ARN says: path and name as they are, case included. */
export const findAssumableRole = (
  tx: ReadTx,
  account: string,
  { path, name }: { readonly path: string; readonly name: string },
): Promise<AssumableRole | undefined> => tx.get(FIND, account, name.toLowerCase(), name, path)

/** Whether the account has this customer managed policy. */
export const hasManagedPolicy = async (tx: ReadTx, account: string, arn: string): Promise<boolean> =>
  (await tx.get(POLICY, account, arn)) !== undefined
