/** What is asked of a server certificate that is uploaded: a body that can be read and is valid now, its private key, and the chain in order. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { Fault } from '../../aws/fault.ts'
import type { UploadServerCertificateRequest } from '../../model/iam.gen.ts'

const malformed = (text: string): Fault => new Fault('MalformedCertificate', text)

/**
 * What AWS says of a body and of a private key that it cannot read (reports of `aws iam upload-server-certificate` without `file://`, and with a
 * key that is not PEM), and of a certificate that is not valid yet (aws/aws-sdk-go issue 2586, whose answer has the length of this text).
 */
const unreadable = (): Fault => malformed('Unable to parse certificate. Please ensure the certificate is in PEM format.')

/** Recorded with the indices -1 (go-acme/lego issue 304, a chain of one that is not the signer's) and 1. */
const brokenChain = (index: number): Fault =>
  malformed(
    `Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${index}`,
  )

/** Body, key and chain, in that order. Throws MalformedCertificate and KeyPairMismatch. `now` is in milliseconds. */
export function checkedCertificate(
  { CertificateBody, PrivateKey, CertificateChain }: UploadServerCertificateRequest,
  now: number,
): X509Certificate {
  const certificate = readCertificate(CertificateBody)
  if (certificate === undefined || !isValidAt(certificate, now)) throw unreadable()
  if (!certificate.checkPrivateKey(privateKey(PrivateKey)))
    throw new Fault('KeyPairMismatch', 'The public key certificate and the private key do not match.')
  if (CertificateChain !== undefined) mustChain(certificate, chainOf(CertificateChain), now)
  return certificate
}

/**
 * Each certificate is signed by the next, and the last is what is trusted. The index is that which Java's CertPathValidator would give, which fits
 * what is recorded (inferred): the leaf counts, and -1 is said where nothing leads to the last one.
 */
function mustChain(leaf: X509Certificate, chain: readonly X509Certificate[], now: number): void {
  const path = [leaf, ...chain]
  for (let index = path.length - 2; index >= 0; index -= 1) {
    const [one, signer] = [path[index], path[index + 1]]
    if (one === undefined || signer === undefined || isSignedBy(one, signer)) continue
    throw brokenChain(index === path.length - 2 ? -1 : index)
  }
  const outdated = path.findLastIndex((certificate) => !isValidAt(certificate, now))
  if (outdated !== -1) throw brokenChain(outdated)
}

const isSignedBy = (one: X509Certificate, signer: X509Certificate): boolean =>
  one.checkIssued(signer) && one.verify(signer.publicKey)

const isValidAt = ({ validFrom, validTo }: X509Certificate, now: number): boolean =>
  Date.parse(validFrom) <= now && now < Date.parse(validTo)

const BEGIN = '-----BEGIN CERTIFICATE-----'
const END = '-----END CERTIFICATE-----'

/** One certificate or more, each of them readable. A chain that cannot be read is one that leads nowhere (aws/aws-cli issue 715). */
function chainOf(text: string): readonly X509Certificate[] {
  const certificates = certificatesIn(text).map(readCertificate)
  const readable = certificates.filter((certificate) => certificate !== undefined)
  if (certificates.length === 0 || readable.length < certificates.length) throw brokenChain(-1)
  return readable
}

/** What stands between a beginning and the next end, both included. A regular expression would look for the end from each beginning anew. */
function certificatesIn(text: string): readonly string[] {
  const ended = text.split(END).slice(0, -1)
  return ended.filter((part) => part.includes(BEGIN)).map((part) => part.slice(part.indexOf(BEGIN)) + END)
}

/** PEM; undefined where it cannot be read. */
function readCertificate(body: string): X509Certificate | undefined {
  try {
    return body.includes(BEGIN) ? new X509Certificate(body) : undefined
  } catch {
    return undefined
  }
}

function privateKey(text: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch {
    // The reason could quote the key.
    throw unreadable()
  }
}
