/** What AssumeRoot may be asked for: five tasks, each a policy of AWS's own that denies everything else, and who may ask for it. */
import { rootArn } from '../../aws/arn.ts'
import type { ReadTx } from '../../store/store.ts'
import {
  delegates,
  findMembership,
  IAM_PRINCIPAL,
  isActive,
  isTrusted,
  type RootFeature,
  rootFeatures,
} from '../organization-trust.rows.ts'
import type { Entity } from '../service.ts'

const TASKS = 'arn:aws:iam::aws:policy/root-task/'

/** Either feature lets in for the root user's credentials: to manage them is what the one is for, and the other is for all five tasks. */
const CREDENTIALS: readonly RootFeature[] = ['RootCredentialsManagement', 'RootSessions']
const SESSIONS: readonly RootFeature[] = ['RootSessions']

/** By the policy's ARN, the features of which one must be enabled in the organization (IAM API reference; AWS's announcement of November 2024 names the tasks of root sessions). */
const FEATURES_OF: ReadonlyMap<string, readonly RootFeature[]> = new Map([
  [`${TASKS}IAMAuditRootUserCredentials`, CREDENTIALS],
  [`${TASKS}IAMCreateRootUserPassword`, CREDENTIALS],
  [`${TASKS}IAMDeleteRootUserCredentials`, CREDENTIALS],
  [`${TASKS}S3UnlockBucketPolicy`, SESSIONS],
  [`${TASKS}SQSUnlockQueuePolicy`, SESSIONS],
])

export const isRootTask = (arn: string): boolean => FEATURES_OF.has(arn)

/** The accounts that may reach this account's root user for a task: none where it is no member, is closed, or the feature is not enabled. */
export async function rootAdministrators(tx: ReadTx, accountId: string, task: string): Promise<readonly string[]> {
  const features = FEATURES_OF.get(task)
  const membership = await findMembership(tx, accountId)
  if (features === undefined || membership === undefined || membership.account === accountId) return []
  const { account: management, feature_set: set } = membership
  if (!(await isActive(tx, accountId))) return []
  if (set !== 'ALL' || !(await isTrusted(tx, management, IAM_PRINCIPAL))) return []
  const enabled = await rootFeatures(tx, management)
  if (!features.some((feature) => enabled.includes(feature))) return []
  return [management, ...(await delegates(tx, management, IAM_PRINCIPAL))]
}

/** A member's root user as AssumeRoot's check names it, by task: those who may reach it are let in as by a policy of its own. */
export async function rootUserEntity(tx: ReadTx, accountId: string, task: string): Promise<Entity> {
  const administrators = await rootAdministrators(tx, accountId, task)
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: administrators.map(rootArn) },
    Action: 'sts:AssumeRoot',
    Resource: '*',
  }
  const document = administrators.length === 0 ? '' : JSON.stringify({ Version: '2012-10-17', Statement: statement })
  return { arn: rootArn(accountId), policy: { kind: 'resource', document } }
}
