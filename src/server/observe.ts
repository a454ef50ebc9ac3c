/** What is told of a call that ended, and of policies that lock people out: counted for the metrics, logged. */
import type { Fault } from '../aws/fault.ts'
import { GenerationCache } from '../aws/generation-cache.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import type { Caller, Check } from '../policy/evaluate.ts'
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

/** What was told of: broken policies deny every call, and one line for each version is enough. */
const MAX_TOLD = 1_000
const told = new WeakMap<ServerContext, GenerationCache<string, true>>()

function isNews(text: string, context: ServerContext): boolean {
  const known = told.get(context) ?? new GenerationCache<string, true>(MAX_TOLD)
  told.set(context, known)
  if (known.get(text) === true) return false
  known.set(text, true)
  return true
}

/** A policy that cannot be read denied a call, and denies all that its owner asks for: only the operator can see why. */
export function brokenPolicyDenied({ source, problem }: CompiledPolicy, context: ServerContext): void {
  context.metrics.brokenPolicyDenied()
  if (!isNews(`${source.id}\n${problem ?? ''}`, context)) return
  const { id, name, type } = source
  context.logger.error('a policy cannot be read and denies everything', { policy: id, name, type, problem })
}

/** Policies that take too long to decide: whoever may write them, or send what they are compared with, must not keep others waiting. */
export function undecided({ action, resource }: Check, { arn }: Caller, context: ServerContext): void {
  context.metrics.decided('explicitDeny')
  if (isNews(`undecided ${arn}`, context))
    context.logger.warn('policies take too long to decide, and the call was refused', { caller: arn, action, resource })
}
