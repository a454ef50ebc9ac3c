/** Checks of the document's structure: elements, statement ids. */
import type { PolicyError, PolicyFlaw, Span } from '../document.ts'
import type { JsonMember, JsonNode } from '../json-reader.ts'
import { type Check, type Hit, isTrust, plain, type Subject, TRUST_POLICY } from './finding.ts'

/** A check that tells errors of the grammar. */
function ofFlaws(
  code: string,
  flaws: readonly PolicyFlaw[],
  details: (written: string, error: PolicyError, subject: Subject) => string,
): Check {
  return {
    code,
    type: 'ERROR',
    find: (subject) =>
      subject.errors
        .filter(({ flaw }) => flaws.includes(flaw))
        .map((error) => ({ details: details(writtenAt(subject, error.span), error, subject), at: error.span })),
  }
}

function writtenAt({ document }: Subject, { start, end }: Span): string {
  const text = document.source.slice(start, end)
  return text.startsWith('"') ? text.slice(1, -1) : text
}

/** The types that the grammar expects, as AWS names them; the third is recorded, the others follow from it. */
const DATA_TYPES: readonly (readonly [expected: string, name: string])[] = [
  ['an object or an array of objects', 'Object or Object Array'],
  ['an object', 'Object'],
  ['a string or an array of strings', 'String or String Array'],
  ['a string, a boolean or a number', 'String, Boolean or Number'],
  ['a string', 'String'],
  ['`*` or an object', 'String or Object'],
]

const dataTypeOf = (message: string): string =>
  DATA_TYPES.find(([expected]) => message.startsWith(`expected ${expected} but`))?.[1] ?? ''

const named = ({ type }: Subject): boolean => type === 'RESOURCE_POLICY' || type === 'RESOURCE_CONTROL_POLICY'

