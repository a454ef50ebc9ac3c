/** Checks a decoded input against the constraints of the model. One closure per shape, compiled when first needed. */
import { hashOrder } from './hash-order.ts'
import type { ListShape, MapShape, Member, OperationModel, Shape, StringShape, StructureShape } from './model.ts'
import { matchesPattern } from './pattern.ts'
import type { ValidationStyle } from './validation-style.ts'
import { MAX_VIOLATIONS, violationFault, type Violation } from './violations.ts'

/** Adds what `value` violates. `value` is present: absence is the business of the structure around it. */
type Check = (value: unknown, path: string, found: Violation[]) => void

const NOT_NULL = 'Member must not be null'
const checks = new WeakMap<Shape, Check>()

/** Throws a Fault with AWS's message where `input` breaks a constraint. `input` was decoded by the same model, so its types are right. */
export function validate(input: unknown, operation: OperationModel, style: ValidationStyle): void {
  const found: Violation[] = []
  checkOf(operation.input)(input, '', found)
  if (found.length === 0) return
  const fault = violationFault(found, style)
  if (fault !== undefined) throw fault
}

function checkOf(shape: Shape): Check {
  const known = checks.get(shape)
  if (known !== undefined) return known
  if (shape.kind === 'structure') return structureCheck(shape)
  const check = shape.kind === 'list' ? listCheck(shape) : shape.kind === 'map' ? mapCheck(shape) : scalarCheck(shape)
  checks.set(shape, check)
  return check
}

type MemberCheck = { readonly member: Member; readonly path: string; readonly check: Check }

function structureCheck(shape: StructureShape): Check {
  const members: MemberCheck[] = []
  const check: Check = (value, path, found) => {
    if (!isRecord(value)) throw wrongType(path, shape)
    for (const { member, path: name, check: checkMember } of members) {
      const part = value[member.name]
      const at = path === '' ? name : `${path}.${name}`
      if (part !== undefined) checkMember(part, at, found)
      else if (member.required)
        report(found, { path: at, value: undefined, shape: member.shape, kind: 'null', constraint: NOT_NULL })
    }
  }
  // Registered before its members are compiled: shapes may be recursive.
  checks.set(shape, check)
  const byPath = new Map(shape.members.map((member) => [lowerFirst(member.name), member]))
  for (const path of hashOrder([...byPath.keys()])) {
    const member = byPath.get(path)
    if (member === undefined || !(member.required || isConstrained(member.shape))) continue
    members.push({ member, path, check: checkOf(member.shape) })
  }
  return check
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** Inputs are decoded by the same model, so this is a bug of ours, never a caller's. */
const wrongType = (path: string, shape: Shape): Error => new TypeError(`${path} is not a ${shape.kind}`)

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

function report(found: Violation[], violation: Violation): void {
  if (found.length < MAX_VIOLATIONS) found.push(violation)
}

/** Whether a value of the shape can violate anything; structures always might. */
function isConstrained(shape: Shape): boolean {
  if (shape.kind === 'structure' || shape.min !== undefined || shape.max !== undefined) return true
  if (shape.kind === 'list') return isConstrained(shape.member.shape)
  if (shape.kind === 'map') return isConstrained(shape.key.shape) || isConstrained(shape.value.shape)
  return shape.kind === 'string' && (shape.pattern !== undefined || shape.values !== undefined)
}

function scalarCheck(shape: Shape): Check {
  if (shape.kind === 'string') return stringCheck(shape)
  const { min, max } = shape
  if (min === undefined && max === undefined) return () => {}
  return (value, path, found) => {
    if (value instanceof Uint8Array) return void checkLength(value.byteLength, { path, value, shape }, found)
    if (typeof value !== 'number') throw wrongType(path, shape)
    if (max !== undefined && value > max) {
      report(found, { path, value, shape, kind: 'large', constraint: `Member must have value less than or equal to ${max}` })
    }
    if (min !== undefined && value < min) {
      report(found, { path, value, shape, kind: 'small', constraint: `Member must have value greater than or equal to ${min}` })
    }
  }
}

function stringCheck(shape: StringShape): Check {
  const { pattern, values } = shape
  const allowed = values === undefined ? undefined : new Set(values)
  return (value, path, found) => {
    if (typeof value !== 'string') throw wrongType(path, shape)
    const at = { path, value, shape }
    if (allowed?.has(value) === false) report(found, { ...at, kind: 'enum', constraint: enumText(values ?? []) })
    if (pattern !== undefined && !matchesPattern(pattern, value))
      report(found, { ...at, kind: 'pattern', constraint: patternText(pattern), pattern })
    checkLength(lengthOf(value, shape), at, found)
  }
}

const enumText = (values: readonly string[]): string => `Member must satisfy enum value set: [${hashOrder(values).join(', ')}]`
const patternText = (pattern: string): string => `Member must satisfy regular expression pattern: ${pattern}`

/** Characters, not UTF-16 units; counted only where it can make a difference. */
function lengthOf(text: string, { min = 0, max = Infinity }: Shape): number {
  if (text.length <= max && text.length >= min * 2) return text.length
  let pairs = 0
  for (let index = 0; index < text.length - 1; index += 1) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) pairs += 1
  }
  return text.length - pairs
}

