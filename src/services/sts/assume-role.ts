/** AssumeRole: a user or a role becomes a role, where the role's trust policy says so. */
import type { SessionFacts } from '../../aws/principal.ts'
import type { AssumeRoleRequest } from '../../model/sts.gen.ts'
import { mfaIsGiven, proveMfa } from '../mfa-proof.ts'
import { type Call, type Check, readOperation } from '../operation.ts'
import { accessDenied, mayNotAssume, validationError } from './errors.ts'
import { issueRoleSession, mustFindAssumableRole, parseRoleArn, roleRef, sessionSeconds } from './role-session.ts'
import { sessionChecks } from './session-checks.ts'
import { sessionPolicies } from './session-policies.ts'
import { sessionTagKeys, sessionTags } from './session-tags.ts'

const ACTION = 'sts:AssumeRole'

/** The trust policy must allow tags and a source identity by actions of their own, as must the caller's policies (IAM User Guide, "Permissions required to add session tags"). */
export const assumeRole = readOperation('sts', 'AssumeRole', {
  authorize(input: AssumeRoleRequest, call): readonly Check[] {
    const role = parseRoleArn(input.RoleArn)
    refuseCaller(role.arn, call)
    refuseContexts(input)
    const session = sessionOf(call)
    return sessionChecks({
      action: ACTION,
      resource: roleRef(role),
      own: { 'sts:RoleSessionName': input.RoleSessionName, 'sts:ExternalId': input.ExternalId },
      tags: sessionTagKeys(input, session),
      sourceIdentity: input.SourceIdentity ?? session?.sourceIdentity,
      shared: mfaKeys(input),
    })
  },
  /** Only now that the trust policy lets the caller in: a code counts once. The session itself says nothing of it (IAM User Guide, "Configuring MFA-protected API access"). */
  prepare: async (tx, input, call) => ({ mfaAt: await proveMfa(tx, input, call) }),
  async handle(tx, input, call) {
    const name = parseRoleArn(input.RoleArn)
    const session = sessionOf(call)
    const role = await mustFindAssumableRole(tx, name, { principal: call.principal, action: ACTION })
    const { tags, transitiveTagKeys } = sessionTags(input, session)
    const sourceIdentity = keptSourceIdentity(input.SourceIdentity, session)
    const { DurationSeconds } = input
    const byService = call.principal.type === 'service'
    const seconds = sessionSeconds(role, { DurationSeconds, chained: session !== undefined, byService })
    const policies = await sessionPolicies(tx, name.accountId, input)
    return issueRoleSession(call, {
      role,
      accountId: name.accountId,
      sessionName: input.RoleSessionName,
      seconds,
      policies,
      tags,
      transitiveTagKeys,
      minimumTokenSize: input.MinimumSessionTokenSize,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
      ...(call.principal.type === 'service' && call.principal.delivery),
    })
  },
})

const sessionOf = ({ principal }: Pick<Call, 'principal'>): SessionFacts | undefined => principal.credential.session

/** The first text is recorded. STS API reference, GetFederationToken: its sessions may call no operation of STS's but GetCallerIdentity. */
function refuseCaller(roleArn: string, { principal }: Call): void {
  if (principal.type === 'root') throw accessDenied('Roles may not be assumed by root accounts.')
  if (principal.type === 'federated-user') throw mayNotAssume(principal.arn, ACTION, roleArn)
}

/** Contexts are asserted by IAM Identity Center, which is not here to have signed any. The text is ours. */
function refuseContexts({ ProvidedContexts = [] }: AssumeRoleRequest): void {
  if (ProvidedContexts.length > 0) throw validationError('ProvidedContexts cannot be verified: no context provider is known.')
}

/** Conditions of the trust policy may demand a code; whether it is right, `prepare` finds out before anything is handed out. */
const mfaKeys = (input: AssumeRoleRequest): NonNullable<Check['context']> =>
  mfaIsGiven(input) ? { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' } : {}

/** IAM User Guide, "Monitor and control actions taken with assumed roles": set once, it stays in a role chain. The text is ours. */
function keptSourceIdentity(asked: string | undefined, session: SessionFacts | undefined): string | undefined {
  const set = session?.sourceIdentity
  if (set !== undefined && asked !== undefined && asked !== set)
    throw accessDenied('The source identity of a session cannot be changed when it assumes a role.')
  return set ?? asked
}

export const assumeRoleOperations = [assumeRole]
