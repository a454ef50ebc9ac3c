/** What IAM says of a document that it does not take: the message of MalformedPolicyDocument, the first of all that apply, in AWS's order. */
import type { DocumentKind } from './compile.ts'
import { PolicyError, type PolicyFlaw } from './document.ts'
import { type PolicyReading, readPolicy } from './parse.ts'
import { actionRefusal } from './put-actions.ts'
import { conditionRefusal } from './put-conditions.ts'
import { resourceRefusal } from './put-resources.ts'
import { trustRefusal } from './put-trust.ts'

export type { DocumentKind }

const SYNTAX = 'Syntax errors in policy.'
const LEGACY = 'The policy failed legacy parsing'

/** Undefined where IAM takes the document as a policy of this kind. Never throws. */
export function checkDocument(source: string, kind: DocumentKind): string | undefined {
  try {
    return refusalOf(readPolicy(source), kind)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return kind === 'trust' ? 'This policy contains invalid Json' : SYNTAX
  }
}

type Rule = (reading: PolicyReading, kind: DocumentKind) => string | undefined

/** The order in which AWS looks (recorded answers to documents with one flaw each; where two meet, the order is inferred). */
const RULES: readonly Rule[] = [
  syntax,
  version,
  legacy,
  sids,
  actions,
  ({ document }, kind) => (kind === 'trust' ? trustRefusal(document) : undefined),
  principals,
  resources,
  ({ document }) => firstOf(document.statements, (statement) => actionRefusal(statement.action)),
  ({ document }) =>
    firstOf(document.statements, ({ resource }) => (resource === undefined ? undefined : resourceRefusal(resource))),
]

function refusalOf(reading: PolicyReading, kind: DocumentKind): string | undefined {
  return firstOf(RULES, (rule) => rule(reading, kind))
}

function firstOf<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** Flaws that have words of their own further down. */
const NOT_SYNTAX: ReadonlySet<PolicyFlaw> = new Set<PolicyFlaw>(['effect-case', 'missing-action', 'missing-effect'])

function syntax({ errors, document }: PolicyReading, kind: DocumentKind): string | undefined {
  const flaw = errors.find((error) => !NOT_SYNTAX.has(error.flaw) || error.flaw === 'missing-effect')
  if (flaw !== undefined) return SYNTAX
  // `Id` belongs to resource-based policies; in the others only an empty one would do no harm, and AWS takes any text.
  return kind === 'identity' && document.statements.length === 0 ? SYNTAX : undefined
}

/** Customer managed policies and boundaries; trust and resource policies may be of the older version. */
const NEW_VERSION_ONLY: ReadonlySet<DocumentKind> = new Set<DocumentKind>(['identity', 'boundary', 'scp', 'rcp'])

function version({ document }: PolicyReading, kind: DocumentKind): string | undefined {
  if (!NEW_VERSION_ONLY.has(kind) || (document.versionGiven && document.version === '2012-10-17')) return undefined
  return 'Policy document must be version 2012-10-17 or greater.'
}

/** Values that the newer parser takes and the older one does not: `allow`, a date that is none, an address that is none. */
function legacy({ errors, document }: PolicyReading): string | undefined {
  if (errors.some(({ flaw }) => flaw === 'effect-case')) return LEGACY
  return document.statements.some(({ conditions }) => conditions.some(conditionRefusal)) ? LEGACY : undefined
}

const SID = /^[A-Za-z0-9]*$/
/** Resource-based policies of other services allow more in a Sid than IAM does. */
const STRICT_SIDS: ReadonlySet<DocumentKind> = new Set<DocumentKind>(['identity', 'boundary', 'session', 'trust', 'scp', 'rcp'])

function sids({ document }: PolicyReading, kind: DocumentKind): string | undefined {
  const texts = document.statements.map(({ sid }) => sid?.text ?? '').filter((text) => text !== '')
  if (STRICT_SIDS.has(kind) && texts.some((text) => !SID.test(text)))
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
  return new Set(texts).size < texts.length ? 'Statement IDs (SID) in a single policy must be unique.' : undefined
}

function actions({ document, errors }: PolicyReading): string | undefined {
  const isMissing =
    errors.some(({ flaw }) => flaw === 'missing-action') || document.statements.some(({ action }) => action.values.length === 0)
  return isMissing ? 'Policy statement must contain actions.' : undefined
}

const NAMELESS: ReadonlySet<DocumentKind> = new Set<DocumentKind>(['identity', 'boundary', 'session', 'scp'])

function principals({ document }: PolicyReading, kind: DocumentKind): string | undefined {
  const named = document.statements.filter(({ principal }) => principal !== undefined).length
  if (NAMELESS.has(kind)) return named > 0 ? 'Policy document should not specify a principal.' : undefined
  return named < document.statements.length ? 'Policy statement must contain principals.' : undefined
}

function resources({ document }: PolicyReading, kind: DocumentKind): string | undefined {
  if (kind === 'trust') return undefined
  const isMissing = document.statements.some(({ resource }) =>
    resource === undefined ? kind !== 'resource' : resource.values.length === 0,
  )
  return isMissing ? 'Policy statement must contain resources.' : undefined
}
