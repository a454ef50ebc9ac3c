/** Tags of instance profiles. */
import { readOperation, writeOperation } from '../operation.ts'
import { mustFindProfile, setProfileTags } from './instance-profiles.rows.ts'
import { CASED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'

const PROFILES: Taggable<{ readonly InstanceProfileName: string }> = {
  check: (action, { InstanceProfileName }, more) => ({
    action,
    resource: { kind: 'instance-profile', name: InstanceProfileName },
    ...more,
  }),
  async find(tx, accountId, { InstanceProfileName }) {
    const { id, tags } = await mustFindProfile(tx, accountId, InstanceProfileName)
    return { key: id, tags: parseTags(tags) }
  },
  set: setProfileTags,
  list: 'instance profile tags',
  keys: CASED,
}

export const tagInstanceProfile = writeOperation('iam', 'TagInstanceProfile', tagging('iam:TagInstanceProfile', PROFILES))
export const untagInstanceProfile = writeOperation('iam', 'UntagInstanceProfile', untagging('iam:UntagInstanceProfile', PROFILES))
export const listInstanceProfileTags = readOperation(
  'iam',
  'ListInstanceProfileTags',
  listingTags('iam:ListInstanceProfileTags', PROFILES),
)

export const instanceProfileTagOperations = [tagInstanceProfile, untagInstanceProfile, listInstanceProfileTags]
