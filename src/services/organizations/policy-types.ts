/** Types of policy: enabled in the root, and with that everywhere, or not at all. */
import { companions, isTrusted, leaders } from '../organization-trust.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import type { PolicyType } from '../../model/organizations.gen.ts'
import { noSuch, typeEnabled, typeNotAvailable, typeNotEnabled, violates } from './errors.ts'
import { NEEDED_SERVICES } from './management-policies.ts'
import {
  type OrganizationRow,
  enabledTypes,
  listMembers,
  mustReach,
  mustReachToWrite,
  setEnabledTypes,
} from './organization.rows.ts'
import { attachedPolicies, detachType } from './policies.rows.ts'
import { page } from './pages.ts'
import { policySummary, rootShape } from './shapes.ts'
import { attachFullAccess } from './units.ts'
import { isTarget, listUnits } from './units.rows.ts'

/** Throws PolicyTypeNotAvailableForOrganizationException without all features. */
export function mustBeAvailable({ feature_set: features }: OrganizationRow, type: PolicyType): PolicyType {
  if (features !== 'ALL') throw typeNotAvailable()
  return type
}

/** The full access policy of the type is attached to the root, to every unit and to every account, as on AWS. */
export const enablePolicyType = writeOperation('organizations', 'EnablePolicyType', {
  authorize: ({ RootId, PolicyType }) => ({
    action: 'organizations:EnablePolicyType',
    resource: { kind: 'target', name: RootId },
    context: { 'organizations:PolicyType': PolicyType },
  }),
  async handle(tx, { RootId, PolicyType }, { accountId: caller, now }) {
    const organization = await mustReachToWrite(tx, caller)
    const { account } = organization
    if (RootId !== organization.root_id) throw noSuch.root()
    const type = mustBeAvailable(organization, PolicyType)
    const types = enabledTypes(organization)
    if (types.includes(type)) throw typeEnabled()
    const service = NEEDED_SERVICES.get(type)
    if (service !== undefined && !(await isTrusted(tx, account, service)))
      throw violates('SERVICE_ACCESS_NOT_ENABLED', 'You must enable service access before you enable the policy type.')
    await setEnabledTypes(tx, account, [...types, type])
    const units = (await listUnits(tx, account)).map(({ id }) => id)
    const members = (await listMembers(tx, account)).map(({ member }) => member)
    const onlyThis = { ...organization, policy_types: JSON.stringify([type]) }
    for (const id of [RootId, ...units, ...members]) await attachFullAccess(tx, onlyThis, id, now)
    return { Root: rootShape({ ...organization, policy_types: JSON.stringify([...types, type]) }) }
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** All policies of the type are detached from everything, and do not come back when it is enabled again. */
export const disablePolicyType = writeOperation('organizations', 'DisablePolicyType', {
  authorize: ({ RootId, PolicyType }) => ({
    action: 'organizations:DisablePolicyType',
    resource: { kind: 'target', name: RootId },
    context: { 'organizations:PolicyType': PolicyType },
  }),
  async handle(tx, { RootId, PolicyType }, { accountId: caller }) {
    const organization = await mustReachToWrite(tx, caller)
    const { account } = organization
    if (RootId !== organization.root_id) throw noSuch.root()
    const types = enabledTypes(organization)
    if (!types.includes(PolicyType)) throw typeNotEnabled()
    const rest = types.filter((type) => type !== PolicyType)
    await setEnabledTypes(tx, account, rest)
    await detachType(tx, account, PolicyType)
    return { Root: rootShape({ ...organization, policy_types: JSON.stringify(rest) }) }
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** Only those attached to the target itself: what it inherits is not among them. */
export const listPoliciesForTarget = readOperation('organizations', 'ListPoliciesForTarget', {
  authorize: ({ TargetId, Filter }) => ({
    action: 'organizations:ListPoliciesForTarget',
    resource: { kind: 'target', name: TargetId },
    context: { 'organizations:PolicyType': Filter },
  }),
  async handle(tx, input, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    if (!(await isTarget(tx, organization, input.TargetId))) throw noSuch.target()
    const rows = await attachedPolicies(tx, account, input.TargetId, input.Filter)
    const sorted = rows.toSorted((one, other) => (one.id < other.id ? -1 : 1))
    const { items, next } = page(`policies of target ${input.Filter}`, sorted, input, ({ id }) => id)
    return { Policies: items.map((row) => policySummary(organization, row)), ...next }
  },
})

export const policyTypeOperations = [enablePolicyType, disablePolicyType, listPoliciesForTarget]
