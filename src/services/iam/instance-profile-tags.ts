/** Tags of instance profiles. */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { mergeCasedTags, mustDifferByCase, sortedCasedTags, withoutCasedTags } from './cased-tags.ts'
import { mustFindProfile, setProfileTags } from './instance-profiles.rows.ts'
import { parseTags, requestTagKeys, tagNameKeys } from './tags.ts'

export const tagInstanceProfile = writeOperation('iam', 'TagInstanceProfile', {
  authorize: ({ InstanceProfileName, Tags }) => ({
    action: 'iam:TagInstanceProfile',
    resource: { kind: 'instance-profile', name: InstanceProfileName },
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { InstanceProfileName, Tags }, { accountId }) {
    mustDifferByCase(Tags)
    const profile = await mustFindProfile(tx, accountId, InstanceProfileName)
    await setProfileTags(tx, accountId, profile.id, mergeCasedTags(parseTags(profile.tags), Tags))
    return {}
  },
})

export const untagInstanceProfile = writeOperation('iam', 'UntagInstanceProfile', {
  authorize: ({ InstanceProfileName, TagKeys }) => ({
    action: 'iam:UntagInstanceProfile',
    resource: { kind: 'instance-profile', name: InstanceProfileName },
    context: tagNameKeys(TagKeys),
  }),
  async handle(tx, { InstanceProfileName, TagKeys }, { accountId }) {
    const profile = await mustFindProfile(tx, accountId, InstanceProfileName)
    await setProfileTags(tx, accountId, profile.id, withoutCasedTags(parseTags(profile.tags), TagKeys))
    return {}
  },
})

export const listInstanceProfileTags = readOperation('iam', 'ListInstanceProfileTags', {
  authorize: ({ InstanceProfileName }) => ({
    action: 'iam:ListInstanceProfileTags',
    resource: { kind: 'instance-profile', name: InstanceProfileName },
  }),
  async handle(tx, input, { accountId }) {
    const profile = await mustFindProfile(tx, accountId, input.InstanceProfileName)
    const after = startOf('instance profile tags', input) ?? ''
    const tags = sortedCasedTags(parseTags(profile.tags)).filter(({ Key }) => Key > after)
    const { items, ...page } = pageOf('instance profile tags', tags.slice(0, rowsFor(input)), input, ({ Key }) => Key)
    return { Tags: items, ...page }
  },
})

export const instanceProfileTagOperations = [tagInstanceProfile, untagInstanceProfile, listInstanceProfileTags]
