/** IAM's rows as STS reads them: roles to assume, and managed policies that limit sessions. */
import type { ReadTx } from '../store/store.ts'

export type AssumableRole = {
  readonly id: string
  readonly name: string
  /** The longest session, seconds. */
  readonly max_session_seconds: number
}

const FIND = `SELECT r.id, r.name, r.max_session_seconds FROM iam_role r JOIN account a ON a.id = r.account
  WHERE r.account = $1 AND r.name_key = $2 AND r.name = $3 AND r.path = $4 AND a.status = 'ACTIVE'`
const POLICY = 'SELECT arn FROM iam_policy WHERE account = $1 AND arn = $2'

/** A role by what its ARN says: path and name as they are, case included. Roles of closed accounts are nobody's any more. */
export const findAssumableRole = (
  tx: ReadTx,
  account: string,
  { path, name }: { readonly path: string; readonly name: string },
): Promise<AssumableRole | undefined> => tx.get(FIND, account, name.toLowerCase(), name, path)

/** Whether the account has this customer managed policy. */
export const hasManagedPolicy = async (tx: ReadTx, account: string, arn: string): Promise<boolean> =>
  (await tx.get(POLICY, account, arn)) !== undefined
