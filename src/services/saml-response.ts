/** A SAML response, verified. What it says is read from the bytes whose signature was checked, and from nothing else. */
import type { Element } from '@xmldom/xmldom'
import { xmlCrypto, xmldom } from './libraries.ts'
import { decryptedText } from './saml-decryption.ts'
import type { SamlMetadata } from './saml-metadata.ts'
import { attribute, children, childrenNamed, descendants, is, parseXml } from './saml-xml.ts'

/** Thrown where the response is not what it must be. The message is AWS's, or in its manner. */
export class SamlError extends Error {}

const INVALID = 'Your request included an invalid SAML response.'
/** AWS, "Troubleshooting SAML federation". */
const BAD_SIGNATURE = 'Response signature invalid'
/** A response has 75,000 bytes at most, and an element that says something has thirty. To make one canonical takes microseconds, for each certificate. */
const MAX_ELEMENTS = 4_000
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'

const SIGNATURES: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
])
const CANONICAL = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const TRANSFORMS: ReadonlySet<string> = new Set(['http://www.w3.org/2000/09/xmldsig#enveloped-signature', CANONICAL])

/** What a response is believed by: the metadata's certificates, the private keys (PEM) that open what is encrypted, and whether it must be. */
export type Trust = Pick<SamlMetadata, 'certificates'> & {
  readonly keys: readonly string[]
  readonly mustBeEncrypted: boolean
}

/** Whether the identity provider says that the user is whom it names. What says otherwise has no assertion, so that nobody needs to sign it. */
export function succeeded(text: string): boolean {
  const [status] = childrenNamed(readResponse(text), 'protocol', 'Status')
  const [code] = status === undefined ? [] : childrenNamed(status, 'protocol', 'StatusCode')
  return code === undefined || attribute(code, 'Value') === SUCCESS
}

/** The one assertion of a response, parsed from verified bytes. `text`: the decoded response. Throws SamlError. */
export function verifiedAssertion(text: string, trust: Trust): Element {
  const response = readResponse(text)
  const assertions = descendants(response, 'assertion', 'Assertion')
  const encrypted = descendants(response, 'assertion', 'EncryptedAssertion')
  if (encrypted.length > 0 || trust.mustBeEncrypted) {
    if (encrypted.length !== 1 || assertions.length > 0) throw new SamlError(INVALID)
    return openedAssertion(text, response, trust)
  }
  const { certificates } = trust
  // One assertion, where it belongs: what is wrapped elsewhere is an attack (XSW).
  const [assertion] = childrenNamed(response, 'assertion', 'Assertion')
  if (assertion === undefined || assertions.length !== 1) throw new SamlError(INVALID)
  const signed = [assertion, response].find((element) => childrenNamed(element, 'signature', 'Signature').length === 1)
  if (signed === undefined) throw new SamlError(BAD_SIGNATURE)
  return assertionOf(verifiedBytes(text, signed, certificates))
}

/**
 * The assertion inside an encrypted one. The response around it is signed, or else it is itself. Whatever is wrong with what comes out, its text is
 * that of a wrong signature: who sends changed ciphertexts must not learn what they open to.
 */
function openedAssertion(text: string, response: Element, { certificates, keys }: Trust): Element {
  const isSigned = childrenNamed(response, 'signature', 'Signature').length === 1
  const outer = isSigned ? responseOf(verifiedBytes(text, response, certificates)) : response
  const [wrapper] = childrenNamed(outer, 'assertion', 'EncryptedAssertion')
  if (wrapper === undefined || keys.length === 0) throw new SamlError(INVALID)
  const opened = decryptedText(wrapper, keys)
  try {
    const root = parseXml(opened ?? '', MAX_ELEMENTS)
    uniqueIds(root)
    if (!is(root, 'assertion', 'Assertion') || descendants(root, 'assertion', 'Assertion').length > 0)
      throw new SamlError(BAD_SIGNATURE)
    return isSigned ? root : assertionOf(verifiedBytes(opened ?? '', root, certificates))
  } catch {
    throw new SamlError(BAD_SIGNATURE)
  }
}

function responseOf(bytes: string): Element {
  const root = parseXml(bytes)
  if (!is(root, 'protocol', 'Response')) throw new SamlError(INVALID)
  return root
}

function readResponse(text: string): Element {
  try {
    const root = parseXml(text, MAX_ELEMENTS)
    if (!is(root, 'protocol', 'Response') || attribute(root, 'Version') !== '2.0') throw new SamlError(INVALID)
    uniqueIds(root)
    return root
  } catch {
    throw new SamlError(INVALID)
  }
}

/** Two elements with one ID would leave open which of them was signed. */
function uniqueIds(root: Element): void {
  const seen = new Set<string>()
  const walk = (element: Element): void => {
    const id = attribute(element, 'ID')
    if (id !== undefined && seen.has(id)) throw new SamlError(INVALID)
    if (id !== undefined) seen.add(id)
    for (const child of children(element)) walk(child)
  }
  walk(root)
}

/** The canonical bytes of the element that the signature covers; checked with the metadata's certificates, never with one that the response brings. */
function verifiedBytes(text: string, signed: Element, certificates: readonly string[]): string {
  const [signature] = childrenNamed(signed, 'signature', 'Signature')
  const id = attribute(signed, 'ID')
  if (signature === undefined || id === undefined) throw new SamlError(BAD_SIGNATURE)
  mustBePlain(signature, id)
  for (const certificate of certificates) {
    const bytes = bytesSignedBy(text, signature, certificate)
    if (bytes !== undefined) return bytes
  }
  throw new SamlError(BAD_SIGNATURE)
}

function written(element: Element): string {
  const { XMLSerializer } = xmldom()
  return new XMLSerializer().serializeToString(element)
}

/** One reference, to the signed element itself, by known algorithms. An HMAC would make a public certificate a secret. */
function mustBePlain(signature: Element, id: string): void {
  const references = descendants(signature, 'signature', 'Reference')
  const methods = descendants(signature, 'signature', 'SignatureMethod').map((element) => attribute(element, 'Algorithm') ?? '')
  const transforms = descendants(signature, 'signature', 'Transform').map((element) => attribute(element, 'Algorithm') ?? '')
  const isPlain =
    references.length === 1 &&
    attribute(references[0] ?? signature, 'URI') === `#${id}` &&
    methods.length === 1 &&
    methods.every((method) => SIGNATURES.has(method)) &&
    transforms.length <= 2 &&
    transforms.every((transform) => TRANSFORMS.has(transform)) &&
    // A comment inside DigestValue splits its text, and readers differ in which half they take (CVE-2025-29775).
    !written(signature).includes('<!--')
  if (!isPlain) throw new SamlError(BAD_SIGNATURE)
}

function bytesSignedBy(text: string, signature: Element, certificate: string): string | undefined {
  const { SignedXml } = xmlCrypto()
  try {
    const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null })
    verifier.loadSignature(written(signature))
    if (!verifier.checkSignature(text)) return undefined
    const [bytes, ...more] = verifier.getSignedReferences()
    return more.length === 0 ? bytes : undefined
  } catch {
    // The library throws where a digest or the signature does not fit.
    return undefined
  }
}

/** The assertion inside verified bytes: they are it, or the response around it. */
function assertionOf(bytes: string): Element {
  const root = parseXml(bytes)
  if (is(root, 'assertion', 'Assertion')) return root
  const [assertion] = childrenNamed(root, 'assertion', 'Assertion')
  if (assertion === undefined || !is(root, 'protocol', 'Response')) throw new SamlError(INVALID)
  return assertion
}
