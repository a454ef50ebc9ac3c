/** Compiles a policy's text into tests. What cannot be compiled denies everything, and says why: a policy is never half understood. */
import type { Caller } from './caller.ts'
import { type CompiledCondition, compileCondition } from './conditions/condition.ts'
import type { RequestContext } from './context.ts'
import { PolicyError, type PolicyDocument, type PolicyVersion, type Statement } from './document.ts'
import { hasWildcard, matches, patternOf } from './glob.ts'
import { parsePolicy } from './parse.ts'
import { type Closeness, namedBy } from './principal-match.ts'
import { type AskedResource, type ResourceTest, resourceTest } from './resource-match.ts'

export type DocumentKind = 'identity' | 'boundary' | 'session' | 'trust' | 'resource' | 'scp' | 'rcp'

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

export type CompiledStatement = {
  readonly policy: PolicySource
  readonly source: Statement
  readonly effect: 'Allow' | 'Deny'
  /** The service prefixes of its actions, in lower case; undefined where it may match any service. */
  readonly services: ReadonlySet<string> | undefined
  /** `action` in lower case. */
  readonly matchesAction: (action: string) => boolean
  readonly matchesResource: (resource: AskedResource, context: RequestContext) => boolean
  /** How it names the caller; `account` where the policy is of a kind that names nobody. */
  readonly names: (caller: Caller) => Closeness | undefined
  readonly conditions: readonly CompiledCondition[]
}

export type CompiledPolicy = {
  readonly source: PolicySource
  readonly document?: PolicyDocument
  readonly statements: readonly CompiledStatement[]
  /** Why the policy cannot be compiled. Such a policy denies everything. */
  readonly problem?: string
}

/** Kinds whose statements name nobody: they are about whoever they are attached to. */
const NAMELESS: ReadonlySet<DocumentKind | 'endpoint'> = new Set(['identity', 'boundary', 'session', 'scp'])

/** Never throws. */
export function compileText(text: string, kind: DocumentKind | 'endpoint', source: PolicySource): CompiledPolicy {
  try {
    const document = parsePolicy(text)
    const statements = document.statements.map((statement) =>
      compileStatement(statement, { kind, policy: source, version: document.version }),
    )
    return { source, document, statements }
  } catch (error) {
    if (error instanceof PolicyError)
      return { source, statements: [], problem: `${error.message} (line ${error.place.line}, column ${error.place.column})` }
    return { source, statements: [], problem: error instanceof Error ? error.message : String(error) }
  }
}

type Compiling = { readonly kind: DocumentKind | 'endpoint'; readonly policy: PolicySource; readonly version: PolicyVersion }

function compileStatement(source: Statement, { kind, policy, version }: Compiling): CompiledStatement {
  return {
    policy,
    source,
    effect: source.effect,
    ...compileActions(source.action),
    matchesResource: compileResources(source, kind, version),
    names: compilePrincipal(source, kind),
    conditions: source.conditions.map((condition) => compileCondition(condition, version)),
  }
}

function compileActions({ negated, values }: Statement['action']): Pick<CompiledStatement, 'services' | 'matchesAction'> {
  const texts = values.map(({ text }) => text.toLowerCase())
  const tests = texts.map(actionTest)
  const isOne = (action: string): boolean => tests.some((test) => test(action))
  // NotAction with "*" excludes every action: the statement has no effect.
  if (negated) return { services: undefined, matchesAction: (action) => !isOne(action) }
  const prefixes = texts.map((text) => text.slice(0, text.indexOf(':')))
  const isOpen = texts.some((text, index) => !text.includes(':') || hasWildcard(prefixes[index] ?? '*'))
  return { services: isOpen ? undefined : new Set(prefixes), matchesAction: isOne }
}

function actionTest(text: string): (action: string) => boolean {
  if (!hasWildcard(text)) return (action) => action === text
  const pattern = patternOf([{ text, literal: false }])
  return (action) => matches(pattern, action)
}

/** Trust policies have no Resource: they are about their role. Some resource-based policies leave it out in the same sense. */
function compileResources(
  { resource }: Statement,
  kind: Compiling['kind'],
  version: PolicyVersion,
): CompiledStatement['matchesResource'] {
  if (resource === undefined) {
    if (NAMELESS.has(kind)) throw new Error('a statement has no resource')
    return () => true
  }
  const tests: readonly ResourceTest[] = resource.values.map(({ text }) => resourceTest(text, version))
  if (!resource.negated) return (asked, context) => tests.some((test) => test(asked, context))
  // A variable without value matches nothing, in NotResource as well.
  return (asked, context) => !tests.some((test) => test(asked, context))
}

function compilePrincipal({ principal }: Statement, kind: Compiling['kind']): CompiledStatement['names'] {
  if (NAMELESS.has(kind)) {
    if (principal !== undefined) throw new Error('a statement names a principal')
    return () => 'account'
  }
  if (principal === undefined) throw new Error('a statement names no principal')
  return (caller) => namedBy(principal, caller)
}
