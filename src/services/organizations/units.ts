/** Organizational units: create, describe, rename, delete, list. */
import { companions } from '../organization-trust.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { FULL_ACCESS, isEnforced } from './aws-policies.ts'
import { duplicateUnit, noSuch, unitNotEmpty, violates } from './errors.ts'
import { NEW_UNIT } from './entities.ts'
import { newUnitId } from './ids.ts'
import { type OrganizationRow, enabledTypes, listMembers, mustLead, mustReach } from './organization.rows.ts'
import { page } from './pages.ts'
import { attach, detachAll } from './policies.rows.ts'
import { UNIT_DEPTH, UNITS_PER_ORGANIZATION } from './quotas.ts'
import { unitShape } from './shapes.ts'
import { checksWithTags, newTags } from './tags.ts'
import {
  deleteUnitRow,
  findUnitNamed,
  insertUnit,
  isParent,
  lineOf,
  listUnits,
  mustFindUnit,
  renameUnit,
  type UnitRow,
} from './units.rows.ts'
import type { WriteTx } from '../../store/store.ts'

/** What is new in an organization has the full access of each enabled type, so that nothing is denied by silence. */
export async function attachFullAccess(tx: WriteTx, organization: OrganizationRow, targetId: string, now: number): Promise<void> {
  for (const type of enabledTypes(organization))
    if (isEnforced(type)) await attach(tx, organization.account, { targetId, policy: FULL_ACCESS[type] }, now)
}

export const createOrganizationalUnit = writeOperation('organizations', 'CreateOrganizationalUnit', {
  authorize: ({ ParentId, Tags }) =>
    checksWithTags({ action: 'organizations:CreateOrganizationalUnit', resource: { kind: 'target', name: ParentId } }, Tags, {
      on: NEW_UNIT,
      isNew: true,
    }),
  async handle(tx, { ParentId, Name, Tags }, { accountId, now, random }) {
    const organization = await mustLead(tx, accountId)
    if (!(await isParent(tx, organization, ParentId))) throw noSuch.parent()
    if ((await findUnitNamed(tx, accountId, ParentId, Name)) !== undefined) throw duplicateUnit()
    const line = await lineOf(tx, organization, ParentId)
    // The root is no unit.
    if (line.length > UNIT_DEPTH)
      throw violates('OU_DEPTH_LIMIT_EXCEEDED', 'You have exceeded the number of levels of OUs that you can have.')
    if ((await listUnits(tx, accountId)).length >= UNITS_PER_ORGANIZATION)
      throw violates('OU_NUMBER_LIMIT_EXCEEDED', 'You have exceeded the number of OUs that you can have in an organization.')
    const id = newUnitId(organization.root_id, random)
    const row: UnitRow = { id, parent_id: ParentId, name: Name, tags: newTags(Tags), created_at: now }
    await insertUnit(tx, accountId, row)
    await attachFullAccess(tx, organization, id, now)
    return { OrganizationalUnit: unitShape(organization, row, [...line, id]) }
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const describeOrganizationalUnit = readOperation('organizations', 'DescribeOrganizationalUnit', {
  authorize: ({ OrganizationalUnitId }) => ({
    action: 'organizations:DescribeOrganizationalUnit',
    resource: { kind: 'target', name: OrganizationalUnitId },
  }),
  async handle(tx, { OrganizationalUnitId }, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    const row = await mustFindUnit(tx, account, OrganizationalUnitId)
    return { OrganizationalUnit: unitShape(organization, row, await lineOf(tx, organization, row.id)) }
  },
})

export const updateOrganizationalUnit = writeOperation('organizations', 'UpdateOrganizationalUnit', {
  authorize: ({ OrganizationalUnitId }) => ({
    action: 'organizations:UpdateOrganizationalUnit',
    resource: { kind: 'target', name: OrganizationalUnitId },
  }),
  async handle(tx, { OrganizationalUnitId, Name }, { accountId }) {
    const organization = await mustLead(tx, accountId)
    const row = await mustFindUnit(tx, accountId, OrganizationalUnitId)
    const name = Name ?? row.name
    const namesake = await findUnitNamed(tx, accountId, row.parent_id, name)
    if (namesake !== undefined && namesake.id !== row.id) throw duplicateUnit()
    await renameUnit(tx, accountId, row.id, name)
    return { OrganizationalUnit: unitShape(organization, { ...row, name }, await lineOf(tx, organization, row.id)) }
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** The unit must have no accounts and no units. Policies are detached from it. */
export const deleteOrganizationalUnit = writeOperation('organizations', 'DeleteOrganizationalUnit', {
  authorize: ({ OrganizationalUnitId }) => ({
    action: 'organizations:DeleteOrganizationalUnit',
    resource: { kind: 'target', name: OrganizationalUnitId },
  }),
  async handle(tx, { OrganizationalUnitId }, { accountId }) {
    await mustLead(tx, accountId)
    const { id } = await mustFindUnit(tx, accountId, OrganizationalUnitId)
    const inside = [...(await listUnits(tx, accountId)), ...(await listMembers(tx, accountId))]
    if (inside.some(({ parent_id: parent }) => parent === id)) throw unitNotEmpty()
    await detachAll(tx, accountId, id)
    await deleteUnitRow(tx, accountId, id)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const listOrganizationalUnitsForParent = readOperation('organizations', 'ListOrganizationalUnitsForParent', {
  authorize: ({ ParentId }) => ({
    action: 'organizations:ListOrganizationalUnitsForParent',
    resource: { kind: 'target', name: ParentId },
  }),
  async handle(tx, input, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    if (!(await isParent(tx, organization, input.ParentId))) throw noSuch.parent()
    const line = await lineOf(tx, organization, input.ParentId)
    const units = (await listUnits(tx, account)).filter(({ parent_id: parent }) => parent === input.ParentId)
    const { items, next } = page('units', units, input, ({ id }) => id)
    return { OrganizationalUnits: items.map((row) => unitShape(organization, row, [...line, row.id])), ...next }
  },
})

export const unitOperations = [
  createOrganizationalUnit,
  describeOrganizationalUnit,
  updateOrganizationalUnit,
  deleteOrganizationalUnit,
  listOrganizationalUnitsForParent,
]
