/** The service model: operations, shapes, constraints, errors. Words are Smithy's; the data comes from `models/<service>.json`. */

export type ServiceModel = {
  /** Our name of the service: its prefix in IAM actions. */
  readonly service: string
  readonly version: string
  readonly protocol: 'query' | 'json' | 'rest-json'
  /** The service in a credential scope. */
  readonly signingName: string
  /** Query services: the namespace of answers. */
  readonly xmlNamespace?: string
  /** JSON services: `X-Amz-Target` is this prefix, a dot, the operation. */
  readonly targetPrefix?: string
  readonly jsonVersion?: '1.0' | '1.1'
  /** A JSON service that was a Query service once: its errors also carry their old codes (`x-amzn-query-error`). */
  readonly queryCompatible: boolean
  readonly operations: ReadonlyMap<string, OperationModel>
  /** Every error of the service by the code it has on the wire. */
  readonly errors: ReadonlyMap<string, ErrorShape>
}

export type OperationModel = {
  readonly name: string
  /** Operations without input have a structure without members. */
  readonly input: StructureShape
  readonly output: StructureShape | undefined
  readonly errors: readonly ErrorShape[]
  /** Query services: the element around the result. */
  readonly resultWrapper?: string
  /** REST services: method, path template, status of success. */
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number }
  /** The caller proves itself by the input, not by a signature: AssumeRoleWithSAML and the like. */
  readonly unsigned: boolean
}

export type Location = 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'
/** `iso8601` has whole seconds, as IAM and STS write them; `iso8601Milliseconds` is no format of AWS's models: see `tools/generate/observed.ts`. */
export type TimestampFormat = 'iso8601' | 'iso8601Milliseconds' | 'unixTimestamp' | 'rfc822'

/** A use of a shape: a member of a structure, the element of a list, the key or value of a map. */
export type Member = {
  readonly name: string
  readonly shape: Shape
  readonly required: boolean
  /** The name on the wire, where it is not `name`. */
  readonly wireName: string
  /** Whether the model names it on the wire: lists and maps have defaults of their own (`member`, `key`, `value`). */
  readonly renamed: boolean
  readonly location?: Location
  readonly flattened: boolean
  readonly streaming: boolean
  readonly idempotencyToken: boolean
  readonly timestampFormat?: TimestampFormat
}

type Constraints = {
  readonly name: string
  readonly min?: number
  readonly max?: number
  /** Never to appear in a message, a log or an audit record. */
  readonly sensitive: boolean
}

export type StructureShape = Constraints & {
  readonly kind: 'structure'
  readonly members: readonly Member[]
  /** REST services: the member that is the whole body. */
  readonly payload?: string
}
export type ErrorShape = StructureShape & { readonly error: ErrorTraits }
export type ErrorTraits = {
  /** The code on the wire: Query services have codes of their own, for JSON services it is the name of the shape. */
  readonly code: string
  /** The code of the Query protocol, where the service has or had one. */
  readonly queryCode: string
  readonly status: number
  readonly sender: boolean
}
export type ListShape = Constraints & { readonly kind: 'list'; readonly member: Member; readonly flattened: boolean }
export type MapShape = Constraints & {
  readonly kind: 'map'
  readonly key: Member
  readonly value: Member
  readonly flattened: boolean
}
export type StringShape = Constraints & {
  readonly kind: 'string'
  readonly pattern?: string
  readonly values?: readonly string[]
}
export type NumberShape = Constraints & { readonly kind: 'integer' | 'long' | 'float' | 'double' }
export type TimestampShape = Constraints & { readonly kind: 'timestamp'; readonly timestampFormat?: TimestampFormat }
export type PlainShape = Constraints & { readonly kind: 'boolean' | 'blob' | 'document' }

export type Shape = StructureShape | ListShape | MapShape | StringShape | NumberShape | TimestampShape | PlainShape
