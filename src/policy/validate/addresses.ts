/** What the checks ask of the addresses in conditions: whether they are private, and whether they have bits behind their mask. */

import { networkOf } from '../conditions/ip-address.ts'

/** An IPv4 network as a number; the texts asked about are addresses or networks, as `networkOf` reads them. */
type Four = { readonly word: number; readonly bits: number }

const FOUR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/
/** Unique local addresses, fc00::/7 (RFC 4193). */
const LOCAL_SIX = /^f[cd][0-9a-f]{2}:/i

function fourOf(text: string): Four | undefined {
  const parts = FOUR.exec(text)
  if (parts === null) return undefined
  const [, a, b, c, d, bits = '32'] = parts
  const word = [a, b, c, d].reduce((sum, octet) => sum * 256 + Number(octet), 0)
  return { word, bits: Number(bits) }
}

/** Networks that no request from outside comes from (RFC 1918). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((text) => fourOf(text) ?? [])

const within = (inner: Four, outer: Four): boolean =>
  inner.bits >= outer.bits && Math.floor(inner.word / 2 ** (32 - outer.bits)) === Math.floor(outer.word / 2 ** (32 - outer.bits))

/** Whether all of a network is private. */
export function isPrivate(text: string): boolean {
  const four = fourOf(text)
  return four === undefined ? LOCAL_SIX.test(text) : PRIVATE.some((known) => within(four, known))
}

/** The first address of the network that an address with bits behind its mask stands for; undefined where it has none. No mask is named: recorded. */
export function masked(text: string): string | undefined {
  const four = fourOf(text)
  if (four === undefined) return maskedSix(text)
  const size = 2 ** (32 - four.bits)
  const kept = Math.floor(four.word / size) * size
  if (kept === four.word) return undefined
  const octets = [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(kept / unit) % 256)
  return octets.join('.')
}

/** The same of an IPv6 address. */
function maskedSix(text: string): string | undefined {
  const network = networkOf(text)
  if (network?.words.length !== 4) return undefined
  const address = network.words.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n)
  const kept = address - (address % 2n ** BigInt(128 - network.bits))
  if (kept === address) return undefined
  const groups = Array.from({ length: 8 }, (_, index) => ((kept >> BigInt(112 - 16 * index)) & 65_535n).toString(16))
  return compressed(groups)
}

/** The longest run of groups that are zero is left out (RFC 5952). */
function compressed(groups: readonly string[]): string {
  const runs = groups
    .map((_, start) => groups.slice(start).findIndex((group) => group !== '0'))
    .map((run, start) => (run < 0 ? 8 - start : run))
  const longest = Math.max(...runs)
  if (longest < 2) return groups.join(':')
  const start = runs.indexOf(longest)
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + longest).join(':')}`
}
