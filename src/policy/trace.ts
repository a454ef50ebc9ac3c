/** The trace of a decision: one integer for each statement that decided something, and back. */
import type { CompiledStatement } from './compile.ts'
import type { Caller } from './caller.ts'
import { type Check, lanesOf, type Policies, POLICY_TYPES, type PolicyType } from './question.ts'

/** Statements that denied, or that allowed in each set that had to allow, in the order in which they were found. */
export type Trace = readonly number[]

/** An organization has at most a root, five levels of units and an account; a session may be scoped down more often. */
const LEVELS = 64
/** More than any set of policies can hold within AWS's quotas. */
const STATEMENTS = 2 ** 20

/** Type, level and statement number in one integer of 29 bits. */
export function traceMark(policyType: PolicyType, level: number, number: number): number {
  return (POLICY_TYPES.indexOf(policyType) * LEVELS + level) * STATEMENTS + number
}

/** A statement of a trace, and the set that it is in. */
export type TraceEntry = { readonly policyType: PolicyType; readonly level: number; readonly statement: CompiledStatement }

/** The statements of a trace, by the check and the policies that were decided. Throws where the trace is of other policies. */
export function readTrace(trace: Trace, check: Check, caller: Caller, policies: Policies): readonly TraceEntry[] {
  const lanes = lanesOf(check, caller, policies)
  return trace.map((mark) => {
    const lane = Math.floor(mark / STATEMENTS)
    const policyType = POLICY_TYPES[Math.floor(lane / LEVELS)]
    const level = lane % LEVELS
    const set = lanes.find((one) => one.policyType === policyType && one.level === level)?.set
    const statement = set?.statements[mark % STATEMENTS]
    if (policyType === undefined || statement === undefined) throw new Error(`the trace ${mark} is not of these policies`)
    return { policyType, level, statement }
  })
}
