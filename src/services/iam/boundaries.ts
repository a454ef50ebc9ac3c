/** Permissions boundaries of users and roles. */
import type { ReadTx } from '../../store/store.ts'
import { writeOperation } from '../operation.ts'
import { findAwsPolicy } from './aws-policies.ts'
import { mustFindBoundaryPolicy } from './boundary-policy.ts'
import { serviceRolePolicy } from './errors.ts'
import { SERVICE_ROLE_PATH } from './policy-arn.ts'
import { mustFindModifiableRole, setRoleBoundary } from './roles.rows.ts'
import { mustFindUser, setUserBoundary } from './users.rows.ts'

/** `iam:PermissionsBoundary` is the boundary that is to be set, not the one that is there (IAM User Guide, "Delegating responsibility"). */
export const putUserPermissionsBoundary = writeOperation('iam', 'PutUserPermissionsBoundary', {
  authorize: ({ UserName, PermissionsBoundary }) => ({
    action: 'iam:PutUserPermissionsBoundary',
    resource: { kind: 'user', name: UserName },
    context: { 'iam:PermissionsBoundary': PermissionsBoundary },
  }),
  async handle(tx, { UserName, PermissionsBoundary }, { accountId }) {
    const { id } = await mustFindUser(tx, accountId, UserName)
    await mustBeBoundary(tx, accountId, PermissionsBoundary)
    await setUserBoundary(tx, accountId, id, PermissionsBoundary)
    return {}
  },
})

export const putRolePermissionsBoundary = writeOperation('iam', 'PutRolePermissionsBoundary', {
  authorize: ({ RoleName, PermissionsBoundary }) => ({
    action: 'iam:PutRolePermissionsBoundary',
    resource: { kind: 'role', name: RoleName },
    context: { 'iam:PermissionsBoundary': PermissionsBoundary },
  }),
  async handle(tx, { RoleName, PermissionsBoundary }, { accountId }) {
    const { id } = await mustFindModifiableRole(tx, accountId, RoleName)
    await mustBeBoundary(tx, accountId, PermissionsBoundary)
    await setRoleBoundary(tx, accountId, id, PermissionsBoundary)
    return {}
  },
})

/** Here `iam:PermissionsBoundary` is the boundary that is there: it belongs to the user. That there be none is no error (inferred). */
export const deleteUserPermissionsBoundary = writeOperation('iam', 'DeleteUserPermissionsBoundary', {
  authorize: ({ UserName }) => ({ action: 'iam:DeleteUserPermissionsBoundary', resource: { kind: 'user', name: UserName } }),
  async handle(tx, { UserName }, { accountId }) {
    const { id } = await mustFindUser(tx, accountId, UserName)
    await setUserBoundary(tx, accountId, id, null)
    return {}
  },
})

export const deleteRolePermissionsBoundary = writeOperation('iam', 'DeleteRolePermissionsBoundary', {
  authorize: ({ RoleName }) => ({ action: 'iam:DeleteRolePermissionsBoundary', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, { RoleName }, { accountId }) {
    const { id } = await mustFindModifiableRole(tx, accountId, RoleName)
    await setRoleBoundary(tx, accountId, id, null)
    return {}
  },
})

/** Throws InvalidInput, NoSuchEntity, and PolicyNotAttachable for the policies of service-linked roles. */
async function mustBeBoundary(tx: ReadTx, accountId: string, arn: string): Promise<void> {
  await mustFindBoundaryPolicy(tx, accountId, arn)
  if (findAwsPolicy(arn)?.path === SERVICE_ROLE_PATH) throw serviceRolePolicy()
}

export const boundaryOperations = [
  putUserPermissionsBoundary,
  putRolePermissionsBoundary,
  deleteUserPermissionsBoundary,
  deleteRolePermissionsBoundary,
]
