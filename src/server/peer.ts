/** Who calls, and whether the way is encrypted: as the connection says, or as a proxy says that the operator trusts. */
import { BlockList, isIP } from 'node:net'

export type Peer = {
  readonly address: string
  /** The caller speaks TLS, to a trusted proxy: this server speaks none. */
  readonly secure: boolean
}

/** Tells the peer of a request by the address of its connection and its headers. */
export type PeerReader = (connected: string, rawHeaders: readonly string[]) => Peer

/**
 * Believes `X-Forwarded-For` and `X-Forwarded-Proto` of the proxies that are given, as addresses or networks, and of nobody else. Each proxy
 * adds whom it heard at the end, so that the caller is the last one who is no trusted proxy: what stands before may be made up.
 */
export function peerReader(proxies: readonly string[]): PeerReader {
  if (proxies.length === 0) return (connected) => ({ address: plain(connected), secure: false })
  const isTrusted = trust(proxies)
  return (connected, rawHeaders) => {
    let address = plain(connected)
    if (!isTrusted(address)) return { address, secure: false }
    for (const entry of listed(rawHeaders, 'x-forwarded-for').toReversed()) {
      const named = addressIn(entry)
      // What is no address (`unknown`, a made-up name) hides the caller: the proxy that told it stands for it.
      if (named === undefined) break
      address = named
      if (!isTrusted(address)) break
    }
    return { address, secure: listed(rawHeaders, 'x-forwarded-proto').at(-1)?.toLowerCase() === 'https' }
  }
}

/** Whether a text is an address or a network (`10.0.0.0/8`) that can be trusted: no network is the whole of the internet. */
export function isTrustable(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

function trust(proxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address))
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** The entries of a header that is a list, which may stand in several lines. */
function listed(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.flatMap((value, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name ? value.split(',').map((entry) => entry.trim()) : [],
  )
}

/** Some proxies write the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressIn(entry: string): string | undefined {
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(entry) ?? []
  const [, four] = /^([\d.]+):\d{1,5}$/.exec(entry) ?? []
  const address = bracketed ?? four ?? entry
  return isIP(address) === 0 ? undefined : plain(address)
}

/** An IPv4 address that arrived on a dual-stack socket is written as IPv4. */
function plain(address: string): string {
  const inner = address.slice('::ffff:'.length)
  return address.toLowerCase().startsWith('::ffff:') && isIP(inner) === 4 ? inner : address
}
