/** Trust policies and other resource-based policies when they are put. They pass another parser than identity policies, with other texts. */
import {
  placeOf,
  type PolicyDocument,
  PolicyError,
  type PolicyFlaw,
  type PrincipalEntry,
  type Span,
  type Statement,
} from './document.ts'
import { firstFlaw } from './first-flaw.ts'
import { hasWildcard, matches, patternOf } from './glob.ts'
import { isJsonSpace } from './json-reader.ts'
import { actionFlaw } from './put-action.ts'
import { isPrincipal } from './principal-syntax.ts'
import type { Put } from './put.ts'
import { sharedProviderFlaw } from './shared-providers.ts'

const NOT_JSON = 'This policy contains invalid Json'

/** Trust policies (CreateRole, UpdateAssumeRolePolicy): the message, or undefined. */
export function checkTrustDocument(put: Put): string | undefined {
  if (!(put instanceof PolicyError) && isJsonSpace(put.document.source.charCodeAt(0))) return LEADING_SPACE
  return checkNamed(put, [prohibitedField, trustFlaw], oddSids)
}

/** Recorded from CreateRole and UpdateAssumeRolePolicy; a text that is not JSON is told of that first. */
const LEADING_SPACE = 'JSON strings must not have leading spaces'

/** Resource-based policies as far as services agree; each has rules of its own for actions and resources. */
export function checkResourceDocument(put: Put): string | undefined {
  return checkNamed(put, [resourcePolicyFlaw])
}

/** Each rule is held against all statements before the next one is. */
function checkNamed(
  put: Put,
  rules: readonly ((statement: Statement, source: string) => string | undefined)[],
  sidsFlaw: (sids: readonly string[]) => string | undefined = () => undefined,
): string | undefined {
  if (put instanceof PolicyError || put.json.kind !== 'object') return NOT_JSON
  const [error] = put.errors
  if (error !== undefined) return textOf(error, put.document)
  const { statements, source } = put.document
  const message = firstFlaw(rules, (rule) => firstFlaw(statements, (statement) => rule(statement, source)))
  if (message !== undefined) return message
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid.text === '' ? [] : [sid.text]))
  return sidsFlaw(sids) ?? (new Set(sids).size < sids.length ? 'The Statement Ids in the policy are not unique' : undefined)
}

const SID = /^[0-9A-Za-z]*$/

/** Recorded from CreateRole for one; that several are told after one another is inferred. */
function oddSids(sids: readonly string[]): string | undefined {
  const odd = sids.filter((sid) => !SID.test(sid))
  return odd.length === 0 ? undefined : `The following Statement Ids are invalid: ${odd.join(', ')}`
}

/**
 * Errors of the grammar. Recorded from CreateRole: `Unknown field`, `Invalid Condition type`; from this parser in S3: `Missing required
 * field`, `The policy must contain a valid version string`, `Invalid effect`.
 */
function textOf({ flaw, span }: PolicyError, { source }: PolicyDocument): string {
  const written = unquoted(source.slice(span.start, span.end))
  const text = TEXTS[flaw]?.(written)
  if (text !== undefined) return text
  const at = syntaxErrorAt(flaw, span, source)
  if (at === undefined) return 'Syntax errors in policy.'
  const { line, column } = placeOf(source, at)
  return `Syntax error at position (${line},${column})`
}

/**
 * The offset at which this parser stops: just behind the first character of a text, an array or an object, just behind any other value.
 * Recorded from CreateRole: `{"service":"ec2.amazonaws.com"}` as the principal, and `{"aws":"arn:…"}`, are refused one column behind the
 * quotation mark of the value. Without `Statement` the end of the document is told (reported of this parser in DynamoDB: `{}` is `(1,3)`).
 */
function syntaxErrorAt(flaw: PolicyFlaw, { start, end }: Span, source: string): number | undefined {
  if (flaw === 'missing-statement') return end
  if (flaw === 'principal-key') return behindToken(end + (BEFORE_VALUE.exec(source.slice(end))?.[0].length ?? 0), source)
  return flaw === 'type' || flaw === 'principal' ? behindToken(start, source, end) : undefined
}

/** What stands between a name and its value. */
const BEFORE_VALUE = /^\s*:\s*/
const behindToken = (start: number, source: string, end = start + 1): number =>
  '"[{'.includes(source[start] ?? '') ? start + 1 : end

