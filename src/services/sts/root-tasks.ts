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

/** By the policy's ARN, the feature that must be enabled in the organization (IAM User Guide, "Centrally manage root access for member accounts"). */
const FEATURE_OF: ReadonlyMap<string, RootFeature> = new Map([
  [`${TASKS}IAMAuditRootUserCredentials`, 'RootCredentialsManagement'],
  [`${TASKS}IAMCreateRootUserPassword`, 'RootCredentialsManagement'],
  [`${TASKS}IAMDeleteRootUserCredentials`, 'RootCredentialsManagement'],
  [`${TASKS}S3UnlockBucketPolicy`, 'RootSessions'],
  [`${TASKS}SQSUnlockQueuePolicy`, 'RootSessions'],
])

export const isRootTask = (arn: string): boolean => FEATURE_OF.has(arn)

/** The accounts that may reach this account's root user for a task: none where it is no member, is closed, or the feature is not enabled. */
export async function rootAdministrators(tx: ReadTx, accountId: string, task: string): Promise<readonly string[]> {
  const feature = FEATURE_OF.get(task)
  const membership = await findMembership(tx, accountId)
  if (feature === undefined || membership === undefined || membership.account === accountId) return []
  const { account: management, feature_set: features } = membership
  if (!(await isActive(tx, accountId))) return []
  if (features !== 'ALL' || !(await isTrusted(tx, management, IAM_PRINCIPAL))) return []
  if (!(await rootFeatures(tx, management)).includes(feature)) return []
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
