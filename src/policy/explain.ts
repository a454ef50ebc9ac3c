/** Why a decision is as it is: for each set of policies the statements that matched, and those that nearly did, with the test that failed. */
import type { Caller } from './caller.ts'
import type { CompiledPolicy, CompiledStatement, PolicySource } from './compile.ts'
import { failureReason, filledIn, listed } from './conditions/reason.ts'
import { type ContextValue, recordedContext } from './context.ts'
import type { ConditionTest, Statement } from './document.ts'
import { decide, type Decision } from './evaluate.ts'
import { type Check, type Lane, lanesOf, type Policies, type PolicyType, type Question, questionOf } from './question.ts'

/** A statement, and the policy that it is in. */
export type StatementRef = {
  readonly policy: PolicySource
  /** With its Sid, its index in the document and where it stands in the text. */
  readonly statement: Statement
}

type TestName = 'principal' | 'action' | 'resource' | 'condition'

/** One test of a statement that a request does not pass. */
export type Failure = {
  readonly test: TestName
  /** The condition that failed. */
  readonly condition?: ConditionTest
  /** `the condition aws:SourceIp failed: 192.0.2.1 is not in 203.0.113.0/24`. */
  readonly text: string
}

/** A test that failed, before anybody needs its sentence: of a hundred statements ten are told. */
type Failed = Omit<Failure, 'text'> & { readonly text: () => string }

/** A statement that does not match, and is close to. */
export type NearMiss = StatementRef & {
  readonly failures: readonly Failure[]
  /** What matched and what did not, in one sentence. */
  readonly text: string
}

/** `silent`: nothing matches. `broken`: a policy cannot be compiled, and so denies everything. */
type Verdict = 'allows' | 'denies' | 'silent' | 'broken'

/** What one set of policies says. */
export type Part = {
  readonly policyType: PolicyType
  /** Which of the sets of this type, from 0: levels of an organization, or a session policy and the scopes behind it. */
  readonly level: number
  readonly verdict: Verdict
  /** The statements that matched: those that deny first. */
  readonly matched: readonly StatementRef[]
  /** Those that nearly matched, the nearest first. */
  readonly nearMisses: readonly NearMiss[]
  /** Why policies cannot be compiled. */
  readonly problems: readonly { readonly policy: PolicySource; readonly problem: string }[]
}

/** A decision, with what each set of policies says to it. */
export type Explanation = {
  readonly decision: Decision
  /** One for each set of policies that applies, in the order of evaluation. */
  readonly parts: readonly Part[]
  /** The keys that were looked at and their values; undefined where the request has none. */
  readonly context: ReadonlyMap<string, ContextValue | undefined>
}

const NEAR_MISSES = 10

/** Decides again and looks at every statement. Costs a hundred decisions or more: for people, not for the path of a request. */
export function explain(check: Check, caller: Caller, policies: Policies): Explanation {
  const context = recordedContext(check.context)
  const recorded: Check = { ...check, context }
  const question = questionOf(recorded, caller, policies)
  const decision = decide(recorded, caller, policies)
  const parts = lanesOf(recorded, caller, policies).map((lane) => partOf(lane, question))
  return { decision, parts, context: context.asked }
}

function partOf({ policyType, level, set }: Lane, question: Question): Part {
  const tested = set.statements.map((statement) => ({ statement, failures: failuresOf(statement, question) }))
  const matched = tested.filter(({ failures }) => failures.length === 0).map(({ statement }) => statement)
  const denies = matched.filter(({ effect }) => effect === 'Deny')
  const allows = matched.filter(({ effect }) => effect === 'Allow')
  const nearMisses = tested
    .filter(({ statement, failures }): boolean => isNear(statement, failures, question))
    .toSorted((one, other) => distance(one) - distance(other))
    .slice(0, NEAR_MISSES)
    .map(({ statement, failures }) => nearMissOf(statement, failures))
  const verdict: Verdict =
    set.broken.length > 0 ? 'broken' : denies.length > 0 ? 'denies' : allows.length > 0 ? 'allows' : 'silent'
  return {
    policyType,
    level,
    verdict,
    matched: [...denies, ...allows].map(refOf),
    nearMisses,
    problems: set.broken.map(problemOf),
  }
}

function nearMissOf(statement: CompiledStatement, failed: readonly Failed[]): NearMiss {
  const failures = failed.map((one) => ({ ...one, text: one.text() }))
  return { ...refOf(statement), failures, text: sentence(statement, failures) }
}

