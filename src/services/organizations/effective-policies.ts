/** Effective policies: what management policies come to for an account. */
import type { EffectivePolicyType } from '../../model/organizations.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { noEffectivePolicy, noSuch, notManagement } from './errors.ts'
import { effectivePolicy, type Section } from './inheritance.ts'
import { readManagementPolicy } from './management-policies.ts'
import { enabledTypes, findMember, type MemberRow, mustFindMember, mustReach, type OrganizationRow } from './organization.rows.ts'
import { page, type PageRequest } from './pages.ts'
import { attachedPolicies, attachmentTimes } from './policies.rows.ts'
import { pathOf } from './shapes.ts'
import { lineOf } from './units.rows.ts'

/** Every account may ask for its own; the management account for any (Organizations API reference). */
export const describeEffectivePolicy = readOperation('organizations', 'DescribeEffectivePolicy', {
  authorize: ({ PolicyType }) => ({
    action: 'organizations:DescribeEffectivePolicy',
    resource: '*',
    context: { 'organizations:PolicyType': PolicyType },
  }),
  async handle(tx, { PolicyType, TargetId }, { accountId }) {
    const organization = await mustReach(tx, accountId)
    const target = TargetId ?? accountId
    if (target !== accountId && organization.account !== accountId) throw notManagement()
    const member = await findMember(tx, organization.account, target)
    if (member === undefined) throw noSuch.target()
    const { policy, at } = await mustHavePolicy(tx, organization, member, PolicyType)
    const EffectivePolicy = { PolicyContent: JSON.stringify(policy), LastUpdatedTimestamp: at, TargetId: target, PolicyType }
    return { EffectivePolicy }
  },
})

/** Policies are checked when they are put, and what they come to is not checked again. */
export const listEffectivePolicyValidationErrors = readOperation('organizations', 'ListEffectivePolicyValidationErrors', {
  authorize: ({ AccountId, PolicyType }) => ({
    action: 'organizations:ListEffectivePolicyValidationErrors',
    resource: { kind: 'target', name: AccountId },
    context: { 'organizations:PolicyType': PolicyType },
  }),
  async handle(tx, input, { accountId }) {
    mustBePage(input)
    const { AccountId, PolicyType } = input
    const organization = await mustReach(tx, accountId)
    const member = await mustFindMember(tx, organization.account, AccountId)
    const { line, at } = await mustHavePolicy(tx, organization, member, PolicyType)
    const Path = pathOf(organization, line)
    return { AccountId, PolicyType, Path, EvaluationTimestamp: at, EffectivePolicyValidationErrors: [] }
  },
})

export const listAccountsWithInvalidEffectivePolicy = readOperation('organizations', 'ListAccountsWithInvalidEffectivePolicy', {
  authorize: ({ PolicyType }) => ({
    action: 'organizations:ListAccountsWithInvalidEffectivePolicy',
    resource: EVERYTHING,
    context: { 'organizations:PolicyType': PolicyType },
  }),
  async handle(tx, input, { accountId }) {
    mustBePage(input)
    const { PolicyType } = input
    mustBeEnabled(await mustReach(tx, accountId), PolicyType)
    return { PolicyType, Accounts: [] }
  },
})

function mustBePage(input: PageRequest): void {
  page('effective policies', [], input, () => '')
}

function mustBeEnabled(organization: OrganizationRow, type: EffectivePolicyType): void {
  if (!enabledTypes(organization).includes(type)) throw noEffectivePolicy()
}

type Effective = {
  readonly policy: Section
  /** The last change of a policy, or of where it is attached. */
  readonly at: Date
  /** From the root to the account. */
  readonly line: readonly string[]
}

/** Throws EffectivePolicyNotFoundException where the type is not enabled, or no policy reaches the account: the management account is reached too. */
async function mustHavePolicy(
  tx: ReadTx,
  organization: OrganizationRow,
  { member, parent_id: parent }: MemberRow,
  type: EffectivePolicyType,
): Promise<Effective> {
  mustBeEnabled(organization, type)
  const line = [...(await lineOf(tx, organization, parent)), member]
  const levels: Section[][] = []
  const times: number[] = []
  for (const target of line) {
    const rows = await attachedPolicies(tx, organization.account, target, type)
    const attachedAt = await attachmentTimes(tx, organization.account, target, type)
    levels.push(rows.map(({ content }) => readManagementPolicy(content) ?? {}))
    for (const { id, created_at: created, updated_at: updated } of rows)
      times.push(Number(updated ?? created), attachedAt.get(id) ?? 0)
  }
  if (times.length === 0) throw noEffectivePolicy()
  return { policy: effectivePolicy(levels), at: new Date(Math.max(...times)), line }
}

export const effectivePolicyOperations = [
  describeEffectivePolicy,
  listEffectivePolicyValidationErrors,
  listAccountsWithInvalidEffectivePolicy,
]
