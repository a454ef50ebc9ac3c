/** The call that an operation sees: the request without its bytes. */
import type { Call } from '../services/operation.ts'
import type { AuthenticatedCaller } from './authenticate.ts'
import type { HttpRequest } from './http.ts'

export function callOf(
  { principal, region }: AuthenticatedCaller,
  { receivedAt }: Pick<HttpRequest, 'receivedAt'>,
  requestId: string,
): Call {
  return { requestId, now: receivedAt, region, accountId: principal.accountId, principal }
}
