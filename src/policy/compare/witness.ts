/** A request that shows the answer of a comparison. */
import type { ContextValue } from '../context.ts'
import type { Stranger } from './callers.ts'

/** What is asked, by whom and in which context. */
export type Witness = {
  readonly action: string
  readonly resource: string
  /** Absent keys are left out. */
  readonly context: Readonly<Record<string, ContextValue>>
  /** Who asks; in identity-based policies whoever the policy is attached to. */
  readonly caller: Stranger
}