const TEXTS: Readonly<Partial<Record<PolicyFlaw, (written: string) => string | undefined>>> = {
  'unknown-element': (written) => `Unknown field ${written}`,
  'missing-statement': (written) => (written.startsWith('[') ? 'Could not parse the policy: Statement is empty!' : undefined),
  'missing-effect': () => 'Missing required field Effect',
  'missing-action': () => 'Missing required field Action',
  version: () => 'The policy must contain a valid version string',
  effect: (written) => `Invalid effect: ${written}`,
  'effect-case': (written) => `Invalid effect: ${written}`,
  operator: (written) => `Invalid Condition type : ${written}`,
  'null-if-exists': (written) => `Invalid Condition type : ${written}`,
}

const unquoted = (text: string): string => (text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text)

/** Recorded from CreateRole, without a full stop: an identity policy, which lacks a principal and has other actions, is told of its resources. */
function prohibitedField({ resource }: Statement): string | undefined {
  if (resource === undefined) return undefined
  return resource.negated ? 'Has prohibited field NotResource' : 'Has prohibited field Resource'
}

function trustFlaw(statement: Statement, source: string): string | undefined {
  const { effect, principal, action } = statement
  if (principal?.negated === true)
    return effect === 'Allow'
      ? 'Allow with NotPrincipal is not allowed.'
      : 'AssumeRole policy must not contain NotPrincipal field.'
  if (principal?.entries.length === 0 && hasMembers(principal, source))
    return 'The passed in policy has a statement with no principals!'
  const flaw = principalFlaw(statement, invalidTrustPrincipal)
  if (flaw !== undefined) return flaw
  if (isStar(statement)) return 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'
  if (action.values.length === 0) return 'Missing required field Action'
  if (!action.values.every(({ text }) => isAssumeAction(text)))
    return 'AssumeRole policy may only specify STS AssumeRole actions.'
  return sharedProviderFlaw(statement)
}

/** `{"AWS": []}`, of which CreateRole says other than of `{}` (recorded). */
const hasMembers = ({ start, end }: Span, source: string): boolean => source.slice(start + 1, end - 1).trim() !== ''

/** `"Principal": "*"`, which roles do not take; `{"AWS": "*"}` they do (recorded by AWS's CDK, which writes the latter for roles alone). */
const isStar = ({ principal }: Statement): boolean => principal !== undefined && principal.entries[0]?.start === principal.start

function resourcePolicyFlaw(statement: Statement): string | undefined {
  const { effect, principal, action } = statement
  if (principal?.negated === true && effect === 'Allow') return 'Allow with NotPrincipal is not allowed.'
  const flaw = principalFlaw(statement)
  if (flaw !== undefined) return flaw
  if (action.values.length === 0) return 'Missing required field Action'
  for (const { text } of action.values) {
    const message = actionFlaw(text)
    if (message !== undefined) return message
  }
  return undefined
}

/** The actions that a role's trust policy may name (IAM User Guide, "Role trust policies"; STS's part of the Service Authorization Reference). */
export const TRUST_ACTIONS: ReadonlySet<string> = new Set([
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:tagsession',
  'sts:setsourceidentity',
  'sts:setcontext',
])

/** A wildcard passes where it takes in one of them, as `sts:*` does; `*` by itself is refused (recorded). */
function isAssumeAction(text: string): boolean {
  const action = text.toLowerCase()
  if (!action.startsWith('sts:')) return false
  if (!hasWildcard(action)) return TRUST_ACTIONS.has(action)
  const pattern = patternOf([{ text: action, literal: false }])
  return [...TRUST_ACTIONS].some((known) => matches(pattern, known))
}

type Named = Pick<PrincipalEntry, 'kind' | 'text'>

function principalFlaw({ principal }: Statement, told: (odd: Named) => string = invalidPrincipal): string | undefined {
  if (principal === undefined) return 'Missing required field Principal'
  if (principal.entries.length === 0) return 'Missing required field Principal cannot be empty!'
  const odd = principal.entries.find((entry) => !isPrincipal(entry))
  return odd === undefined ? undefined : told(odd)
}

const DOMAIN = /^(?:[\w-]+\.)+[\w-]+$/

/** Recorded from CreateRole for `arn:aws:iam//123456789012:oidc-provider/…` and the like. */
const invalidTrustPrincipal = (odd: Named): string =>
  odd.kind === 'Federated' && !DOMAIN.test(odd.text)
    ? 'Federated principals must be valid domain names or SAML metadata ARNs'
    : invalidPrincipal(odd)

/** The type stands in capitals: `Invalid principal in policy: "SERVICE":"eks.amazonaws.com.cn"` (recorded). */
function invalidPrincipal({ kind, text }: Named): string {
  return `Invalid principal in policy: "${kind.toUpperCase()}":"${text}"`
}
