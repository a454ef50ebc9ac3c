/**
 * `keyreeve/policy`: the policy engine as a library. No I/O, no clock, no `node:` module: it runs in browsers, in tests and in the server
 * alike. docs/guide/policy-library.md shows each part at work. What is not exported here may change at any time.
 */

// Texts into documents, and what AWS says when they are put.
export { parsePolicy, readPolicy, type PolicyReading } from './parse.ts'
export { checkDocument } from './put.ts'
export { contextKeysOf } from './context-keys.ts'
export { documentSize } from './size.ts'
export {
  placeOf,
  PolicyError,
  type ConditionTest,
  type Place,
  type PolicyDocument,
  type PolicyFlaw,
  type PolicyVersion,
  type PrincipalElement,
  type PrincipalEntry,
  type PrincipalKind,
  type Span,
  type Statement,
  type Text,
  type Texts,
} from './document.ts'

// Compiling, once for many decisions.
export { compileText, type CompiledPolicy, type CompiledStatement, type DocumentKind, type PolicySource } from './compile.ts'
export { policySet, type PolicySet } from './combine.ts'
export { contextOf, type ContextRecord, type ContextValue, type KnownContext, type RequestContext } from './context.ts'
export type { CallerType } from './caller.ts'
export { callerKeys, callerNamed } from './caller-keys.ts'
export { InputError } from './input-error.ts'
export { prepare, type PolicyText, type Prepared, type Scenario } from './scenario.ts'

// Deciding, saying why, and what would have to be said for it to be otherwise.
export { decide, type Caller, type Check, type Decision, type Policies, type PolicyType } from './evaluate.ts'
export { denialText } from './denial.ts'
export { explain, type Explanation, type Failure, type NearMiss, type Part, type StatementRef } from './explain.ts'
export { flipOf, type Addition, type Flip } from './flip.ts'
export { readTrace, type Trace, type TraceEntry } from './trace.ts'
export { TooMuchWork, Work } from './work.ts'
export { simulate, type Match, type Simulation, type Verdict } from './simulate.ts'

// What is wrong with a policy, and what is new in one.
export { validatePolicy, type Asked, type Catalogue, type Finding, type FindingType } from './validate/validate.ts'
export {
  areEqual,
  grantsAccess,
  newAccess,
  problemOf,
  type Access,
  type Answer,
  type Equality,
  type PolicyKind,
  type Witness,
} from './compare/compare.ts'
export { isPublic } from './compare/public.ts'
export { whoCan, type Ability, type Deed, type Requirement, type Subject } from './who-can.ts'
