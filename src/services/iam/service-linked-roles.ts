/** Service-linked roles: made for a service, changed by nobody, deleted by a task. */
import { PARTITION, roleArn } from '../../aws/arn.ts'
import { newId } from '../../aws/ids.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { newUuid } from '../uuid.ts'
import { invalidInput, noSuchEntity, quotaExceeded } from './errors.ts'
import { LINKED_SERVICES, type LinkedService } from './linked-services.ts'
import { ROLES_PER_ACCOUNT } from './quotas.ts'
import { createdRole } from './role-shape.ts'
import { DEFAULT_MAX_SESSION_SECONDS, LINKED_PATH } from './roles.ts'
import { countRoles, deleteRoleRow, findRole, insertRole, mustFindRole, type RoleRow } from './roles.rows.ts'
import { deletePoliciesOfRole, findDeletion, insertDeletion, insertLinkedPolicy } from './service-linked-roles.rows.ts'

const pathOf = (service: string): string => `${LINKED_PATH}${service}/`

/** Role names have 64 characters at most; a suffix is refused where it would make the name longer (IAM API reference, roleNameType). */
const MAX_ROLE_NAME = 64

function roleNameOf(service: LinkedService, suffix: string | undefined): string {
  return suffix === undefined ? service.roleName : `${service.roleName}_${suffix}`
}

/** Its trust policy, as AWS writes it (AWS CLI reference, create-service-linked-role). */
const trustOf = (service: string): string =>
  `{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["${service}"]}}]}`

/** A service that is not in the table is decided on the path that its role would have. */
export const createServiceLinkedRole = writeOperation('iam', 'CreateServiceLinkedRole', {
  authorize({ AWSServiceName, CustomSuffix }, { accountId }) {
    const service = LINKED_SERVICES.get(AWSServiceName)
    return {
      action: 'iam:CreateServiceLinkedRole',
      resource: roleArn(accountId, pathOf(AWSServiceName), service === undefined ? '' : roleNameOf(service, CustomSuffix)),
      context: { 'iam:AWSServiceName': AWSServiceName },
    }
  },
  async handle(tx, { AWSServiceName, CustomSuffix, Description }, { accountId, now, random }) {
    const service = mustFindService(AWSServiceName)
    const name = newRoleName(service, CustomSuffix)
    if ((await findRole(tx, accountId, name)) !== undefined)
      throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`)
    if ((await countRoles(tx, accountId)) >= ROLES_PER_ACCOUNT) throw quotaExceeded('RolesPerAccount', ROLES_PER_ACCOUNT)
    const row: RoleRow = {
      id: newId('AROA', accountId, random),
      name,
      path: pathOf(service.principal),
      trust_policy: trustOf(service.principal),
      description: Description ?? null,
      max_session_seconds: DEFAULT_MAX_SESSION_SECONDS,
      boundary_arn: null,
      tags: '[]',
      linked_service: service.principal,
      created_at: now,
    }
    await insertRole(tx, accountId, row)
    await insertLinkedPolicy(tx, accountId, { roleId: row.id, policyArn: service.policyArn, now })
    return { Role: await createdRole(tx, accountId, row) }
  },
})

/** The text is ours: a service whose role is not known here cannot be given one of another name. */
function mustFindService(principal: string): LinkedService {
  const service = LINKED_SERVICES.get(principal)
  if (service === undefined) throw invalidInput(`Service-linked roles are not known for ${principal}`)
  return service
}

function newRoleName(service: LinkedService, suffix: string | undefined): string {
  if (suffix !== undefined && !service.takesSuffix) throw invalidInput(`Custom suffix is not allowed for ${service.principal}`)
  const name = roleNameOf(service, suffix)
  if (name.length > MAX_ROLE_NAME) throw invalidInput(`The role name ${name} is longer than ${MAX_ROLE_NAME} characters.`)
  return name
}

/** Done at once, since no service of AWS's runs here that could still use the role; the task tells so to whoever asks. */
export const deleteServiceLinkedRole = writeOperation('iam', 'DeleteServiceLinkedRole', {
  authorize: ({ RoleName }) => ({ action: 'iam:DeleteServiceLinkedRole', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, { RoleName }, { accountId, now, random }) {
    const role = await mustFindRole(tx, accountId, RoleName)
    // The model knows no other error for a role that is not a service's.
    if (role.linked_service === null) throw noSuchEntity.role(RoleName)
    await deletePoliciesOfRole(tx, accountId, role.id)
    await deleteRoleRow(tx, accountId, role.id)
    const task = `${TASK_PREFIX}${role.path}${role.name}/${newUuid(random)}`
    await insertDeletion(tx, accountId, { task, status: 'SUCCEEDED', created_at: now })
    return { DeletionTaskId: task }
  },
})

const TASK_PREFIX = 'task'
/** `task/aws-service-role/SERVICE/ROLE/UUID` (IAM API reference, DeleteServiceLinkedRole). */
const TASK = /^task(\/aws-service-role\/[\w+=,.@-]+\/[\w+=,.@-]+)\/[0-9a-f-]{36}$/

export const getServiceLinkedRoleDeletionStatus = readOperation('iam', 'GetServiceLinkedRoleDeletionStatus', {
  authorize: ({ DeletionTaskId }, { accountId }) => ({
    action: 'iam:GetServiceLinkedRoleDeletionStatus',
    resource: `arn:${PARTITION}:iam::${accountId}:role${TASK.exec(DeletionTaskId)?.[1] ?? LINKED_PATH}`,
  }),
  async handle(tx, { DeletionTaskId }, { accountId }) {
    return { Status: (await mustFindDeletion(tx, accountId, DeletionTaskId)).status }
  },
})

async function mustFindDeletion(tx: ReadTx, accountId: string, task: string) {
  const row = TASK.test(task) ? await findDeletion(tx, accountId, task) : undefined
  if (row === undefined) throw noSuchEntity.deletionTask(task)
  return row
}

export const serviceLinkedRoleOperations = [createServiceLinkedRole, deleteServiceLinkedRole, getServiceLinkedRoleDeletionStatus]
