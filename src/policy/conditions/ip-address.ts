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

function fourOf(text: string): readonly number[] | undefined {
  const octets = text.split('.')
  if (octets.length !== 4) return undefined
  let word = 0
  for (const octet of octets) {
    if (!UP_TO_THREE_DIGITS.test(octet) || Number(octet) > 255) return undefined
    word = word * 256 + Number(octet)
  }
  return [word]
}

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
