/** What Organizations answers about its things. */
import type {
  Account,
  Organization,
  OrganizationalUnit,
  Policy,
  PolicySummary,
  PolicyType,
  Root,
} from '../../model/organizations.gen.ts'
import { awsPolicy } from './aws-policies.ts'
import { arnOf } from './controls.rows.ts'
import { organizationArn, targetArn } from './ids.ts'
import { enabledTypes, type MemberRow, type OrganizationRow } from './organization.rows.ts'
import type { PolicyRow } from './policies.rows.ts'
import { isPolicyType } from './quotas.ts'
import type { UnitRow } from './units.rows.ts'

/** `AvailablePolicyTypes` always names service control policies, whatever is enabled: AWS says not to rely on it (Organizations API reference). */
export const organizationShape = (row: OrganizationRow, email: string): Organization => ({
  Id: row.id,
  Arn: organizationArn(row),
  FeatureSet: row.feature_set,
  MasterAccountArn: targetArn(row, row.account),
  MasterAccountId: row.account,
  MasterAccountEmail: email,
  AvailablePolicyTypes: row.feature_set === 'ALL' ? [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] : [],
})

export const ROOT_NAME = 'Root'

export const rootShape = (row: OrganizationRow): Root => ({
  Id: row.root_id,
  Arn: targetArn(row, row.root_id),
  Name: ROOT_NAME,
  PolicyTypes: enabledTypes(row).map((type) => ({ Type: typeOf(type), Status: 'ENABLED' })),
})

/** `line` leads from the root to the unit. */
export const unitShape = (organization: OrganizationRow, row: UnitRow, line: readonly string[]): OrganizationalUnit => ({
  Id: row.id,
  Arn: targetArn(organization, row.id),
  Name: row.name,
  Path: pathOf(organization, line),
})

/** What is said of a member wherever it stands. */
export const memberShape = (organization: OrganizationRow, row: MemberRow) => ({
  Id: row.member,
  Arn: targetArn(organization, row.member),
  Email: row.email,
  Name: row.name,
  Status: row.status,
  State: row.status,
  JoinedMethod: row.joined_method,
  JoinedTimestamp: new Date(row.joined_at),
})

/** `line` leads from the root to the account's parent. */
export const accountShape = (organization: OrganizationRow, row: MemberRow, line: readonly string[]): Account => ({
  ...memberShape(organization, row),
  Paths: [pathOf(organization, [...line, row.member])],
})

/** An organization's line as condition keys and answers show it: `o-…/r-…/ou-…/`. */
export const pathOf = ({ id }: OrganizationRow, line: readonly string[]): string => `${[id, ...line].join('/')}/`

export const policySummary = (organization: OrganizationRow, row: PolicyRow): PolicySummary => ({
  Id: row.id,
  Arn: arnOf(organization, row),
  Name: row.name,
  Description: row.description,
  Type: typeOf(row.type),
  AwsManaged: awsPolicy(row.id) !== undefined,
})

export const policyShape = (organization: OrganizationRow, row: PolicyRow): Policy => ({
  PolicySummary: policySummary(organization, row),
  Content: row.content,
})

/** The type of a policy as the model spells it: no other was ever stored. */
function typeOf(type: string): PolicyType {
  if (isPolicyType(type)) return type
  throw new Error(`a policy of the type ${type} was stored`)
}
