/** What is told of a call that ended, and of policies that lock people out: counted for the metrics, logged. */
import type { Fault } from '../aws/fault.ts'
import { GenerationCache } from '../aws/generation-cache.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
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

/** Broken policies that were told of: each denies every call, and one line for each version is enough. */
const MAX_TOLD = 1_000
const told = new WeakMap<ServerContext, GenerationCache<string, true>>()

/** A policy that cannot be read denied a call, and denies all that its owner asks for: only the operator can see why. */
export function brokenPolicyDenied({ source, problem }: CompiledPolicy, context: ServerContext): void {
  context.metrics.brokenPolicyDenied()
  const known = told.get(context) ?? new GenerationCache<string, true>(MAX_TOLD)
  told.set(context, known)
  const version = `${source.id}\n${problem ?? ''}`
  if (known.get(version) === true) return
  known.set(version, true)
  const { id, name, type } = source
  context.logger.error('a policy cannot be read and denies everything', { policy: id, name, type, problem })
}
