/** Managed policies as operations answer them, customer and AWS managed alike. */
import type { Policy, Tag } from '../../model/iam.gen.ts'
import { awsPolicyId, type ManagedPolicy } from './aws-policies.ts'
import type { PolicyRow, Usage } from './policies.rows.ts'
import { parseTags } from './tags.ts'

/** What is known of a managed policy, wherever it is kept. */
export type PolicyFacts = {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly defaultVersionId: string
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly tags: readonly Tag[]
  readonly description?: string
}

export const versionId = (number: number): string => `v${number}`

export const customerPolicy = (row: PolicyRow): PolicyFacts => ({
  id: row.id,
  name: row.name,
  path: row.path,
  arn: row.arn,
  defaultVersionId: versionId(row.default_version),
  createdAt: new Date(row.created_at),
  updatedAt: new Date(row.updated_at),
  tags: parseTags(row.tags),
  ...(row.description !== null && { description: row.description }),
})

/** AWS managed policies have no tags. Their descriptions are not in our data. */
export const awsPolicy = ({ name, path, arn, defaultVersionId, createDate, updateDate }: ManagedPolicy): PolicyFacts => ({
  id: awsPolicyId(arn),
  name,
  path,
  arn,
  defaultVersionId,
  createdAt: createDate,
  updatedAt: updateDate,
  tags: [],
})

/** A policy in a list: without description and tags (IAM API reference, ListPolicies). AWS says of all policies that they are attachable. */
export const listedPolicy = (policy: PolicyFacts, { attachments, boundaries }: Usage): Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersionId,
  AttachmentCount: attachments,
  PermissionsBoundaryUsageCount: boundaries,
  IsAttachable: true,
  CreateDate: policy.createdAt,
  UpdateDate: policy.updatedAt,
})

/** A policy just made: with its tags, without its description (AWS CLI reference, examples of create-policy). */
export const createdPolicy = (policy: PolicyFacts, usage: Usage): Policy => ({
  ...listedPolicy(policy, usage),
  ...(policy.tags.length > 0 && { Tags: policy.tags }),
})

/** A policy by itself. GetPolicy answers an empty list where there are no tags. */
export const describedPolicy = (policy: PolicyFacts, usage: Usage): Policy => ({
  ...listedPolicy(policy, usage),
  ...(policy.description !== undefined && { Description: policy.description }),
  Tags: policy.tags,
})
