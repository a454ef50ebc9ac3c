/** What the server reads to know how an organization binds an account: its place in it, and the policies of each level. */
import type { ReadTx } from '../../store/store.ts'
import { awsPolicy, awsPolicyArn, type EnforcedType } from './aws-policies.ts'
import { policyArn } from './ids.ts'
import { enabledTypes, findOrganization, mustFindMember, type OrganizationRow } from './organization.rows.ts'
import { attachedPolicies, type PolicyRow } from './policies.rows.ts'
import { lineOf } from './units.rows.ts'

export type ControlPolicy = { readonly arn: string; readonly name: string; readonly document: string }
/** One list a level, from the root to the account. */
export type ControlLevels = readonly (readonly ControlPolicy[])[]

export type AccountControls = {
  readonly organizationId: string
  readonly managementAccountId: string
  /** From the root over its units to the account: what the levels of policies are attached to. */
  readonly targets: readonly string[]
  /** `o-…/r-…/ou-…/`: the account's place, as aws:PrincipalOrgPaths shows it. */
  readonly path: string
  /** Absent for the management account, and where the type of policy is not enabled. */
  readonly scps?: ControlLevels
  readonly rcps?: ControlLevels
}

/** How its organization binds an account; undefined where it is in none. */
export async function loadControls(tx: ReadTx, accountId: string): Promise<AccountControls | undefined> {
  const organization = await findOrganization(tx, accountId)
  if (organization === undefined) return undefined
  const member = await mustFindMember(tx, organization.account, accountId)
  const line = await lineOf(tx, organization, member.parent_id)
  const targets = [...line, accountId]
  const path = `${[organization.id, ...line].join('/')}/`
  const place = { organizationId: organization.id, managementAccountId: organization.account, targets, path }
  // The management account is bound by nothing (Organizations User Guide, "SCPs" and "RCPs").
  if (organization.account === accountId) return place
  const enabled = new Set(enabledTypes(organization))
  const levels = (type: EnforcedType): Promise<ControlLevels> => levelsOf(tx, organization, targets, type)
  return {
    ...place,
    ...(enabled.has('SERVICE_CONTROL_POLICY') && { scps: await levels('SERVICE_CONTROL_POLICY') }),
    ...(enabled.has('RESOURCE_CONTROL_POLICY') && { rcps: await levels('RESOURCE_CONTROL_POLICY') }),
  }
}

async function levelsOf(
  tx: ReadTx,
  organization: OrganizationRow,
  targets: readonly string[],
  type: EnforcedType,
): Promise<ControlLevels> {
  const levels: (readonly ControlPolicy[])[] = []
  for (const target of targets) {
    const rows = await attachedPolicies(tx, organization.account, target, type)
    levels.push(rows.map((row) => ({ arn: arnOf(organization, row), name: row.name, document: row.content })))
  }
  return levels
}

/** The ARN of a policy: AWS's own are no organization's. */
export const arnOf = (organization: Pick<OrganizationRow, 'account' | 'id'>, row: Pick<PolicyRow, 'type' | 'id'>): string =>
  awsPolicy(row.id) === undefined ? policyArn(organization, row.type, row.id) : awsPolicyArn(row)