export const STRUCTURE_CHECKS: readonly Check[] = [
  ofFlaws(
    'DATA_TYPE_MISMATCH',
    ['type'],
    (_, { message }) => `The text does not match the expected JSON data type ${dataTypeOf(message)}.`,
  ),
  ofFlaws('INVALID_POLICY_ELEMENT', ['unknown-element'], (written) => `The policy element ${written} is not valid.`),
  ofFlaws(
    'INVALID_VERSION',
    ['version'],
    (written) => `The version ${written} is not valid. Use one of the following versions: 2012-10-17, 2008-10-17`,
  ),
  ofFlaws('INVALID_EFFECT', ['effect', 'effect-case'], (written) => `The effect ${written} is not valid. Use Allow or Deny.`),
  ofFlaws('MISSING_STATEMENT', ['missing-statement'], () => 'Add a statement to the policy'),
  ofFlaws(
    'MISSING_EFFECT',
    ['missing-effect'],
    () => 'Add an Effect element to the policy statement with a value of Allow or Deny.',
  ),
  ofFlaws('MISSING_ACTION', ['missing-action'], () => 'Add an Action or NotAction element to the policy statement.'),
  ofFlaws('UNSUPPORTED_ELEMENT_COMBINATION', ['element-combination'], (_, { path }) => {
    const negated = path.slice(path.lastIndexOf('.') + 1)
    return `The policy elements ${negated.slice(3)} and ${negated} can not be used in the same statement. Remove one of these elements.`
  }),
  ofFlaws(
    'INVALID_PRINCIPAL_FORMAT',
    ['principal'],
    () => 'The Principal element contents are not valid. Specify a key-value pair in the Principal element.',
  ),
  ofFlaws('INVALID_PRINCIPAL_KEY', ['principal-key'], (written) => `The principal key ${written} is not valid.`),
  ofFlaws(
    'INVALID_CONDITION_OPERATOR',
    ['operator'],
    (written) => `The condition operator ${written} is not valid. Use a valid condition operator.`,
  ),
  ofFlaws(
    'NULL_WITH_IF_EXISTS',
    ['null-if-exists'],
    () => 'The Null condition operator cannot be used with the IfExists suffix. Update the operator or the suffix.',
  ),
  plain('MISSING_PRINCIPAL', 'ERROR', 'Add a Principal element to the policy statement.', (subject) =>
    named(subject) ? subject.document.statements.filter(({ principal }) => principal === undefined) : [],
  ),
  {
    code: 'UNSUPPORTED_PRINCIPAL',
    type: 'ERROR',
    find: (subject) =>
      subject.type === 'IDENTITY_POLICY'
        ? principalsAt(
            subject,
            `The policy type ${subject.type} does not support the Principal element. Remove the Principal element.`,
          )
        : [],
  },
  {
    code: 'SCP_SYNTAX_ERROR_PRINCIPAL',
    type: 'ERROR',
    find: (subject) =>
      subject.type === 'SERVICE_CONTROL_POLICY'
        ? principalsAt(subject, 'SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.')
        : [],
  },
  // "All policies except role trust policies must include a Resource or NotResource element" (the reference, 2026).
  plain('MISSING_RESOURCE', 'ERROR', 'Add a Resource or NotResource element to the policy statement.', (subject) =>
    subject.document.statements.filter(
      (statement) =>
        !isTrust(subject, statement) &&
        statement.resource === undefined &&
        memberAt(subject, statement, 'Resource') === undefined,
    ),
  ),
  plain(
    'UNIQUE_SIDS_REQUIRED',
    'ERROR',
    'Duplicate statement IDs are not supported for this policy type. Update the Sid value.',
    (subject) => (subject.type === 'IDENTITY_POLICY' || subject.resourceType === TRUST_POLICY ? duplicateSids(subject) : []),
  ),
  plain(
    'UNIQUE_SIDS_RECOMMENDED',
    'WARNING',
    'We recommend that you use statement IDs that are unique to your policy. Update the Sid value.',
    (subject) => (subject.type === 'IDENTITY_POLICY' || subject.resourceType === TRUST_POLICY ? [] : duplicateSids(subject)),
  ),
  plain(
    'UNSUPPORTED_SID',
    'ERROR',
    'Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]',
    ({ type, document }) =>
      type === 'RESOURCE_POLICY'
        ? []
        : document.statements.flatMap(({ sid }) => (sid === undefined || SID.test(sid.text) ? [] : [sid])),
  ),
  plain('EMPTY_SID_VALUE', 'SUGGESTION', 'Add a value to the empty string in the Sid element.', ({ document }) =>
    document.statements.flatMap(({ sid }) => (sid?.text === '' ? [sid] : [])),
  ),
  plain(
    'MISSING_VERSION',
    'WARNING',
    'We recommend that you specify the Version element to help you with debugging permission issues.',
    ({ document }) => (document.versionGiven ? [] : [document]),
  ),
]

const SID = /^[A-Za-z0-9]*$/

function principalsAt({ document }: Subject, details: string): readonly Hit[] {
  return document.statements.flatMap(({ principal }) => (principal === undefined ? [] : [{ details, at: principal }]))
}

function duplicateSids({ document }: Subject): readonly Span[] {
  const seen = new Set<string>()
  return document.statements.flatMap(({ sid }) => {
    if (sid === undefined || sid.text === '' || !seen.has(sid.text)) {
      if (sid !== undefined) seen.add(sid.text)
      return []
    }
    return [sid]
  })
}

/** A member of a statement by its name or its negated name, read or not. */
export function memberAt({ json }: Subject, { start }: Span, name: string): JsonMember | undefined {
  const statements = json.kind === 'object' ? json.members.find((member) => member.name.text === 'Statement')?.value : undefined
  const items: readonly JsonNode[] =
    statements?.kind === 'array' ? statements.items : statements === undefined ? [] : [statements]
  const statement = items.find((item) => item.start === start)
  if (statement?.kind !== 'object') return undefined
  return statement.members.find((member) => member.name.text === name || member.name.text === `Not${name}`)
}
