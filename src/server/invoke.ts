/** A call from inside: a service that acts for a workload, or the operator who asks for a user. No signature carries it; every other step is the same. */
import type { Fault } from '../aws/fault.ts'
import type { Principal } from '../aws/principal.ts'
import { validate } from '../model/validate.ts'
import { validationStyle } from '../model/validation-style.ts'
import type { ServiceName } from '../services/operation.ts'
import { authorize } from './authorize.ts'
import { callOf } from './call.ts'
import type { ServerContext } from './context.ts'
import { faultOf, isFit, unavailable } from './faults.ts'
import { handle } from './handle.ts'
import type { HttpRequest } from './http.ts'
import type { KnownPrincipal } from './principals.ts'
import { routeToOperationOf } from './route.ts'

export type Invocation = {
  readonly service: ServiceName
  readonly operation: string
  readonly input: object
  readonly caller: { readonly known: KnownPrincipal; readonly principal: Principal }
  readonly region: string
  /** What the record shows as address and user agent: a service's name, as in CloudTrail, or this machine. */
  readonly address: string
  readonly agent: string
}

/** The operation's output, once its record is kept. Rejects with the Fault that a client would be answered. */
export async function invoke(invocation: Invocation, context: ServerContext): Promise<object> {
  const { service, region, input } = invocation
  const { principal, known } = invocation.caller
  const requestId = context.newRequestId()
  const request = requestOf(invocation, context.clock())
  const route = routeToOperationOf(service, invocation.operation)
  const { operation, operationModel, model } = route
  if (operation === undefined || operationModel === undefined || model === undefined)
    throw new Error(`there is no ${service}:${invocation.operation}`)
  const record = context.audit.open(request, route, requestId)
  record.claimedBy(principal.credential.accessKeyId, region)
  record.calledBy(principal)
  try {
    if (!isFit(context)) throw unavailable()
    validate(input, operationModel, validationStyle(model))
    record.asked(input)
    const caller = { principal, known, region }
    const call = callOf(caller, request, requestId)
    await authorize(operation.authorize(input, call), { request, route, caller, call, context })
    const output = await handle(operation, { input, call, record, context })
    await record.succeeded(output)
    return output
  } catch (error) {
    const fault: Fault = await record.failed(faultOf(error, requestId, context))
    context.logger.info('refused', { requestId, service, operation: operation.name, code: fault.code })
    throw fault
  }
}

const requestOf = ({ address, agent }: Pick<Invocation, 'address' | 'agent'>, receivedAt: number): HttpRequest => ({
  method: 'POST',
  target: '/',
  rawHeaders: ['user-agent', agent],
  body: new Uint8Array(),
  remoteAddress: address,
  receivedAt,
})
