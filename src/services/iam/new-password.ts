/** Checks and hashes a password before it is set: the part of setting it that is too slow for a transaction. */
import type { ReadTx } from '../../store/store.ts'
import type { HandlingCall } from '../operation.ts'
import { hashPassword, verifyPassword } from '../password-hash.ts'
import { mustFindAccount } from './accounts.rows.ts'
import { passwordPolicyViolation } from './errors.ts'
import { findPasswordPolicy } from './password-policy.rows.ts'
import { passwordViolation } from './password-rules.ts'
import { lastHashes } from './passwords.rows.ts'

/** The hash of a new password for a user (unique id). Throws PasswordPolicyViolation. */
export async function prepareNewPassword(
  tx: ReadTx,
  { accountId, random }: Pick<HandlingCall, 'accountId' | 'random'>,
  userId: string,
  password: string,
): Promise<string> {
  const policy = await findPasswordPolicy(tx, accountId)
  const violation = passwordViolation(password, policy, await mustFindAccount(tx, accountId))
  if (violation !== undefined) throw passwordPolicyViolation(violation)
  const remembered = policy?.PasswordReusePrevention ?? 0
  const hashes = remembered === 0 ? [] : await lastHashes(tx, accountId, userId, remembered)
  for (const hash of hashes) {
    // The text is known from reports, not recorded.
    if (await verifyPassword(password, hash))
      throw passwordPolicyViolation('Policy constraint violation with password reuse prevention during password change.')
  }
  return hashPassword(password, random)
}
