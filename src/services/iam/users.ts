/** Users: create, get, list, rename, delete. */
import { userArn } from '../../aws/arn.ts'
import { newId } from '../../aws/ids.ts'
import type { CreateUserRequest, UpdateUserRequest } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { mustFindAccount } from './accounts.rows.ts'
import { mustBeBare, userBlockers } from './blockers.ts'
import { mustFindBoundaryPolicy } from './boundary-policy.ts'
import { alreadyExists, quotaExceeded } from './errors.ts'
import { mustFindOwner, ownerOf, ownerResource } from './implicit-user.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import { forgetPasswords } from './passwords.rows.ts'
import { USERS_PER_ACCOUNT } from './quotas.ts'
import { mustDiffer, parseTags, newTagKeys, principalTagKeys } from './tags.ts'
import { describedUser, listedUser, rootUser } from './user-shape.ts'
import {
  countUsers,
  deleteUserRow,
  findUser,
  insertUser,
  listUsers as listUserRows,
  mustFindUser,
  renameUser,
  type UserRow,
} from './users.rows.ts'

/** A user with tags also needs iam:TagUser (IAM User Guide, "Tagging IAM users"). */
export const createUser = writeOperation('iam', 'CreateUser', {
  authorize(input: CreateUserRequest, { accountId }) {
    const resource = userArn(accountId, input.Path ?? DEFAULT_PATH, input.UserName)
    const context = newTagKeys(input.Tags)
    const bounded = { ...context, 'iam:PermissionsBoundary': input.PermissionsBoundary }
    const create: Check = { action: 'iam:CreateUser', resource, context: bounded }
    return input.Tags === undefined || input.Tags.length === 0 ? create : [create, { action: 'iam:TagUser', resource, context }]
  },
  async handle(tx, input, { accountId, now, random }) {
    mustDiffer(input.Tags)
    if (input.PermissionsBoundary !== undefined) await mustFindBoundaryPolicy(tx, accountId, input.PermissionsBoundary)
    if ((await findUser(tx, accountId, input.UserName)) !== undefined) throw alreadyExists.user(input.UserName)
    if ((await countUsers(tx, accountId)) >= USERS_PER_ACCOUNT) throw quotaExceeded('UsersPerAccount', USERS_PER_ACCOUNT)
    const row: UserRow = {
      id: newId('AIDA', accountId, random),
      name: input.UserName,
      path: input.Path ?? DEFAULT_PATH,
      boundary_arn: input.PermissionsBoundary ?? null,
      tags: JSON.stringify((input.Tags ?? []).map(({ Key, Value }) => ({ Key, Value }))),
      password_used_at: null,
      created_at: now,
    }
    await insertUser(tx, accountId, row)
    return { User: describedUser(accountId, row) }
  },
})

/** Without a name: the caller, be it a user or the root user. */
export const getUser = readOperation('iam', 'GetUser', {
  authorize: (input, call) => ({ action: 'iam:GetUser', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const row = await mustFindOwner(tx, call.accountId, ownerOf(input, call))
    if (row === null) return { User: rootUser(call.accountId, await mustFindAccount(tx, call.accountId)) }
    return { User: describedUser(call.accountId, row) }
  },
})

/** AWS decides it on the path that is listed: a denial of ListUsers names `arn:aws:iam::ACCOUNT:user/`. */
export const listUsers = readOperation('iam', 'ListUsers', {
  authorize: ({ PathPrefix }, { accountId }) => ({
    action: 'iam:ListUsers',
    resource: userArn(accountId, PathPrefix ?? DEFAULT_PATH, ''),
  }),
  async handle(tx, input, { accountId }) {
    const slice = { after: startOf('users', input), limit: rowsFor(input) }
    const { items, ...page } = pageOf('users', await listUserRows(tx, accountId, input.PathPrefix, slice), input, ({ name }) =>
      nameKey(name),
    )
    return { Users: items.map((row) => listedUser(accountId, row)), ...page }
  },
})

/** IAM API reference, UpdateUser: a rename needs permission on the user as it is and on the user as it will be. */
export const updateUser = writeOperation('iam', 'UpdateUser', {
  authorize(input) {
    const before: Check = { action: 'iam:UpdateUser', resource: { kind: 'user', name: input.UserName } }
    if (input.NewUserName === undefined && input.NewPath === undefined) return before
    return [before, { action: 'iam:UpdateUser', resource: { kind: RENAMED_USER, name: renaming(input) } }]
  },
  async handle(tx, { UserName, NewUserName, NewPath }, { accountId }) {
    const user = await mustFindUser(tx, accountId, UserName)
    const namesake = NewUserName === undefined ? undefined : await findUser(tx, accountId, NewUserName)
    // The user itself may be given the same name in other letters, or the very same.
    if (NewUserName !== undefined && namesake !== undefined && namesake.id !== user.id) throw alreadyExists.user(NewUserName)
    await renameUser(tx, accountId, { id: user.id, name: NewUserName ?? user.name, path: NewPath ?? user.path })
    return {}
  },
})

export const deleteUser = writeOperation('iam', 'DeleteUser', {
  authorize: ({ UserName }) => ({ action: 'iam:DeleteUser', resource: { kind: 'user', name: UserName } }),
  async handle(tx, { UserName }, { accountId }) {
    const { id } = await mustFindUser(tx, accountId, UserName)
    await mustBeBare(tx, accountId, id, userBlockers)
    await forgetPasswords(tx, accountId, id)
    await deleteUserRow(tx, accountId, id)
    return {}
  },
})

export const RENAMED_USER = 'renamed user'

/** What becomes of which user, as the name of an entity: neither names nor paths hold a line feed. */
const renaming = ({ UserName, NewUserName, NewPath }: UpdateUserRequest): string =>
  [UserName, NewUserName ?? '', NewPath ?? ''].join('\n')

/** A user by its name; a user that does not exist is looked for under the path `/`. */
export async function userEntity(tx: ReadTx, accountId: string, name: string): Promise<Entity> {
  const user = await findUser(tx, accountId, name)
  if (user === undefined) return { arn: userArn(accountId, DEFAULT_PATH, name), missing: true }
  return { arn: userArn(accountId, user.path, user.name), context: userContext(user) }
}

/** A user as it will be after UpdateUser: the new name and path, and what else describes the user already. */
export async function renamedUserEntity(tx: ReadTx, accountId: string, change: string): Promise<Entity> {
  const [name = '', newName = '', newPath = ''] = change.split('\n')
  const user = await findUser(tx, accountId, name)
  const arn = userArn(
    accountId,
    newPath === '' ? (user?.path ?? DEFAULT_PATH) : newPath,
    newName === '' ? (user?.name ?? name) : newName,
  )
  return user === undefined ? { arn, missing: true } : { arn, context: userContext(user) }
}

const userContext = ({ tags, boundary_arn: boundary }: UserRow): NonNullable<Entity['context']> => ({
  ...principalTagKeys(parseTags(tags)),
  ...(boundary !== null && { 'iam:PermissionsBoundary': boundary }),
})

export const userOperations = [createUser, getUser, listUsers, updateUser, deleteUser]
