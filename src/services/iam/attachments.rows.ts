/** Rows of attachments: which managed policies which users, groups and roles have. */
import type { ReadTx, WriteTx } from '../../store/store.ts'

/** A policy, by ARN, on a principal or a group, by unique id. */
export type Attachment = { readonly ownerId: string; readonly policyArn: string }

const IS_ATTACHED = 'SELECT attached_at FROM iam_attachment WHERE account = $1 AND principal_id = $2 AND policy_arn = $3'
const LIST = 'SELECT policy_arn FROM iam_attachment WHERE account = $1 AND principal_id = $2'
const ATTACH = `INSERT INTO iam_attachment (account, principal_id, policy_arn, attached_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account, principal_id, policy_arn) DO NOTHING`
const DETACH = 'DELETE FROM iam_attachment WHERE account = $1 AND principal_id = $2 AND policy_arn = $3'

export async function isAttached(tx: ReadTx, account: string, { ownerId, policyArn }: Attachment): Promise<boolean> {
  return (await tx.get(IS_ATTACHED, account, ownerId, policyArn)) !== undefined
}

/** The ARNs of the policies that an owner has, of which there are few, in no order. */
export async function listAttached(tx: ReadTx, account: string, ownerId: string): Promise<readonly string[]> {
  return (await tx.all<{ policy_arn: string }>(LIST, account, ownerId)).map(({ policy_arn: arn }) => arn)
}

/** Attaching twice changes nothing. */
export async function attach(tx: WriteTx, account: string, { ownerId, policyArn }: Attachment, now: number): Promise<void> {
  await tx.run(ATTACH, account, ownerId, policyArn, now)
}

/** Whether the policy was attached. */
export async function detach(tx: WriteTx, account: string, { ownerId, policyArn }: Attachment): Promise<boolean> {
  return (await tx.run(DETACH, account, ownerId, policyArn)) > 0
}

/** Who has a policy, or is bounded by it. */
export type PolicyUser = {
  readonly kind: 'user' | 'group' | 'role'
  readonly id: string
  readonly name: string
  readonly path: string
}

const HAVING = ['user', 'group', 'role'].map(
  (kind) => `SELECT '${kind}' AS kind, o.id, o.name, o.path FROM iam_attachment a
  JOIN iam_${kind} o ON o.account = a.account AND o.id = a.principal_id WHERE a.account = $1 AND a.policy_arn = $2`,
)
const BOUNDED = ['user', 'role'].map(
  (kind) => `SELECT '${kind}' AS kind, id, name, path FROM iam_${kind} WHERE account = $1 AND boundary_arn = $2`,
)
const LIST_ATTACHED_TO = HAVING.join(' UNION ALL ')
const LIST_BOUNDED_BY = BOUNDED.join(' UNION ALL ')

/** The users, groups and roles that a policy is attached to, in no order. */
export const listAttachedTo = (tx: ReadTx, account: string, policyArn: string): Promise<readonly PolicyUser[]> =>
  tx.all(LIST_ATTACHED_TO, account, policyArn)

/** The users and roles whose boundary a policy is, in no order. */
export const listBoundedBy = (tx: ReadTx, account: string, policyArn: string): Promise<readonly PolicyUser[]> =>
  tx.all(LIST_BOUNDED_BY, account, policyArn)
