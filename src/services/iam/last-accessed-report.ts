/** The report of what a user, a group, a role or a managed policy could access, and when it last did. */
import { parseArn, roleArn, userArn } from '../../aws/arn.ts'
import type { AccessAdvisorUsageGranularityType } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import type { Check } from '../operation.ts'
import { awsPolicyDocument } from './aws-policies.ts'
import { noSuchEntity } from './errors.ts'
import { findAccess } from './find-access.ts'
import {
  type AccessPrincipal,
  type AccessSubject,
  type ActionAccess,
  newestByAction,
  newestByPrincipal,
  principalsOf,
  type ServiceAccess,
  TRACKING_PERIOD_MS,
} from './last-access.rows.ts'
import { findManagedPolicy } from './policies.ts'
import { policyCheck } from './policy-arn.ts'
import { loadManagedDocument } from './principals.rows.ts'
import { loadSource, sourceCheck } from './source-policies.ts'

/** When, by whom and from where something was last attempted. */
export type Attempt = { readonly at: number; readonly arn: string; readonly region: string }
export type ActionLine = { readonly name: string; readonly last?: Attempt }
export type ServiceLine = {
  readonly namespace: string
  readonly last?: Attempt
  /** At the level of actions, where one was used. */
  readonly actions?: readonly ActionLine[]
  /** The principals that attempted it: their numbers in the report, and when. */
  readonly used: readonly (readonly [principal: number, at: number])[]
}

/** Plain data: it is kept as JSON. */
export type ServiceReport = {
  readonly granularity: AccessAdvisorUsageGranularityType
  /** In the order of their namespaces. */
  readonly services: readonly ServiceLine[]
  /** Who could have used the policies in question, by name. */
  readonly principals: readonly AccessPrincipal[]
}

export type ReportRequest = {
  readonly arn: string
  readonly granularity: AccessAdvisorUsageGranularityType
  readonly accountId: string
  readonly now: number
}

/** A check on what the report is about. Throws InvalidInput where the ARN names nothing of the kind. */
export const reportCheck = (action: string, arn: string, accountId: string): Check =>
  isPolicyArn(arn) ? policyCheck(action, arn) : sourceCheck(action, arn, accountId)

const isPolicyArn = (arn: string): boolean => parseArn(arn)?.resource.startsWith('policy/') === true

/**
 * Looks at permissions policies alone: boundaries, organizations and policies of resources and sessions do not count (API reference). An
 * attempt counts for a group or a policy where one of its principals made it at a service that the policies could allow; AWS counts those
 * that used the policies, which is the same where a principal has no other policy for the service.
 */
export async function serviceReport(tx: ReadTx, { arn, granularity, accountId, now }: ReportRequest): Promise<ServiceReport> {
  const { subject, documents } = await subjectOf(tx, accountId, arn)
  const since = now - TRACKING_PERIOD_MS
  const principals = await principalsOf(tx, accountId, subject)
  const arns = new Map(principals.map((principal) => [principal.id, principalArn(accountId, principal)]))
  const numbers = new Map(principals.map(({ id }, number) => [id, number]))
  const attempts = Map.groupBy(await newestByPrincipal(tx, accountId, subject, since), ({ service }) => service)
  const byAction = granularity === 'ACTION_LEVEL' ? await newestByAction(tx, accountId, subject, since) : []
  const actionAttempts = Map.groupBy(byAction, ({ service }) => service)
  const withActions = actionAttempts.size > 0
  const granted = await findAccess(accountId, { about: 'services', documents, withActions })
  const services = granted.services.map(({ namespace, actions: tracked }): ServiceLine => {
    const found = attempts.get(namespace) ?? []
    const [newest] = found.toSorted((one, other) => other.at - one.at)
    const actions = actionLines(tracked, actionAttempts.get(namespace) ?? [], arns)
    return {
      namespace,
      ...(newest !== undefined && { last: attemptOf(newest, arns) }),
      ...(actions !== undefined && { actions }),
      used: found.map(({ principalId, at }) => [numbers.get(principalId) ?? -1, at]),
    }
  })
  return { granularity, services, principals }
}

export const principalArn = (accountId: string, { kind, path, name }: AccessPrincipal): string =>
  (kind === 'user' ? userArn : roleArn)(accountId, path, name)

async function subjectOf(
  tx: ReadTx,
  accountId: string,
  arn: string,
): Promise<{ readonly subject: AccessSubject; readonly documents: readonly string[] }> {
  if (isPolicyArn(arn)) {
    if ((await findManagedPolicy(tx, accountId, arn)) === undefined) throw noSuchEntity.policy(arn)
    const document = awsPolicyDocument(arn) ?? (await loadManagedDocument(tx, accountId, arn)) ?? ''
    return { subject: { kind: 'policy', arn }, documents: [document] }
  }
  const { kind, id, policies } = await loadSource(tx, accountId, arn)
  return { subject: { kind: kind === 'group' ? 'group' : 'principal', id }, documents: policies.map(({ document }) => document) }
}

/** All tracked actions that the policies could allow; undefined where none of them was used (API reference: null "if the principal did not use the tracked actions"). */
function actionLines(
  tracked: readonly string[],
  found: readonly ActionAccess[],
  arns: ReadonlyMap<string, string>,
): readonly ActionLine[] | undefined {
  const attempts = new Map(found.map((attempt) => [attempt.action, attempt]))
  const lines = tracked.map((name): ActionLine => {
    const attempt = attempts.get(name)
    return attempt === undefined ? { name } : { name, last: attemptOf(attempt, arns) }
  })
  return lines.some(({ last }) => last !== undefined) ? lines : undefined
}

const attemptOf = ({ at, principalId, region }: ServiceAccess, arns: ReadonlyMap<string, string>): Attempt => ({
  at,
  arn: arns.get(principalId) ?? principalId,
  region,
})
