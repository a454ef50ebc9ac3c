/** A SAML identity provider for tests: samlify's, so that what we believe was made by somebody else. */
import * as samlify from 'samlify'
import { selfSigned } from './certificates.ts'

export const SIGN_IN = 'https://signin.aws.amazon.com/saml'
const ATTRIBUTE = 'https://aws.amazon.com/SAML/Attributes/'
const ISSUER = 'https://idp.example.com/saml'

export type TestProvider = {
  readonly metadata: string
  readonly issuer: string
  /** A signed response, base64, as a browser would post it. */
  respond(subject: string, attributes: Readonly<Record<string, readonly string[]>>, change?: Partial<Values>): Promise<string>
}

type Values = {
  readonly issuedAt: number
  readonly until: number
  readonly audience: string
  readonly recipient: string
  /** SessionNotOnOrAfter; without it there is no authentication statement. */
  readonly sessionUntil?: number
}

const body = (text: string): string =>
  Buffer.from(text.match(/-----BEGIN CERTIFICATE-----([^-]+)/)?.[1] ?? '')
    .toString()
    .replaceAll(/\s/g, '')

/** Whom assertions are encrypted for (a certificate, PEM), and how. */
export type Encryption = {
  readonly certificate: string
  readonly data?: string
  readonly key?: string
  /** Signs the response, and not the assertion inside. */
  readonly outside?: boolean
}
const ENCRYPTION = 'http://www.w3.org/2001/04/xmlenc#'

export function openProvider(encryption?: Encryption): TestProvider {
  const { certificate, privateKey } = selfSigned('idp.example.com')
  samlify.setSchemaValidator({ validate: async () => 'unused: nothing is received here' })
  const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ISSUER}"><IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${body(certificate)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>`
  const spMetadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:amazon:webservices"><SPSSODescriptor WantAssertionsSigned="${encryption?.outside !== true}" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${encryption === undefined ? '' : `<KeyDescriptor use="encryption"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${body(encryption.certificate)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`}<AssertionConsumerService isDefault="true" index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${SIGN_IN}"/></SPSSODescriptor></EntityDescriptor>`
  // Settings that samlify takes and its types do not know.
  const algorithms = {
    dataEncryptionAlgorithm: encryption?.data ?? 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    keyEncryptionAlgorithm: encryption?.key ?? `${ENCRYPTION}rsa-oaep-mgf1p`,
  }
  const provider = samlify.IdentityProvider({
    metadata,
    privateKey,
    isAssertionEncrypted: encryption !== undefined,
    ...algorithms,
    loginResponseTemplate: { context: TEMPLATE, attributes: [] },
  })
  const consumer = samlify.ServiceProvider({ metadata: spMetadata })
  return {
    metadata: metadata.padEnd(1_000),
    issuer: ISSUER,
    async respond(subject, attributes, change = {}) {
      const now = Date.now()
      const values: Values = { issuedAt: now, until: now + 240_000, audience: SIGN_IN, recipient: SIGN_IN, ...change }
      const { context } = await provider.createLoginResponse(
        consumer,
        { extract: { request: { id: 'none' } } },
        'post',
        {},
        (template: string) => {
          const id = `_${crypto.randomUUID()}`
          return { id, context: filled(template, { id, subject, attributes, values }) }
        },
        encryption?.outside === true,
      )
      return context
    },
  }
}

type Filling = {
  readonly id: string
  readonly subject: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
  readonly values: Values
}

function filled(template: string, { id, subject, attributes, values }: Filling): string {
  const statements = Object.entries(attributes)
    .map(
      ([name, texts]) =>
        `<saml:Attribute Name="${name.includes(':') && !name.startsWith('PrincipalTag:') ? name : ATTRIBUTE + name}">${texts.map((text) => `<saml:AttributeValue>${text}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
    )
    .join('')
  const texts: Readonly<Record<string, string>> = {
    ID: id,
    AssertionID: `_a${id.slice(1)}`,
    Issuer: ISSUER,
    NameID: subject,
    Now: new Date(values.issuedAt).toISOString(),
    Until: new Date(values.until).toISOString(),
    Recipient: values.recipient,
    Audience: values.audience,
    Attributes: statements,
    Authentication:
      values.sessionUntil === undefined
        ? ''
        : `<saml:AuthnStatement AuthnInstant="${new Date(values.issuedAt).toISOString()}" SessionNotOnOrAfter="${new Date(values.sessionUntil).toISOString()}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
  }
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => texts[name] ?? whole)
}

const TEMPLATE =
  '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{ID}" Version="2.0" IssueInstant="{Now}" Destination="{Recipient}"><saml:Issuer>{Issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion ID="{AssertionID}" Version="2.0" IssueInstant="{Now}"><saml:Issuer>{Issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{NameID}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{Until}" Recipient="{Recipient}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{Now}" NotOnOrAfter="{Until}"><saml:AudienceRestriction><saml:Audience>{Audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>{Authentication}<saml:AttributeStatement>{Attributes}</saml:AttributeStatement></saml:Assertion></samlp:Response>'
