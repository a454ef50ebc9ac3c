/** Which service, operation and protocol a request is meant for. Never throws: what is unknown is a route too, so that each fault has a protocol to be written in. */
import type { OperationModel, ServiceModel } from '../model/model.ts'
import { peekParameters } from '../protocol/form.ts'
import { header } from '../protocol/headers.ts'
import { json10, json11 } from '../protocol/json.ts'
import { readModel } from '../protocol/model-files.ts'
import { prefersJson, queryJson } from '../protocol/query-json.ts'
import { query } from '../protocol/query.ts'
import { restJson } from '../protocol/rest-json.ts'
import { matchRoute } from '../protocol/rest-routes.ts'
import type { Protocol } from '../protocol/wire.ts'
import { findOperation, services } from '../services/index.ts'
import type { Operation, ServiceName } from '../services/operation.ts'
import type { HttpRequest } from './http.ts'

/** What the request names and this server does not have: said once the caller is known. */
export type Unroutable = { readonly code: string; readonly message: string; readonly status: number }

export type Route = {
  readonly protocol: Protocol
  /** Our name of the service: its prefix in IAM actions. Undefined where no service is meant that we know. */
  readonly service?: string
  readonly model?: ServiceModel
  /** What the credential scope may name as its service. */
  readonly signingNames: readonly string[]
  /** How far the clocks of caller and server may be apart, in milliseconds. */
  readonly clockWindowMs: number
  readonly operationModel?: OperationModel
  readonly operation?: Operation
  readonly unroutable?: Unroutable
}

/** The route of a request: by `X-Amz-Target` for JSON services, by `Action` and `Version` for Query services (`Accept` says in which form they answer), by method and path for REST services. */
export function routeOf(request: HttpRequest): Route {
  const target = header(request.rawHeaders, 'x-amz-target')
  if (target !== undefined) return jsonRoute(target, request)
  const parameter = peekParameters(request)
  const action = parameter('Action')
  const protocol = prefersJson(header(request.rawHeaders, 'accept')) ? queryJson : query
  if (action !== undefined) return queryRoute(protocol, action, parameter('Version') ?? '')
  return restRoute(request) ?? nowhere(protocol, MISSING_ACTION)
}

/** The route to an operation that is called from inside: it is neither decoded nor encoded. */
export function routeToOperationOf(service: ServiceName, name: string): Route {
  return routeTo(query, readModel(service), name)
}

function queryRoute(protocol: Protocol, action: string, version: string): Route {
  for (const model of models()) {
    if (model.protocol === 'query' && model.version === version) return routeTo(protocol, model, action)
  }
  return nowhere(protocol, unknownOperation(action, version))
}

function jsonRoute(target: string, request: HttpRequest): Route {
  const protocol = (header(request.rawHeaders, 'content-type') ?? '').includes('1.0') ? json10 : json11
  const dot = target.lastIndexOf('.')
  for (const model of models()) {
    if (model.targetPrefix !== undefined && model.targetPrefix === target.slice(0, dot))
      return routeTo(protocol, model, target.slice(dot + 1))
  }
  return nowhere(protocol, { code: 'UnknownOperationException', message: '', status: 400 })
}

/** A signed request says its service; one without a signature is refused in the protocol of whoever has that path. */
function restRoute(request: HttpRequest): Route | undefined {
  const scope = signingNameOf(request)
  for (const model of models()) {
    if (model.protocol !== 'rest-json' || (scope ?? model.signingName) !== model.signingName) continue
    const operationModel = matchRoute(model, request.method, request.target)
    if (operationModel !== undefined) return routeTo(restJson, model, operationModel.name)
    if (scope !== undefined && !isOfQuery(scope))
      return { ...routeTowards(restJson, model), unroutable: { code: 'UnknownOperationException', message: '', status: 404 } }
  }
  return undefined
}

const CREDENTIAL = 'Credential='
const MAX_CREDENTIAL_LENGTH = 512

