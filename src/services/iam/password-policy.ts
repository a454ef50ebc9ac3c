/** The account's password policy. */
import { noSuchEntity } from './errors.ts'
import { readOperation, writeOperation } from '../operation.ts'
import type { ReadTx } from '../../store/store.ts'
import type { Entity } from '../service.ts'
import { deletePasswordPolicy, findPasswordPolicy, setPasswordPolicy } from './password-policy.rows.ts'
import { DEFAULT_POLICY_LENGTH } from './password-rules.ts'

/** MaxPasswordAge, PasswordReusePrevention and HardExpiry are answered only where they were set (recorded). */
export const getAccountPasswordPolicy = readOperation('iam', 'GetAccountPasswordPolicy', {
  authorize: () => ({ action: 'iam:GetAccountPasswordPolicy', resource: { kind: PASSWORD_POLICY, name: '' } }),
  async handle(tx, _input, { accountId }) {
    const policy = await findPasswordPolicy(tx, accountId)
    if (policy === undefined) throw noSuchEntity.passwordPolicy(accountId)
    const { MaxPasswordAge, PasswordReusePrevention, HardExpiry } = policy
    return {
      PasswordPolicy: {
        MinimumPasswordLength: policy.MinimumPasswordLength ?? DEFAULT_POLICY_LENGTH,
        RequireSymbols: policy.RequireSymbols ?? false,
        RequireNumbers: policy.RequireNumbers ?? false,
        RequireUppercaseCharacters: policy.RequireUppercaseCharacters ?? false,
        RequireLowercaseCharacters: policy.RequireLowercaseCharacters ?? false,
        AllowUsersToChangePassword: policy.AllowUsersToChangePassword ?? false,
        ExpirePasswords: MaxPasswordAge !== undefined,
        ...(MaxPasswordAge !== undefined && { MaxPasswordAge }),
        ...(PasswordReusePrevention !== undefined && { PasswordReusePrevention }),
        ...(HardExpiry !== undefined && { HardExpiry }),
      },
    }
  },
})

/** Replaces the whole policy: what is left out has its default again (IAM API reference). */
export const updateAccountPasswordPolicy = writeOperation('iam', 'UpdateAccountPasswordPolicy', {
  authorize: () => ({ action: 'iam:UpdateAccountPasswordPolicy', resource: '*' }),
  async handle(tx, input, { accountId }) {
    await setPasswordPolicy(tx, accountId, input)
    return {}
  },
})

export const deleteAccountPasswordPolicy = writeOperation('iam', 'DeleteAccountPasswordPolicy', {
  authorize: () => ({ action: 'iam:DeleteAccountPasswordPolicy', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    if (!(await deletePasswordPolicy(tx, accountId))) throw noSuchEntity.accountPolicy()
    return {}
  },
})

export const PASSWORD_POLICY = 'password policy'

/** What AllowUsersToChangePassword permits all users of the account, without a policy of their own (IAM User Guide, "Permit IAM users to change their own passwords"). */
const USERS_MAY_READ = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: '*',
    Action: 'iam:GetAccountPasswordPolicy',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalType': 'User' } },
  },
})

/** The policy has no ARN: actions on it know `*` only. */
export async function passwordPolicyEntity(tx: ReadTx, accountId: string): Promise<Entity> {
  const policy = await findPasswordPolicy(tx, accountId)
  if (policy?.AllowUsersToChangePassword !== true) return { arn: '*' }
  return { arn: '*', policy: { kind: 'resource', document: USERS_MAY_READ } }
}

export const passwordPolicyOperations = [getAccountPasswordPolicy, updateAccountPasswordPolicy, deleteAccountPasswordPolicy]
