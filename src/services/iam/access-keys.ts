/** Access keys of users and of the root user. */
import { rootArn, userArn } from '../../aws/arn.ts'
import type { AccessKey, AccessKeyLastUsed } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Call, readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import {
  countKeys,
  deleteKey,
  findKey,
  findKeyUse,
  type KeyRow,
  type KeyUseRow,
  listKeys,
  newAccessKey,
  setKeyStatus,
} from './access-keys.rows.ts'
import { accessDenied, invalidInput, noSuchEntity, quotaExceeded } from './errors.ts'
import { type CredentialOwner, mustFindOwner, ownerOf, ownerResource, ROOT_NAME } from './implicit-user.ts'
import { ACCESS_KEYS_PER_USER } from './quotas.ts'
import { findUserById, type UserRow } from './users.rows.ts'

const nameOf = (user: Pick<UserRow, 'name'> | null): string => user?.name ?? ROOT_NAME

/** Made active, so that it works at once. The root user's keys have the same quota. */
export const createAccessKey = writeOperation('iam', 'CreateAccessKey', {
  authorize: (input, call) => ({ action: 'iam:CreateAccessKey', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const { accountId, now } = call
    const user = await mustFindOwner(tx, accountId, ownerOf(input, call))
    const userId = user?.id ?? null
    if ((await countKeys(tx, accountId, userId)) >= ACCESS_KEYS_PER_USER)
      throw quotaExceeded('AccessKeysPerUser', ACCESS_KEYS_PER_USER)
    const { accessKeyId, secretAccessKey } = await newAccessKey(tx, { accountId, userId, now }, call)
    const key: AccessKey = {
      UserName: nameOf(user),
      AccessKeyId: accessKeyId,
      Status: 'Active',
      SecretAccessKey: secretAccessKey,
      CreateDate: new Date(now),
    }
    return { AccessKey: key }
  },
})

export const listAccessKeys = readOperation('iam', 'ListAccessKeys', {
  authorize: (input, call) => ({ action: 'iam:ListAccessKeys', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const user = await mustFindOwner(tx, call.accountId, ownerOf(input, call))
    const slice = { after: startOf('access keys', input), limit: rowsFor(input) }
    const { items, ...page } = pageOf(
      'access keys',
      await listKeys(tx, call.accountId, user?.id ?? null, slice),
      input,
      ({ id }) => id,
    )
    const shape = ({ id, status, created_at: createdAt }: KeyRow) => ({
      UserName: nameOf(user),
      AccessKeyId: id,
      Status: status,
      CreateDate: new Date(createdAt),
    })
    return { AccessKeyMetadata: items.map(shape), ...page }
  },
})

/** IAM API reference, UpdateAccessKey: `Expired` is AWS's own to set. The text is inferred. */
export const updateAccessKey = writeOperation('iam', 'UpdateAccessKey', {
  authorize: (input, call) => ({ action: 'iam:UpdateAccessKey', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const { AccessKeyId, Status } = input
    const key = await mustFindKey(tx, call, ownerOf(input, call), AccessKeyId)
    if (Status === 'Expired') throw invalidInput('An access key cannot be set to Expired.')
    await setKeyStatus(tx, call.accountId, key.id, Status)
    return {}
  },
})

export const deleteAccessKey = writeOperation('iam', 'DeleteAccessKey', {
  authorize: (input, call) => ({ action: 'iam:DeleteAccessKey', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const key = await mustFindKey(tx, call, ownerOf(input, call), input.AccessKeyId)
    await deleteKey(tx, call.accountId, key.id)
    return {}
  },
})

/** A key of this owner: a key of somebody else is as good as none. Throws NoSuchEntity for the owner, then for the key. */
async function mustFindKey(
  tx: ReadTx,
  { accountId }: Pick<Call, 'accountId'>,
  owner: CredentialOwner,
  id: string,
): Promise<KeyRow> {
  const user = await mustFindOwner(tx, accountId, owner)
  const key = await findKey(tx, accountId, id)
  if (key === undefined || key.user_id !== (user?.id ?? null)) throw noSuchEntity.accessKey(id)
  return key
}

/** Declares no error at all: a key that is not there is refused like one that may not be asked about (recorded from AWS). */
export const getAccessKeyLastUsed = readOperation('iam', 'GetAccessKeyLastUsed', {
  authorize: ({ AccessKeyId }) => ({ action: 'iam:GetAccessKeyLastUsed', resource: { kind: 'access key', name: AccessKeyId } }),
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, { AccessKeyId }, { accountId, principal }) {
    const key = await findKey(tx, accountId, AccessKeyId)
    if (key === undefined) {
      throw accessDenied(
        `User: ${principal.arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: ${unknownKey(AccessKeyId)}`,
      )
    }
    const user = key.user_id === null ? null : ((await findUserById(tx, accountId, key.user_id)) ?? null)
    return { UserName: nameOf(user), AccessKeyLastUsed: lastUsed(await findKeyUse(tx, accountId, AccessKeyId)) }
  },
})

function lastUsed(use: KeyUseRow | undefined): AccessKeyLastUsed {
  if (use === undefined) return { ServiceName: 'N/A', Region: 'N/A' }
  return { LastUsedDate: new Date(use.used_at), ServiceName: use.service, Region: use.region }
}

const unknownKey = (id: string): string => `access key ${id}`

/** A key stands for the user it belongs to (Service Authorization Reference: GetAccessKeyLastUsed has the resource type user). */
export async function accessKeyEntity(tx: ReadTx, accountId: string, id: string): Promise<Entity> {
  const key = await findKey(tx, accountId, id)
  if (key === undefined) return { arn: unknownKey(id), missing: true }
  const user = key.user_id === null ? undefined : await findUserById(tx, accountId, key.user_id)
  return { arn: user === undefined ? rootArn(accountId) : userArn(accountId, user.path, user.name) }
}

export const accessKeyOperations = [createAccessKey, listAccessKeys, updateAccessKey, deleteAccessKey, getAccessKeyLastUsed]
