/** Turns the compact data of `models/<service>.json` into a ServiceModel whose shapes refer to one another directly. */
import type {
  ErrorShape,
  ErrorTraits,
  Location,
  Member,
  NumberShape,
  OperationModel,
  PlainShape,
  ServiceModel,
  Shape,
  StructureShape,
  TimestampFormat,
} from './model.ts'

/** A reference: a shape's name, with `!` where the member is required; traits of the member itself beside it. */
export type CompactRef = string | readonly [string, CompactRefTraits]
type CompactRefTraits = {
  readonly n?: string
  readonly in?: Location
  readonly f?: 1
  readonly stream?: 1
  readonly token?: 1
  readonly ts?: TimestampFormat
}
type CompactConstraints = {
  /** `[min, max]` of length or value. */
  readonly l?: readonly [number | null, number | null]
  /** Sensitive. */
  readonly s?: 1
}
type CompactStructure = {
  readonly t: 'structure'
  readonly m: Readonly<Record<string, CompactRef>>
  readonly payload?: string
  /** `[query code or null, HTTP status, 1 where the server is at fault]` */
  readonly err?: readonly [string | null, number, 0 | 1]
}
type CompactList = { readonly t: 'list'; readonly m: CompactRef; readonly f?: 1 }
type CompactMap = { readonly t: 'map'; readonly k: CompactRef; readonly v: CompactRef; readonly f?: 1 }
type CompactString = { readonly t: 'string'; readonly p?: string; readonly e?: readonly string[] }
type CompactTimestamp = { readonly t: 'timestamp'; readonly ts?: TimestampFormat }
type CompactPlain = { readonly t: (NumberShape | PlainShape)['kind'] }
export type CompactShape = CompactConstraints &
  (CompactStructure | CompactList | CompactMap | CompactString | CompactTimestamp | CompactPlain)
type CompactOperationTraits = { readonly w?: string; readonly h?: readonly [string, string, number]; readonly unsigned?: 1 }
type CompactOperation = readonly [string | null, string | null, readonly string[], CompactOperationTraits?]

/** The content of a `models/<service>.json`, as tools/generate writes it. */
export type CompactModel = {
  readonly service: string
  readonly version: string
  readonly protocol: ServiceModel['protocol']
  readonly signingName: string
  readonly xmlns?: string
  readonly target?: string
  readonly jsonVersion?: '1.0' | '1.1'
  readonly queryCompatible?: 1
  readonly operations: Readonly<Record<string, CompactOperation>>
  readonly shapes: Readonly<Record<string, CompactShape>>
}

const EMPTY: StructureShape = { kind: 'structure', name: 'Unit', members: [], sensitive: false }
/** Scalars without constraints are not declared: their names say it all. */
const SCALARS: ReadonlyMap<string, CompactShape> = new Map(
  (['string', 'boolean', 'integer', 'long', 'float', 'double', 'blob', 'timestamp', 'document'] as const).map((t) => [t, { t }]),
)

/** Throws where the data refers to a shape that it does not hold: generated data is whole or unusable. */
export function decodeModel(compact: CompactModel): ServiceModel {
  const shapes = new ShapeTable(compact)
  const errors = new Map<string, ErrorShape>()
  for (const name of Object.keys(compact.shapes)) {
    const shape = shapes.get(name)
    if (isError(shape)) errors.set(shape.error.code, shape)
  }
  const operations = Object.entries(compact.operations).map(([name, row]) => [name, decodeOperation(name, row, shapes)] as const)
  return {
    service: compact.service,
    version: compact.version,
    protocol: compact.protocol,
    signingName: compact.signingName,
    ...(compact.xmlns !== undefined && { xmlNamespace: compact.xmlns }),
    ...(compact.target !== undefined && { targetPrefix: compact.target }),
    ...(compact.jsonVersion !== undefined && { jsonVersion: compact.jsonVersion }),
    queryCompatible: compact.queryCompatible === 1,
    operations: new Map(operations),
    errors,
  }
}

