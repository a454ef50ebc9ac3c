/** AssumeRoot: the management account, or IAM's delegated administrator, becomes a member's root user for one task. */
import { parseArn, PARTITION, rootArn } from '../../aws/arn.ts'
import { type Check, readOperation } from '../operation.ts'
import { accessDenied, mayNotAssume, validationError } from './errors.ts'
import { issueSession } from './issue-session.ts'
import { isRootTask, rootAdministrators } from './root-tasks.ts'

const ACTION = 'sts:AssumeRoot'
const ACCOUNT = /^\d{12}$/
/** STS API reference: at most 15 minutes, which is also the default. Seconds. */
const MAX_SECONDS = 900

/** The member account, from its number or its root user's ARN. Throws ValidationError in the words of a role's ARN. */
function memberOf(target: string): string {
  if (ACCOUNT.test(target)) return target
  const { partition, service, region, accountId = '', resource } = parseArn(target) ?? {}
  const isRoot = partition === PARTITION && service === 'iam' && region === '' && resource === 'root'
  if (!isRoot || !ACCOUNT.test(accountId)) throw validationError(`${target} is invalid`)
  return accountId
}

/** The task's policy. Only AWS's five will do, since a session that no task limits would have full access. */
function taskOf(arn: string | undefined): string {
  if (arn === undefined || !isRootTask(arn)) throw validationError(`${arn} is invalid`)
  return arn
}

export const assumeRoot = readOperation('sts', 'AssumeRoot', {
  authorize({ TargetPrincipal, TaskPolicyArn }, { principal }): Check {
    const member = memberOf(TargetPrincipal)
    const task = taskOf(TaskPolicyArn.arn)
    // STS API reference. The text is modelled on that of AssumeRole.
    if (principal.type === 'root') throw accessDenied('AssumeRoot may not be called by root accounts.')
    return {
      action: ACTION,
      resource: { kind: 'root-user', name: task, accountId: member },
      context: { 'sts:TaskPolicyArn': task },
    }
  },
  /** The source identity of the caller's session goes on with it; there is none to be set here. */
  async handle(tx, { TargetPrincipal, TaskPolicyArn, DurationSeconds }, call) {
    const accountId = memberOf(TargetPrincipal)
    const task = taskOf(TaskPolicyArn.arn)
    // The decision has asked already, except of a caller of the very account.
    const administrators = await rootAdministrators(tx, accountId, task)
    if (!administrators.includes(call.accountId) || accountId === call.accountId)
      throw mayNotAssume(call.principal.arn, ACTION, rootArn(accountId))
    const sourceIdentity = call.principal.credential.session?.sourceIdentity
    const { Credentials } = issueSession(call, {
      accountId,
      principal: { type: 'root', id: accountId },
      seconds: DurationSeconds ?? MAX_SECONDS,
      policies: { arns: [task] },
      assumedRoot: true,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    })
    return { Credentials, ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }) }
  },
})

export const assumeRootOperations = [assumeRoot]
