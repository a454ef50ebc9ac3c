/** The delegation policy: which member accounts may work on the organization, as far as work can be delegated. */
import type { ResourcePolicy } from '../../model/organizations.gen.ts'
import { companions } from '../organization-trust.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { mustBeDelegable } from './delegation-syntax.ts'
import { EVERYTHING } from './entities.ts'
import { invalidInput, noSuch } from './errors.ts'
import { newResourcePolicyId, type Owner, resourcePolicyArn } from './ids.ts'
import { listMembers, mustLead, mustReach } from './organization.rows.ts'
import {
  deleteResourcePolicyRow,
  findResourcePolicy,
  type ResourcePolicyRow,
  saveResourcePolicy,
} from './resource-policy.rows.ts'
import { checksWithTags, newTags } from './tags.ts'

const shape = (owner: Owner, { id, content }: ResourcePolicyRow): ResourcePolicy => ({
  ResourcePolicySummary: { Id: id, Arn: resourcePolicyArn(owner, id) },
  Content: content,
})

/** It lets members in from their next request on. There is one policy; what is put replaces it and keeps its id and tags. */
export const putResourcePolicy = writeOperation('organizations', 'PutResourcePolicy', {
  authorize: ({ Tags }) =>
    checksWithTags(
      { action: 'organizations:PutResourcePolicy', resource: { kind: 'resource policy', name: 'resource policy' } },
      Tags,
    ),
  async handle(tx, { Content, Tags }, { accountId, random }) {
    const organization = await mustLead(tx, accountId)
    const members = new Set((await listMembers(tx, accountId)).map(({ member }) => member).filter((id) => id !== accountId))
    mustBeDelegable(Content, organization.id, members)
    const before = await findResourcePolicy(tx, accountId)
    // API reference: tags are for the creation, "otherwise an exception is thrown". Which reason it gives is inferred.
    if (before !== undefined && Tags !== undefined && Tags.length > 0)
      throw invalidInput('TARGET_NOT_SUPPORTED', 'You can add tags only when you create the resource policy.')
    const row = before ?? { id: newResourcePolicyId(random), tags: newTags(Tags) }
    await saveResourcePolicy(tx, accountId, { ...row, content: Content })
    return { ResourcePolicy: shape(organization, { ...row, content: Content }) }
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const describeResourcePolicy = readOperation('organizations', 'DescribeResourcePolicy', {
  authorize: () => ({ action: 'organizations:DescribeResourcePolicy', resource: EVERYTHING }),
  async handle(tx, _input, { accountId }) {
    const organization = await mustReach(tx, accountId)
    const row = await findResourcePolicy(tx, organization.account)
    if (row === undefined) throw noSuch.resourcePolicy()
    return { ResourcePolicy: shape(organization, row) }
  },
})

export const deleteResourcePolicy = writeOperation('organizations', 'DeleteResourcePolicy', {
  authorize: () => ({ action: 'organizations:DeleteResourcePolicy', resource: EVERYTHING }),
  async handle(tx, _input, { accountId }) {
    await mustLead(tx, accountId)
    if ((await findResourcePolicy(tx, accountId)) === undefined) throw noSuch.resourcePolicy()
    await deleteResourcePolicyRow(tx, accountId)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const resourcePolicyOperations = [putResourcePolicy, describeResourcePolicy, deleteResourcePolicy]
