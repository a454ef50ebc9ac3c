/** Policies analysed in a thread of their own. */
import { Fault } from '../../aws/fault.ts'
import { siblingModule } from '../../aws/sibling.ts'
import type { Access, Answer, PolicyKind } from '../../policy/compare/compare.ts'
import type { Asked, Finding } from '../../policy/validate/validate.ts'
import { SideThread, TooMuch } from '../side-thread.ts'

export type Comparison = { readonly document: string } & (
  | { readonly about: 'new access'; readonly existing: string; readonly kind: PolicyKind }
  | { readonly about: 'granted access'; readonly access: Access; readonly kind: PolicyKind }
  | { readonly about: 'public access'; readonly isAccessPoint?: boolean }
)
type Validation = { readonly document: string; readonly about: 'findings'; readonly asked: Omit<Asked, 'catalogue'> }

/** Documents are texts; those that are compared were parsed before, and are parsed again. */
export type Question = Comparison | Validation

/** What the thread answers. */
export type Said = { readonly answer: Answer } | { readonly findings: readonly Finding[] }

/** Rejects with ThrottlingException where too many wait. */
export async function compared(accountId: string, question: Comparison): Promise<Answer> {
  try {
    const said = await thread.ask(accountId, question)
    if ('answer' in said) return said.answer
  } catch (error) {
    if (error instanceof TooMuch) return { answer: 'unknown', why: 'the policies are too complex to be compared' }
    throw error
  }
  throw new Error('a comparison was not answered')
}

/** Rejects with ThrottlingException where too many wait. */
export async function validated(accountId: string, question: Validation): Promise<readonly Finding[]> {
  const said = await thread.ask(accountId, question)
  if ('findings' in said) return said.findings
  throw new Error('a validation was not answered')
}

const thread = new SideThread<Question, Said>(
  siblingModule('analysis-thread', import.meta.url),
  () => new Fault('ThrottlingException', 'Rate exceeded'),
)
