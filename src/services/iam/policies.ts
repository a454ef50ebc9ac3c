/** Managed policies: create, get, list, delete. */
import { policyArn } from '../../aws/arn.ts'
import { newId } from '../../aws/ids.ts'
import type { CreatePolicyRequest, ListPoliciesRequest } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { findAwsPolicy, listAwsPolicies } from './aws-policies.ts'
import { mustDifferByCase } from './cased-tags.ts'
import { alreadyExists, noSuchEntity, policyHasVersions, policyIsAttached, quotaExceeded } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import {
  countPolicies,
  deletePolicyRows,
  findPolicy,
  findPolicyByName,
  insertPolicy,
  insertVersion,
  listPolicies as listPolicyRows,
  listVersions,
  loadUsages,
  type PolicyRow,
  UNUSED,
  type Usage,
  usageOf,
} from './policies.rows.ts'
import { mustBePolicyArn, mustOwnPolicy, policyCheck } from './policy-arn.ts'
import { awsPolicy, createdPolicy, customerPolicy, describedPolicy, listedPolicy, type PolicyFacts } from './policy-shape.ts'
import { mustBeManagedPolicy, mustFitManagedPolicy } from './put-policy.ts'
import { POLICIES_PER_ACCOUNT } from './quotas.ts'
import { parseTags, newTagKeys, resourceTagKeys } from './tags.ts'

const FIRST_VERSION = 1

/** Denials name the policy, not its ARN: `… iam:CreatePolicy on resource: policy NAME` (recorded from AWS). A policy with tags also needs iam:TagPolicy (IAM User Guide, "Tagging customer managed policies"). */
export const createPolicy = writeOperation('iam', 'CreatePolicy', {
  authorize(input: CreatePolicyRequest, { accountId }) {
    const resource = policyArn(accountId, input.Path ?? DEFAULT_PATH, input.PolicyName)
    const asked = { resource, context: newTagKeys(input.Tags), told: `policy ${input.PolicyName}` }
    const create: Check = { action: 'iam:CreatePolicy', ...asked }
    return input.Tags === undefined || input.Tags.length === 0 ? create : [create, { action: 'iam:TagPolicy', ...asked }]
  },
  async handle(tx, input, { accountId, now, random }) {
    mustDifferByCase(input.Tags)
    mustBeManagedPolicy(input.PolicyDocument)
    mustFitManagedPolicy(input.PolicyDocument)
    if ((await findPolicyByName(tx, accountId, input.PolicyName)) !== undefined) throw alreadyExists.policy(input.PolicyName)
    if ((await countPolicies(tx, accountId)) >= POLICIES_PER_ACCOUNT)
      throw quotaExceeded('PoliciesPerAccount', POLICIES_PER_ACCOUNT)
    const path = input.Path ?? DEFAULT_PATH
    const row: PolicyRow = {
      id: newId('ANPA', accountId, random),
      name: input.PolicyName,
      path,
      arn: policyArn(accountId, path, input.PolicyName),
      description: input.Description ?? null,
      default_version: FIRST_VERSION,
      next_version: FIRST_VERSION,
      tags: JSON.stringify((input.Tags ?? []).map(({ Key, Value }) => ({ Key, Value }))),
      created_at: now,
      updated_at: now,
    }
    await insertPolicy(tx, accountId, row)
    const version = { policyId: row.id, number: FIRST_VERSION, document: input.PolicyDocument, createdAt: now }
    await insertVersion(tx, accountId, version)
    return { Policy: createdPolicy(customerPolicy(row), UNUSED) }
  },
})

export const getPolicy = readOperation('iam', 'GetPolicy', {
  authorize: ({ PolicyArn }) => policyCheck('iam:GetPolicy', PolicyArn),
  async handle(tx, { PolicyArn }, { accountId }) {
    const policy = await findManagedPolicy(tx, accountId, PolicyArn)
    if (policy === undefined) throw noSuchEntity.policy(PolicyArn)
    return { Policy: describedPolicy(policy, await usageOf(tx, accountId, PolicyArn)) }
  },
})

/** A policy of the list before it is known whether the page shows it. Keys put customer managed policies first, each kind by name, as AWS lists them. */
type Candidate = { readonly key: string; readonly arn: string; readonly path: string; readonly facts: () => PolicyFacts }

