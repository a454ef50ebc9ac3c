/** Whether the two evaluators say the same of a question, and what they say where they do not. */
import { askEngine } from './engine.ts'
import { answer } from './evaluator.ts'
import type { Answer, Question } from './question.ts'

/** What differs between the evaluators, or undefined. A denial may name any of the policies that deny. Open differences do not count. */
export function differenceOf(question: Question): string | undefined {
  const oracle = answer(question)
  const engine = askEngine(question)
  if (engine.decision !== oracle.decision) return `oracle ${show(oracle)}, engine ${engine.decision} (${engine.policyType ?? ''})`
  const named = oracle.decision === 'allowed' || oracle.reasons.some((reason) => reason === engine.policyType)
  return named ? undefined : `oracle ${show(oracle)}, engine names ${engine.policyType ?? 'nothing'}`
}

const show = ({ decision, reasons }: Answer): string => `${decision} (${reasons.join(', ')})`
