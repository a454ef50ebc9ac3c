/** Certificates that nobody public vouches for, but an account does, by thumbprint: found in what a server shows, so that TLS can be held to them. */
import { isIP, type LookupFunction } from 'node:net'
import { connect, type DetailedPeerCertificate } from 'node:tls'

export type Reaching = { readonly timeout: number; readonly lookup: LookupFunction | undefined }

/** How OpenSSL says that a chain ends at nobody it trusts. Other failures, such as a wrong name or a date, no thumbprint mends. */
const UNTRUSTED: ReadonlySet<unknown> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
export const isUntrusted = (error: unknown): boolean => error instanceof Error && 'code' in error && UNTRUSTED.has(error.code)

/**
 * The certificate (PEM) among those that the server shows whose SHA-1 is one of the thumbprints (hex). Nothing is sent, and nothing is believed
 * here: the connection that counts is made afterwards, with this certificate as what is trusted.
 */
export async function vouchedCertificate(
  url: URL,
  thumbprints: readonly string[],
  reaching: Reaching,
): Promise<string | undefined> {
  const wanted = new Set(thumbprints.map((thumbprint) => thumbprint.toLowerCase()))
  const shown = await shownCertificates(url, reaching)
  const found = shown.find(({ fingerprint }) => wanted.has(fingerprint.replaceAll(':', '').toLowerCase()))
  return found === undefined ? undefined : pemOf(found.raw)
}

/**
 * IAM API Reference, CreateOpenIDConnectProvider: where a request has none, the thumbprint of the top intermediate authority. That is the last
 * certificate that another signed; a certificate that signed itself alone is its own. In small letters, as AWS shows what it found.
 */
export async function topThumbprint(url: URL, reaching: Reaching): Promise<string> {
  const chain = await shownCertificates(url, reaching)
  const top = chain.findLast((certificate) => certificate.issuerCertificate !== certificate) ?? chain[0]
  if (top === undefined) throw new Error('the server shows no certificate')
  return top.fingerprint.replaceAll(':', '').toLowerCase()
}

function shownCertificates(url: URL, { timeout, lookup }: Reaching): Promise<readonly DetailedPeerCertificate[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(url.port === '' ? 443 : url.port),
      rejectUnauthorized: false,
      timeout,
      ...(isIP(host) === 0 && { servername: host }),
      ...(lookup !== undefined && { lookup }),
    })
    socket.on('secureConnect', () => {
      resolve(chainOf(socket.getPeerCertificate(true)))
      socket.destroy()
    })
    socket.on('timeout', () => socket.destroy(new Error('the server shows no certificate in time')))
    socket.on('error', reject)
  })
}

/** A self-signed certificate names itself as its issuer. */
const MAX_CHAIN = 10
function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = []
  let at: DetailedPeerCertificate | undefined = leaf
  while (at?.raw !== undefined && !chain.includes(at) && chain.length < MAX_CHAIN) {
    chain.push(at)
    at = at.issuerCertificate
  }
  return chain
}

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
