/** Groups: create, get with members, list, rename, delete. */
import { groupArn } from '../../aws/arn.ts'
import { newId } from '../../aws/ids.ts'
import type { Group, UpdateGroupRequest } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { groupBlockers, mustBeBare } from './blockers.ts'
import { alreadyExists, quotaExceeded } from './errors.ts'
import {
  countGroups,
  deleteGroupRow,
  findGroup,
  type GroupRow,
  insertGroup,
  listGroups as listGroupRows,
  listMembers,
  mustFindGroup,
  renameGroup,
} from './groups.rows.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import { GROUPS_PER_ACCOUNT } from './quotas.ts'
import { listedUser } from './user-shape.ts'

export const groupShape = (accountId: string, row: GroupRow): Group => ({
  Path: row.path,
  GroupName: row.name,
  GroupId: row.id,
  Arn: groupArn(accountId, row.path, row.name),
  CreateDate: new Date(row.created_at),
})

export const createGroup = writeOperation('iam', 'CreateGroup', {
  authorize: ({ GroupName, Path }, { accountId }) => ({
    action: 'iam:CreateGroup',
    resource: groupArn(accountId, Path ?? DEFAULT_PATH, GroupName),
  }),
  async handle(tx, { GroupName, Path }, { accountId, now, random }) {
    if ((await findGroup(tx, accountId, GroupName)) !== undefined) throw alreadyExists.group(GroupName)
    if ((await countGroups(tx, accountId)) >= GROUPS_PER_ACCOUNT) throw quotaExceeded('GroupsPerAccount', GROUPS_PER_ACCOUNT)
    const row: GroupRow = { id: newId('AGPA', accountId, random), name: GroupName, path: Path ?? DEFAULT_PATH, created_at: now }
    await insertGroup(tx, accountId, row)
    return { Group: groupShape(accountId, row) }
  },
})

/** The group and a page of its users. */
export const getGroup = readOperation('iam', 'GetGroup', {
  authorize: ({ GroupName }) => ({ action: 'iam:GetGroup', resource: { kind: 'group', name: GroupName } }),
  async handle(tx, input, { accountId }) {
    const group = await mustFindGroup(tx, accountId, input.GroupName)
    const slice = { after: startOf('group users', input), limit: rowsFor(input) }
    const { items, ...page } = pageOf('group users', await listMembers(tx, accountId, group.id, slice), input, ({ name }) =>
      nameKey(name),
    )
    return { Group: groupShape(accountId, group), Users: items.map((row) => listedUser(accountId, row)), ...page }
  },
})

export const listGroups = readOperation('iam', 'ListGroups', {
  authorize: ({ PathPrefix }, { accountId }) => ({
    action: 'iam:ListGroups',
    resource: groupArn(accountId, PathPrefix ?? DEFAULT_PATH, ''),
  }),
  async handle(tx, input, { accountId }) {
    const slice = { after: startOf('groups', input), limit: rowsFor(input) }
    const { items, ...page } = pageOf('groups', await listGroupRows(tx, accountId, input.PathPrefix, slice), input, ({ name }) =>
      nameKey(name),
    )
    return { Groups: items.map((row) => groupShape(accountId, row)), ...page }
  },
})

/** IAM API reference, UpdateGroup: a rename needs permission on the group as it is and on the group as it will be. */
export const updateGroup = writeOperation('iam', 'UpdateGroup', {
  authorize(input) {
    const before: Check = { action: 'iam:UpdateGroup', resource: { kind: 'group', name: input.GroupName } }
    if (input.NewGroupName === undefined && input.NewPath === undefined) return before
    return [before, { action: 'iam:UpdateGroup', resource: { kind: RENAMED_GROUP, name: renaming(input) } }]
  },
  async handle(tx, { GroupName, NewGroupName, NewPath }, { accountId }) {
    const group = await mustFindGroup(tx, accountId, GroupName)
    const namesake = NewGroupName === undefined ? undefined : await findGroup(tx, accountId, NewGroupName)
    if (NewGroupName !== undefined && namesake !== undefined && namesake.id !== group.id) throw alreadyExists.group(NewGroupName)
    await renameGroup(tx, accountId, { id: group.id, name: NewGroupName ?? group.name, path: NewPath ?? group.path })
    return {}
  },
})

export const deleteGroup = writeOperation('iam', 'DeleteGroup', {
  authorize: ({ GroupName }) => ({ action: 'iam:DeleteGroup', resource: { kind: 'group', name: GroupName } }),
  async handle(tx, { GroupName }, { accountId }) {
    const { id } = await mustFindGroup(tx, accountId, GroupName)
    await mustBeBare(tx, accountId, id, groupBlockers)
    await deleteGroupRow(tx, accountId, id)
    return {}
  },
})

export const RENAMED_GROUP = 'renamed group'

/** What becomes of which group, as the name of an entity: neither names nor paths hold a line feed. */
const renaming = ({ GroupName, NewGroupName, NewPath }: UpdateGroupRequest): string =>
  [GroupName, NewGroupName ?? '', NewPath ?? ''].join('\n')

/** A group by its name; a group that does not exist is looked for under the path `/`. Groups have no tags. */
export async function groupEntity(tx: ReadTx, accountId: string, name: string): Promise<Entity> {
  const group = await findGroup(tx, accountId, name)
  if (group === undefined) return { arn: groupArn(accountId, DEFAULT_PATH, name), missing: true }
  return { arn: groupArn(accountId, group.path, group.name) }
}

/** A group as it will be after UpdateGroup. */
export async function renamedGroupEntity(tx: ReadTx, accountId: string, change: string): Promise<Entity> {
  const [name = '', newName = '', newPath = ''] = change.split('\n')
  const group = await findGroup(tx, accountId, name)
  const arn = groupArn(
    accountId,
    newPath === '' ? (group?.path ?? DEFAULT_PATH) : newPath,
    newName === '' ? (group?.name ?? name) : newName,
  )
  return group === undefined ? { arn, missing: true } : { arn }
}

export const groupOperations = [createGroup, getGroup, listGroups, updateGroup, deleteGroup]
