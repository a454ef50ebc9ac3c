/** Values of conditions that are more than text: numbers, dates, addresses. Each reader is exact: what it does not know is no value. */

/** Decimal numbers, as policies and requests write them. */
const NUMBER = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})$/

/** A number; undefined where the text is none: `10abc` is not ten. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

/** The W3C profile of ISO 8601 (NOTE-datetime): year, month, day, minutes, seconds, fractions; a time has a zone. */
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d))?)?)?$/
const EPOCH_SECONDS = /^-?\d{1,12}(?:\.\d{1,9})?$/
const MINUTE_MS = 60_000

/** Milliseconds since 1970 of a date or of epoch seconds; undefined where the text is neither. A year alone has four digits and is a year. */
export function dateOf(text: string): number | undefined {
  const parts = DATE.exec(text)
  if (parts === null) return EPOCH_SECONDS.test(text) ? Number(text) * 1000 : undefined
  const at = instantOf(parts.slice(1, 7).map((part, index) => Number(part ?? FIRST[index])))
  return at === undefined ? undefined : at + Number(`0.${parts[7] ?? '0'}`) * 1000 - zoneMs(parts[8] ?? 'Z')
}

/** Date.UTC carries what is too large over: the 31st of April would be the 1st of May. */
function instantOf([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[]): number | undefined {
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(at)
  const read = [back.getUTCMonth() + 1, back.getUTCDate(), back.getUTCHours(), back.getUTCMinutes(), back.getUTCSeconds()]
  return [month, day, hour, minute, second].every((part, index) => part === read[index]) ? at : undefined
}

/** What a part that is left out stands for: the first month, the first day, midnight. */
const FIRST = [0, 1, 1, 0, 0, 0] as const

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE_MS
}

/** An address: 4 or 16 bytes. */
export type Address = readonly number[]
export type Network = { readonly address: Address; readonly prefix: number }

const OCTET = /^\d{1,3}$/
const GROUP = /^[0-9a-fA-F]{1,4}$/

/** The bytes of an IPv4 or IPv6 address in any of its spellings; undefined where the text is none. */
export function addressOf(text: string): Address | undefined {
  return text.includes(':') ? sixOf(text) : fourOf(text)
}

function fourOf(text: string): Address | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part) && Number(part) < 256)) return undefined
  return parts.map(Number)
}

function sixOf(text: string): Address | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [left, right] = halves.map(groupsOf)
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined
  if (right === undefined) return left.length === 16 ? left : undefined
  const missing = 16 - left.length - right.length
  return missing < 2 ? undefined : [...left, ...Array.from({ length: missing }, () => 0), ...right]
}

/** The bytes of groups between colons; the last group may be an IPv4 address. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const bytes: number[] = []
  for (const [index, group] of groups.entries()) {
    const four = index === groups.length - 1 && group.includes('.') ? fourOf(group) : undefined
    if (four !== undefined) bytes.push(...four)
    else if (GROUP.test(group)) bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return undefined
  }
  return bytes
}

/** A network: an address and how many of its bits count, all where no prefix is written. */
export function networkOf(text: string): Network | undefined {
  const [written = '', prefix, ...rest] = text.split('/')
  const address = addressOf(written)
  if (address === undefined || rest.length > 0) return undefined
  if (prefix === undefined) return { address, prefix: address.length * 8 }
  if (!OCTET.test(prefix) || Number(prefix) > address.length * 8) return undefined
  return { address, prefix: Number(prefix) }
}

/** Whether the address lies in the network. Bits behind the prefix do not count; the two kinds of address never meet. */
export function contains({ address: net, prefix }: Network, address: Address): boolean {
  if (net.length !== address.length) return false
  for (let index = 0; index < net.length; index += 1) {
    const bits = Math.min(8, Math.max(0, prefix - index * 8))
    const mask = (0xff << (8 - bits)) & 0xff
    if (((net[index] ?? 0) & mask) !== ((address[index] ?? 0) & mask)) return false
  }
  return true
}
