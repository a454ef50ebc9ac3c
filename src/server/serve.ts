/** The order of steps: one request from its bytes to its answer. Read this first. */
import type { WireAnswer } from '../protocol/wire.ts'
import type { Call } from '../services/operation.ts'
import { authenticate } from './authenticate.ts'
import { authorize } from './authorize.ts'
import type { ServerContext } from './context.ts'
import { decode } from './decode.ts'
import { faultOf } from './faults.ts'
import { handle } from './handle.ts'
import type { HttpRequest } from './http.ts'
import { routeOf } from './route.ts'

/** Answers one request. Never rejects: whatever goes wrong becomes a fault in the caller's protocol, with a request id. */
export async function serve(request: HttpRequest, context: ServerContext): Promise<WireAnswer> {
  const requestId = context.newRequestId()
  const route = routeOf(request)
  const record = context.audit.open(request, route, requestId)
  try {
    const caller = await authenticate(request, { route, record, context })
    record.calledBy(caller.principal)
    const { operation, input } = decode(request, route)
    record.asked(input)
    const call: Call = {
      requestId,
      now: request.receivedAt,
      region: caller.region,
      accountId: caller.principal.accountId,
      principal: caller.principal,
    }
    await authorize(operation.authorize(input, call), { request, caller, call, context })
    const output = await handle(operation, { input, call, record, context })
    await record.succeeded()
    return encode(route, output, requestId)
  } catch (error) {
    const fault = faultOf(error, requestId, context)
    await record.failed(fault)
    return route.protocol.encodeFault(fault, { model: route.model, operation: route.operationModel, requestId })
  }
}