/** The service in the credential scope of the header or of a presigned query, which is the last but one of its elements. Its form is judged later. */
function signingNameOf(request: HttpRequest): string | undefined {
  const authorization = header(request.rawHeaders, 'authorization') ?? ''
  const at = authorization.indexOf(CREDENTIAL)
  const start = at + CREDENTIAL.length
  const [inHeader] = at < 0 ? [] : authorization.slice(start, start + MAX_CREDENTIAL_LENGTH).split(/[ \t,]/, 1)
  return (inHeader ?? peekParameters({ target: request.target, body: NO_BODY })('X-Amz-Credential'))?.split('/').at(-2)
}

const NO_BODY = new Uint8Array()

/** IAM Toolbox is signed for as IAM is: who signs for IAM and names no operation is answered as IAM answers. */
const isOfQuery = (scope: string): boolean =>
  models().some(({ protocol, signingName }) => protocol === 'query' && signingName === scope)

/** Recorded from AWS's Query services. */
const MISSING_ACTION: Unroutable = {
  code: 'MissingAction',
  message: 'The request must contain the parameter Action',
  status: 400,
}

/** Who asks for what we do not have still has to prove who it is: for any of our services. */
function nowhere(protocol: Protocol, unroutable: Unroutable): Route {
  const signingNames = [...new Set(models().map(({ signingName }) => signingName))]
  return { protocol, unroutable, signingNames, clockWindowMs: CLOCK_WINDOW_MS }
}

/** 15 minutes for IAM, STS, SQS and most others; measured on AWS: 5 minutes for KMS, Lambda, Route 53 and CloudWatch. */
const CLOCK_WINDOW_MS = 900_000
const CLOCK_WINDOWS_MS: ReadonlyMap<string, number> = new Map([['lambda', 300_000]])

function routeTowards(protocol: Protocol, model: ServiceModel): Route {
  const { service, signingName } = model
  return {
    protocol,
    service,
    model,
    signingNames: [signingName],
    clockWindowMs: CLOCK_WINDOWS_MS.get(service) ?? CLOCK_WINDOW_MS,
  }
}

/** Routes to the operations of the models, made once each; Query and JSON services are reached by either of two protocols. */
const routes = new Map<Protocol, WeakMap<OperationModel, Route>>(
  [query, queryJson, json10, json11, restJson].map((one) => [one, new WeakMap()]),
)

function routeTo(protocol: Protocol, model: ServiceModel, name: string): Route {
  const operationModel = model.operations.get(name)
  if (operationModel === undefined) return { ...routeTowards(protocol, model), unroutable: unknownOperation(name, model.version) }
  const known = routes.get(protocol)?.get(operationModel)
  if (known !== undefined) return known
  const made = routeToOperation(protocol, model, operationModel)
  routes.get(protocol)?.set(operationModel, made)
  return made
}

function routeToOperation(protocol: Protocol, model: ServiceModel, operationModel: OperationModel): Route {
  const towards = routeTowards(protocol, model)
  const { name } = operationModel
  const operation = findOperation(model.service, name)
  if (operation === undefined) return { ...towards, operationModel, unroutable: notImplemented(model.service, name) }
  return { ...towards, operationModel, operation }
}

const MAX_NAME_SHOWN = 128

function unknownOperation(action: string, version: string): Unroutable {
  const shown = (text: string): string => text.slice(0, MAX_NAME_SHOWN)
  return {
    code: 'InvalidAction',
    message: `Could not find operation ${shown(action)} for version ${shown(version)}`,
    status: 400,
  }
}

/** 501 makes every SDK give up at the first attempt. */
function notImplemented(service: string, name: string): Unroutable {
  return {
    code: 'NotImplemented',
    message: `This version of Keyreeve does not have ${service}:${name}. See docs/coverage.md.`,
    status: 501,
  }
}

/** The models of all services that this server has, read at the first request. */
let loaded: readonly ServiceModel[] | undefined
function models(): readonly ServiceModel[] {
  loaded ??= [...services.keys()].map(readModel)
  return loaded
}
