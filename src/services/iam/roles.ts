/** Roles: create, get, list, update, delete. */
import { roleArn } from '../../aws/arn.ts'
import { newId } from '../../aws/ids.ts'
import type { CreateRoleRequest } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { type Check, type HandlingCall, readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { mustBeBare, roleBlockers } from './blockers.ts'
import { mustFindBoundaryPolicy } from './boundary-policy.ts'
import { alreadyExists, invalidInput, quotaExceeded } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import { ROLES_PER_ACCOUNT } from './quotas.ts'
import { createdRole, describedRole, listedRole } from './role-shape.ts'
import {
  countRoles,
  deleteRoleRow,
  findRole,
  insertRole,
  listRoles as listRoleRows,
  mustFindModifiableRole,
  mustFindRole,
  type RoleRow,
  setRoleSettings,
} from './roles.rows.ts'
import { mustDiffer, parseTags, newTagKeys, principalTagKeys } from './tags.ts'
import { storedTrustPolicy } from './trust-policy.ts'

/** IAM API reference, CreateRole: one hour where nothing is said. Seconds. */
export const DEFAULT_MAX_SESSION_SECONDS = 3_600
/** Roles under this path are made by CreateServiceLinkedRole alone. */
export const LINKED_PATH = '/aws-service-role/'

/** A role with tags also needs iam:TagRole (IAM User Guide, "Tagging IAM roles"). */
export const createRole = writeOperation('iam', 'CreateRole', {
  authorize(input: CreateRoleRequest, { accountId }) {
    const resource = roleArn(accountId, input.Path ?? DEFAULT_PATH, input.RoleName)
    const context = newTagKeys(input.Tags)
    const bounded = { ...context, 'iam:PermissionsBoundary': input.PermissionsBoundary }
    const create: Check = { action: 'iam:CreateRole', resource, context: bounded }
    return input.Tags === undefined || input.Tags.length === 0 ? create : [create, { action: 'iam:TagRole', resource, context }]
  },
  async handle(tx, input, call) {
    const { accountId } = call
    mustDiffer(input.Tags)
    mustBeOrdinaryPath(input.Path)
    const trust = await storedTrustPolicy(tx, input.AssumeRolePolicyDocument)
    if (input.PermissionsBoundary !== undefined) await mustFindBoundaryPolicy(tx, accountId, input.PermissionsBoundary)
    if ((await findRole(tx, accountId, input.RoleName)) !== undefined) throw alreadyExists.role(input.RoleName)
    return { Role: await createdRole(tx, accountId, await makeRole(tx, { ...input, trust }, call)) }
  },
})

/** What a new role is made of; `trust` is its trust policy as it is stored. */
export type NewRole = Omit<CreateRoleRequest, 'AssumeRolePolicyDocument'> & { readonly trust: string }

/** A new role of a name that is free. Throws LimitExceeded. */
export async function makeRole(
  tx: WriteTx,
  role: NewRole,
  { accountId, now, random }: Pick<HandlingCall, 'accountId' | 'now' | 'random'>,
): Promise<RoleRow> {
  if ((await countRoles(tx, accountId)) >= ROLES_PER_ACCOUNT) throw quotaExceeded('RolesPerAccount', ROLES_PER_ACCOUNT)
  const row: RoleRow = {
    id: newId('AROA', accountId, random),
    name: role.RoleName,
    path: role.Path ?? DEFAULT_PATH,
    trust_policy: role.trust,
    description: role.Description ?? null,
    max_session_seconds: role.MaxSessionDuration ?? DEFAULT_MAX_SESSION_SECONDS,
    boundary_arn: role.PermissionsBoundary ?? null,
    tags: JSON.stringify((role.Tags ?? []).map(({ Key, Value }) => ({ Key, Value }))),
    linked_service: null,
    created_at: now,
  }
  await insertRole(tx, accountId, row)
  return row
}

/** The text is known from reports. */
function mustBeOrdinaryPath(path: string | undefined): void {
  if (path?.startsWith(LINKED_PATH) === true)
    throw invalidInput(`Path prefix '${LINKED_PATH}' can only be used for AWS Service linked Roles`)
}

export const getRole = readOperation('iam', 'GetRole', {
  authorize: ({ RoleName }) => ({ action: 'iam:GetRole', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, { RoleName }, { accountId }) {
    return { Role: await describedRole(tx, accountId, await mustFindRole(tx, accountId, RoleName)) }
  },
})

/** As with users, AWS decides it on the path that is listed. */
export const listRoles = readOperation('iam', 'ListRoles', {
  authorize: ({ PathPrefix }, { accountId }) => ({
    action: 'iam:ListRoles',
    resource: roleArn(accountId, PathPrefix ?? DEFAULT_PATH, ''),
  }),
  async handle(tx, input, { accountId }) {
    const slice = { after: startOf('roles', input), limit: rowsFor(input) }
    const rows = await listRoleRows(tx, accountId, input.PathPrefix, slice)
    const { items, ...page } = pageOf('roles', rows, input, ({ name }) => nameKey(name))
    const Roles = []
    for (const row of items) Roles.push(await listedRole(tx, accountId, row))
    return { Roles, ...page }
  },
})

/** What is not given stays as it is (recorded from AWS). The description of a service-linked role may be edited (IAM User Guide, "Update a service-linked role"), nothing else of it. */
export const updateRole = writeOperation('iam', 'UpdateRole', {
  authorize: ({ RoleName }) => ({ action: 'iam:UpdateRole', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, { RoleName, Description, MaxSessionDuration }, { accountId }) {
    const mustFind = MaxSessionDuration === undefined ? mustFindRole : mustFindModifiableRole
    const role = await mustFind(tx, accountId, RoleName)
    await setRoleSettings(tx, accountId, {
      id: role.id,
      description: Description ?? role.description,
      max_session_seconds: MaxSessionDuration ?? role.max_session_seconds,
    })
    return {}
  },
})

export const updateRoleDescription = writeOperation('iam', 'UpdateRoleDescription', {
  authorize: ({ RoleName }) => ({ action: 'iam:UpdateRoleDescription', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, { RoleName, Description }, { accountId }) {
    const role: RoleRow = { ...(await mustFindRole(tx, accountId, RoleName)), description: Description }
    await setRoleSettings(tx, accountId, role)
    return { Role: await listedRole(tx, accountId, role) }
  },
})

export const deleteRole = writeOperation('iam', 'DeleteRole', {
  authorize: ({ RoleName }) => ({ action: 'iam:DeleteRole', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, { RoleName }, { accountId }) {
    const { id } = await mustFindModifiableRole(tx, accountId, RoleName)
    await mustBeBare(tx, accountId, id, roleBlockers)
    await deleteRoleRow(tx, accountId, id)
    return {}
  },
})

/** A name that is no name of this shape belongs to no role. */
const PATH_AND_NAME = /^(\/|\/[!-~]+\/)([\w+=,.@-]+)$/

/**
 * A role by its name, or by its path and name (`/path/name`) as ARNs give them: then both must be exact. A role that does not exist is
 * looked for under the path `/` and trusts nobody.
 */
export async function roleEntity(tx: ReadTx, accountId: string, pathAndName: string): Promise<Entity> {
  const [, path, name = pathAndName] = PATH_AND_NAME.exec(pathAndName) ?? []
  const role = await findRole(tx, accountId, name)
  const isAnother = path !== undefined && (role?.path !== path || role.name !== name)
  if (role === undefined || isAnother) {
    return { arn: roleArn(accountId, path ?? DEFAULT_PATH, name), missing: true, policy: { kind: 'trust', document: '' } }
  }
  return {
    arn: roleArn(accountId, role.path, role.name),
    context: {
      ...principalTagKeys(parseTags(role.tags)),
      ...(role.boundary_arn !== null && { 'iam:PermissionsBoundary': role.boundary_arn }),
    },
    policy: { kind: 'trust', document: role.trust_policy },
  }
}

export const roleOperations = [createRole, getRole, listRoles, updateRole, updateRoleDescription, deleteRole]
