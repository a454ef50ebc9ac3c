/** IpAddress and NotIpAddress: IPv4 and IPv6 addresses in networks (CIDR, RFC 4632 and RFC 4291). */
import { type Comparison, typed } from './comparison.ts'

/** An address and how many of its bits count: all where no prefix is written. One word of 32 bits, or four. */
export type Network = { readonly words: readonly number[]; readonly bits: number }

const UP_TO_THREE_DIGITS = /^\d{1,3}$/
const GROUP = /^[0-9a-fA-F]{1,4}$/

/** Undefined where the text is neither an address nor a network. */
export function networkOf(text: string): Network | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const words = address.includes(':') ? sixOf(address) : fourOf(address)
  if (words === undefined) return undefined
  const all = words.length * 32
  if (slash < 0) return { words, bits: all }
  const prefix = text.slice(slash + 1)
  return UP_TO_THREE_DIGITS.test(prefix) && Number(prefix) <= all ? { words, bits: Number(prefix) } : undefined
}

/** Four numbers of one to three digits up to 255. By character codes: addresses are in most contexts and many policies. */
function fourOf(text: string): readonly number[] | undefined {
  let word = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === DOT) {
      if (digits === 0 || (dots += 1) > 3) return undefined
      word = word * 256 + octet
      octet = 0
      digits = 0
    } else {
      if (code < ZERO || code > NINE || (digits += 1) > 3) return undefined
      octet = octet * 10 + code - ZERO
      if (octet > 255) return undefined
    }
  }
  return dots === 3 && digits > 0 ? [word * 256 + octet] : undefined
}

const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39

function sixOf(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [left, right] = halves.map(groupsOf)
  if (left === undefined) return undefined
  if (halves.length === 1) return left.length === 8 ? wordsOf(left) : undefined
  if (right === undefined) return undefined
  // `::` stands for at least one group.
  const missing = 8 - left.length - right.length
  return missing < 1 ? undefined : wordsOf([...left, ...Array.from({ length: missing }, () => 0), ...right])
}

/** Groups of 16 bits between colons; the last two may be written as an IPv4 address. */
function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return []
  const written = text.split(':')
  const groups: number[] = []
  for (const [index, group] of written.entries()) {
    const [four] = (index === written.length - 1 && group.includes('.') ? fourOf(group) : undefined) ?? []
    if (four !== undefined) groups.push(Math.floor(four / 65_536), four % 65_536)
    else if (GROUP.test(group)) groups.push(Number.parseInt(group, 16))
    else return undefined
  }
  return groups
}

function wordsOf(groups: readonly number[]): readonly number[] {
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 65_536 + (groups[at + 1] ?? 0))
}

/** Whether an address lies in a network. Bits behind the prefix do not count; the two kinds of address never meet. */
function contains({ words: net, bits }: Network, { words }: Network): boolean {
  if (net.length !== words.length) return false
  for (let index = 0; index < net.length; index += 1) {
    const counted = Math.min(32, bits - index * 32)
    if (counted <= 0) return true
    // Not a shift: shifting by 32 shifts by nothing.
    const size = 2 ** (32 - counted)
    if (Math.floor((net[index] ?? 0) / size) !== Math.floor((words[index] ?? 0) / size)) return false
  }
  return true
}

const isAddress = ({ words, bits }: Network): boolean => bits === words.length * 32

const address: Comparison = {
  phrase: { holds: 'is in', fails: 'is not in' },
  ...typed(networkOf, (actual, expected) => isAddress(actual) && contains(expected, actual)),
}

export const IP_ADDRESS = { IpAddress: address, NotIpAddress: address } as const