/** Whether the length is within bounds; reports it where not. */
function checkLength(length: number, at: Omit<Violation, 'constraint' | 'kind'>, found: Violation[]): boolean {
  const { min = 0, max = Infinity } = at.shape
  if (length > max) report(found, { ...at, kind: 'long', constraint: `Member must have length less than or equal to ${max}` })
  if (length < min) report(found, { ...at, kind: 'short', constraint: `Member must have length greater than or equal to ${min}` })
  return length <= max && length >= min
}

function listCheck(shape: ListShape): Check {
  const element = shape.member.shape
  const nested = element.kind === 'structure' || element.kind === 'list' || element.kind === 'map'
  return (value, path, found) => {
    if (!Array.isArray(value)) throw wrongType(path, shape)
    const items: readonly unknown[] = value
    // A list that is too long is not walked: what it costs stays bounded.
    if (!checkLength(items.length, { path, value, shape }, found) || !isConstrained(element)) return
    const check = checkOf(element)
    if (nested) return items.forEach((item, index) => check(item, `${path}.${index + 1}.member`, found))
    if (items.some((item) => violates(check, item)))
      report(found, {
        path,
        value,
        shape,
        kind: 'element',
        constraint: `Member must satisfy constraint: ${constraintsText(element)}`,
      })
  }
}

function violates(check: Check, value: unknown): boolean {
  const found: Violation[] = []
  check(value, '', found)
  return found.length > 0
}

/** All constraints of a scalar, for lists and maps of scalars: AWS names the whole set, whichever was violated. */
function constraintsText(shape: Shape): string {
  const what = shape.kind === 'string' || shape.kind === 'blob' ? 'length' : 'value'
  const texts = [
    shape.max !== undefined && `Member must have ${what} less than or equal to ${shape.max}`,
    shape.min !== undefined && `Member must have ${what} greater than or equal to ${shape.min}`,
    shape.kind === 'string' && shape.pattern !== undefined && patternText(shape.pattern),
    shape.kind === 'string' && shape.values !== undefined && enumText(shape.values),
    NOT_NULL,
  ]
  return `[${texts.filter((text) => text !== false).join(', ')}]`
}

function mapCheck(shape: MapShape): Check {
  const { key, value: element } = shape
  const nested = element.shape.kind === 'structure' || element.shape.kind === 'list' || element.shape.kind === 'map'
  return (value, path, found) => {
    if (!isRecord(value)) throw wrongType(path, shape)
    const entries = Object.entries(value)
    if (!checkLength(entries.length, { path, value, shape }, found)) return
    const checkKey = checkOf(key.shape)
    const checkElement = checkOf(element.shape)
    if (entries.some(([name]) => violates(checkKey, name))) {
      report(found, {
        path,
        value,
        shape,
        kind: 'element',
        constraint: `Map keys must satisfy constraint: ${constraintsText(key.shape)}`,
      })
    }
    if (nested) return entries.forEach(([name, item]) => checkElement(item, `${path}.${name}.member`, found))
    if (entries.some(([, item]) => violates(checkElement, item))) {
      report(found, {
        path,
        value,
        shape,
        kind: 'element',
        constraint: `Map value must satisfy constraint: ${constraintsText(element.shape)}`,
      })
    }
  }
}
