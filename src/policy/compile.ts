/**
 * Compiles a policy's text into tests. What cannot be compiled denies everything, and says why: a policy is never half understood.
 * Whatever could refuse a policy is done at once. What cannot, the patterns of actions and resources, is done when a statement is first
 * asked: of a principal's statements few are about the actions that it takes.
 */
import { type AskedResource, type ResourcePattern, resourcePattern } from './arn-match.ts'
import { blamed } from './blame.ts'
import { type CompiledCondition, compileCondition, refuseUnreadable } from './conditions/condition.ts'
import type { RequestContext } from './context.ts'
import { PolicyError, type PolicyDocument, type PolicyVersion, type Statement } from './document.ts'
import { hasWildcard, matcherOf, wildcardPattern } from './glob.ts'
import { parsePolicy } from './parse.ts'
import { spend } from './work.ts'
import { type PrincipalTest, principalTest } from './principal-match.ts'

/** What a document is: who may be named in it, and what it must have, differs from kind to kind. */
export type DocumentKind = 'identity' | 'boundary' | 'session' | 'trust' | 'resource' | 'scp' | 'rcp'

/** Which policy it is: what decisions and explanations say of it. */
export type PolicySource = {
  /** Names the policy among all others: its ARN, or the owner's ARN and the policy's name. */
  readonly id: string
  readonly name: string
  readonly type: 'inline' | 'managed' | 'aws-managed' | 'resource' | 'trust' | 'session' | 'scp' | 'rcp' | 'endpoint'
  /** Managed policies and policies of organizations have one. */
  readonly arn?: string
  /** The user, group, role or resource that an inline or resource-based policy belongs to. */
  readonly attachedTo?: string
}

/** A statement as tests. `source` is what is written. */
export type CompiledStatement = {
  readonly policy: PolicySource
  readonly source: Statement
  readonly version: PolicyVersion
  readonly effect: 'Allow' | 'Deny'
  /** The service prefixes of its actions, in lower case; undefined where it may match any service. */
  readonly services: ReadonlySet<string> | undefined
  /** `action` in lower case. */
  readonly matchesAction: (action: string) => boolean
  readonly matchesResource: (resource: AskedResource, context: RequestContext) => boolean
  /** The patterns of `Resource`; undefined where the statement cannot be found by them (`NotResource`, no resource). */
  readonly patterns: readonly ResourcePattern[] | undefined
  /** Undefined where the policy is of a kind that names nobody: it is about whoever it is attached to. */
  readonly names: PrincipalTest | undefined
  readonly conditions: readonly CompiledCondition[]
}

/** A policy as tests, or why it is none. */
export type CompiledPolicy = {
  readonly source: PolicySource
  /** What was compiled. */
  readonly text: string
  readonly document?: PolicyDocument
  readonly statements: readonly CompiledStatement[]
  /** Why the policy cannot be compiled, with line and column. Such a policy denies everything. */
  readonly problem?: string
  /** The same, with its place in the text. */
  readonly error?: PolicyError
}

/** Kinds whose statements name nobody. */
const NAMELESS: ReadonlySet<DocumentKind | 'endpoint'> = new Set(['identity', 'boundary', 'session', 'scp'])

/** Never throws for a text: what cannot be compiled denies. */
export function compileText(text: string, kind: DocumentKind | 'endpoint', source: PolicySource): CompiledPolicy {
  const compile = (statement: Statement, { version }: PolicyDocument) =>
    compileStatement(statement, { kind, policy: source, version })
  try {
    const document = parsePolicy(text)
    return { source, text, document, statements: document.statements.map((statement) => compile(statement, document)) }
  } catch (thrown) {
    const error = thrown instanceof PolicyError ? thrown : blamed(parsePolicy(text), compile)
    const { line, column } = error.place
    return { source, text, statements: [], problem: `${error.message} (line ${line}, column ${column})`, error }
  }
}

type Compiling = { readonly kind: DocumentKind | 'endpoint'; readonly policy: PolicySource; readonly version: PolicyVersion }

function compileStatement(source: Statement, { kind, policy, version }: Compiling): CompiledStatement {
  if (source.resource === undefined && NAMELESS.has(kind)) throw new Error('a statement has no resource')
  return new StatementTests(source, { policy, version, names: compilePrincipal(source, kind) })
}

