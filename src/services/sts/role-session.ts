/** Sessions of roles, whichever operation makes them: which role, for how long, with what. */
import { assumedRoleArn, parseArn, PARTITION } from '../../aws/arn.ts'
import type { AssumeRoleResponse, Tag } from '../../model/sts.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type AssumableRole, findAssumableRole } from '../assumable-roles.rows.ts'
import type { EntityRef, HandlingCall } from '../operation.ts'
import type { SessionPolicies } from '../../aws/principal.ts'
import { mayNotAssume, packedPolicyTooLarge, validationError } from './errors.ts'
import { issueSession, type NewSession } from './issue-session.ts'
import { packedPolicySize } from './session-policies.ts'

/** What a role's ARN says. */
export type RoleName = { readonly arn: string; readonly accountId: string; readonly path: string; readonly name: string }

const RESOURCE = /^role(\/|\/[!-~]+\/)([\w+=,.@-]{1,64})$/
const ACCOUNT = /^\d{12}$/

/** Takes a role's ARN apart. Throws ValidationError `X is invalid` (recorded). */
export function parseRoleArn(arn: string): RoleName {
  const { partition, service, region, accountId = '', resource = '' } = parseArn(arn) ?? {}
  const [, path, name] = RESOURCE.exec(resource) ?? []
  const isRole = partition === PARTITION && service === 'iam' && region === '' && ACCOUNT.test(accountId)
  if (!isRole || path === undefined || name === undefined) throw validationError(`${arn} is invalid`)
  return { arn, accountId, path, name }
}

/** The role as a check names it: by path and name, both exact. */
export const roleRef = ({ accountId, path, name }: RoleName): EntityRef => ({
  kind: 'role',
  name: `${path}${name}`,
  accountId,
  service: 'iam',
})

/** The role, which was there when the call was allowed. Throws AccessDenied, as for a call that is not. */
export async function mustFindAssumableRole(
  tx: ReadTx,
  role: RoleName,
  { principal, action }: Pick<HandlingCall, 'principal'> & { readonly action: string },
): Promise<AssumableRole> {
  const row = await findAssumableRole(tx, role.accountId, role)
  if (row === undefined) throw mayNotAssume(principal.arn, action, role.arn)
  return row
}

/** STS API reference: one hour where nothing is said; a session that was made by a session lasts no longer. Seconds. */
const DEFAULT_SECONDS = 3_600
const MAX_CHAINED_SECONDS = 3_600

export type Lifetime = {
  readonly DurationSeconds?: number | undefined
  /** The caller itself has temporary credentials: of a role, or of GetSessionToken (reports). */
  readonly chained: boolean
  /** "The maximum session duration setting does not limit sessions assumed by AWS services" (IAM User Guide, "Using IAM roles"). */
  readonly byService?: boolean
}

/** How long the session lasts, seconds. Throws ValidationError (recorded). */
export function sessionSeconds(
  role: AssumableRole,
  { DurationSeconds = DEFAULT_SECONDS, chained, byService = false }: Lifetime,
): number {
  if (chained && DurationSeconds > MAX_CHAINED_SECONDS) {
    throw validationError('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.')
  }
  if (!byService && DurationSeconds > role.max_session_seconds)
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  return DurationSeconds
}

export type NewRoleSession = Pick<
  NewSession,
  'seconds' | 'minimumTokenSize' | 'sourceIdentity' | 'transitiveTagKeys' | 'provider' | 'context' | 'instanceProfileId'
> & {
  readonly role: AssumableRole
  readonly accountId: string
  readonly sessionName: string
  readonly policies: SessionPolicies | undefined
  readonly tags: readonly Tag[]
}

type RoleSession = Pick<
  Required<AssumeRoleResponse>,
  'Credentials' | 'AssumedRoleUser' | 'SessionTokenSize' | 'SessionTokenUtilization'
> &
  Pick<AssumeRoleResponse, 'PackedPolicySize' | 'SourceIdentity'>

/** The answer of an AssumeRole operation. Throws PackedPolicyTooLarge where policies and tags do not fit. */
export function issueRoleSession(call: HandlingCall, session: NewRoleSession): RoleSession {
  const { role, sessionName, policies, tags, transitiveTagKeys = [], ...rest } = session
  const size = packedPolicySize(policies, tags)
  const issued = issueSession(call, {
    ...rest,
    principal: { type: 'assumed-role', id: role.id, sessionName },
    ...(policies !== undefined && { policies }),
    ...(tags.length > 0 && { tags }),
    ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }),
  })
  mustFit(issued)
  return {
    ...issued,
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${sessionName}`,
      Arn: assumedRoleArn(session.accountId, role.name, sessionName),
    },
    ...(size !== undefined && { PackedPolicySize: size }),
    ...(rest.sourceIdentity !== undefined && { SourceIdentity: rest.sourceIdentity }),
  }
}

/** Throws PackedPolicyTooLarge for a token that is longer than tokens may be (recorded). */
export function mustFit({ SessionTokenUtilization }: { readonly SessionTokenUtilization: number }): void {
  if (SessionTokenUtilization > 100) throw packedPolicyTooLarge('Serialized token too large for session')
}
