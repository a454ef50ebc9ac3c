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
  PolicyError,
  type ConditionTest,
  type Place,
  type PolicyDocument,
  type PolicyFlaw,
  type PolicyVersion,
  type PrincipalElement,
  type PrincipalEntry,
  type Span,
  type Statement,
  type Text,
  type Texts,
} from './document.ts'

// Compiling, once for many decisions.
export { compileText, type CompiledPolicy, type CompiledStatement, type DocumentKind, type PolicySource } from './compile.ts'
export { policySet, type PolicySet } from './combine.ts'
export { contextOf, type ContextValue, type RequestContext } from './context.ts'
export { callerKeys, callerNamed } from './caller-keys.ts'
export { prepare, type PolicyText, type Prepared, type Scenario } from './scenario.ts'

// Deciding, and saying why.
export { decide, type Caller, type Check, type Decision, type Policies, type PolicyType } from './evaluate.ts'
export { denialText } from './denial.ts'
export { explain, type Explanation } from './explain.ts'
export { readTrace, type Trace, type TraceEntry } from './trace.ts'
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