/** Recorded from AWS: `… iam:ListPolicies on resource: policy path /`. */
export const listPolicies = readOperation('iam', 'ListPolicies', {
  authorize: ({ PathPrefix = DEFAULT_PATH }) => ({
    action: 'iam:ListPolicies',
    resource: '*',
    told: `policy path ${PathPrefix}`,
  }),
  async handle(tx, input, { accountId }) {
    const usages = await loadUsages(tx, accountId)
    const usage = (arn: string): Usage => usages.get(arn) ?? UNUSED
    const { PathPrefix = DEFAULT_PATH, Scope = 'All' } = input
    const after = startOf('policies', input) ?? ''
    const candidates = [
      ...(Scope === 'AWS' ? [] : await customerCandidates(tx, accountId)),
      ...(Scope === 'Local' ? [] : awsCandidates()),
    ].filter(({ key, arn, path }) => key > after && path.startsWith(PathPrefix) && isAsked(usage(arn), input))
    const { items, ...page } = pageOf('policies', candidates.slice(0, rowsFor(input)), input, ({ key }) => key)
    return { Policies: items.map(({ arn, facts }) => listedPolicy(facts(), usage(arn))), ...page }
  },
})

async function customerCandidates(tx: ReadTx, accountId: string): Promise<readonly Candidate[]> {
  const candidates = (await listPolicyRows(tx, accountId)).map((row) => ({
    key: `customer/${nameKey(row.name)}`,
    arn: row.arn,
    path: row.path,
    facts: () => customerPolicy(row),
  }))
  return candidates.toSorted((one, other) => (one.key < other.key ? -1 : 1))
}

const awsCandidates = (): readonly Candidate[] =>
  listAwsPolicies().map((policy) => ({
    key: `managed/${policy.name}`,
    arn: policy.arn,
    path: policy.path,
    facts: () => awsPolicy(policy),
  }))

/** That a boundary counts as attached where only OnlyAttached is given is inferred: DeletePolicy calls it so. */
function isAsked({ attachments, boundaries }: Usage, { OnlyAttached, PolicyUsageFilter }: ListPoliciesRequest): boolean {
  if (PolicyUsageFilter === 'PermissionsPolicy') return attachments > 0
  if (PolicyUsageFilter === 'PermissionsBoundary') return boundaries > 0
  return OnlyAttached !== true || attachments + boundaries > 0
}

/** A policy that is a boundary counts as attached (reported of AWS). */
export const deletePolicy = writeOperation('iam', 'DeletePolicy', {
  authorize: ({ PolicyArn }) => policyCheck('iam:DeletePolicy', PolicyArn),
  async handle(tx, { PolicyArn }, { accountId }) {
    mustOwnPolicy(PolicyArn, accountId, 'delete policies')
    const { id } = await mustFindPolicy(tx, accountId, PolicyArn)
    const { attachments, boundaries } = await usageOf(tx, accountId, PolicyArn)
    if (attachments + boundaries > 0) throw policyIsAttached()
    if ((await listVersions(tx, accountId, id)).length > 1) throw policyHasVersions()
    await deletePolicyRows(tx, accountId, id)
    return {}
  },
})

/** A customer managed policy of this account; throws NoSuchEntity. */
export async function mustFindPolicy(tx: ReadTx, accountId: string, arn: string): Promise<PolicyRow> {
  const row = await findPolicy(tx, accountId, arn)
  if (row === undefined) throw noSuchEntity.policy(arn)
  return row
}

/** A policy that this account may use: AWS's or its own. Throws ValidationError where the text is no policy's ARN. */
export async function findManagedPolicy(tx: ReadTx, accountId: string, arn: string): Promise<PolicyFacts | undefined> {
  mustBePolicyArn(arn)
  const published = findAwsPolicy(arn)
  if (published !== undefined) return awsPolicy(published)
  const row = await findPolicy(tx, accountId, arn)
  return row && customerPolicy(row)
}

/** A managed policy by its ARN. */
export async function policyEntity(tx: ReadTx, accountId: string, arn: string): Promise<Entity> {
  if (findAwsPolicy(arn) !== undefined) return { arn }
  const row = await findPolicy(tx, accountId, arn)
  return row === undefined ? { arn, missing: true } : { arn, context: resourceTagKeys(parseTags(row.tags)) }
}

export const policyOperations = [createPolicy, getPolicy, listPolicies, deletePolicy]
