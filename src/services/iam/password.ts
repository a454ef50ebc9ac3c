/** ChangePassword: a user sets its own password. */
import type { UserPrincipal } from '../../aws/principal.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Call, writeOperation } from '../operation.ts'
import { verifyPassword } from '../password-hash.ts'
import type { Entity } from '../service.ts'
import { accessDenied, invalidUserType, noSuchEntity, passwordIsChanging } from './errors.ts'
import { prepareNewPassword } from './new-password.ts'
import { findPasswordPolicy } from './password-policy.rows.ts'
import { findLoginProfile, type LoginProfileRow, setPassword, setResetRequired } from './passwords.rows.ts'
import { userEntity } from './users.ts'

/** Throws InvalidUserType: the root user and roles have no password that this operation could change. */
function callingUser({ principal }: Pick<Call, 'principal'>): UserPrincipal {
  if (principal.type !== 'user') throw invalidUserType()
  return principal
}

async function mustHavePassword(tx: ReadTx, { accountId, id, userName }: UserPrincipal): Promise<LoginProfileRow> {
  const profile = await findLoginProfile(tx, accountId, id)
  if (profile === undefined) throw noSuchEntity.loginProfile(userName)
  return profile
}

/** The old password proves the user once more. Its refusal is AccessDenied; the words are from memory, not recorded. */
export const changePassword = writeOperation('iam', 'ChangePassword', {
  authorize: (_input, { principal }) => ({
    action: 'iam:ChangePassword',
    resource: principal.type === 'user' ? { kind: OWN_PASSWORD, name: principal.userName } : principal.arn,
  }),
  async prepare(tx, { OldPassword, NewPassword }, call) {
    const user = callingUser(call)
    const { password_hash: replaced } = await mustHavePassword(tx, user)
    if (!(await verifyPassword(OldPassword, replaced))) throw accessDenied('The old password was incorrect.')
    return { replaced, hash: await prepareNewPassword(tx, call, user.id, NewPassword) }
  },
  async handle(tx, _input, call, { replaced, hash }) {
    const user = callingUser(call)
    const profile = await mustHavePassword(tx, user)
    // Whoever proved an old password may not undo what an administrator set in the meantime.
    if (profile.password_hash !== replaced) throw passwordIsChanging(user.userName)
    await setPassword(tx, call.accountId, { userId: user.id, hash, now: call.now })
    await setResetRequired(tx, call.accountId, user.id, false)
    return {}
  },
})

export const OWN_PASSWORD = 'own password'

/** A user who asks about its own password. Where the account's policy lets users change their passwords, that is permission enough (IAM User Guide, "Permit IAM users to change their own passwords"). */
export async function ownPasswordEntity(tx: ReadTx, accountId: string, name: string): Promise<Entity> {
  const user = await userEntity(tx, accountId, name)
  const policy = await findPasswordPolicy(tx, accountId)
  if (policy?.AllowUsersToChangePassword !== true || user.missing === true) return user
  return { ...user, policy: { kind: 'resource', document: mayChange(user.arn) } }
}

const mayChange = (arn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: arn }, Action: 'iam:ChangePassword', Resource: arn },
  })

export const passwordOperations = [changePassword]
