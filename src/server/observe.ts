/** What is told of a call that ended: counted for the metrics, logged with its request id. */
import type { Fault } from '../aws/fault.ts'
import type { WireAnswer } from '../protocol/wire.ts'
import type { ServerContext } from './context.ts'
import type { HttpRequest } from './http.ts'
import { AUTHENTICATION_CODES } from './metrics.ts'
import type { Route } from './route.ts'

export type Ended = {
  readonly request: HttpRequest
  readonly route: Route
  readonly requestId: string
  readonly context: ServerContext
  readonly fault?: Fault
}

/** The same answer, told of. Refusals are logged as they happen, calls that were done only when debugging. */
export function observed(answer: WireAnswer, { request, route, requestId, context, fault }: Ended): WireAnswer {
  const { service, operationModel } = route
  const operation = operationModel?.name
  const { metrics, logger } = context
  const seconds = (context.clock() - request.receivedAt) / 1000
  metrics.requestServed({ service, operation, status: answer.status, seconds })
  if (fault === undefined) {
    logger.debug('call', { requestId, service, operation, status: answer.status })
    return answer
  }
  if (AUTHENTICATION_CODES.has(fault.code)) metrics.notAuthenticated(fault.code)
  logger.info('refused', { requestId, service, operation, status: answer.status, code: fault.code })
  return answer
}
