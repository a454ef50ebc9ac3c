/** Instance profiles: what hands a role to a machine. */
import { instanceProfileArn } from '../../aws/arn.ts'
import { newId } from '../../aws/ids.ts'
import type { InstanceProfile, Role } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { type Page, pageOf, type PageInput, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { instanceProfileBlockers, mustBeBare } from './blockers.ts'
import { mustDifferByCase } from './cased-tags.ts'
import { alreadyExists, noSuchEntity, quotaExceeded } from './errors.ts'
import {
  addRoleToProfile,
  countProfiles,
  deleteProfileRow,
  findProfile,
  insertProfile,
  listProfiles,
  listProfilesOfRole,
  mustFindProfile,
  type ProfileRow,
  removeRoleFromProfile,
  rolesOfProfile,
} from './instance-profiles.rows.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import { INSTANCE_PROFILES_PER_ACCOUNT, ROLES_PER_INSTANCE_PROFILE } from './quotas.ts'
import { bareRole } from './role-shape.ts'
import { mustFindModifiableRole, mustFindRole } from './roles.rows.ts'
import { parseTags, newTagKeys, resourceTagKeys } from './tags.ts'

/** An instance profile with tags also needs iam:TagInstanceProfile. */
export const createInstanceProfile = writeOperation('iam', 'CreateInstanceProfile', {
  authorize({ InstanceProfileName, Path, Tags }, { accountId }) {
    const resource = instanceProfileArn(accountId, Path ?? DEFAULT_PATH, InstanceProfileName)
    const context = newTagKeys(Tags)
    const create: Check = { action: 'iam:CreateInstanceProfile', resource, context }
    return Tags === undefined || Tags.length === 0 ? create : [create, { action: 'iam:TagInstanceProfile', resource, context }]
  },
  async handle(tx, { InstanceProfileName: name, Path, Tags = [] }, { accountId, now, random }) {
    mustDifferByCase(Tags)
    if ((await findProfile(tx, accountId, name)) !== undefined) throw alreadyExists.instanceProfile(name)
    if ((await countProfiles(tx, accountId)) >= INSTANCE_PROFILES_PER_ACCOUNT)
      throw quotaExceeded('InstanceProfilesPerAccount', INSTANCE_PROFILES_PER_ACCOUNT)
    const row: ProfileRow = {
      id: newId('AIPA', accountId, random),
      name,
      path: Path ?? DEFAULT_PATH,
      tags: JSON.stringify(Tags.map(({ Key, Value }) => ({ Key, Value }))),
      created_at: now,
    }
    await insertProfile(tx, accountId, row)
    return { InstanceProfile: await describedProfile(tx, accountId, row) }
  },
})

export const getInstanceProfile = readOperation('iam', 'GetInstanceProfile', {
  authorize: ({ InstanceProfileName }) => ({
    action: 'iam:GetInstanceProfile',
    resource: { kind: 'instance-profile', name: InstanceProfileName },
  }),
  async handle(tx, { InstanceProfileName }, { accountId }) {
    const row = await mustFindProfile(tx, accountId, InstanceProfileName)
    return { InstanceProfile: await describedProfile(tx, accountId, row) }
  },
})

/** As with users, decided on the path that is listed. */
export const listInstanceProfiles = readOperation('iam', 'ListInstanceProfiles', {
  authorize: ({ PathPrefix }, { accountId }) => ({
    action: 'iam:ListInstanceProfiles',
    resource: instanceProfileArn(accountId, PathPrefix ?? DEFAULT_PATH, ''),
  }),
  async handle(tx, input, { accountId }) {
    const list = 'instance profiles'
    const slice = { after: startOf(list, input), limit: rowsFor(input) }
    return profilePage(tx, accountId, pageOfProfiles(list, await listProfiles(tx, accountId, input.PathPrefix, slice), input))
  },
})

export const listInstanceProfilesForRole = readOperation('iam', 'ListInstanceProfilesForRole', {
  authorize: ({ RoleName }) => ({ action: 'iam:ListInstanceProfilesForRole', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, input, { accountId }) {
    const role = await mustFindRole(tx, accountId, input.RoleName)
    const list = 'instance profiles of a role'
    const slice = { after: startOf(list, input), limit: rowsFor(input) }
    return profilePage(tx, accountId, pageOfProfiles(list, await listProfilesOfRole(tx, accountId, role.id, slice), input))
  },
})

export const deleteInstanceProfile = writeOperation('iam', 'DeleteInstanceProfile', {
  authorize: ({ InstanceProfileName }) => ({
    action: 'iam:DeleteInstanceProfile',
    resource: { kind: 'instance-profile', name: InstanceProfileName },
  }),
  async handle(tx, { InstanceProfileName }, { accountId }) {
    const { id } = await mustFindProfile(tx, accountId, InstanceProfileName)
    await mustBeBare(tx, accountId, id, instanceProfileBlockers)
    await deleteProfileRow(tx, accountId, id)
    return {}
  },
})

/**
 * IAM API reference, AddRoleToInstanceProfile: the caller must be allowed to pass the role, and `iam:AssociatedResourceArn` names all
 * instances of the account. The service that it is passed to is EC2: policies in use (Karpenter's controller policy) rely on it.
 */
export const addRoleToInstanceProfile = writeOperation('iam', 'AddRoleToInstanceProfile', {
  authorize: ({ InstanceProfileName, RoleName }, { accountId }) => [
    { action: 'iam:AddRoleToInstanceProfile', resource: { kind: 'instance-profile', name: InstanceProfileName } },
    {
      action: 'iam:PassRole',
      resource: { kind: 'role', name: RoleName },
      context: {
        'iam:PassedToService': 'ec2.amazonaws.com',
        'iam:AssociatedResourceArn': `arn:aws:ec2:*:${accountId}:instance/*`,
      },
    },
  ],
  async handle(tx, { InstanceProfileName, RoleName }, { accountId }) {
    const profile = await mustFindProfile(tx, accountId, InstanceProfileName)
    const role = await mustFindModifiableRole(tx, accountId, RoleName)
    if ((await rolesOfProfile(tx, accountId, profile.id)).length >= ROLES_PER_INSTANCE_PROFILE)
      throw quotaExceeded('InstanceSessionsPerInstanceProfile', ROLES_PER_INSTANCE_PROFILE)
    await addRoleToProfile(tx, accountId, { profileId: profile.id, roleId: role.id })
    return {}
  },
})

export const removeRoleFromInstanceProfile = writeOperation('iam', 'RemoveRoleFromInstanceProfile', {
  authorize: ({ InstanceProfileName }) => ({
    action: 'iam:RemoveRoleFromInstanceProfile',
    resource: { kind: 'instance-profile', name: InstanceProfileName },
  }),
  async handle(tx, { InstanceProfileName, RoleName }, { accountId }) {
    const profile = await mustFindProfile(tx, accountId, InstanceProfileName)
    const role = await mustFindModifiableRole(tx, accountId, RoleName)
    const wasThere = await removeRoleFromProfile(tx, accountId, { profileId: profile.id, roleId: role.id })
    if (!wasThere) throw noSuchEntity.roleInProfile(RoleName, InstanceProfileName)
    return {}
  },
})

const pageOfProfiles = (list: string, rows: readonly ProfileRow[], input: PageInput): Page<ProfileRow> =>
  pageOf(list, rows, input, ({ name }) => nameKey(name))

type ProfilePage = Omit<Page<ProfileRow>, 'items'> & { readonly InstanceProfiles: readonly InstanceProfile[] }

async function profilePage(tx: ReadTx, accountId: string, { items, ...page }: Page<ProfileRow>): Promise<ProfilePage> {
  const InstanceProfiles: InstanceProfile[] = []
  for (const row of items) InstanceProfiles.push(await listedProfile(tx, accountId, row))
  return { InstanceProfiles, ...page }
}

/** An instance profile in a list: without tags (IAM API reference, ListInstanceProfiles). */
export async function listedProfile(tx: ReadTx, accountId: string, row: ProfileRow): Promise<InstanceProfile> {
  const Roles: Role[] = []
  for (const role of await rolesOfProfile(tx, accountId, row.id)) Roles.push(await bareRole(tx, accountId, role))
  return {
    Path: row.path,
    InstanceProfileName: row.name,
    InstanceProfileId: row.id,
    Arn: instanceProfileArn(accountId, row.path, row.name),
    CreateDate: new Date(row.created_at),
    Roles,
  }
}

async function describedProfile(tx: ReadTx, accountId: string, row: ProfileRow): Promise<InstanceProfile> {
  const tags = parseTags(row.tags)
  return { ...(await listedProfile(tx, accountId, row)), ...(tags.length > 0 && { Tags: tags }) }
}

/** An instance profile by its name; one that does not exist is looked for under the path `/`. */
export async function instanceProfileEntity(tx: ReadTx, accountId: string, name: string): Promise<Entity> {
  const profile = await findProfile(tx, accountId, name)
  if (profile === undefined) return { arn: instanceProfileArn(accountId, DEFAULT_PATH, name), missing: true }
  return { arn: instanceProfileArn(accountId, profile.path, profile.name), context: resourceTagKeys(parseTags(profile.tags)) }
}

export const instanceProfileOperations = [
  createInstanceProfile,
  getInstanceProfile,
  listInstanceProfiles,
  listInstanceProfilesForRole,
  deleteInstanceProfile,
  addRoleToInstanceProfile,
  removeRoleFromInstanceProfile,
]
