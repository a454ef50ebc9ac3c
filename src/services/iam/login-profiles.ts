/** Login profiles: the passwords of users, as administrators set them. */
import type { LoginProfile } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { type Call, readOperation, writeOperation } from '../operation.ts'
import { findRootRecovery, setRootRecovery } from '../root-recovery.rows.ts'
import { mustFindAccount } from './accounts.rows.ts'
import { alreadyExists, mustSpecifyUserName, noSuchEntity, validationError } from './errors.ts'
import { type CredentialOwner, ownerOf, ownerResource, ROOT_NAME } from './implicit-user.ts'
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
type Secret = { readonly Password?: string }

/** Whose profile it is. The root user may leave the name out in a session of AssumeRoot only (IAM API reference, GetLoginProfile). */
function profileOwner(input: Named, call: Call): CredentialOwner {
  const owner = ownerOf(input, call)
  if (owner.kind === 'root' && call.principal.credential.session?.assumedRoot !== true) throw mustSpecifyUserName()
  return owner
}

const profileShape = (
  name: string,
  { created_at: createdAt, reset_required: reset }: Pick<LoginProfileRow, 'created_at' | 'reset_required'>,
): LoginProfile => ({
  UserName: name,
  CreateDate: new Date(createdAt),
  PasswordResetRequired: Number(reset) !== 0,
})

/** IAM's validation text for a member that is null: values are not shown. */
const passwordRequired = () =>
  validationError("1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null")

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
    const owner = profileOwner(input, call)
    if (owner.kind === 'root') return undefined
    if (input.Password === undefined) throw passwordRequired()
    const { id } = await mustLackProfile(tx, call.accountId, owner.name)
    return { hash: await prepareNewPassword(tx, call, id, input.Password) }
  },
  async handle(tx, input, call, prepared) {
    const { accountId, now } = call
    const owner = profileOwner(input, call)
    if (owner.kind === 'root' || prepared === undefined) return { LoginProfile: await allowRootRecovery(tx, input, call) }
    const { hash } = prepared
    const user = await mustLackProfile(tx, accountId, owner.name)
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

/** AWS's texts have no name for the root user: `Login Profile for User null cannot be found.` (notes of users of AssumeRoot on GetLoginProfile). */
const ROOT_IN_TEXTS = 'null'

/** A root user has a profile while it has a password or may set one by e-mail. */
async function findRootProfile(tx: ReadTx, accountId: string): Promise<LoginProfile | undefined> {
  const account = await mustFindAccount(tx, accountId)
  const recovery = await findRootRecovery(tx, accountId)
  if (account.password_hash === null && recovery?.allowed !== true) return undefined
  const createdAt = recovery?.allowed === true ? recovery.changedAt : account.created_at
  return profileShape(ROOT_NAME, { created_at: createdAt, reset_required: 0 })
}

async function rootProfile(tx: ReadTx, accountId: string): Promise<LoginProfile> {
  const profile = await findRootProfile(tx, accountId)
  if (profile === undefined) throw noSuchEntity.loginProfile(ROOT_IN_TEXTS)
  return profile
}

/** No password comes with it: the root user sets one by e-mail (IAM User Guide, "Perform a privileged task", Allow password recovery). */
async function allowRootRecovery(tx: WriteTx, { Password }: Secret, { accountId, now }: Call): Promise<LoginProfile> {
  if (Password !== undefined) throw validationError('The password of a root user cannot be set in a session of AssumeRoot.')
  if ((await findRootProfile(tx, accountId)) !== undefined) throw alreadyExists.loginProfile(ROOT_IN_TEXTS)
  await setRootRecovery(tx, accountId, true, now)
  return rootProfile(tx, accountId)
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
      // Without a profile there is no recovery by e-mail either (IAM User Guide, "Centralize root access").
      await setRootRecovery(tx, call.accountId, false, call.now)
      return {}
    }
    const { user } = await mustHaveProfile(tx, call.accountId, owner.name)
    await deleteLoginProfileRow(tx, call.accountId, user.id)
    return {}
  },
})

export const loginProfileOperations = [createLoginProfile, getLoginProfile, updateLoginProfile, deleteLoginProfile]