type Compiled = Pick<CompiledStatement, 'policy' | 'version' | 'names'>

class StatementTests implements CompiledStatement {
  readonly policy: PolicySource
  readonly source: Statement
  readonly version: PolicyVersion
  readonly effect: Statement['effect']
  readonly names: PrincipalTest | undefined
  #conditions: readonly CompiledCondition[] | undefined
  #services: { readonly of: CompiledStatement['services'] } | undefined
  #matchesAction: CompiledStatement['matchesAction'] | undefined
  #resource: ResourceTests | undefined

  constructor(source: Statement, { policy, version, names }: Compiled) {
    this.policy = policy
    this.source = source
    this.version = version
    this.effect = source.effect
    this.names = names
    for (const condition of source.conditions) refuseUnreadable(condition, version)
  }

  get conditions(): readonly CompiledCondition[] {
    return (this.#conditions ??= compileConditions(this.source.conditions, this.version))
  }

  get services(): CompiledStatement['services'] {
    return (this.#services ??= { of: servicesOf(this.source.action) }).of
  }

  get matchesAction(): CompiledStatement['matchesAction'] {
    return (this.#matchesAction ??= actionTest(this.source.action))
  }

  get matchesResource(): CompiledStatement['matchesResource'] {
    return (this.#resource ??= compileResources(this.source, this.version)).matchesResource
  }

  get patterns(): CompiledStatement['patterns'] {
    return (this.#resource ??= compileResources(this.source, this.version)).patterns
  }
}

const NONE: readonly CompiledCondition[] = []

function compileConditions(sources: Statement['conditions'], version: PolicyVersion): readonly CompiledCondition[] {
  return sources.length === 0 ? NONE : sources.map((source) => compileCondition(source, version))
}

function servicesOf({ negated, values }: Statement['action']): CompiledStatement['services'] {
  const services = new Set<string>()
  for (const { text } of values) {
    const prefix = text.slice(0, Math.max(0, text.indexOf(':')))
    if (prefix === '' || hasWildcard(prefix)) return undefined
    services.add(prefix.toLowerCase())
  }
  return negated ? undefined : services
}

function actionTest({ negated, values }: Statement['action']): CompiledStatement['matchesAction'] {
  const tests = values.map(({ text }) => matcherOf(wildcardPattern(text.toLowerCase())))
  const isOne = (action: string): boolean => {
    spend(tests.length)
    return tests.some((test) => test(action, 0))
  }
  // NotAction with "*" excludes every action: the statement has no effect.
  return negated ? (action) => !isOne(action) : isOne
}

type ResourceTests = Pick<CompiledStatement, 'matchesResource' | 'patterns'>

/** Trust policies have no Resource: they are about their role. Some resource-based policies leave it out in the same sense. */
function compileResources({ resource }: Statement, version: PolicyVersion): ResourceTests {
  if (resource === undefined) return { matchesResource: () => true, patterns: undefined }
  const patterns = resource.values.map(({ text }) => resourcePattern(text, version))
  const isOne = anyPattern(patterns)
  // "If the variable has no value, the resource matches nothing", which in NotResource excludes nothing (IAM User Guide, "Variables and tags").
  if (resource.negated) return { matchesResource: (asked, context) => !isOne(asked, context), patterns: undefined }
  return { matchesResource: isOne, patterns }
}

function anyPattern(patterns: readonly ResourcePattern[]): CompiledStatement['matchesResource'] {
  const [first] = patterns
  if (first === undefined) return () => false
  if (patterns.length === 1 || first.form === 'any') return first.matches
  return (asked, context) => {
    for (const pattern of patterns) if (pattern.matches(asked, context)) return true
    return false
  }
}

function compilePrincipal({ principal, effect }: Statement, kind: Compiling['kind']): PrincipalTest | undefined {
  if (NAMELESS.has(kind)) {
    if (principal !== undefined) throw new Error('a statement names a principal')
    return undefined
  }
  if (principal === undefined) throw new Error('a statement names no principal')
  if (principal.negated && kind === 'trust') throw new Error('a trust policy has no `NotPrincipal`')
  return principalTest(principal, effect)
}
