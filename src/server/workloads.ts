/** Credentials for workloads: what EC2 and ECS do on AWS, assuming a role for an instance or a task through the role's trust policy. */
import { instanceProfileArn, PARTITION, roleArn } from '../aws/arn.ts'
import { Fault } from '../aws/fault.ts'
import type { Delivery } from '../aws/principal.ts'
import type { Credentials } from '../model/sts.gen.ts'
import { findProfile, findProfileById, rolesOfProfile } from '../services/iam/instance-profiles.rows.ts'
import { findRole, findRoleById, type RoleRow } from '../services/iam/roles.rows.ts'
import { listAccounts } from './account-jobs.ts'
import type { AdminArguments, AdminResult, Delivered, RoleCredentials } from './admin-contract.ts'
import { chosenAccount } from './chosen-account.ts'
import { invoke } from './invoke.ts'
import type { Opened } from './open.ts'
import { loadOrganization } from './organization.ts'
import { servicePrincipal } from './principals.ts'

const EC2 = 'ec2.amazonaws.com'
const ECS_TASKS = 'ecs-tasks.amazonaws.com'
/** EC2 User Guide, "Resource IDs": 17 hexadecimal digits. ECS task ids have 32. */
const INSTANCE_ID = /^i-[0-9a-f]{17}$/
const TASK_ID = /^[0-9a-f]{32}$/
/** The condition key ec2:RoleDelivery has these values (Service Authorization Reference, EC2). */
const DELIVERIES: ReadonlySet<string> = new Set(['1.0', '2.0'])
/** The cluster of tasks that name none (ECS API reference, RunTask). */
const CLUSTER = 'default'
/** EC2 hands out six hours at most; AssumeRole makes no shorter sessions than 15 minutes. */
const SECONDS = { min: 900, max: 21_600 }

type Answer<N extends 'instanceProfile' | 'instanceRole' | 'instanceCredentials' | 'taskRole' | 'taskCredentials'> = Promise<
  AdminResult<N>
>

export async function instanceProfile(
  { context }: Opened,
  { accountId, name }: AdminArguments<'instanceProfile'>,
): Answer<'instanceProfile'> {
  const account = await chosenAccount(await context.store.read(listAccounts), accountId)
  const profile = await context.store.read((tx) => findProfile(tx, account.id, name))
  if (profile === undefined) throw new Fault('NoSuchEntity', `Account ${account.id} has no instance profile ${name}.`)
  return {
    accountId: account.id,
    arn: instanceProfileArn(account.id, profile.path, profile.name),
    profileId: profile.id,
  }
}

export async function instanceRole(
  { context }: Opened,
  { accountId, profileId }: AdminArguments<'instanceRole'>,
): Answer<'instanceRole'> {
  return context.store.read(async (tx) => {
    const profile = await findProfileById(tx, accountId, profileId)
    if (profile === undefined) return {}
    const [role] = await rolesOfProfile(tx, accountId, profileId)
    return {
      profile: { arn: instanceProfileArn(accountId, profile.path, profile.name) },
      ...(role !== undefined && { role: { name: role.name, roleId: role.id } }),
    }
  })
}

/** Throws NoSuchEntity where the profile is gone or empty. */
export async function instanceCredentials(
  opened: Opened,
  given: AdminArguments<'instanceCredentials'>,
): Answer<'instanceCredentials'> {
  const { accountId, profileId, instanceId, region, roleDelivery, durationSeconds } = given
  if (!INSTANCE_ID.test(instanceId)) throw new Fault('ValidationError', 'An instance id is i- and 17 hexadecimal digits.')
  if (!DELIVERIES.has(roleDelivery)) throw new Fault('ValidationError', 'roleDelivery is 1.0 or 2.0.')
  const [role] = await opened.context.store.read((tx) => rolesOfProfile(tx, accountId, profileId))
  if (role === undefined) throw new Fault('NoSuchEntity', `The instance profile ${profileId} holds no role.`)
  return deliver(opened, {
    // EC2 documents no aws:SourceArn for its instances: a trust policy that asks for one lets nobody in.
    service: EC2,
    accountId,
    role,
    sessionName: instanceId,
    region,
    durationSeconds,
    delivery: {
      instanceProfileId: profileId,
      // EC2's condition keys for the credentials of an instance (Service Authorization Reference, EC2).
      context: {
        'ec2:RoleDelivery': roleDelivery,
        'ec2:SourceInstanceARN': `arn:${PARTITION}:ec2:${region}:${accountId}:instance/${instanceId}`,
      },
    },
  })
}

