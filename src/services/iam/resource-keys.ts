/** Condition keys of IAM's entities that only some actions have (Service Authorization Reference). */

/** The boundary that a user or a role has, or is to get. Attaching, writing and deleting of policies have it; most of what else is done to them has not. */
const WITH_BOUNDARY = [
  'AttachRolePolicy',
  'AttachUserPolicy',
  'CreateRole',
  'CreateUser',
  'DeleteRole',
  'DeleteRolePermissionsBoundary',
  'DeleteRolePolicy',
  'DeleteUserPermissionsBoundary',
  'DeleteUserPolicy',
  'DetachRolePolicy',
  'DetachUserPolicy',
  'GetRole',
  'PutRolePermissionsBoundary',
  'PutRolePolicy',
  'PutUserPermissionsBoundary',
  'PutUserPolicy',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
  'UpdateRoleDescription',
]

/** Keys and actions in lower case. */
export const actionsOfKey: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['iam:permissionsboundary', new Set(WITH_BOUNDARY.map((name) => `iam:${name.toLowerCase()}`))],
])
