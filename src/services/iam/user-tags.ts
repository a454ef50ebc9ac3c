/** Tags of users. */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { mergeTags, mustDiffer, parseTags, requestTagKeys, sortedTags, tagNameKeys, tagSortKey, withoutTags } from './tags.ts'
import { mustFindUser, setUserTags } from './users.rows.ts'

export const tagUser = writeOperation('iam', 'TagUser', {
  authorize: ({ UserName, Tags }) => ({
    action: 'iam:TagUser',
    resource: { kind: 'user', name: UserName },
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { UserName, Tags }, { accountId }) {
    mustDiffer(Tags)
    const user = await mustFindUser(tx, accountId, UserName)
    await setUserTags(tx, accountId, user.id, mergeTags(parseTags(user.tags), Tags))
    return {}
  },
})

export const untagUser = writeOperation('iam', 'UntagUser', {
  authorize: ({ UserName, TagKeys }) => ({
    action: 'iam:UntagUser',
    resource: { kind: 'user', name: UserName },
    context: tagNameKeys(TagKeys),
  }),
  async handle(tx, { UserName, TagKeys }, { accountId }) {
    const user = await mustFindUser(tx, accountId, UserName)
    await setUserTags(tx, accountId, user.id, withoutTags(parseTags(user.tags), TagKeys))
    return {}
  },
})

export const listUserTags = readOperation('iam', 'ListUserTags', {
  authorize: ({ UserName }) => ({ action: 'iam:ListUserTags', resource: { kind: 'user', name: UserName } }),
  async handle(tx, input, { accountId }) {
    const user = await mustFindUser(tx, accountId, input.UserName)
    const after = startOf('user tags', input) ?? ''
    const tags = sortedTags(parseTags(user.tags)).filter((tag) => tagSortKey(tag) > after)
    const { items, ...page } = pageOf('user tags', tags.slice(0, rowsFor(input)), input, tagSortKey)
    return { Tags: items, ...page }
  },
})

export const userTagOperations = [tagUser, untagUser, listUserTags]
