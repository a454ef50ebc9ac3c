/** Effective policies: what management policies come to for an account. None of their types is enforced here, so none is enabled and there is nothing to add up. */
import { readOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { noEffectivePolicy, noSuch, notManagement } from './errors.ts'
import { enabledTypes, findMember, mustFindMember, mustReach, type OrganizationRow } from './organization.rows.ts'
import { page, type PageRequest } from './pages.ts'

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
    if ((await findMember(tx, organization.account, target)) === undefined) throw noSuch.target()
    return mustBeEnabled(organization, PolicyType)
  },
})

export const listEffectivePolicyValidationErrors = readOperation('organizations', 'ListEffectivePolicyValidationErrors', {
  authorize: ({ AccountId, PolicyType }) => ({
    action: 'organizations:ListEffectivePolicyValidationErrors',
    resource: { kind: 'target', name: AccountId },
    context: { 'organizations:PolicyType': PolicyType },
  }),
  async handle(tx, input, { accountId }) {
    mustBePage(input)
    const organization = await mustReach(tx, accountId)
    await mustFindMember(tx, organization.account, input.AccountId)
    return mustBeEnabled(organization, input.PolicyType)
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
    return mustBeEnabled(await mustReach(tx, accountId), input.PolicyType)
  },
})

function mustBePage(input: PageRequest): void {
  page('effective policies', [], input, () => '')
}

/** Throws EffectivePolicyNotFoundException: EnablePolicyType takes none of these types. */
function mustBeEnabled(organization: OrganizationRow, type: string): never {
  if (enabledTypes(organization).includes(type)) throw new Error(`the type ${type} was enabled`)
  throw noEffectivePolicy()
}

export const effectivePolicyOperations = [
  describeEffectivePolicy,
  listEffectivePolicyValidationErrors,
  listAccountsWithInvalidEffectivePolicy,
]
