/** Which users are in which groups. AWS looks for the user before the group (recorded). */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { quotaExceeded } from './errors.ts'
import { addMember, countGroupsOfUser, isMember, listGroupsOfUser, mustFindGroup, removeMember } from './groups.rows.ts'
import { groupShape } from './groups.ts'
import { nameKey } from './names.ts'
import { GROUPS_PER_USER } from './quotas.ts'
import { mustFindUser } from './users.rows.ts'

/** Adding a member twice changes nothing. */
export const addUserToGroup = writeOperation('iam', 'AddUserToGroup', {
  authorize: ({ GroupName }) => ({ action: 'iam:AddUserToGroup', resource: { kind: 'group', name: GroupName } }),
  async handle(tx, { GroupName, UserName }, { accountId, now }) {
    const user = await mustFindUser(tx, accountId, UserName)
    const group = await mustFindGroup(tx, accountId, GroupName)
    const membership = { groupId: group.id, userId: user.id }
    if (await isMember(tx, accountId, membership)) return {}
    if ((await countGroupsOfUser(tx, accountId, user.id)) >= GROUPS_PER_USER)
      throw quotaExceeded('GroupsPerUser', GROUPS_PER_USER)
    await addMember(tx, accountId, membership, now)
    return {}
  },
})

/** Removing a user who is not in the group is no error on AWS (tried and reported in a public pull request of 2019). */
export const removeUserFromGroup = writeOperation('iam', 'RemoveUserFromGroup', {
  authorize: ({ GroupName }) => ({ action: 'iam:RemoveUserFromGroup', resource: { kind: 'group', name: GroupName } }),
  async handle(tx, { GroupName, UserName }, { accountId }) {
    const user = await mustFindUser(tx, accountId, UserName)
    const group = await mustFindGroup(tx, accountId, GroupName)
    await removeMember(tx, accountId, { groupId: group.id, userId: user.id })
    return {}
  },
})

export const listGroupsForUser = readOperation('iam', 'ListGroupsForUser', {
  authorize: ({ UserName }) => ({ action: 'iam:ListGroupsForUser', resource: { kind: 'user', name: UserName } }),
  async handle(tx, input, { accountId }) {
    const user = await mustFindUser(tx, accountId, input.UserName)
    const slice = { after: startOf('groups of user', input), limit: rowsFor(input) }
    const { items, ...page } = pageOf(
      'groups of user',
      await listGroupsOfUser(tx, accountId, user.id, slice),
      input,
      ({ name }) => nameKey(name),
    )
    return { Groups: items.map((row) => groupShape(accountId, row)), ...page }
  },
})

export const membershipOperations = [addUserToGroup, removeUserFromGroup, listGroupsForUser]
