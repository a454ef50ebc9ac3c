/** GetSessionToken: temporary credentials of the caller itself. */
import type { Principal } from '../../aws/principal.ts'
import { proveMfa } from '../mfa-proof.ts'
import { NO_PERMISSION_NEEDED, readOperation } from '../operation.ts'
import type { SessionPrincipal } from '../session-token.ts'
import { sessionCredentials } from './errors.ts'
import { issueSession } from './issue-session.ts'

/** STS API reference, GetSessionToken: users 15 minutes to 36 hours (the model checks), 12 by default; the root user at most one hour, more is cut. Seconds. */
const USER_DEFAULT = 43_200
const ROOT_MAX = 3_600

/** IAM User Guide: nobody needs a permission for it, and no policy controls it. */
export const getSessionToken = readOperation('sts', 'GetSessionToken', {
  authorize: () => NO_PERMISSION_NEEDED,
  async prepare(tx, input, call) {
    ownCredentials(call.principal)
    return { mfaAt: await proveMfa(tx, input, call) }
  },
  async handle(_tx, input, call, { mfaAt }) {
    const principal = ownCredentials(call.principal)
    const seconds =
      principal.type === 'root' ? Math.min(input.DurationSeconds ?? ROOT_MAX, ROOT_MAX) : (input.DurationSeconds ?? USER_DEFAULT)
    return issueSession(call, {
      accountId: call.accountId,
      principal,
      seconds,
      minimumTokenSize: input.MinimumSessionTokenSize,
      ...(mfaAt === undefined ? { noIam: true } : { mfaAt }),
    })
  },
})

/** Who a session is made for: a user or the root user who signed with a long-term key. Throws AccessDenied for all others. */
function ownCredentials(principal: Principal): SessionPrincipal {
  if (principal.credential.session !== undefined) throw sessionCredentials()
  if (principal.type === 'user') return { type: 'user', id: principal.id }
  if (principal.type === 'root') return { type: 'root', id: principal.accountId }
  throw sessionCredentials()
}

export const sessionTokenOperations = [getSessionToken]
