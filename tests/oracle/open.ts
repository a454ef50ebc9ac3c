/** Where the engine is known to differ from the documents and is not corrected yet. Empty is the aim; a test fails where an entry has become untrue. */
import type { Question } from './question.ts'

/** Names of conformance cases that the engine answers otherwise. */
export const OPEN_CASES: ReadonlySet<string> = new Set([
  'conditions-sets: ForAnyValue:StringEquals ["a",""] does not hold for [""]: an empty text is an empty set',
  'conditions-sets: ForAnyValue:StringLike "*" does not hold for [""]: an empty text is an empty set, whatever the pattern',
  'conditions-together: ForAllValues guarded by Null: a set that is only an empty text',
  'differences: ForAnyValue and an empty text that the policy lists',
  'differences: ForAnyValue, a negated operator and an empty text',
  'differences: Null "false" and a set that is only an empty text',
])

/** Whether a question may come to such a case: sets that are only empty texts, under ForAnyValue or Null. */
export function touchesOpen({ context, policies }: Question): boolean {
  const texts = JSON.stringify(policies)
  const empty = Object.values(context).some((value) => [value].flat().every((one) => one === ''))
  return empty && (texts.includes('ForAnyValue:') || texts.includes('Null'))
}
