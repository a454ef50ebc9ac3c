/** Whether one statement of a document speaks of a request, and through which of its principals. */
import { conditionHolds } from './condition.ts'
import { matches, partsOf, partsOfPattern, tokensOf, tokensOfParts } from './pattern.ts'
import type { Caller, Question } from './question.ts'

export type Statement = {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Principal?: Principals
  readonly NotPrincipal?: Principals
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
type Principals = '*' | Readonly<Record<string, string | readonly string[]>>
type Document = { readonly Version?: string; readonly Statement: Statement | readonly Statement[] }

/**
 * How a principal names the caller: itself (or everybody), the role of its session, the user that asked for its session, its account.
 * Which of them decides what may limit the grant (IAM User Guide, "How AWS enforcement code logic evaluates requests").
 */
type Naming = 'itself' | 'role' | 'federating user' | 'account'

/** What the documents of one type say of the request. */
export type Verdict = { readonly denied: boolean; readonly allowed: boolean; readonly namings: ReadonlySet<Naming> }

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? [])
const isSeveral = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value)

/** Reads all the documents of one type; several documents are one union of statements. */
export function verdictOf(documents: readonly string[], question: Question): Verdict {
  const applying = documents.flatMap((text) => {
    const document: Document = JSON.parse(text)
    const statements = isSeveral(document.Statement) ? document.Statement : [document.Statement]
    return statements.map((statement) => ({
      effect: statement.Effect,
      through: applies(statement, question, document.Version === '2012-10-17'),
    }))
  })
  const namings = new Set(applying.filter(({ effect }) => effect === 'Allow').flatMap(({ through }) => Array.from(through)))
  const denied = applying.some(({ effect, through }) => effect === 'Deny' && through.size > 0)
  return { denied, allowed: namings.size > 0, namings }
}

const NONE: ReadonlySet<Naming> = new Set()
const isOfAccount = (caller: Caller): boolean => ['root', 'user', 'assumed-role', 'federated-user'].includes(caller.type)

/** The namings through which a statement applies; none where it does not apply. Variables exist since version 2012-10-17. */
function applies(statement: Statement, question: Question, variables: boolean): ReadonlySet<Naming> {
  const world = { context: question.context, variables }
  const rest =
    actionApplies(statement, question.action) &&
    resourceApplies(statement, question.resource, world) &&
    conditionHolds(statement.Condition ?? {}, world)
  return rest ? principalApplies(statement, question) : NONE
}

function actionApplies(statement: Statement, action: string): boolean {
  const named = list(statement.Action ?? statement.NotAction).some((pattern) => {
    const tokens = tokensOf(pattern.toLowerCase(), { context: {}, variables: false, wildcards: true })
    return tokens !== undefined && matches(tokens, action.toLowerCase())
  })
  return statement.Action === undefined ? !named : named
}

type World = { readonly context: Question['context']; readonly variables: boolean }

function resourceApplies(statement: Statement, resource: string, world: World): boolean {
  // Trust policies, and some resource policies, speak of the resource they are attached to.
  if (statement.Resource === undefined && statement.NotResource === undefined) return true
  if (statement.Resource !== undefined)
    return list(statement.Resource).some((pattern) => resourceMatches(pattern, resource, world))
  return !list(statement.NotResource).some((pattern) => resourceMatches(pattern, resource, world))
}

function resourceMatches(pattern: string, resource: string, world: World): boolean {
  if (pattern === '*') return true
  if (partsOf(resource).length < 6) return false
  const parts = partsOfPattern(pattern, world.variables)
  // A short ARN is completed with asterisks (`arn:aws:cloudfront:*`); as it stands it may match where one of its own runs on.
  const whole = [...parts, ...Array.from({ length: 6 - parts.length }, () => '*')]
  return [parts, whole].some((written) => {
    const tokens = tokensOfParts(written, { ...world, wildcards: true })
    return tokens !== undefined && matches(tokens, resource)
  })
}

function principalApplies(statement: Statement, { caller, policies }: Question): ReadonlySet<Naming> {
  if (statement.Principal !== undefined) return namingsOf(statement.Principal, caller)
  const everybody = new Set<Naming>(['itself'])
  if (statement.NotPrincipal === undefined) return everybody
  // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary policy attached,
  // regardless of the values specified in the NotPrincipal element."
  if (statement.Effect === 'Deny' && policies.boundary !== undefined) return everybody
  return isExcepted(namingsOf(statement.NotPrincipal, caller), caller) ? NONE : everybody
}

/**
 * "AWS might validate the account first, then the role, and then the assumed-role user": an exception must name all of them. Of roles the
 * AWS Security Blog says that both ARNs must be there ("How to restrict Amazon S3 bucket access to a specific IAM role").
 */
function isExcepted(namings: ReadonlySet<Naming>, caller: Caller): boolean {
  if (!isOfAccount(caller)) return namings.has('itself')
  const whole: Naming[] =
    caller.type === 'root' ? ['account'] : caller.type === 'assumed-role' ? ['account', 'role', 'itself'] : ['account', 'itself']
  return whole.every((naming) => namings.has(naming))
}

function namingsOf(principals: Principals, caller: Caller): ReadonlySet<Naming> {
  if (principals === '*') return new Set<Naming>(['itself'])
  const found = new Set<Naming>()
  for (const [kind, names] of Object.entries(principals)) {
    for (const name of list(names)) {
      const naming = namingOf(kind, name, caller)
      if (naming !== undefined) found.add(naming)
    }
  }
  return found
}

function namingOf(kind: string, name: string, caller: Caller): Naming | undefined {
  if (kind === 'AWS') return awsNaming(name, caller)
  if (kind === 'Service') return caller.type === 'service' && name === caller.arn ? 'itself' : undefined
  const vouched = caller.type === 'web-identity' || caller.type === 'saml'
  return kind === 'Federated' && vouched && name === caller.providerArn ? 'itself' : undefined
}

/** No part of a principal is a pattern: only the bare asterisk means everybody. */
function awsNaming(name: string, caller: Caller): Naming | undefined {
  if (name === '*') return 'itself'
  if (!isOfAccount(caller)) return undefined
  if (name === caller.accountId || name === `arn:aws:iam::${caller.accountId}:root`) return 'account'
  if (name === caller.arn) return 'itself'
  if (caller.type === 'user') return name === caller.uniqueId ? 'itself' : undefined
  if (caller.type === 'assumed-role') return name === caller.roleArn || name === caller.uniqueId ? 'role' : undefined
  return caller.type === 'federated-user' && (name === caller.userArn || name === caller.uniqueId) ? 'federating user' : undefined
}