export async function taskRole({ context }: Opened, { accountId, name }: AdminArguments<'taskRole'>): Answer<'taskRole'> {
  const account = await chosenAccount(await context.store.read(listAccounts), accountId)
  const role = await context.store.read((tx) => findRole(tx, account.id, name))
  if (role === undefined) throw new Fault('NoSuchEntity', `Account ${account.id} has no role ${name}.`)
  return { accountId: account.id, arn: roleArn(account.id, role.path, role.name), roleId: role.id }
}

/** A role that is gone refuses as one that does not trust the service does. */
export async function taskCredentials(opened: Opened, given: AdminArguments<'taskCredentials'>): Answer<'taskCredentials'> {
  const { accountId, roleId, taskId, region, durationSeconds } = given
  if (!TASK_ID.test(taskId)) throw new Fault('ValidationError', 'A task id is 32 hexadecimal digits.')
  const role = await opened.context.store.read((tx) => findRoleById(tx, accountId, roleId))
  if (role === undefined) return { refusal: `The role ${roleId} does not exist.` }
  return deliver(opened, {
    service: ECS_TASKS,
    // ECS Developer Guide, "Task IAM role": trust policies may ask for the task by aws:SourceArn and aws:SourceAccount.
    sourceArn: `arn:${PARTITION}:ecs:${region}:${accountId}:task/${CLUSTER}/${taskId}`,
    accountId,
    role,
    sessionName: taskId,
    region,
    durationSeconds,
  })
}

type Wanted = {
  readonly service: string
  readonly accountId: string
  readonly role: RoleRow
  readonly sessionName: string
  readonly region: string
  readonly durationSeconds: number
  readonly sourceArn?: string
  readonly delivery?: Delivery
}

/** AssumeRole by a service, as CloudTrail shows it: an AWSService, with its name for address and agent. */
async function deliver(
  { context }: Opened,
  { service, accountId, role, sessionName, region, durationSeconds, sourceArn, delivery }: Wanted,
): Promise<Delivered> {
  if (durationSeconds < SECONDS.min || durationSeconds > SECONDS.max)
    throw new Fault('ValidationError', `Credentials of a workload last ${SECONDS.min} to ${SECONDS.max} seconds.`)
  const arn = roleArn(accountId, role.path, role.name)
  const source = sourceArn === undefined ? undefined : await context.store.read((tx) => loadOrganization(tx, accountId))
  const facts = { accountId, ...(sourceArn !== undefined && { sourceArn }), ...(delivery !== undefined && { delivery }) }
  try {
    const output = await invoke(
      {
        service: 'sts',
        operation: 'AssumeRole',
        input: { RoleArn: arn, RoleSessionName: sessionName, DurationSeconds: durationSeconds },
        caller: servicePrincipal(service, facts, source),
        region,
        address: service,
        agent: service,
      },
      context,
    )
    return { credentials: roleCredentialsOf(output, { arn, issuedAt: context.clock() }) }
  } catch (error) {
    if (error instanceof Fault && error.code === 'AccessDenied') return { refusal: error.message }
    throw error
  }
}

/** What AssumeRole answered, as administrative commands give it. */
export function roleCredentialsOf(
  output: { readonly Credentials?: Credentials },
  { arn, issuedAt }: { readonly arn: string; readonly issuedAt: number },
): RoleCredentials {
  const { Credentials } = output
  if (Credentials === undefined) throw new Error('AssumeRole gave no credentials')
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    issuedAt,
    expiresAt: Expiration.getTime(),
    roleArn: arn,
  }
}
