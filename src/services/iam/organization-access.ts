/** Access reports of an organization: a job that makes one, and reading it. */
import { PARTITION } from '../../aws/arn.ts'
import type { AccessDetail, GenerateOrganizationsAccessReportRequest, SortKeyType } from '../../model/iam.gen.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { linesOf } from '../pagination.ts'
import { newUuid } from '../uuid.ts'
import { findReport, keepReport } from './access-reports.rows.ts'
import { noSuchEntity } from './errors.ts'
import { type AccessLine, entityOf, organizationReport, type OrganizationReport } from './organization-access-report.ts'

/**
 * Beside its own action the caller needs those of Organizations that the report is read through (IAM User Guide, "Permissions for AWS
 * Organizations information"). A report always completes at once or has failed at once.
 */
export const generateOrganizationsAccessReport = writeOperation('iam', 'GenerateOrganizationsAccessReport', {
  authorize: (input, { accountId }) => [
    {
      action: 'iam:GenerateOrganizationsAccessReport',
      resource: `arn:${PARTITION}:iam::${accountId}:access-report/${input.EntityPath}`,
      context: { 'iam:OrganizationsPolicyId': input.OrganizationsPolicyId },
    },
    ...organizationChecks(input),
  ],
  async prepare(tx, { EntityPath, OrganizationsPolicyId }, { accountId, now }) {
    return JSON.stringify(await organizationReport(tx, { path: EntityPath, policyId: OrganizationsPolicyId, accountId, now }))
  },
  async handle(tx, _input, call, report) {
    const JobId = newUuid(call.random)
    await keepReport(tx, call, { jobId: JobId, kind: 'organization', report })
    return { JobId }
  },
})

const SCP = { 'organizations:PolicyType': 'SERVICE_CONTROL_POLICY' }

/** Reading the tree around the entity, and the policies on it: of one that is not named nobody knows the ARN yet. */
function organizationChecks({ EntityPath, OrganizationsPolicyId }: GenerateOrganizationsAccessReportRequest): readonly Check[] {
  const id = entityOf(EntityPath)
  const target = { kind: 'target', name: id }
  const policy = OrganizationsPolicyId === undefined ? undefined : { kind: 'policy', name: OrganizationsPolicyId }
  const checks: Check[] = [
    { action: 'organizations:ListRoots', resource: '*' },
    { action: 'organizations:ListPoliciesForTarget', resource: target, context: SCP },
    { action: 'organizations:DescribePolicy', resource: policy ?? '*', context: SCP },
  ]
  if (!isAccount(id)) checks.push({ action: 'organizations:ListChildren', resource: target })
  if (!id.startsWith('r-')) checks.push({ action: 'organizations:ListParents', resource: target })
  if (policy !== undefined) checks.push({ action: 'organizations:ListTargetsForPolicy', resource: policy })
  return checks
}

const isAccount = (id: string): boolean => /^\d{12}$/.test(id)

export const getOrganizationsAccessReport = readOperation('iam', 'GetOrganizationsAccessReport', {
  authorize: () => ({ action: 'iam:GetOrganizationsAccessReport', resource: '*' }),
  async handle(tx, input, call) {
    const { JobId, SortKey = 'SERVICE_NAMESPACE_ASCENDING' } = input
    const row = await findReport(tx, call, JobId, 'organization')
    if (row === undefined) throw noSuchEntity.job(JobId)
    const report: OrganizationReport = JSON.parse(row.report)
    const made = new Date(row.created_at)
    const job = { JobCreationDate: made, JobCompletionDate: made }
    if (report.failure !== undefined) return { JobStatus: 'FAILED' as const, ...job, ErrorDetails: report.failure }
    const { lines } = report
    const { items, ...page } = linesOf(`accesses of ${JobId} ${SortKey}`, lines.toSorted(ORDERS[SortKey]), input)
    return {
      JobStatus: 'COMPLETED' as const,
      ...job,
      NumberOfServicesAccessible: lines.length,
      NumberOfServicesNotAccessed: lines.filter(({ last }) => last === undefined).length,
      AccessDetails: items.map(detailShape),
      ...page,
    }
  },
})

type Order = (one: AccessLine, other: AccessLine) => number
const byName: Order = (one, other) => (one.namespace < other.namespace ? -1 : 1)
const byTime: Order = (one, other) => (one.last?.at ?? 0) - (other.last?.at ?? 0) || byName(one, other)

/** Where nothing was attempted there is no time: such services come first in ascending order, which is inferred. */
const ORDERS: Readonly<Record<SortKeyType, Order>> = {
  SERVICE_NAMESPACE_ASCENDING: byName,
  SERVICE_NAMESPACE_DESCENDING: (one, other) => byName(other, one),
  LAST_AUTHENTICATED_TIME_ASCENDING: byTime,
  LAST_AUTHENTICATED_TIME_DESCENDING: (one, other) => byTime(other, one),
}

function detailShape({ namespace, last, accounts }: AccessLine): AccessDetail {
  return {
    ServiceName: readAuthorization().services.get(namespace) ?? namespace,
    ServiceNamespace: namespace,
    ...(last !== undefined && { Region: last.region, EntityPath: last.path, LastAuthenticatedTime: new Date(last.at) }),
    TotalAuthenticatedEntities: accounts,
  }
}

export const organizationAccessOperations = [generateOrganizationsAccessReport, getOrganizationsAccessReport]
