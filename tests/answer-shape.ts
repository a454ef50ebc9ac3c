/** Answers against the model: every member is known, and what the model requires is there, and ids are such that a request may name them. The encoder leaves out what it does not know, and nobody would notice. */
import type { Shape } from '../src/model/model.ts'
import { matchesPattern } from '../src/model/pattern.ts'

/** What is wrong with a value, by path; nothing where it is as the model says. */
export function flawsOf(value: unknown, shape: Shape, path: string): readonly string[] {
  if (value === undefined || value === null) return []
  if (shape.kind === 'list')
    return Array.isArray(value)
      ? value.flatMap((item: unknown, index) => flawsOf(item, shape.member.shape, `${path}[${index}]`))
      : [`${path} is no list`]
  if (shape.kind === 'map')
    return Object.entries(value).flatMap(([key, item]) => flawsOf(item, shape.value.shape, `${path}.${key}`))
  if (shape.kind === 'structure') {
    const members = new Map(shape.members.map((member) => [member.name, member]))
    const unknown = Object.entries(value).filter(([name, item]) => item !== undefined && !members.has(name))
    const missing = shape.members.filter(
      ({ name, required }) => required && (Reflect.get(value, name) ?? undefined) === undefined,
    )
    return [
      ...unknown.map(([name]) => `${path}.${name} is not in the model`),
      ...missing.map(({ name }) => `${path}.${name} is required`),
      ...shape.members.flatMap((member) => flawsOf(Reflect.get(value, member.name), member.shape, `${path}.${member.name}`)),
    ]
  }
  return scalarFlaws(value, shape, path)
}

const TYPES: Readonly<Partial<Record<Shape['kind'], (value: unknown) => boolean>>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  long: (value) => Number.isInteger(value),
  timestamp: (value) => value instanceof Date,
  blob: (value) => value instanceof Uint8Array,
}

/** AWS answers `IAM Policy` and `Resource Policy`, which its own enumeration does not have (recorded). */
const RECORDED = '.SourcePolicyType'

function scalarFlaws(value: unknown, shape: Shape, path: string): readonly string[] {
  if (TYPES[shape.kind]?.(value) === false) return [`${path} is no ${shape.kind}`]
  if (path.endsWith(RECORDED)) return []
  if (path.endsWith('Id') && !isRoot(path, value) && !fits(value, shape))
    return [`${path} is ${String(value)}, which no request could name`]
  const values = shape.kind === 'string' ? shape.values : undefined
  return values !== undefined && !values.includes(String(value))
    ? [`${path} is ${String(value)}, which is not in the enumeration`]
    : []
}

/** The root user has the id of its account, which is shorter than ids are (recorded). */
const isRoot = (path: string, value: unknown): boolean => path.endsWith('.UserId') && /^\d{12}$/.test(String(value))

function fits(value: unknown, shape: Shape): boolean {
  if (shape.kind !== 'string') return true
  const { min = 0, max = Infinity, pattern } = shape
  const { length } = String(value)
  return length >= min && length <= max && (pattern === undefined || matchesPattern(pattern, String(value)))
}
