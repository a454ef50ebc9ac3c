/** Writes a merged model as the compact data file that `src/model/decode-model.ts` reads: one operation or shape a line, short keys, no prose. */
import type { BotocoreModel, BotocoreOperation, BotocoreRef, BotocoreShape } from './botocore.ts'

const PRIMITIVES: ReadonlySet<string> = new Set([
  'string',
  'boolean',
  'integer',
  'long',
  'float',
  'double',
  'blob',
  'timestamp',
  'document',
])

/** The text of `models/<service>.json`. */
export function emitModel(service: string, model: BotocoreModel): string {
  const { metadata } = model
  const head = {
    service,
    version: metadata.apiVersion,
    protocol: metadata.protocol,
    signingName: metadata.signingName ?? metadata.endpointPrefix,
    ...(metadata.xmlNamespace !== undefined && { xmlns: metadata.xmlNamespace }),
    ...(metadata.targetPrefix !== undefined && { target: metadata.targetPrefix }),
    ...(metadata.jsonVersion !== undefined && { jsonVersion: metadata.jsonVersion }),
    ...(metadata.awsQueryCompatible !== undefined && { queryCompatible: 1 }),
  }
  const operations = Object.entries(model.operations).map(([name, operation]) => line(name, encodeOperation(model, operation)))
  const shapes = reachable(model).map((name) => line(name, encodeShape(model, shapeOf(model, name))))
  const headLines = Object.entries(head).map(([key, value]) => line(key, value))
  return `{\n${headLines.join(',\n')},\n"operations":{\n${operations.join(',\n')}\n},\n"shapes":{\n${shapes.join(',\n')}\n}\n}\n`
}

const line = (name: string, value: unknown): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`

/** The shape of that name; the SDK's scalars have no declaration of their own. */
export function shapeOf(model: BotocoreModel, name: string): BotocoreShape {
  const shape = model.shapes[name] ?? (PRIMITIVES.has(name) ? { type: name } : undefined)
  if (shape === undefined) throw new Error(`no shape ${name}`)
  return shape
}

function encodeOperation(model: BotocoreModel, operation: BotocoreOperation): unknown {
  const { method, requestUri, responseCode = 200 } = operation.http
  const traits = {
    ...(operation.output?.resultWrapper !== undefined && { w: operation.output.resultWrapper }),
    ...(model.metadata.protocol === 'rest-json' && { h: [method, requestUri, responseCode] }),
    ...(operation.authtype === 'none' && { unsigned: 1 }),
  }
  const errors = (operation.errors ?? []).map((error) => error.shape)
  return [
    operation.input?.shape ?? null,
    operation.output?.shape ?? null,
    errors,
    ...(Object.keys(traits).length > 0 ? [traits] : []),
  ]
}

/** Names of the shapes that operations reach and of all errors, in order of the alphabet; scalars without constraints are written in place. */
function reachable(model: BotocoreModel): readonly string[] {
  const seen = new Set<string>()
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const ref of refsOf(shapeOf(model, name))) visit(ref.shape)
  }
  for (const operation of Object.values(model.operations)) {
    const sides = [operation.input, operation.output].flatMap((ref) => (ref === undefined ? [] : [ref]))
    for (const ref of [...sides, ...(operation.errors ?? [])]) visit(ref.shape)
  }
  return [...seen].filter((name) => !isPlain(shapeOf(model, name))).toSorted()
}

/** The shapes that a shape refers to. */
export function refsOf(shape: BotocoreShape): readonly BotocoreRef[] {
  return [...Object.values(shape.members ?? {}), shape.member, shape.key, shape.value].filter((ref) => ref !== undefined)
}

function constraints(shape: BotocoreShape): Readonly<Record<string, unknown>> {
  const bounded = shape.min !== undefined || shape.max !== undefined
  return {
    ...(bounded && { l: [shape.min ?? null, shape.max ?? null] }),
    ...(shape.pattern !== undefined && { p: shape.pattern }),
    ...(shape.enum !== undefined && { e: shape.enum }),
    ...(shape.sensitive === true && { s: 1 }),
    ...(shape.flattened === true && { f: 1 }),
    ...(shape.timestampFormat !== undefined && { ts: shape.timestampFormat }),
  }
}

const isPlain = (shape: BotocoreShape): boolean => PRIMITIVES.has(typeOf(shape)) && Object.keys(constraints(shape)).length === 0
const typeOf = (shape: BotocoreShape): string => (shape.type === 'character' ? 'string' : shape.type)

function encodeRef(model: BotocoreModel, ref: BotocoreRef, required = false): unknown {
  const target = shapeOf(model, ref.shape)
  const name = (isPlain(target) ? typeOf(target) : ref.shape) + (required ? '!' : '')
  const traits = {
    ...(ref.locationName !== undefined && { n: ref.locationName }),
    ...(ref.location !== undefined && { in: ref.location }),
    ...(ref.flattened === true && { f: 1 }),
    ...(ref.streaming === true && { stream: 1 }),
    ...(ref.idempotencyToken === true && { token: 1 }),
    ...(ref.timestampFormat !== undefined && { ts: ref.timestampFormat }),
  }
  return Object.keys(traits).length > 0 ? [name, traits] : name
}

function encodeShape(model: BotocoreModel, shape: BotocoreShape): unknown {
  const common = { t: typeOf(shape), ...constraints(shape) }
  const { member, key, value } = shape
  if (shape.type === 'list' && member !== undefined) return { ...common, m: encodeRef(model, member) }
  if (shape.type === 'map' && key !== undefined && value !== undefined)
    return { ...common, k: encodeRef(model, key), v: encodeRef(model, value) }
  if (shape.type !== 'structure') return common
  const required = new Set(shape.required)
  const members = Object.entries(shape.members ?? {}).map(([name, ref]) => [name, encodeRef(model, ref, required.has(name))])
  return {
    ...common,
    m: Object.fromEntries(members),
    ...(shape.payload !== undefined && { payload: shape.payload }),
    ...encodeError(shape),
  }
}

/** `[wire code or null, HTTP status, 1 where the server is at fault]`. Errors without a status are 400 (Smithy, httpError: the default of client errors). */
function encodeError(shape: BotocoreShape): { readonly err?: readonly unknown[] } {
  if (shape.exception !== true) return {}
  const status = shape.error?.httpStatusCode ?? (shape.fault === true ? 500 : 400)
  return { err: [shape.error?.code ?? null, status, shape.fault === true || status >= 500 ? 1 : 0] }
}