const refOf = ({ policy, source }: CompiledStatement): StatementRef => ({ policy, statement: source })
const problemOf = ({ source, problem = '' }: CompiledPolicy) => ({ policy: source, problem })

/**
 * Near: only something beside the action failed, or nothing but the action, and that of the same service. A deny is near by its conditions
 * alone: other requests may meet it, not one about something else.
 */
function isNear({ services, effect }: CompiledStatement, failures: readonly Failed[], { action }: Question): boolean {
  if (failures.length === 0) return false
  if (effect === 'Deny') return failures.every(({ test }) => test === 'condition')
  if (failures.every(({ test }) => test !== 'action')) return true
  const service = action.slice(0, Math.max(0, action.indexOf(':'))).toLowerCase()
  return failures.length === 1 && services?.has(service) === true
}

type Tested = { readonly statement: CompiledStatement; readonly failures: readonly Failed[] }

/** A wrong action is further off than a condition that failed, and whatever denies further than all that would allow. */
const distance = ({ statement, failures }: Tested): number =>
  failures.reduce((sum, { test }) => sum + DISTANCES[test], statement.effect === 'Deny' ? FURTHER_THAN_ALL : 0)
const FURTHER_THAN_ALL = 1_000
const DISTANCES: Readonly<Record<TestName, number>> = { condition: 2, principal: 3, resource: 4, action: 5 }

/** Every test of a statement that fails, in the order of the tests. */
function failuresOf(statement: CompiledStatement, question: Question): readonly Failed[] {
  return [
    ...principalFailure(statement, question),
    ...actionFailure(statement, question),
    ...resourceFailure(statement, question),
    ...conditionFailures(statement, question),
  ]
}

function principalFailure(
  { names, source: { principal } }: CompiledStatement,
  { caller, isBounded }: Question,
): readonly Failed[] {
  if (names === undefined || principal === undefined || names(caller, isBounded) !== undefined) return []
  const element = principal.negated ? 'NotPrincipal' : 'Principal'
  const entries = (): string =>
    listed(
      principal.entries.map(({ text }) => text),
      'or',
    )
  return [{ test: 'principal', text: () => `the principal failed: ${caller.arn} is not meant by ${element} ${entries()}` }]
}

function actionFailure({ matchesAction, source }: CompiledStatement, { action }: Question): readonly Failed[] {
  if (matchesAction(action.toLowerCase())) return []
  return [
    {
      test: 'action',
      text: () =>
        `the action failed: ${action} is ${among(
          source.action.negated,
          source.action.values.map(({ text }) => text),
        )}`,
    },
  ]
}

function resourceFailure(
  { matchesResource, source, version }: CompiledStatement,
  { resource, context }: Question,
): readonly Failed[] {
  const { resource: element } = source
  if (element === undefined || matchesResource(resource, context)) return []
  const texts = (): readonly string[] => element.values.map(({ text }) => filledIn(text, context, version))
  return [{ test: 'resource', text: () => `the resource failed: ${resource.arn} is ${among(element.negated, texts())}` }]
}

function among(isNegated: boolean, texts: readonly string[]): string {
  return `${isNegated ? 'excluded by' : 'not among'} ${listed(texts, 'and')}`
}

function conditionFailures({ conditions, version }: CompiledStatement, { context }: Question): readonly Failed[] {
  return conditions.flatMap((condition): readonly Failed[] => {
    if (condition.holds(context)) return []
    const { source } = condition
    const text = (): string => `the condition ${source.key.text} failed: ${failureReason(condition, context, version)}`
    return [{ test: 'condition', condition: source, text }]
  })
}

/** `action and resource match; the condition aws:SourceIp failed: 192.0.2.1 is not in 203.0.113.0/24`. */
function sentence({ names, source }: CompiledStatement, failures: readonly Failure[]): string {
  const tests: readonly TestName[] = [
    ...(names === undefined ? [] : (['principal'] as const)),
    'action',
    ...(source.resource === undefined ? [] : (['resource'] as const)),
  ]
  const held = tests.filter((test) => !failures.some((failure) => failure.test === test))
  const matched = held.length === 0 ? [] : [`${listed(held, 'and')} ${held.length === 1 ? 'matches' : 'match'}`]
  return [...matched, ...failures.map(({ text }) => text)].join('; ')
}
