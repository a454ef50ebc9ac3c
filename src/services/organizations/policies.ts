/** Policies of an organization: create, describe, change, delete, list. */
import { EVERYTHING } from './entities.ts'
import { companions, leaders } from '../organization-trust.rows.ts'
import { checkDocument } from '../../policy/put.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { awsPolicy, type EnforcedType, FULL_ACCESS, isEnforced } from './aws-policies.ts'
import { duplicatePolicy, invalidInput, malformedDocument, policyInUse, violates } from './errors.ts'
import { newPolicyId } from './ids.ts'
import { checkManagementPolicy, isManagement } from './management-policies.ts'
import { mustReach, mustReachToWrite } from './organization.rows.ts'
import { page } from './pages.ts'
import { mustBeAvailable } from './policy-types.ts'
import {
  deletePolicyRow,
  findPolicyNamed,
  insertPolicy,
  listPolicyRows,
  mustFindPolicy,
  type PolicyRow,
  targetsOf,
  updatePolicyRow,
} from './policies.rows.ts'
import { isPolicyType, POLICY_QUOTAS } from './quotas.ts'
import { policyShape, policySummary } from './shapes.ts'
import { checksWithTags, newTags } from './tags.ts'

const KINDS: Readonly<Record<EnforcedType, 'scp' | 'rcp'>> = { SERVICE_CONTROL_POLICY: 'scp', RESOURCE_CONTROL_POLICY: 'rcp' }

/** Throws ConstraintViolationException and MalformedPolicyDocumentException. */
function mustFit(content: string, type: string): void {
  if (!isPolicyType(type)) throw new Error(`a policy of the type ${type} was stored`)
  if (content.length > POLICY_QUOTAS[type].size)
    throw violates('POLICY_CONTENT_LIMIT_EXCEEDED', 'You have exceeded the maximum size of the policy content.')
  const flaw = isManagement(type) ? checkManagementPolicy(content, type) : checkDocument(content, KINDS[type])
  if (flaw !== undefined) throw malformedDocument(flaw)
}

/** A policy that the organization may change; throws PolicyNotFoundException, and InvalidInputException for AWS's own. */
async function mustFindMutable(tx: ReadTx, account: string, id: string): Promise<PolicyRow> {
  const row = await mustFindPolicy(tx, account, id)
  if (awsPolicy(id) !== undefined) throw invalidInput('IMMUTABLE_POLICY', 'You cannot modify a policy that AWS manages.')
  return row
}

/** A new policy binds nobody before it is attached. */
export const createPolicy = writeOperation('organizations', 'CreatePolicy', {
  authorize({ Type, Tags }) {
    const resource = { kind: 'new policy', name: Type }
    const check = { action: 'organizations:CreatePolicy', resource, context: { 'organizations:PolicyType': Type } }
    return checksWithTags(check, Tags, { isNew: true })
  },
  async handle(tx, { Content, Description, Name, Type, Tags }, { accountId: caller, now, random }) {
    const organization = await mustReachToWrite(tx, caller)
    const { account } = organization
    const type = mustBeAvailable(organization, Type)
    if ((await findPolicyNamed(tx, account, type, Name)) !== undefined) throw duplicatePolicy()
    mustFit(Content, type)
    if ((await listPolicyRows(tx, account, type)).length >= POLICY_QUOTAS[type].count)
      throw violates(
        'POLICY_NUMBER_LIMIT_EXCEEDED',
        'You have exceeded the number of policies that you can have in an organization.',
      )
    const row: PolicyRow = {
      id: newPolicyId(random),
      type,
      name: Name,
      description: Description,
      content: Content,
      tags: newTags(Tags),
      created_at: now,
      updated_at: now,
    }
    await insertPolicy(tx, account, row)
    return { Policy: policyShape(organization, row) }
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const describePolicy = readOperation('organizations', 'DescribePolicy', {
  authorize: ({ PolicyId }) => ({ action: 'organizations:DescribePolicy', resource: { kind: 'policy', name: PolicyId } }),
  async handle(tx, { PolicyId }, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    return { Policy: policyShape(organization, await mustFindPolicy(tx, account, PolicyId)) }
  },
})

/** A change of the content binds at once wherever the policy is attached. */
export const updatePolicy = writeOperation('organizations', 'UpdatePolicy', {
  authorize: ({ PolicyId }) => ({ action: 'organizations:UpdatePolicy', resource: { kind: 'policy', name: PolicyId } }),
  async handle(tx, { PolicyId, Name, Description, Content }, { accountId: caller, now }) {
    const organization = await mustReachToWrite(tx, caller)
    const { account } = organization
    const before = await mustFindMutable(tx, account, PolicyId)
    const row: PolicyRow = {
      ...before,
      name: Name ?? before.name,
      description: Description ?? before.description,
      content: Content ?? before.content,
      updated_at: now,
    }
    const namesake = await findPolicyNamed(tx, account, row.type, row.name)
    if (namesake !== undefined && namesake.id !== row.id) throw duplicatePolicy()
    mustFit(row.content, row.type)
    await updatePolicyRow(tx, account, row)
    return { Policy: policyShape(organization, row) }
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const deletePolicy = writeOperation('organizations', 'DeletePolicy', {
  authorize: ({ PolicyId }) => ({ action: 'organizations:DeletePolicy', resource: { kind: 'policy', name: PolicyId } }),
  async handle(tx, { PolicyId }, { accountId: caller }) {
    const { account } = await mustReachToWrite(tx, caller)
    const { id } = await mustFindMutable(tx, account, PolicyId)
    if ((await targetsOf(tx, account, id)).length > 0) throw policyInUse()
    await deletePolicyRow(tx, account, id)
    return {}
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** Policies of one type, AWS's own among them. */
export const listPolicies = readOperation('organizations', 'ListPolicies', {
  authorize: ({ Filter }) => ({
    action: 'organizations:ListPolicies',
    resource: EVERYTHING,
    context: { 'organizations:PolicyType': Filter },
  }),
  async handle(tx, input, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    const own = await listPolicyRows(tx, account, input.Filter)
    const all = isEnforced(input.Filter) && organization.feature_set === 'ALL' ? [FULL_ACCESS[input.Filter], ...own] : own
    const sorted = all.toSorted((one, other) => (one.id < other.id ? -1 : 1))
    const { items, next } = page(`policies ${input.Filter}`, sorted, input, ({ id }) => id)
    return { Policies: items.map((row) => policySummary(organization, row)), ...next }
  },
})

export const policyOperations = [createPolicy, describePolicy, updatePolicy, deletePolicy, listPolicies]
