/** The one way out of the server: fetches a document over TLS, bounded in size and time, from addresses that the operator allows. */
import { lookup as resolveName } from 'node:dns'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { UntrustedError } from '../services/issuer-keys.ts'
import { isUntrusted, type Reaching, topThumbprint, vouchedCertificate } from './vouched.ts'

export type OutboundSettings = {
  /** Certificates (PEM) to trust beside the system's public ones. */
  readonly ca: string | undefined
  /** Whether this machine and private networks may be reached. */
  readonly allowPrivate: boolean
}

/** Discovery documents and key sets have some kilobytes. */
const MAX_BYTES = 1_048_576
const TIMEOUT_MS = 5_000

/**
 * Fetches a text. Follows no redirect: a document's address is part of what is trusted. Throws where anything is not as it should be;
 * `UntrustedError` where neither a public authority, nor the operator, nor a thumbprint vouches for the server's certificate.
 */
export type FetchText = (url: string, thumbprints?: readonly string[]) => Promise<string>

export function outbound({ ca, allowPrivate }: OutboundSettings): FetchText {
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
  const fetchTrusting = fetcher(allowPrivate)
  const reaching = reachingBy(allowPrivate)
  return async (text, thumbprints = []) => {
    try {
      return await fetchTrusting(text, trusted)
    } catch (error) {
      if (!isUntrusted(error)) throw error
      const anchor = thumbprints.length === 0 ? undefined : await vouchedCertificate(new URL(text), thumbprints, reaching)
      if (anchor === undefined) throw new UntrustedError({ cause: error })
      return fetchTrusting(text, { ca: [anchor], allowPartialTrustChain: true })
    }
  }
}

/** The thumbprint of what a server's certificate descends from, by the same rules about addresses. */
export const thumbprinter =
  ({ allowPrivate }: OutboundSettings) =>
  async (text: string): Promise<string> =>
    topThumbprint(reachable(text, allowPrivate), reachingBy(allowPrivate))

const reachingBy = (allowPrivate: boolean): Reaching => ({ timeout: TIMEOUT_MS, lookup: allowPrivate ? undefined : publicLookup })

/** Throws where the operator does not let the server go. Names are looked at when they are resolved. */
function reachable(text: string, allowPrivate: boolean): URL {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new Error('only https addresses without a password are fetched')
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isIP(literal) !== 0 && isPrivate(literal)) throw new Error('addresses of private networks are not fetched')
  return url
}

type Trusting = { readonly ca?: string[]; readonly allowPartialTrustChain?: boolean }

function fetcher(allowPrivate: boolean): (text: string, trusting: Trusting) => Promise<string> {
  return (text, trusting) =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(
        reachable(text, allowPrivate),
        {
          agent: false,
          signal: AbortSignal.timeout(TIMEOUT_MS),
          headers: { accept: 'application/json', 'user-agent': 'keyreeve' },
          ...trusting,
          ...(!allowPrivate && { lookup: publicLookup }),
        },
        (response) => {
          if (response.statusCode !== 200) {
            response.destroy()
            reject(new Error(`the answer has status ${response.statusCode}`))
            return
          }
          collect(response).then(resolve, reject)
        },
      )
      request.on('error', reject)
      request.end()
    })
}

async function collect(response: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Resolves a name once and connects to what was checked: a name that answers differently the second time gains nothing. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, '', 0)
      return
    }
    const [first] = addresses
    if (first === undefined || addresses.some(({ address }) => isPrivate(address))) {
      callback(new Error('addresses of private networks are not fetched'), '', 0)
      return
    }
    if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

/**
 * What is not globally reachable in IANA's special-purpose address registries (RFC 6890): this machine, private networks, link-local (the
 * metadata service), documentation, and forms that carry an IPv4 address inside; site-local addresses, which RFC 3879 took out of use and
 * networks still have; multicast, reserved.
 */
// oxfmt-ignore
const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24],
  ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
]
// oxfmt-ignore
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ['::', 96], ['::ffff:0:0:0', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['100::', 64], ['2001::', 23], ['2001:db8::', 32],
  ['2002::', 16], ['3fff::', 20], ['5f00::', 16], ['fc00::', 7], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8],
]
const blocked = new BlockList()
for (const [net, prefix] of PRIVATE_V4) blocked.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of PRIVATE_V6) blocked.addSubnet(net, prefix, 'ipv6')

/** Whether an address belongs to this machine or to a network that is not public. IPv4 addresses inside IPv6 ones are looked at as IPv4. */
export function isPrivate(address: string): boolean {
  const version = isIP(address)
  return version === 0 || blocked.check(address, version === 4 ? 'ipv4' : 'ipv6')
}
