/** Trust policies and other resource-based policies when they are put. They pass another parser than identity policies, with other texts. */
import { type PolicyDocument, PolicyError, type PolicyFlaw, type PrincipalEntry, type Statement } from './document.ts'
import { hasWildcard, matches, patternOf } from './glob.ts'
import { actionFlaw } from './put-action.ts'
import { isPrincipal } from './principal-syntax.ts'
import type { Put } from './put.ts'

const NOT_JSON = 'This policy contains invalid Json'

/** Trust policies (CreateRole, UpdateAssumeRolePolicy): the message, or undefined. */
export function checkTrustDocument(put: Put): string | undefined {
  return checkNamed(put, trustFlaw)
}

/** Resource-based policies as far as services agree; each has rules of its own for actions and resources. */
export function checkResourceDocument(put: Put): string | undefined {
  return checkNamed(put, resourcePolicyFlaw)
}

function checkNamed(put: Put, flawOf: (statement: Statement) => string | undefined): string | undefined {
  if (put instanceof PolicyError) return NOT_JSON
  const [error] = put.errors
  if (error !== undefined) return textOf(error, put.document)
  const { statements } = put.document
  for (const statement of statements) {
    const message = flawOf(statement)
    if (message !== undefined) return message
  }
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid.text === '' ? [] : [sid.text]))
  return new Set(sids).size < sids.length ? 'The Statement Ids in the policy are not unique' : undefined
}

/**
 * Errors of the grammar. Recorded from CreateRole: `Unknown field`, `Invalid Condition type`; from this parser in S3: `Missing required
 * field`, `The policy must contain a valid version string`, `Invalid effect`.
 */
function textOf({ flaw, span }: PolicyError, { source }: PolicyDocument): string {
  const written = unquoted(source.slice(span.start, span.end))
  return TEXTS[flaw]?.(written) ?? 'Syntax errors in policy.'
}

const TEXTS: Readonly<Partial<Record<PolicyFlaw, (written: string) => string>>> = {
  'unknown-element': (written) => `Unknown field ${written}`,
  'missing-statement': () => 'Could not parse the policy: Statement is empty!',
  'missing-effect': () => 'Missing required field Effect',
  'missing-action': () => 'Missing required field Action',
  version: () => 'The policy must contain a valid version string',
  effect: (written) => `Invalid effect: ${written}`,
  'effect-case': (written) => `Invalid effect: ${written}`,
  operator: (written) => `Invalid Condition type : ${written}`,
  'null-if-exists': (written) => `Invalid Condition type : ${written}`,
  'principal-key': (written) => `Invalid principal in policy: "${written}"`,
}

const unquoted = (text: string): string => (text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text)

function trustFlaw(statement: Statement): string | undefined {
  const { effect, principal, action, resource } = statement
  if (principal?.negated === true)
    return effect === 'Allow'
      ? 'Allow with NotPrincipal is not allowed.'
      : 'AssumeRole policy must not contain NotPrincipal field.'
  const flaw = principalFlaw(statement)
  if (flaw !== undefined) return flaw
  if (action.values.length === 0) return 'Missing required field Action'
  if (!action.values.every(({ text }) => isAssumeAction(text)))
    return 'AssumeRole policy may only specify STS AssumeRole actions.'
  // Recorded from CreateRole, without a full stop.
  if (resource !== undefined) return resource.negated ? 'Has prohibited field NotResource' : 'Has prohibited field Resource'
  return undefined
}

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

function principalFlaw({ principal }: Statement): string | undefined {
  if (principal === undefined) return 'Missing required field Principal'
  if (principal.entries.length === 0) return 'Missing required field Principal cannot be empty!'
  const odd = principal.entries.find((entry) => !isPrincipal(entry))
  return odd === undefined ? undefined : invalidPrincipal(odd)
}

/** The type stands in capitals: `Invalid principal in policy: "SERVICE":"eks.amazonaws.com.cn"` (recorded). */
function invalidPrincipal({ kind, text }: Pick<PrincipalEntry, 'kind' | 'text'>): string {
  return `Invalid principal in policy: "${kind.toUpperCase()}":"${text}"`
}
