/** Tags of roles. Service-linked roles may be tagged: the model knows no UnmodifiableEntity here. */
import { readOperation, writeOperation } from '../operation.ts'
import { mustFindRole, setRoleTags } from './roles.rows.ts'
import { FOLDED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'

const ROLES: Taggable<{ readonly RoleName: string }> = {
  check: (action, { RoleName }, more) => ({ action, resource: { kind: 'role', name: RoleName }, ...more }),
  async find(tx, accountId, { RoleName }) {
    const { id, tags } = await mustFindRole(tx, accountId, RoleName)
    return { key: id, tags: parseTags(tags) }
  },
  set: setRoleTags,
  list: 'role tags',
  keys: FOLDED,
}

export const tagRole = writeOperation('iam', 'TagRole', tagging('iam:TagRole', ROLES))
export const untagRole = writeOperation('iam', 'UntagRole', untagging('iam:UntagRole', ROLES))
export const listRoleTags = readOperation('iam', 'ListRoleTags', listingTags('iam:ListRoleTags', ROLES))

export const roleTagOperations = [tagRole, untagRole, listRoleTags]
