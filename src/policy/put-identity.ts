/** Identity policies when they are put. AWS tests a document as a whole, one rule after the other; the first rule that fails is told. */
import { compileCondition } from './conditions/condition.ts'
import { PolicyError, type PolicyDocument, type PolicyFlaw, type Statement } from './document.ts'
import { actionFlaw, conditionKeyFlaw } from './put-action.ts'
import { isLegacyResource, resourceFlaw } from './put-resource.ts'
import type { Put } from './put.ts'

type Rule = (document: PolicyDocument) => string | undefined

const SYNTAX_ERRORS = 'Syntax errors in policy.'
const LEGACY = 'The policy failed legacy parsing'

/** Flaws that AWS finds in a later pass than the grammar's. */
const LATER: ReadonlySet<PolicyFlaw> = new Set(['effect-case', 'missing-action'])

type Asked = {
  /** Whether the version must be given, and be 2012-10-17. */
  readonly versionRequired: boolean
  readonly principalAllowed?: boolean
}

/** The message, or undefined. The order is that of recorded answers of CreatePolicy. */
export function checkIdentityDocument(put: Put, { versionRequired, principalAllowed = false }: Asked): string | undefined {
  if (put instanceof PolicyError) return SYNTAX_ERRORS
  const { document, errors } = put
  if (errors.some(({ flaw }) => !LATER.has(flaw))) return SYNTAX_ERRORS
  if (versionRequired && document.version !== '2012-10-17') return 'Policy document must be version 2012-10-17 or greater.'
  if (errors.some(({ flaw }) => flaw === 'effect-case') || !passesLegacyParsing(document)) return LEGACY
  // Before what is missing: a trust policy put as an identity policy is told of its principal, not of its missing resources (reported).
  if (!principalAllowed && document.statements.some(({ principal }) => principal !== undefined))
    return 'Policy document should not specify a principal.'
  return firstOf(document, RULES)
}

function firstOf(document: PolicyDocument, rules: readonly Rule[]): string | undefined {
  for (const rule of rules) {
    const message = rule(document)
    if (message !== undefined) return message
  }
  return undefined
}

const RULES: readonly Rule[] = [
  sidFlaw,
  ({ statements }) =>
    statements.some(({ action }) => action.values.length === 0) ? 'Policy statement must contain actions.' : undefined,
  ({ statements }) => firstIn(statements, (statement) => firstText(statement.resource?.values, resourceFlaw)),
  ({ statements }) => firstIn(statements, (statement) => firstText(statement.action.values, actionFlaw) ?? keyFlaw(statement)),
  ({ statements }) =>
    statements.some(({ resource }) => resource === undefined || resource.values.length === 0)
      ? 'Policy statement must contain resources.'
      : undefined,
]

function firstIn(statements: readonly Statement[], flaw: (statement: Statement) => string | undefined): string | undefined {
  for (const statement of statements) {
    const message = flaw(statement)
    if (message !== undefined) return message
  }
  return undefined
}

function firstText(
  texts: readonly { readonly text: string }[] | undefined,
  flaw: (text: string) => string | undefined,
): string | undefined {
  for (const { text } of texts ?? []) {
    const message = flaw(text)
    if (message !== undefined) return message
  }
  return undefined
}

const keyFlaw = ({ conditions }: Statement): string | undefined =>
  firstText(
    conditions.map(({ key }) => key),
    conditionKeyFlaw,
  )

/** Resources that are no ARN of the old parser's, and condition values that cannot be read as what their operator compares, fail. */
function passesLegacyParsing({ statements, version }: PolicyDocument): boolean {
  if (statements.some(({ resource }) => resource?.values.some(({ text }) => isLegacyResource(text)) === true)) return false
  try {
    for (const { conditions } of statements) for (const test of conditions) compileCondition(test, version)
    return true
  } catch {
    return false
  }
}

const SID = /^[0-9A-Za-z]*$/

/** Empty ids are as good as none. Texts recorded from CreatePolicy. */
function sidFlaw({ statements }: PolicyDocument): string | undefined {
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid.text === '' ? [] : [sid.text]))
  if (sids.some((sid) => !SID.test(sid)))
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
  if (new Set(sids).size < sids.length) return 'Statement IDs (SID) in a single policy must be unique.'
  return undefined
}
