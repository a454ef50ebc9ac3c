/** Values of conditions that cannot be read: IAM refuses them when the policy is put. */
import { dateOf, networkOf, numberOf } from './conditions/values.ts'
import type { ConditionTest } from './document.ts'
import { type OperatorFamily, operatorNamed } from './operator.ts'

const isBoolean = (text: string): boolean => ['true', 'false'].includes(text.toLowerCase())
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Families whose values have a form of their own. A variable is read only when a request comes. */
const READS: ReadonlyMap<OperatorFamily, (text: string) => boolean> = new Map<OperatorFamily, (text: string) => boolean>([
  ['Numeric', (text) => numberOf(text) !== undefined],
  ['Date', (text) => dateOf(text) !== undefined],
  ['IpAddress', (text) => networkOf(text) !== undefined],
  ['Bool', isBoolean],
  ['Null', isBoolean],
  ['Binary', (text) => BASE64.test(text)],
])

/** Whether a value of the test has not the form of its operator. */
export function conditionRefusal({ operator, values }: ConditionTest): boolean {
  const reads = READS.get(operatorNamed(operator.text)?.family ?? 'String')
  return reads !== undefined && values.some(({ text }) => !text.includes('${') && !reads(text))
}
