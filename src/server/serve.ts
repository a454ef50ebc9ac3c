/** The order of steps: one request from its bytes to its answer. Read this first. */
import type { WireAnswer } from '../protocol/wire.ts'
import { authenticate } from './authenticate.ts'
import { authorize } from './authorize.ts'
import { callOf } from './call.ts'
import type { ServerContext } from './context.ts'
import { decode } from './decode.ts'
import { encode, encodeFault } from './encode.ts'
import { faultOf, isFit, unavailable } from './faults.ts'
import { handle } from './handle.ts'
import type { HttpRequest } from './http.ts'
import { identify } from './identify.ts'
import { observed } from './observe.ts'
import { routeOf } from './route.ts'

// Most steps need not wait, because what they ask for is remembered. They are awaited only where they do: a wait costs as much as a step.

/** Answers one request. Never rejects: whatever goes wrong becomes a fault in the caller's protocol, with a request id. */
export async function serve(request: HttpRequest, context: ServerContext): Promise<WireAnswer> {
  const requestId = context.newRequestId()
  const route = routeOf(request)
  const record = context.audit.open(request, route, requestId)
  try {
    if (!isFit(context)) throw unavailable()
    const signing = authenticate(request, { route, record, context })
    const signer = signing instanceof Promise ? await signing : signing
    const { operation, input } = decode(request, route)
    record.asked(input)
    const caller =
      operation.identify === undefined ? signer : await identify(operation, { input, signer, request, requestId, context })
    record.calledBy(caller.principal)
    const call = callOf(caller, request, requestId)
    const authorizing = authorize(operation.authorize(input, call), { request, route, caller, call, context })
    if (authorizing !== undefined) await authorizing
    const output = await handle(operation, { input, call, record, context })
    const recording = record.succeeded(output)
    if (recording !== undefined) await recording
    return observed(encode(output, route, requestId), { request, route, requestId, context })
  } catch (error) {
    const fault = await record.failed(faultOf(error, requestId, context))
    return observed(encodeFault(fault, route, requestId), { request, route, requestId, context, fault })
  }
}
