/** The metadata of a SAML identity provider (SAML 2.0 Metadata): who it is, and the certificates that its signatures are checked with. */
import { X509Certificate } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { attribute, childrenNamed, descendants, is, parseXml, textOf } from './saml-xml.ts'

export type SamlMetadata = {
  readonly issuer: string
  /** PEM, in the order of the document. */
  readonly certificates: readonly string[]
  /** Milliseconds since 1970; undefined where the document says nothing. */
  readonly validUntil: number | undefined
}

/** Reads a metadata document; throws where it describes no identity provider with a signing certificate. */
export function readSamlMetadata(text: string): SamlMetadata {
  const root = parseXml(text)
  const entity = is(root, 'metadata', 'EntitiesDescriptor')
    ? descendants(root, 'metadata', 'EntityDescriptor').find(isProvider)
    : root
  if (entity === undefined || !is(entity, 'metadata', 'EntityDescriptor')) throw new Error('the metadata describes no entity')
  const issuer = attribute(entity, 'entityID')
  const [descriptor] = childrenNamed(entity, 'metadata', 'IDPSSODescriptor')
  if (issuer === undefined || issuer === '' || descriptor === undefined)
    throw new Error('the metadata describes no identity provider')
  const certificates = childrenNamed(descriptor, 'metadata', 'KeyDescriptor')
    .filter((key) => attribute(key, 'use') !== 'encryption')
    .flatMap((key) => descendants(key, 'signature', 'X509Certificate').map(pemOf))
  if (certificates.length === 0) throw new Error('the metadata has no signing certificate')
  const until = attribute(entity, 'validUntil') ?? attribute(root, 'validUntil')
  return { issuer, certificates, validUntil: until === undefined ? undefined : timeOf(until) }
}

const isProvider = (entity: Element): boolean => childrenNamed(entity, 'metadata', 'IDPSSODescriptor').length > 0

/** Throws where the text is no certificate. */
function pemOf(element: Element): string {
  return new X509Certificate(Buffer.from(textOf(element).replaceAll(/\s/g, ''), 'base64')).toString()
}

/** xs:dateTime in UTC (SAML 2.0 Core, 1.3.3). */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

/** Milliseconds since 1970; throws where the text is no time in UTC. */
export function timeOf(text: string): number {
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new Error('a time is not written in UTC')
  return at
}
