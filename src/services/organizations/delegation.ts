/** Who of the member accounts may work on the organization: those that its delegation policy names, and delegated administrators, who may read. */
import { rootArn } from '../../aws/arn.ts'
import type { ReadTx } from '../../store/store.ts'
import { delegates } from '../organization-trust.rows.ts'
import { findResourcePolicy } from './resource-policy.rows.ts'

/**
 * What an account may read that administers any trusted service (Organizations API reference: "from the management account or a member
 * account that is a delegated administrator").
 */
export const DELEGATED_READS = [
  'DescribeAccount',
  'DescribeCreateAccountStatus',
  'DescribeHandshake',
  'DescribeOrganization',
  'DescribeOrganizationalUnit',
  'DescribePolicy',
  'DescribeResourcePolicy',
  'ListAWSServiceAccessForOrganization',
  'ListAccounts',
  'ListAccountsForParent',
  'ListAccountsWithInvalidEffectivePolicy',
  'ListChildren',
  'ListCreateAccountStatus',
  'ListDelegatedAdministrators',
  'ListDelegatedServicesForAccount',
  'ListEffectivePolicyValidationErrors',
  'ListHandshakesForOrganization',
  'ListOrganizationalUnitsForParent',
  'ListParents',
  'ListPolicies',
  'ListPoliciesForTarget',
  'ListRoots',
  'ListTagsForResource',
  'ListTargetsForPolicy',
].map((name) => `organizations:${name}`)

type Statements = readonly object[]

/** The policy that lets members in: what the organization wrote, and what it gave its delegated administrators. Empty where there is neither. */
export async function delegationPolicy(tx: ReadTx, management: string): Promise<string> {
  const written = await findResourcePolicy(tx, management)
  const administrators = await delegates(tx, management)
  const statements: Statements = [
    ...(written === undefined ? [] : statementsOf(written.content)),
    ...(administrators.length === 0
      ? []
      : [{ Effect: 'Allow', Principal: { AWS: administrators.map(rootArn) }, Action: DELEGATED_READS, Resource: '*' }]),
  ]
  return statements.length === 0 ? '' : JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** The policy was checked when it was written. */
function statementsOf(content: string): Statements {
  const { Statement }: { readonly Statement: object | Statements } = JSON.parse(content)
  return Array.isArray(Statement) ? Statement : [Statement]
}
