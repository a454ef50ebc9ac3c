/** The row of an account's password policy. */
import type { UpdateAccountPasswordPolicyRequest } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'

/** The policy as it was given: what it leaves out has AWS's default. */
export type PasswordPolicyRow = UpdateAccountPasswordPolicyRequest

const FIND = 'SELECT policy FROM iam_password_policy WHERE account = $1'
const SET = `INSERT INTO iam_password_policy (account, policy) VALUES ($1, $2)
  ON CONFLICT (account) DO UPDATE SET policy = excluded.policy`
const DELETE = 'DELETE FROM iam_password_policy WHERE account = $1'

/** The account's own policy; undefined where AWS's default holds. */
export async function findPasswordPolicy(tx: ReadTx, account: string): Promise<PasswordPolicyRow | undefined> {
  const row = await tx.get<{ policy: string }>(FIND, account)
  if (row === undefined) return undefined
  const policy: PasswordPolicyRow = JSON.parse(row.policy)
  return policy
}

/** Replaces the policy as a whole. */
export async function setPasswordPolicy(tx: WriteTx, account: string, policy: PasswordPolicyRow): Promise<void> {
  await tx.run(SET, account, JSON.stringify(policy))
}

/** Whether there was a policy. */
export async function deletePasswordPolicy(tx: WriteTx, account: string): Promise<boolean> {
  return (await tx.run(DELETE, account)) > 0
}
