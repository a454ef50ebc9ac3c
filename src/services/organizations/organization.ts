/** The organization itself: create, describe, its root, delete. */
import { EVERYTHING } from './entities.ts'
import { companions } from '../organization-trust.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { alreadyMember, notEmpty } from './errors.ts'
import { newOrganizationId, newRootId } from './ids.ts'
import {
  type OrganizationRow,
  deleteOrganizationRows,
  findOrganization,
  insertMember,
  insertOrganization,
  mustFindMember,
  mustFindOrganization,
  mustLead,
  mustReach,
} from './organization.rows.ts'
import { mustHaveNoTransfer } from './transfers.ts'
import { page } from './pages.ts'
import { organizationShape, rootShape } from './shapes.ts'

/**
 * The caller's account becomes the management account. No type of policy is enabled at first: that is what Terraform's and CloudFormation's
 * users see of organizations that are made through the API, whatever its reference says of service control policies.
 */
export const createOrganization = writeOperation('organizations', 'CreateOrganization', {
  authorize: () => ({ action: 'organizations:CreateOrganization', resource: '*' }),
  async handle(tx, { FeatureSet }, { accountId, now, random }) {
    if ((await findOrganization(tx, accountId)) !== undefined) throw alreadyMember()
    const row: OrganizationRow = {
      account: accountId,
      id: newOrganizationId(random),
      feature_set: FeatureSet ?? 'ALL',
      root_id: newRootId(random),
      root_tags: '[]',
      policy_types: '[]',
      created_at: now,
    }
    await insertOrganization(tx, row)
    await insertMember(tx, accountId, {
      member: accountId,
      parent_id: row.root_id,
      joined_method: 'INVITED',
      joined_at: now,
      tags: '[]',
    })
    const { email } = await mustFindMember(tx, accountId, accountId)
    return { Organization: organizationShape(row, email) }
  },
})

/** The only operation that member accounts may call. */
export const describeOrganization = readOperation('organizations', 'DescribeOrganization', {
  authorize: () => ({ action: 'organizations:DescribeOrganization', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    const row = await mustFindOrganization(tx, accountId)
    const { email } = await mustFindMember(tx, row.account, row.account)
    return { Organization: organizationShape(row, email) }
  },
})

export const listRoots = readOperation('organizations', 'ListRoots', {
  authorize: () => ({ action: 'organizations:ListRoots', resource: EVERYTHING }),
  async handle(tx, input, { accountId: caller }) {
    const { items, next } = page('roots', [await mustReach(tx, caller)], input, ({ root_id: id }) => id)
    return { Roots: items.map(rootShape), ...next }
  },
})

/** Only an organization without member accounts, and without transfers, can be deleted. */
export const deleteOrganization = writeOperation('organizations', 'DeleteOrganization', {
  authorize: () => ({
    action: 'organizations:DeleteOrganization',
    resource: { kind: 'organization', name: 'organization' },
  }),
  async handle(tx, _input, { accountId, now }) {
    await mustLead(tx, accountId)
    if ((await companions(tx, accountId)).length > 0) throw notEmpty()
    await mustHaveNoTransfer(tx, accountId, now)
    await deleteOrganizationRows(tx, accountId)
    return {}
  },
})

export const organizationOperations = [createOrganization, describeOrganization, listRoots, deleteOrganization]
