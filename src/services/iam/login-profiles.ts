/** Login profiles: the passwords of users, as administrators set them. */
import type { LoginProfile } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Call, readOperation, writeOperation } from '../operation.ts'
import { mustFindAccount } from './accounts.rows.ts'
import { alreadyExists, mustSpecifyUserName, noSuchEntity, validationError } from './errors.ts'
import { type CredentialOwner, ownerOf, ownerResource } from './implicit-user.ts'
import { prepareNewPassword } from './new-password.ts'
import {
  deleteLoginProfileRow,
  findLoginProfile,
  insertLoginProfile,
  type LoginProfileRow,
  setPassword,
  setResetRequired,
} from './passwords.rows.ts'
import { mustFindUser, type UserRow } from './users.rows.ts'

type Named = { readonly UserName?: string }

/** Whose profile it is. The root user may leave the name out in a session of AssumeRoot only (IAM API reference, GetLoginProfile). */
function profileOwner(input: Named, call: Call): CredentialOwner {
  const owner = ownerOf(input, call)
  if (owner.kind === 'root' && call.principal.credential.session?.assumedRoot !== true) throw mustSpecifyUserName()
  return owner
}

/** The root user's password is made at sign-up and by the recovery by e-mail, never here. */
function userName(input: Named, call: Call): string {
  const owner = profileOwner(input, call)
  if (owner.kind === 'root') throw mustSpecifyUserName()
  return owner.name
}

const profileShape = (
  name: string,
  { created_at: createdAt, reset_required: reset }: Pick<LoginProfileRow, 'created_at' | 'reset_required'>,
): LoginProfile => ({
  UserName: name,
  CreateDate: new Date(createdAt),
  PasswordResetRequired: Number(reset) !== 0,
})

/** AWS's validation text for a member that is null. */
const passwordRequired = () =>
  validationError("1 validation error detected: Value null at 'password' failed to satisfy constraint: Member must not be null")

async function mustLackProfile(tx: ReadTx, accountId: string, name: string): Promise<UserRow> {
  const user = await mustFindUser(tx, accountId, name)
  if ((await findLoginProfile(tx, accountId, user.id)) !== undefined) throw alreadyExists.loginProfile(user.name)
  return user
}

async function mustHaveProfile(
  tx: ReadTx,
  accountId: string,
  name: string,
): Promise<{ readonly user: UserRow; readonly profile: LoginProfileRow }> {
  const user = await mustFindUser(tx, accountId, name)
  const profile = await findLoginProfile(tx, accountId, user.id)
  if (profile === undefined) throw noSuchEntity.loginProfile(user.name)
  return { user, profile }
}

export const createLoginProfile = writeOperation('iam', 'CreateLoginProfile', {
  authorize: (input, call) => ({ action: 'iam:CreateLoginProfile', resource: ownerResource(profileOwner(input, call), call) }),
  async prepare(tx, input, call) {
    const name = userName(input, call)
    if (input.Password === undefined) throw passwordRequired()
    const { id } = await mustLackProfile(tx, call.accountId, name)
    return { hash: await prepareNewPassword(tx, call, id, input.Password) }
  },
  async handle(tx, input, call, { hash }) {
    const { accountId, now } = call
    const user = await mustLackProfile(tx, accountId, userName(input, call))
    const resetRequired = input.PasswordResetRequired ?? false
    await insertLoginProfile(tx, accountId, { userId: user.id, hash, now }, resetRequired)
    return { LoginProfile: profileShape(user.name, { created_at: now, reset_required: Number(resetRequired) }) }
  },
})

export const getLoginProfile = readOperation('iam', 'GetLoginProfile', {
  authorize: (input, call) => ({ action: 'iam:GetLoginProfile', resource: ownerResource(profileOwner(input, call), call) }),
  async handle(tx, input, call) {
    const owner = profileOwner(input, call)
    if (owner.kind === 'root') return { LoginProfile: await rootProfile(tx, call.accountId) }
    const { user, profile } = await mustHaveProfile(tx, call.accountId, owner.name)
    return { LoginProfile: profileShape(user.name, profile) }
  },
})

/** The root user's name in AWS's credential report. */
const ROOT_NAME = '<root_account>'

async function rootProfile(tx: ReadTx, accountId: string): Promise<LoginProfile> {
  const account = await mustFindAccount(tx, accountId)
  if (account.password_hash === null) throw noSuchEntity.loginProfile(ROOT_NAME)
  return profileShape(ROOT_NAME, { created_at: account.created_at, reset_required: 0 })
}

/** Sets a password, or whether the user must change it, or both. */
export const updateLoginProfile = writeOperation('iam', 'UpdateLoginProfile', {
  authorize: ({ UserName }) => ({ action: 'iam:UpdateLoginProfile', resource: { kind: 'user', name: UserName } }),
  async prepare(tx, { UserName, Password }, call) {
    const { user } = await mustHaveProfile(tx, call.accountId, UserName)
    return Password === undefined ? {} : { hash: await prepareNewPassword(tx, call, user.id, Password) }
  },
  async handle(tx, { UserName, PasswordResetRequired }, { accountId, now }, { hash }) {
    const { user } = await mustHaveProfile(tx, accountId, UserName)
    if (hash !== undefined) await setPassword(tx, accountId, { userId: user.id, hash, now })
    if (PasswordResetRequired !== undefined) await setResetRequired(tx, accountId, user.id, PasswordResetRequired)
    return {}
  },
})

export const deleteLoginProfile = writeOperation('iam', 'DeleteLoginProfile', {
  authorize: (input, call) => ({ action: 'iam:DeleteLoginProfile', resource: ownerResource(profileOwner(input, call), call) }),
  async handle(tx, input, call) {
    const owner = profileOwner(input, call)
    if (owner.kind === 'root') {
      await rootProfile(tx, call.accountId)
      await tx.run('UPDATE account SET password_hash = NULL WHERE id = $1', call.accountId)
      return {}
    }
    const { user } = await mustHaveProfile(tx, call.accountId, owner.name)
    await deleteLoginProfileRow(tx, call.accountId, user.id)
    return {}
  },
})

export const loginProfileOperations = [createLoginProfile, getLoginProfile, updateLoginProfile, deleteLoginProfile]
