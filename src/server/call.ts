/** The call that an operation sees: the request without its bytes. */
import type { Call, Presence } from '../services/operation.ts'
import type { AuthenticatedCaller } from './authenticate.ts'
import type { HttpRequest } from './http.ts'

/** A call while it is decided. */
export type OpenCall = Call & { readonly found: Presence[] }

export function callOf(
  { principal, region }: AuthenticatedCaller,
  { receivedAt }: Pick<HttpRequest, 'receivedAt'>,
  requestId: string,
): OpenCall {
  return { requestId, now: receivedAt, region, accountId: principal.accountId, principal, found: [] }
}
