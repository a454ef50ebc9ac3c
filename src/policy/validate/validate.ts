/** ValidatePolicy of IAM Access Analyzer: every finding of every check about a document (IAM User Guide, "IAM policy validation check reference"). */
import { PolicyError, type Span } from '../document.ts'
import { type PolicyReading, readPolicy } from '../parse.ts'
import { ACTION_CHECKS } from './actions.ts'
import type { Catalogue } from './catalogue.ts'
import { CONDITION_CHECKS } from './conditions.ts'
import type { Check, Finding, FindingType, Hit, PolicyType, Subject } from './finding.ts'
import { KEY_USE_CHECKS } from './key-use.ts'
import { locate, type Located } from './locate.ts'
import { PRINCIPAL_CHECKS } from './principals.ts'
import { RESOURCE_CONTROL_CHECKS } from './resource-control.ts'
import { RESOURCE_POLICY_CHECKS } from './resource-policies.ts'
import { RESOURCE_CHECKS } from './resources.ts'
import { ROLE_PASSING_CHECKS } from './role-passing.ts'
import { SIZE_CHECKS } from './sizes.ts'
import { STATEMENT_CHECKS } from './statements.ts'
import { STRUCTURE_CHECKS } from './structure.ts'
import { TRUST_CHECKS } from './trust.ts'
import { VALUE_CHECKS } from './values.ts'
import { VARIABLE_CHECKS } from './variables.ts'
import { WILDCARD_CHECKS } from './wildcards.ts'

export type { Finding, FindingType, PolicyType } from './finding.ts'
export type { Catalogue } from './catalogue.ts'

/** What a document is validated as. */
export type Asked = {
  readonly type: PolicyType
  /** `validatePolicyResourceType` of the request. */
  readonly resourceType?: string
  readonly catalogue: Catalogue
}

/** All checks but the one of the JSON itself, which leaves nothing to check. */
export const CHECKS: readonly Check[] = [
  ...STRUCTURE_CHECKS,
  ...SIZE_CHECKS,
  ...ACTION_CHECKS,
  ...RESOURCE_CHECKS,
  ...PRINCIPAL_CHECKS,
  ...CONDITION_CHECKS,
  ...VALUE_CHECKS,
  ...VARIABLE_CHECKS,
  ...ROLE_PASSING_CHECKS,
  ...STATEMENT_CHECKS,
  ...TRUST_CHECKS,
  ...RESOURCE_POLICY_CHECKS,
  ...RESOURCE_CONTROL_CHECKS,
  ...KEY_USE_CHECKS,
  ...WILDCARD_CHECKS,
]

/**
 * What there is to say about a document, in its order (recorded: a suggestion about a statement's id before an error about its action); of
 * one place in the order of the issue codes (recorded: the warning CREATE_SLR_… before the security warning PASS_ROLE_…). Never throws for
 * what a text holds.
 */
export function validatePolicy(source: string, { type, resourceType, catalogue }: Asked): readonly Finding[] {
  const reading = readingOf(source)
  if (reading instanceof PolicyError) return [syntaxFinding(source, reading)]
  const { document, json, errors } = reading
  const subject: Subject = { document, json, errors, type, catalogue, ...(resourceType !== undefined && { resourceType }) }
  const located = { source, json }
  const findings = CHECKS.flatMap((check) => check.find(subject).map((hit) => findingOf(check, hit, located)))
  return findings.toSorted(
    (one, other) =>
      placeOf(one) - placeOf(other) || (one.issueCode < other.issueCode ? -1 : Number(one.issueCode > other.issueCode)),
  )
}

const placeOf = ({ locations: [first] }: Finding): number => first?.span.start.offset ?? 0

function readingOf(source: string): PolicyReading | PolicyError {
  try {
    return readPolicy(source)
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
}

const PAGE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html'
const ANCHOR = 'access-analyzer-reference-policy-checks'
const KINDS: Readonly<Record<FindingType, string>> = {
  ERROR: 'error',
  SECURITY_WARNING: 'security-warning',
  WARNING: 'general-warning',
  SUGGESTION: 'suggestion',
}

const linkOf = (code: string, type: FindingType): string =>
  `${PAGE}#${ANCHOR}-${KINDS[type]}-${code.toLowerCase().replaceAll('_', '-')}`

function findingOf({ code, type }: Check, { details, at, part }: Hit, located: Located): Finding {
  const places: readonly Span[] = 'start' in at ? [at] : at
  return {
    findingType: type,
    issueCode: code,
    findingDetails: details,
    learnMoreLink: linkOf(code, type),
    locations: places.map((place) => locate(located, place, part)),
  }
}

/** The one finding about a text that is not JSON. */
function syntaxFinding(source: string, { span, place }: PolicyError): Finding {
  return {
    findingType: 'ERROR',
    issueCode: 'JSON_SYNTAX_ERROR',
    findingDetails: `Fix the JSON syntax error at index ${span.start} line ${place.line} column ${place.column - 1}.`,
    learnMoreLink: linkOf('JSON_SYNTAX_ERROR', 'ERROR'),
    locations: [locate({ source, json: undefined }, span)],
  }
}
