/** Violated constraints, and the one message that AWS makes of them. */
import { Fault } from '../aws/fault.ts'
import type { Shape } from './model.ts'
import type { ValidationStyle, ViolationKind } from './validation-style.ts'

export type Violation = {
  /** `tags.1.member.key` */
  readonly path: string
  readonly value: unknown
  readonly shape: Shape
  readonly kind: ViolationKind
  /** `Member must have length less than or equal to 64` */
  readonly constraint: string
  /** The pattern that failed, where it is that. */
  readonly pattern?: string
}

/** How many violations a message names at most, that hostile input cannot make it grow. AWS's bound is not known. */
export const MAX_VIOLATIONS = 100
/** How much of a value a message repeats at most. AWS repeats it whole. */
export const MAX_SHOWN_VALUE = 4096

/** The fault for these violations: in IAM a pattern with a sentence of its own is told alone and last. */
export function violationFault(violations: readonly Violation[], style: ValidationStyle): Fault | undefined {
  const listed = violations.filter((violation) => sentenceOf(violation, style) === undefined)
  const [first] = violations
  if (first === undefined) return undefined
  if (style.reasons !== undefined) return reasonFault(first, style.reasons)
  if (listed.length === 0)
    return new Fault(style.code, `The specified value for ${first.path} is invalid. ${sentenceOf(first, style) ?? ''}`)
  const plural = listed.length === 1 ? '1 validation error detected' : `${listed.length} validation errors detected`
  const texts = listed.map(
    (violation) => `Value${shown(violation, style)} at '${violation.path}' failed to satisfy constraint: ${violation.constraint}`,
  )
  const message = `${plural}: ${texts.join('; ')}`
  return new Fault(style.code, message, style.listsFields === true ? { members: fieldsOf(listed) } : {})
}

/** Constraints of Organizations' shapes that have a reason of their own. */
const OWN_REASONS: ReadonlyMap<string, 'policyType' | 'policyTarget'> = new Map([
  ['enum of PolicyType', 'policyType'],
  ['enum of EffectivePolicyType', 'policyType'],
  ['pattern of PolicyTargetId', 'policyTarget'],
])

/** Nothing of the request: neither where it is wrong, nor what stands there. */
function reasonFault({ kind, shape }: Violation, reasons: NonNullable<ValidationStyle['reasons']>): Fault {
  const [Reason, text] = reasons[OWN_REASONS.get(`${kind} of ${shape.name}`) ?? kind]
  return new Fault('InvalidInputException', text, { members: { Reason } })
}

/** The members of a ValidationException that tells of each field by itself. */
function fieldsOf(violations: readonly Violation[]): Readonly<Record<string, unknown>> {
  const fieldList = violations.map(({ path, constraint }) => ({ name: path, message: constraint }))
  return { reason: 'fieldValidationFailed', fieldList }
}

function sentenceOf(violation: Violation, style: ValidationStyle): string | undefined {
  // Members of lists keep the plain form (recorded for tag keys).
  return violation.pattern === undefined || violation.path.includes('.') ? undefined : style.sentences.get(violation.pattern)
}

function shown({ value, shape }: Violation, { showsValues }: ValidationStyle): string {
  if (!showsValues || shape.sensitive) return ''
  if (value === undefined) return ' null'
  const text = valueText(value, shape)
  return text === undefined ? '' : ` '${text.length > MAX_SHOWN_VALUE ? `${text.slice(0, MAX_SHOWN_VALUE)}...` : text}'`
}

/** As Java prints it: `[a, b]` and `{k=v}`. What Java would print as an object's address is left out, and so is anything sensitive. */
function valueText(value: unknown, shape: Shape): string | undefined {
  if (shape.sensitive) return undefined
  if (shape.kind === 'list' && Array.isArray(value)) {
    const { shape: element } = shape.member
    if (element.kind === 'structure') return undefined
    const texts = value.map((item) => valueText(item, element))
    return texts.includes(undefined) ? undefined : `[${texts.join(', ')}]`
  }
  if (shape.kind === 'map' && typeof value === 'object' && value !== null) {
    const texts = Object.entries(value).map(([key, item]) => [key, valueText(item, shape.value.shape)] as const)
    return texts.some(([, text]) => text === undefined)
      ? undefined
      : `{${texts.map(([key, text]) => `${key}=${text}`).join(', ')}}`
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
