/** Credentials of a role for a person at the machine: AssumeRole, asked for by an IAM user who need not show a key. */
import { PARTITION, roleArn } from '../aws/arn.ts'
import { Fault } from '../aws/fault.ts'
import { findRole } from '../services/iam/roles.rows.ts'
import { findUser } from '../services/iam/users.rows.ts'
import { listAccounts } from './account-jobs.ts'
import type { AdminArguments, AdminResult } from './admin-contract.ts'
import { chosenAccount } from './chosen-account.ts'
import { invoke } from './invoke.ts'
import type { Opened } from './open.ts'
import { loadUserPrincipal } from './principals.ts'
import { roleCredentialsOf } from './workloads.ts'

/** Where the call came from: the operator's own socket, which only this machine reaches. */
const HERE = '127.0.0.1'
const AGENT = 'keyreeve credentials'
/** Session names have at least two characters, user names one (STS API reference, AssumeRole). */
const SESSION_PREFIX = 'keyreeve-'
const MAX_SESSION_NAME = 64

/** Both sides must allow, as for any AssumeRole: the user's policies, and the role's trust policy. Rejects with the Fault of AssumeRole. */
export async function roleCredentials(
  { context }: Opened,
  { accountId, userName, role, sessionName, region, durationSeconds }: AdminArguments<'roleCredentials'>,
): Promise<AdminResult<'roleCredentials'>> {
  const account = await chosenAccount(await context.store.read(listAccounts), accountId)
  const { known, arn } = await context.store.read(async (tx) => {
    const user = await findUser(tx, account.id, userName)
    return {
      known: user && (await loadUserPrincipal(tx, account.id, user.id)),
      arn: await arnOf(role, account.id, async () => findRole(tx, account.id, role)),
    }
  })
  if (known === undefined) throw new Fault('NoSuchEntity', `Account ${account.id} has no user ${userName}.`)
  const output = await invoke(
    {
      service: 'sts',
      operation: 'AssumeRole',
      input: {
        RoleArn: arn,
        RoleSessionName: sessionName ?? `${SESSION_PREFIX}${userName}`.slice(0, MAX_SESSION_NAME),
        DurationSeconds: durationSeconds,
      },
      caller: { known, principal: known.as({ accessKeyId: '' }) },
      region,
      address: HERE,
      agent: AGENT,
    },
    context,
  )
  return roleCredentialsOf(output, { arn, issuedAt: context.clock() })
}

/** A role may be named by its ARN, also another account's. One that does not exist refuses as one that may not be assumed does. */
async function arnOf(
  role: string,
  accountId: string,
  find: () => Promise<{ readonly path: string; readonly name: string } | undefined>,
): Promise<string> {
  if (role.startsWith(`arn:${PARTITION}:`)) return role
  const found = await find()
  return roleArn(accountId, found?.path ?? '/', found?.name ?? role)
}
