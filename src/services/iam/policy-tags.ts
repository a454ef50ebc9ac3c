/** Tags of customer managed policies. AWS managed policies have none and take none. */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { mergeCasedTags, mustDifferByCase, sortedCasedTags, withoutCasedTags } from './cased-tags.ts'
import { noSuchEntity } from './errors.ts'
import { findManagedPolicy, mustFindPolicy } from './policies.ts'
import { setPolicyTags } from './policies.rows.ts'
import { mustOwnPolicy, policyCheck } from './policy-arn.ts'
import { parseTags, requestTagKeys, tagNameKeys } from './tags.ts'

/** What AWS says of its own policies is not known; these are the words of DeletePolicy. */
const TAG_POLICIES = 'tag policies'
const UNTAG_POLICIES = 'untag policies'

export const tagPolicy = writeOperation('iam', 'TagPolicy', {
  authorize: ({ PolicyArn, Tags }) => policyCheck('iam:TagPolicy', PolicyArn, requestTagKeys(Tags)),
  async handle(tx, { PolicyArn, Tags }, { accountId }) {
    mustDifferByCase(Tags)
    mustOwnPolicy(PolicyArn, accountId, TAG_POLICIES)
    const policy = await mustFindPolicy(tx, accountId, PolicyArn)
    await setPolicyTags(tx, accountId, policy.id, mergeCasedTags(parseTags(policy.tags), Tags))
    return {}
  },
})

export const untagPolicy = writeOperation('iam', 'UntagPolicy', {
  authorize: ({ PolicyArn, TagKeys }) => policyCheck('iam:UntagPolicy', PolicyArn, tagNameKeys(TagKeys)),
  async handle(tx, { PolicyArn, TagKeys }, { accountId }) {
    mustOwnPolicy(PolicyArn, accountId, UNTAG_POLICIES)
    const policy = await mustFindPolicy(tx, accountId, PolicyArn)
    await setPolicyTags(tx, accountId, policy.id, withoutCasedTags(parseTags(policy.tags), TagKeys))
    return {}
  },
})

export const listPolicyTags = readOperation('iam', 'ListPolicyTags', {
  authorize: ({ PolicyArn }) => policyCheck('iam:ListPolicyTags', PolicyArn),
  async handle(tx, input, { accountId }) {
    const policy = await findManagedPolicy(tx, accountId, input.PolicyArn)
    if (policy === undefined) throw noSuchEntity.policy(input.PolicyArn)
    const after = startOf('policy tags', input) ?? ''
    const tags = sortedCasedTags(policy.tags).filter(({ Key }) => Key > after)
    const { items, ...page } = pageOf('policy tags', tags.slice(0, rowsFor(input)), input, ({ Key }) => Key)
    return { Tags: items, ...page }
  },
})

export const policyTagOperations = [tagPolicy, untagPolicy, listPolicyTags]
