/** From bytes to an operation and its validated input. */
import { Fault } from '../aws/fault.ts'
import { validate } from '../model/validate.ts'
import { validationStyle } from '../model/validation-style.ts'
import type { Operation } from '../services/operation.ts'
import type { HttpRequest } from './http.ts'
import type { Route } from './route.ts'

export type Decoded = { readonly operation: Operation; readonly input: object }

/** The operation that the route names and its input; throws where the service or operation is unknown, not implemented, or the input breaks the model. */
export function decode(request: HttpRequest, route: Route): Decoded {
  const { operation, unroutable } = route
  if (unroutable !== undefined) throw new Fault(unroutable.code, unroutable.message, { status: unroutable.status })
  if (operation === undefined || route.model === undefined || route.operationModel === undefined)
    throw new Error('a route leads nowhere')
  const input = route.protocol.decode(request, route.model, route.operationModel)
  validate(input, route.operationModel, validationStyle(route.model))
  return { operation, input }
}
