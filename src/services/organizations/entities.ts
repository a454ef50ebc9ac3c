/** The things of an organization that checks name: their ARNs carry the organization, which only the store knows. */
import type { ReadTx } from '../../store/store.ts'
import type { EntityRef } from '../operation.ts'
import type { Entity, EntityLookup } from '../service.ts'
import { arnOf } from './controls.rows.ts'
import { delegationPolicy } from './delegation.ts'
import { NOT_YOURS } from './errors.ts'
import { findHandshake, isRecipient } from './handshakes.rows.ts'
import { handshakeArn, organizationArn, policyArn, resourcePolicyArn, targetArn, transferArn, unitId } from './ids.ts'
import { findMember, findOrganization, mustFindOrganization, type OrganizationRow } from './organization.rows.ts'
import { findPolicy } from './policies.rows.ts'
import { findResourcePolicy } from './resource-policy.rows.ts'
import { resourceTagKeys } from './tags.ts'
import { directionOf, findTransfer, transferKeys } from './transfers.rows.ts'
import { findUnit } from './units.rows.ts'

/** Without an organization, and for what is not in it, there is no ARN to speak of: only a policy for every resource allows then. */
const NOTHING: Entity = { arn: '*', missing: true }

/**
 * All of an organization is its management account's. To a member it is another account's: the organization's own policy must let it in,
 * beside the caller's.
 */
const inOrganization =
  (find: (tx: ReadTx, organization: OrganizationRow, id: string) => Promise<Entity>): EntityLookup =>
  async (tx, accountId, id) => {
    const organization = await findOrganization(tx, accountId)
    if (organization === undefined) return NOTHING
    const entity = await find(tx, organization, id)
    return organization.account === accountId ? entity : ofManagement(tx, organization, entity)
  }

async function ofManagement(tx: ReadTx, { account }: OrganizationRow, entity: Entity): Promise<Entity> {
  const document = await delegationPolicy(tx, account)
  return { ...entity, accountId: account, policy: { kind: 'resource', document }, refusal: NOT_YOURS }
}

async function target(tx: ReadTx, organization: OrganizationRow, id: string): Promise<Entity> {
  const arn = targetArn(organization, id)
  if (id === organization.root_id) return { arn, context: resourceTagKeys(organization.root_tags) }
  const row = (await findUnit(tx, organization.account, id)) ?? (await findMember(tx, organization.account, id))
  return row === undefined ? { arn, missing: true } : { arn, context: resourceTagKeys(row.tags) }
}

async function policy(tx: ReadTx, organization: OrganizationRow, id: string): Promise<Entity> {
  const row = await findPolicy(tx, organization.account, id)
  if (row === undefined) return NOTHING
  return {
    arn: arnOf(organization, row),
    context: { 'organizations:PolicyType': row.type, ...resourceTagKeys(row.tags) },
  }
}

/** A target that a policy is attached to or detached from: the two ids with a line feed between them. */
async function policyTarget(tx: ReadTx, organization: OrganizationRow, name: string): Promise<Entity> {
  const [targetId = '', policyId = ''] = name.split('\n')
  const [found, attached] = [await target(tx, organization, targetId), await policy(tx, organization, policyId)]
  return {
    ...found,
    context: { ...found.context, 'organizations:PolicyType': attached.context?.['organizations:PolicyType'] },
  }
}

/** Named by checks of operations that are about no single thing. */
export const EVERYTHING: EntityRef = { kind: 'everything', name: '*' }

/** Named by checks for tags of what is not made yet and has no id: any that could be. */
export const NEW_ACCOUNT: EntityRef = { kind: 'new account', name: '*' }
export const NEW_UNIT: EntityRef = { kind: 'new unit', name: '*' }
export const NEW_TRANSFER: EntityRef = { kind: 'new transfer', name: '*' }

export const policyTargetName = (targetId: string, policyId: string): string => `${targetId}\n${policyId}`

/** The delegation policy; before it is there, any that could be. */
async function resourcePolicy(tx: ReadTx, organization: OrganizationRow): Promise<Entity> {
  const row = await findResourcePolicy(tx, organization.account)
  if (row === undefined) return { arn: resourcePolicyArn(organization, '*'), missing: true }
  return { arn: resourcePolicyArn(organization, row.id), context: resourceTagKeys(row.tags) }
}

/** Sender and recipient need their own policies alone; other members of the sender's organization its policy too. To all others it is not there. */
const handshake: EntityLookup = async (tx, accountId, id) => {
  const row = await findHandshake(tx, id)
  if (row === undefined) return NOTHING
  const sender = await mustFindOrganization(tx, row.account)
  const entity: Entity = { arn: handshakeArn(sender, row.action, id) }
  if (row.account === accountId || (await isRecipient(tx, accountId, row))) return entity
  const own = await findOrganization(tx, accountId)
  return own?.account === row.account ? ofManagement(tx, sender, entity) : NOTHING
}

/** As this side sees it. */
async function transfer(tx: ReadTx, organization: OrganizationRow, id: string): Promise<Entity> {
  const row = await findTransfer(tx, organization.account, id)
  if (row === undefined) return NOTHING
  const direction = directionOf(organization.account, row)
  return {
    arn: transferArn(organization, direction, id),
    context: { ...transferKeys(direction), ...resourceTagKeys(direction === 'inbound' ? row.tags : row.source_tags) },
  }
}

const tagged = (id: string) => {
  if (id.startsWith('p-')) return policy
  if (id.startsWith('rt-')) return transfer
  return id.startsWith('rp-') ? resourcePolicy : target
}

export const entities: Readonly<Record<string, EntityLookup>> = {
  everything: inOrganization(async () => ({ arn: '*' })),
  organization: inOrganization(async (_tx, organization) => ({ arn: organizationArn(organization) })),
  target: inOrganization(target),
  policy: inOrganization(policy),
  'new policy': inOrganization(async (_tx, organization, type) => ({ arn: policyArn(organization, type, '*') })),
  'new account': inOrganization(async (_tx, organization, any) => ({ arn: targetArn(organization, any) })),
  'new unit': inOrganization(async (_tx, organization, any) => ({
    arn: targetArn(organization, unitId(organization.root_id, any)),
  })),
  'new transfer': inOrganization(async (_tx, organization, any) => ({ arn: transferArn(organization, 'inbound', any) })),
  'policy target': inOrganization(policyTarget),
  handshake,
  transfer: inOrganization(transfer),
  'resource policy': inOrganization(resourcePolicy),
  tagged: inOrganization((tx, organization, id) => tagged(id)(tx, organization, id)),
}
