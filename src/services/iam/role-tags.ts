/** Tags of roles. */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { mustFindRole, setRoleTags } from './roles.rows.ts'
import { mergeTags, mustDiffer, parseTags, requestTagKeys, sortedTags, tagNameKeys, tagSortKey, withoutTags } from './tags.ts'

/** Service-linked roles may be tagged: the model knows no UnmodifiableEntity here. */
export const tagRole = writeOperation('iam', 'TagRole', {
  authorize: ({ RoleName, Tags }) => ({
    action: 'iam:TagRole',
    resource: { kind: 'role', name: RoleName },
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { RoleName, Tags }, { accountId }) {
    mustDiffer(Tags)
    const role = await mustFindRole(tx, accountId, RoleName)
    await setRoleTags(tx, accountId, role.id, mergeTags(parseTags(role.tags), Tags))
    return {}
  },
})

export const untagRole = writeOperation('iam', 'UntagRole', {
  authorize: ({ RoleName, TagKeys }) => ({
    action: 'iam:UntagRole',
    resource: { kind: 'role', name: RoleName },
    context: tagNameKeys(TagKeys),
  }),
  async handle(tx, { RoleName, TagKeys }, { accountId }) {
    const role = await mustFindRole(tx, accountId, RoleName)
    await setRoleTags(tx, accountId, role.id, withoutTags(parseTags(role.tags), TagKeys))
    return {}
  },
})

export const listRoleTags = readOperation('iam', 'ListRoleTags', {
  authorize: ({ RoleName }) => ({ action: 'iam:ListRoleTags', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, input, { accountId }) {
    const role = await mustFindRole(tx, accountId, input.RoleName)
    const after = startOf('role tags', input) ?? ''
    const tags = sortedTags(parseTags(role.tags)).filter((tag) => tagSortKey(tag) > after)
    const { items, ...page } = pageOf('role tags', tags.slice(0, rowsFor(input)), input, tagSortKey)
    return { Tags: items, ...page }
  },
})

export const roleTagOperations = [tagRole, untagRole, listRoleTags]
