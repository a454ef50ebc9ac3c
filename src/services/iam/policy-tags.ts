/** Tags of customer managed policies. AWS managed policies have none and take none. */
import { readOperation, writeOperation } from '../operation.ts'
import { noSuchEntity } from './errors.ts'
import { findManagedPolicy, mustFindPolicy } from './policies.ts'
import { setPolicyTags } from './policies.rows.ts'
import { mustOwnPolicy, policyCheck } from './policy-arn.ts'
import { CASED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'

const POLICIES: Taggable<{ readonly PolicyArn: string }> = {
  check: (action, { PolicyArn }, { context }) => policyCheck(action, PolicyArn, context),
  async find(tx, accountId, { PolicyArn }, purpose) {
    if (purpose === 'list') {
      const policy = await findManagedPolicy(tx, accountId, PolicyArn)
      if (policy === undefined) throw noSuchEntity.policy(PolicyArn)
      return { key: PolicyArn, tags: policy.tags }
    }
    // What AWS says of its own policies is not known; these are the words of DeletePolicy.
    mustOwnPolicy(PolicyArn, accountId, `${purpose} policies`)
    const { id, tags } = await mustFindPolicy(tx, accountId, PolicyArn)
    return { key: id, tags: parseTags(tags) }
  },
  set: setPolicyTags,
  list: 'policy tags',
  keys: CASED,
}

export const tagPolicy = writeOperation('iam', 'TagPolicy', tagging('iam:TagPolicy', POLICIES))
export const untagPolicy = writeOperation('iam', 'UntagPolicy', untagging('iam:UntagPolicy', POLICIES))
export const listPolicyTags = readOperation('iam', 'ListPolicyTags', listingTags('iam:ListPolicyTags', POLICIES))

export const policyTagOperations = [tagPolicy, untagPolicy, listPolicyTags]
