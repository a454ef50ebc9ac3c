/** Service last accessed details: a job that makes a report, and two ways to read it. */
import type {
  EntityDetails,
  GetServiceLastAccessedDetailsRequest,
  ServiceLastAccessed,
  TrackedActionLastAccessed,
} from '../../model/iam.gen.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { linesOf } from '../pagination.ts'
import { newUuid } from '../uuid.ts'
import { findReport, keepReport, type ReportCaller } from './access-reports.rows.ts'
import { invalidInput, noSuchEntity } from './errors.ts'
import {
  type ActionLine,
  principalArn,
  reportCheck,
  serviceReport,
  type ServiceLine,
  type ServiceReport,
} from './last-accessed-report.ts'

/** The report is made at once, so that the first question finds its job completed. */
export const generateServiceLastAccessedDetails = writeOperation('iam', 'GenerateServiceLastAccessedDetails', {
  authorize: ({ Arn }, { accountId }) => reportCheck('iam:GenerateServiceLastAccessedDetails', Arn, accountId),
  async prepare(tx, { Arn, Granularity = 'SERVICE_LEVEL' }, call) {
    await call.recorded()
    const { accountId, now } = call
    return JSON.stringify(await serviceReport(tx, { arn: Arn, granularity: Granularity, accountId, now }))
  },
  async handle(tx, _input, call, report) {
    const JobId = newUuid(call.random)
    await keepReport(tx, call, { jobId: JobId, kind: 'services', report })
    return { JobId }
  },
})

/** One line a service that the policies could allow, in the order of their namespaces. */
export const getServiceLastAccessedDetails = readOperation('iam', 'GetServiceLastAccessedDetails', {
  authorize: () => ({ action: 'iam:GetServiceLastAccessedDetails', resource: '*' }),
  async handle(tx, input, call) {
    const { report, ...job } = await readJob(tx, call, input)
    const { items, ...page } = linesOf(`services of ${input.JobId}`, report.services, input)
    return { ...job, JobType: report.granularity, ServicesLastAccessed: items.map(serviceShape), ...page }
  },
})

/** Who could have used a service through the group or the policy, the newest attempt first; a user or a role itself. The order of those that never did is ours: by name. */
export const getServiceLastAccessedDetailsWithEntities = readOperation('iam', 'GetServiceLastAccessedDetailsWithEntities', {
  authorize: () => ({ action: 'iam:GetServiceLastAccessedDetailsWithEntities', resource: '*' }),
  async handle(tx, input, call) {
    const { ServiceNamespace: namespace, JobId } = input
    const { report, ...job } = await readJob(tx, call, input)
    // The text is ours.
    if (!readAuthorization().services.has(namespace)) throw invalidInput(`Invalid service namespace: ${namespace}`)
    const service = report.services.find((line) => line.namespace === namespace)
    const entities = service === undefined ? [] : entitiesOf(report, service, call.accountId)
    const { items, ...page } = linesOf(`entities of ${JobId} ${namespace}`, entities, input)
    return { ...job, EntityDetailsList: items, ...page }
  },
})

/** Throws NoSuchEntity, for jobs of others too. */
async function readJob(tx: ReadTx, call: ReportCaller, { JobId }: Pick<GetServiceLastAccessedDetailsRequest, 'JobId'>) {
  const row = await findReport(tx, call, JobId, 'services')
  if (row === undefined) throw noSuchEntity.job(JobId)
  const report: ServiceReport = JSON.parse(row.report)
  const made = new Date(row.created_at)
  return { report, JobStatus: 'COMPLETED' as const, JobCreationDate: made, JobCompletionDate: made }
}

function serviceShape({ namespace, last, actions, used }: ServiceLine): ServiceLastAccessed {
  return {
    ServiceName: readAuthorization().services.get(namespace) ?? namespace,
    ...(last !== undefined && { LastAuthenticated: new Date(last.at) }),
    ServiceNamespace: namespace,
    ...(last !== undefined && { LastAuthenticatedEntity: last.arn, LastAuthenticatedRegion: last.region }),
    TotalAuthenticatedEntities: used.length,
    ...(actions !== undefined && { TrackedActionsLastAccessed: actions.map(actionShape) }),
  }
}

function actionShape({ name: ActionName, last }: ActionLine): TrackedActionLastAccessed {
  if (last === undefined) return { ActionName }
  return { ActionName, LastAccessedEntity: last.arn, LastAccessedTime: new Date(last.at), LastAccessedRegion: last.region }
}

function entitiesOf({ principals }: ServiceReport, { used }: ServiceLine, accountId: string): readonly EntityDetails[] {
  const times = new Map(used)
  return principals
    .map((principal, number) => ({ principal, at: times.get(number) }))
    .toSorted((one, other) => (other.at ?? 0) - (one.at ?? 0))
    .map(({ principal, at }) => ({
      EntityInfo: {
        Arn: principalArn(accountId, principal),
        Name: principal.name,
        Type: principal.kind === 'user' ? 'USER' : 'ROLE',
        Id: principal.id,
        Path: principal.path,
      },
      ...(at !== undefined && { LastAuthenticated: new Date(at) }),
    }))
}

export const lastAccessedOperations = [
  generateServiceLastAccessedDetails,
  getServiceLastAccessedDetails,
  getServiceLastAccessedDetailsWithEntities,
]
