/** The proof of a SAML assertion: signature, times, audience. Pure, so that it runs in a thread of its own: whoever sends assertions need not be known. */
import { Fault } from '../../aws/fault.ts'
import { namesSubject, notBefore, readAssertion, type SamlAssertion } from '../saml-assertion.ts'
import { readSamlMetadata } from '../saml-metadata.ts'
import { SamlError, succeeded, verifiedAssertion } from '../saml-response.ts'

/** Plain data, which crosses to the thread. */
export type AskedProof = {
  /** The response in base64. */
  readonly encoded: string
  /** The provider's. */
  readonly metadata: string
  /** Private keys (PEM) that open what is encrypted. */
  readonly keys: readonly string[]
  readonly mustBeEncrypted: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

/** STS API reference: the response counts for five minutes. Clocks may differ by as much in the other direction. */
export const WINDOW_MS = 300_000
/** The audiences and recipients of AWS's sign-in (IAM User Guide, "Configure SAML assertions"); a Region's endpoint names it. */
const SIGN_IN = /^https:\/\/(?:[a-z0-9-]{1,30}\.)?signin\.aws\.amazon\.com\/saml$/
const WEB_SERVICES = 'urn:amazon:webservices'
const BASE64 = /^[A-Za-z0-9+/=\s]*$/

export const invalidToken = (text: string): Fault => new Fault('InvalidIdentityToken', text)
export const rejected = (text: string): Fault => new Fault('IDPRejectedClaim', text)
export const ACTION = 'sts:AssumeRoleWithSAML'
export const notAuthorized = (): Fault => new Fault('AccessDenied', `Not authorized to perform ${ACTION}`)

/** Throws InvalidIdentityToken, IDPRejectedClaim and ExpiredTokenException, in AWS's words where they are known ("Troubleshooting SAML federation"). */
export function provenAssertion({ encoded, metadata, keys, mustBeEncrypted, now }: AskedProof): SamlAssertion {
  const { issuer, certificates } = readSamlMetadata(metadata)
  const trust = { certificates, keys, mustBeEncrypted }
  if (!BASE64.test(encoded)) throw invalidToken('Invalid base64 SAMLResponse')
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  try {
    if (!succeeded(text)) throw rejected('The identity provider reported that authentication failed.')
    const element = verifiedAssertion(text, trust)
    // "Troubleshooting SAML federation": what an assertion without a NameID is answered.
    if (!namesSubject(element)) throw notAuthorized()
    const assertion = readAssertion(element)
    if (assertion.issuer !== issuer) throw new SamlError('Issuer not present in specified provider')
    if (!SIGN_IN.test(assertion.recipient)) throw new SamlError('Your request included an invalid SAML response.')
    if (!assertion.audiences.some((audience) => audience === WEB_SERVICES || SIGN_IN.test(audience)))
      throw new SamlError('Response does not contain the required audience.')
    if (notBefore(element) > now + WINDOW_MS || assertion.issuedAt > now + WINDOW_MS)
      throw new SamlError('Your request included an invalid SAML response.')
    if (assertion.issuedAt + WINDOW_MS <= now)
      throw new Fault('ExpiredTokenException', 'Token must be redeemed within 5 minutes of issuance')
    if (Math.min(assertion.expiresAt, assertion.sessionEndsAt ?? assertion.expiresAt) <= now)
      throw new Fault('ExpiredTokenException', 'The SAML assertion is expired.')
    return assertion
  } catch (error) {
    if (error instanceof SamlError) throw invalidToken(error.message)
    throw error
  }
}
