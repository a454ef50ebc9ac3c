/** New accounts, whoever makes them: their number, their row, and the role by which a management account gets in. */
import { rootArn } from '../aws/arn.ts'
import { newId, type RandomBytes } from '../aws/ids.ts'
import type { WriteTx } from '../store/store.ts'

/** How often a number is drawn at most: chances that one is taken are one in a billion for each account there is. */
export const ACCOUNT_DRAWS = 8

/** Twelve digits, the first of them not zero, evenly drawn. */
export function newAccountId(random: RandomBytes): string {
  const span = 900_000_000_000n
  return (100_000_000_000n + (BigInt(`0x${Buffer.from(random(16)).toString('hex')}`) % span)).toString()
}

const INSERT_ACCOUNT = `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash)
  VALUES ($1, $2, $3, $4, 'ACTIVE', $5, 1, 0, '')`

export type NewAccountRow = { readonly id: string; readonly name: string; readonly email: string; readonly now: number }

/** Rejects with UniqueViolation where the number or the e-mail address is taken; nothing is changed then. */
export async function insertAccount(tx: WriteTx, { id, name, email, now }: NewAccountRow): Promise<void> {
  await tx.savepoint(() => tx.run(INSERT_ACCOUNT, id, name, email, email.toLowerCase(), now))
}

const INSERT_ROLE = `INSERT INTO iam_role
  (account, id, name, name_key, path, trust_policy, description, max_session_seconds, boundary_arn, tags, linked_service, created_at)
  VALUES ($1, $2, $3, $4, '/', $5, NULL, 3600, NULL, '[]', NULL, $6)`
const ATTACH = 'INSERT INTO iam_attachment (account, principal_id, policy_arn, attached_at) VALUES ($1, $2, $3, $4)'
const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess'

export type AccessRole = { readonly member: string; readonly management: string; readonly name: string; readonly now: number }

/** The management account may assume the role, which may do everything in the new account. */
export async function insertAccessRole(
  tx: WriteTx,
  { member, management, name, now }: AccessRole,
  random: RandomBytes,
): Promise<void> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: rootArn(management) }, Action: 'sts:AssumeRole' }],
  }
  const id = newId('AROA', member, random)
  await tx.run(INSERT_ROLE, member, id, name, name.toLowerCase(), JSON.stringify(trust), now)
  await tx.run(ATTACH, member, id, ADMINISTRATOR_ACCESS, now)
}
