/** Tags of users. */
import { readOperation, writeOperation } from '../operation.ts'
import { FOLDED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'
import { mustFindUser, setUserTags } from './users.rows.ts'

const USERS: Taggable<{ readonly UserName: string }> = {
  check: (action, { UserName }, more) => ({ action, resource: { kind: 'user', name: UserName }, ...more }),
  async find(tx, accountId, { UserName }) {
    const { id, tags } = await mustFindUser(tx, accountId, UserName)
    return { key: id, tags: parseTags(tags) }
  },
  set: setUserTags,
  list: 'user tags',
  keys: FOLDED,
}

export const tagUser = writeOperation('iam', 'TagUser', tagging('iam:TagUser', USERS))
export const untagUser = writeOperation('iam', 'UntagUser', untagging('iam:UntagUser', USERS))
export const listUserTags = readOperation('iam', 'ListUserTags', listingTags('iam:ListUserTags', USERS))

export const userTagOperations = [tagUser, untagUser, listUserTags]
