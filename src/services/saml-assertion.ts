/** What a verified assertion says: who, for whom, until when, as which role (SAML 2.0 Core, 2.3; IAM User Guide, "Configure SAML assertions for the authentication response"). */
import { createHash } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { timeOf } from './saml-metadata.ts'
import { SamlError } from './saml-response.ts'
import { attribute, childrenNamed, descendants, textOf } from './saml-xml.ts'

export type SamlAssertion = {
  readonly id: string
  readonly issuer: string
  readonly issuedAt: number
  /** The earliest of all times after which it no longer counts. */
  readonly expiresAt: number
  /** When a session made of it ends at the latest (SessionNotOnOrAfter); undefined where it does not say. */
  readonly sessionEndsAt: number | undefined
  readonly subject: string
  /** `persistent`, `transient`, or the whole URI of the name's format. */
  readonly subjectType: string
  readonly recipient: string
  readonly audiences: readonly string[]
  /** By name, in the order of the assertion. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

const INVALID = 'Your request included an invalid SAML response.'
/** The formats of SAML 2.0 begin so. */
export const NAME_FORMAT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:'
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

/** Reads a verified assertion. Throws SamlError where a part is missing that must be there. */
export function readAssertion(assertion: Element): SamlAssertion {
  try {
    const subject = one(assertion, 'Subject')
    const name = one(subject, 'NameID')
    const confirmation = bearerOf(subject)
    const conditions = one(assertion, 'Conditions')
    const format = attribute(name, 'Format') ?? `${NAME_FORMAT}unspecified`
    return {
      id: must(attribute(assertion, 'ID')),
      issuer: textOf(one(assertion, 'Issuer')),
      issuedAt: timeOf(must(attribute(assertion, 'IssueInstant'))),
      expiresAt: Math.min(
        ...[attribute(confirmation, 'NotOnOrAfter'), attribute(conditions, 'NotOnOrAfter')].map((time) => timeOf(must(time))),
      ),
      sessionEndsAt: sessionEndOf(assertion),
      subject: textOf(name),
      subjectType: ['persistent', 'transient'].find((short) => format === NAME_FORMAT + short) ?? format,
      recipient: must(attribute(confirmation, 'Recipient')),
      audiences: descendants(conditions, 'assertion', 'Audience').map(textOf),
      attributes: attributesOf(assertion),
    }
  } catch {
    throw new SamlError(INVALID)
  }
}

/** Whether the assertion names somebody. */
export const namesSubject = (assertion: Element): boolean =>
  childrenNamed(assertion, 'assertion', 'Subject').some((subject) => childrenNamed(subject, 'assertion', 'NameID').length > 0)

/** NotBefore of the conditions; an assertion from the future is not yet one. */
export function notBefore(assertion: Element): number {
  const [conditions] = childrenNamed(assertion, 'assertion', 'Conditions')
  const time = conditions === undefined ? undefined : attribute(conditions, 'NotBefore')
  return time === undefined ? 0 : timeOf(time)
}

/** The earliest SessionNotOnOrAfter of the authentication statements. */
function sessionEndOf(assertion: Element): number | undefined {
  const times = childrenNamed(assertion, 'assertion', 'AuthnStatement').flatMap((statement) => {
    const time = attribute(statement, 'SessionNotOnOrAfter')
    return time === undefined ? [] : [timeOf(time)]
  })
  return times.length === 0 ? undefined : Math.min(...times)
}

function one(parent: Element, name: string): Element {
  const [first, ...more] = childrenNamed(parent, 'assertion', name)
  if (first === undefined || more.length > 0) throw new SamlError(INVALID)
  return first
}

function must(text: string | undefined): string {
  if (text === undefined || text === '') throw new SamlError(INVALID)
  return text
}

function bearerOf(subject: Element): Element {
  const bearer = childrenNamed(subject, 'assertion', 'SubjectConfirmation').find(
    (element) => attribute(element, 'Method') === BEARER,
  )
  if (bearer === undefined) throw new SamlError(INVALID)
  return one(bearer, 'SubjectConfirmationData')
}

function attributesOf(assertion: Element): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>()
  for (const statement of childrenNamed(assertion, 'assertion', 'AttributeStatement')) {
    for (const element of childrenNamed(statement, 'assertion', 'Attribute')) {
      const name = must(attribute(element, 'Name'))
      const values = childrenNamed(element, 'assertion', 'AttributeValue').map(textOf)
      attributes.set(name, [...(attributes.get(name) ?? []), ...values])
    }
  }
  return attributes
}

/** `saml:namequalifier`: names a subject across issuers and accounts (STS API reference, AssumeRoleWithSAML). */
export function nameQualifier(issuer: string, accountId: string, providerName: string): string {
  return createHash('sha1').update(`${issuer}${accountId}/${providerName}`).digest('base64')
}