function decodeOperation(
  name: string,
  [input, output, errors, traits = {}]: CompactOperation,
  shapes: ShapeTable,
): OperationModel {
  const { w: resultWrapper, h, unsigned } = traits
  return {
    name,
    input: input === null ? EMPTY : shapes.structure(input),
    output: output === null ? undefined : shapes.structure(output),
    errors: errors.map((error) => shapes.get(error)).filter(isError),
    ...(resultWrapper !== undefined && { resultWrapper }),
    ...(h !== undefined && { http: { method: h[0], uri: h[1], status: h[2] } }),
    unsigned: unsigned === 1,
  }
}

const isError = (shape: Shape): shape is ErrorShape => shape.kind === 'structure' && 'error' in shape

/** Shapes by name, made when first asked for. A structure is registered before its members are made: shapes may be recursive. */
class ShapeTable {
  readonly #made = new Map<string, Shape>()
  readonly #compact: CompactModel

  constructor(compact: CompactModel) {
    this.#compact = compact
  }

  structure(name: string): StructureShape {
    const shape = this.get(name)
    if (shape.kind !== 'structure') throw new Error(`${name} is not a structure`)
    return shape
  }

  get(name: string): Shape {
    const made = this.#made.get(name)
    if (made !== undefined) return made
    const compact = this.#compact.shapes[name] ?? SCALARS.get(name)
    if (compact === undefined) throw new Error(`${this.#compact.service} has no shape ${name}`)
    if (compact.t === 'structure') return this.#structure(name, compact)
    const shape = this.#other(name, compact)
    this.#made.set(name, shape)
    return shape
  }

  #structure(name: string, compact: CompactConstraints & CompactStructure): StructureShape {
    const members: Member[] = []
    const { payload } = compact
    const shape: StructureShape = {
      kind: 'structure',
      ...constraints(name, compact),
      members,
      ...(payload !== undefined && { payload }),
      ...this.#error(name, compact),
    }
    this.#made.set(name, shape)
    for (const [member, ref] of Object.entries(compact.m)) members.push(this.#member(member, ref))
    return shape
  }

  #other(name: string, compact: CompactConstraints & Exclude<CompactShape, CompactStructure>): Shape {
    const common = constraints(name, compact)
    if (compact.t === 'list') {
      return { kind: 'list', ...common, member: this.#member('member', compact.m), flattened: compact.f === 1 }
    }
    if (compact.t === 'map') {
      const key = this.#member('key', compact.k)
      return { kind: 'map', ...common, key, value: this.#member('value', compact.v), flattened: compact.f === 1 }
    }
    if (compact.t === 'string') {
      const { p: pattern, e: values } = compact
      return { kind: 'string', ...common, ...(pattern !== undefined && { pattern }), ...(values !== undefined && { values }) }
    }
    if (compact.t !== 'timestamp') return { kind: compact.t, ...common }
    return { kind: 'timestamp', ...common, ...(compact.ts !== undefined && { timestampFormat: compact.ts }) }
  }

  #error(name: string, { err }: CompactStructure): { readonly error?: ErrorTraits } {
    if (err === undefined) return {}
    const [queryCode, status, fault] = err
    const code = this.#compact.protocol === 'query' ? (queryCode ?? name) : name
    return { error: { code, queryCode: queryCode ?? name, status, sender: fault === 0 } }
  }

  #member(name: string, ref: CompactRef): Member {
    const [target, traits = {}]: readonly [string, CompactRefTraits?] = typeof ref === 'string' ? [ref] : ref
    const required = target.endsWith('!')
    return {
      name,
      shape: this.get(required ? target.slice(0, -1) : target),
      required,
      wireName: traits.n ?? name,
      renamed: traits.n !== undefined,
      ...(traits.in !== undefined && { location: traits.in }),
      flattened: traits.f === 1,
      streaming: traits.stream === 1,
      idempotencyToken: traits.token === 1,
      ...(traits.ts !== undefined && { timestampFormat: traits.ts }),
    }
  }
}

function constraints(name: string, { l, s }: CompactConstraints): Pick<Shape, 'name' | 'min' | 'max' | 'sensitive'> {
  const [min, max] = l ?? [null, null]
  return { name, ...(min !== null && { min }), ...(max !== null && { max }), sensitive: s === 1 }
}
