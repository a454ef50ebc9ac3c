/** The values that condition operators compare: numbers, dates, addresses, bytes. Undefined where a text is none of them. */

const DIGITS = 30

/** "Comparing a key to an integer or decimal value" (condition operators page): the value, exactly, times ten to the power of 30. */
export function numberOf(text: string): bigint | undefined {
  const form = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (form === null) return undefined
  const [, sign, whole = '', fraction = ''] = form
  const scaled = BigInt(whole + fraction.slice(0, DIGITS).padEnd(DIGITS, '0'))
  return sign === '-' ? -scaled : scaled
}

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d))?)?)?$/

/** Seconds since 1970, of the six W3C forms (note NOTE-datetime) or of epoch seconds. */
export function dateOf(text: string): number | undefined {
  const form = DATE.exec(text)
  if (form === null) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '0', zone = 'Z'] = form
  if (!isDay(Number(year), Number(month), Number(day))) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) / 1000
  return whole + Number(`0.${fraction}`) - offsetOf(zone)
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60
  return zone.startsWith('-') ? -seconds : seconds
}

/** An address as its bits. */
type Address = { readonly bits: readonly number[] }
const bitsOf = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, index) => Math.floor(value / 2 ** (width - 1 - index)) % 2)

function addressOf(text: string): Address | undefined {
  return text.includes(':') ? version6(text) : version4(text)
}

function version4(text: string): Address | undefined {
  const parts = text.split('.')
  const good = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
  return good ? { bits: parts.flatMap((part) => bitsOf(Number(part), 8)) } : undefined
}

function version6(text: string): Address | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const [left = [], right = []] = groups
  const missing = 8 - left.length - right.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  return { bits: all.flatMap((group) => bitsOf(Number.parseInt(group, 16), 16)) }
}

/** Whether an address lies in a range in CIDR form; a range without a prefix is one address. */
export function inRange(text: string, range: string): boolean {
  const [base = '', prefix, ...more] = range.split('/')
  const from = addressOf(base)
  const address = addressOf(text)
  if (from === undefined || address === undefined || more.length > 0 || from.bits.length !== address.bits.length) return false
  const length = prefix === undefined ? from.bits.length : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  return length <= from.bits.length && from.bits.slice(0, length).join('') === address.bits.slice(0, length).join('')
}

/** Bytes of a base64 text. */
export function bytesOf(text: string): string | undefined {
  const good = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
  return good ? Buffer.from(text, 'base64').toString('hex') : undefined
}
