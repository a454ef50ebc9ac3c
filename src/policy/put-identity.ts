/** Identity policies when they are put. AWS tests a document as a whole, one rule after the other; the first rule that fails is told. */
import { PolicyError, type PolicyDocument, type PolicyFlaw, type Statement } from './document.ts'
import { firstFlaw } from './first-flaw.ts'
import { actionFlaw, conditionKeyFlaw } from './put-action.ts'
import { passesLegacyParsing, passesStoring } from './put-legacy.ts'
import { resourceFlaw } from './put-resource.ts'
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
  /** `storage`: IAM keeps it, which its old parser must read. `simulation`: nobody looks at the forms of its ARNs (reported). */
  readonly heldTo?: 'simulation' | 'language' | 'storage'
}

/** The message, or undefined. The order is that of recorded answers of CreatePolicy. */
export function checkIdentityDocument(
  put: Put,
  { versionRequired, principalAllowed = false, heldTo = 'language' }: Asked,
): string | undefined {
  if (put instanceof PolicyError) return SYNTAX_ERRORS
  const { document, errors } = put
  if (errors.some(({ flaw }) => !LATER.has(flaw))) return SYNTAX_ERRORS
  if (versionRequired && document.version !== '2012-10-17') return 'Policy document must be version 2012-10-17 or greater.'
  if (errors.some(({ flaw }) => flaw === 'effect-case') || !passesLegacyParsing(document)) return LEGACY
  if (heldTo === 'storage' && !passesStoring(put)) return LEGACY
  // Before what is missing: a trust policy put as an identity policy is told of its principal, not of its missing resources (reported).
  if (!principalAllowed && document.statements.some(({ principal }) => principal !== undefined))
    return 'Policy document should not specify a principal.'
  const rules = heldTo === 'simulation' ? RULES.filter((rule) => rule !== resourcesFlaw) : RULES
  return firstFlaw(rules, (rule) => rule(document))
}

const resourcesFlaw: Rule = ({ statements }) =>
  firstFlaw(statements, (statement) => firstText(statement.resource?.values, resourceFlaw))

const RULES: readonly Rule[] = [
  sidFlaw,
  ({ statements }) =>
    statements.some(({ action }) => action.values.length === 0) ? 'Policy statement must contain actions.' : undefined,
  resourcesFlaw,
  ({ statements }) => firstFlaw(statements, (statement) => firstText(statement.action.values, actionFlaw) ?? keyFlaw(statement)),
  ({ statements }) =>
    statements.some(({ resource }) => resource === undefined || resource.values.length === 0)
      ? 'Policy statement must contain resources.'
      : undefined,
]

type Texts = readonly { readonly text: string }[]

const firstText = (texts: Texts | undefined, flaw: (text: string) => string | undefined): string | undefined =>
  firstFlaw(texts ?? [], ({ text }) => flaw(text))

const keyFlaw = ({ conditions }: Statement): string | undefined =>
  firstText(
    conditions.map(({ key }) => key),
    conditionKeyFlaw,
  )

const SID = /^[0-9A-Za-z]*$/

/** Empty ids are as good as none. Texts recorded from CreatePolicy. */
function sidFlaw({ statements }: PolicyDocument): string | undefined {
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid.text === '' ? [] : [sid.text]))
  if (sids.some((sid) => !SID.test(sid)))
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
  if (new Set(sids).size < sids.length) return 'Statement IDs (SID) in a single policy must be unique.'
  return undefined
}
