/** Reads the schemas that an AWS SDK v3 client exports, in botocore's terms. They name the newest operations but hold no lengths, patterns or enums. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BotocoreOperation, BotocoreRef, BotocoreShape } from './botocore.ts'

export type SdkModel = {
  readonly operations: Readonly<Record<string, BotocoreOperation>>
  readonly shapes: Readonly<Record<string, BotocoreShape>>
}

// The first element of a static schema tells its kind (@smithy/types, schema/static-schemas).
const KIND = { error: -3, simple: 0, list: 1, map: 2, structure: 3, union: 4, operation: 9 } as const
const SCALARS: Readonly<Record<number, string>> = {
  0: 'string',
  1: 'integer',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp',
  6: 'timestamp',
  7: 'timestamp',
  15: 'document',
  21: 'blob',
  42: 'blob',
}
const LIST_OF = 64
const MAP_OF = 128
const SENSITIVE_BIT = 8

type Traits = number | Readonly<Record<string, unknown>>
type Schema = readonly [kind: number, namespace: string, name: string, traits: Traits, ...rest: unknown[]]

const isSchema = (value: unknown): value is Schema =>
  Array.isArray(value) && typeof value[0] === 'number' && typeof value[2] === 'string'
const isSensitive = (traits: Traits): boolean =>
  typeof traits === 'number' ? (traits & SENSITIVE_BIT) !== 0 : traits['sensitive'] === 1

/** The model of an installed client package such as `@aws-sdk/client-iam`. */
export async function readSdk(packageName: string): Promise<SdkModel> {
  const exported: unknown = await import(packageName)
  const reading = new SchemaReader()
  const operations: Record<string, BotocoreOperation> = {}
  for (const schema of Object.values(exported as object)) {
    if (!isSchema(schema) || schema[1].startsWith('smithy.ts.sdk.synthetic')) continue
    if (schema[0] === KIND.operation) operations[schema[2]] = reading.operation(schema, errorsOf(packageName, schema[2]))
    else reading.named(schema)
  }
  return { operations, shapes: reading.shapes }
}

/** The errors of an operation stand only in its type declaration, as `@throws` links. */
function errorsOf(packageName: string, operation: string): readonly { readonly shape: string }[] {
  const entry = fileURLToPath(import.meta.resolve(packageName))
  const root = entry.slice(0, entry.indexOf(packageName) + packageName.length)
  const text = readFileSync(`${root}/dist-types/commands/${operation}Command.d.ts`, 'utf8')
  const links = [...text.matchAll(/@throws \{@link (\w+)\}/g)].map((match) => match[1] ?? '')
  return links.filter((name) => !name.endsWith('ServiceException')).map((shape) => ({ shape }))
}

class SchemaReader {
  readonly shapes: Record<string, BotocoreShape> = {}

  operation(schema: Schema, errors: readonly { readonly shape: string }[]): BotocoreOperation {
    const [, , , traits, input, output] = schema
    const http = typeof traits === 'object' ? (traits['http'] as readonly [string, string, number] | undefined) : undefined
    const [method, requestUri, responseCode] = http ?? ['POST', '/', 200]
    return {
      http: { method, requestUri, responseCode },
      ...this.#reference('input', input),
      ...this.#reference('output', output),
      errors,
    }
  }

  #reference(side: 'input' | 'output', schema: unknown): Readonly<Record<string, BotocoreRef>> {
    const shape = this.#ref(schema).shape
    return shape === 'unit' ? {} : { [side]: { shape } }
  }

  /** Registers a named schema; its name. */
  named(schema: Schema): string {
    const [kind, , name, traits, first, second] = schema
    if (this.shapes[name] !== undefined) return name
    const sensitive = isSensitive(traits) ? { sensitive: true } : {}
    if (kind === KIND.structure || kind === KIND.union || kind === KIND.error) {
      // Set before its members are read: structures may refer to themselves.
      this.shapes[name] = { type: 'structure' }
      this.shapes[name] = { type: 'structure', ...this.#members(schema), ...sensitive, ...errorOf(kind, traits) }
    } else if (kind === KIND.list) {
      this.shapes[name] = { type: 'list', member: this.#ref(first), ...sensitive }
    } else if (kind === KIND.map) {
      this.shapes[name] = { type: 'map', key: this.#ref(first), value: this.#ref(second), ...sensitive }
    } else {
      this.shapes[name] = { type: this.#ref(first).shape, ...sensitive }
    }
    return name
  }

  #members(schema: Schema): Pick<BotocoreShape, 'members' | 'required'> {
    const names = (schema[4] ?? []) as readonly string[]
    const schemas = (schema[5] ?? []) as readonly unknown[]
    const required = typeof schema[6] === 'number' ? schema[6] : 0
    const members = Object.fromEntries(names.map((name, index) => [name, this.#ref(schemas[index])]))
    return { members, required: names.slice(0, required) }
  }

  /** A member's target. `[target, traits]` carries traits of the member itself; functions defer names that are declared later. */
  #ref(schema: unknown): BotocoreRef {
    if (typeof schema === 'function') return this.#ref(schema())
    if (schema === 'unit') return { shape: 'unit' }
    if (isSchema(schema)) return { shape: this.named(schema) }
    if (Array.isArray(schema)) return this.#ref(schema[0])
    if (typeof schema === 'number') return { shape: this.#numbered(schema) }
    throw new Error(`unknown schema ${JSON.stringify(schema)}`)
  }

  #numbered(code: number): string {
    const scalar = SCALARS[code & ~(LIST_OF | MAP_OF)]
    if (scalar === undefined) throw new Error(`unknown scalar schema ${code}`)
    if ((code & MAP_OF) !== 0) {
      const name = `mapOf_${scalar}`
      this.shapes[name] ??= { type: 'map', key: { shape: 'string' }, value: { shape: scalar } }
      return name
    }
    if ((code & LIST_OF) === 0) return scalar
    const name = `listOf_${scalar}`
    this.shapes[name] ??= { type: 'list', member: { shape: scalar } }
    return name
  }
}

function errorOf(kind: number, traits: Traits): Partial<BotocoreShape> {
  if (kind !== KIND.error || typeof traits !== 'object') return {}
  const query = traits['awsQueryError'] as readonly [string, number] | undefined
  const status = query?.[1] ?? (traits['httpError'] as number | undefined)
  const error = { ...(query !== undefined && { code: query[0] }), ...(status !== undefined && { httpStatusCode: status }) }
  return { exception: true, fault: traits['error'] === 'server', error }
}
