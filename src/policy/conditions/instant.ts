/** Dates of policies: the W3C profile of ISO 8601 (NOTE-datetime), or seconds since 1970. Exact to the nanosecond. */

export type Instant = { readonly seconds: number; readonly nanos: number }

/** Year, month, day, minutes, seconds, fractions; a time has a zone. `Date.parse` takes far more than this. */
const W3C = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d))?)?)?$/
const EPOCH_SECONDS = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/
/** What a part that is left out stands for: the first month, the first day, midnight. */
const FIRST = [0, 1, 1, 0, 0, 0] as const

/** Undefined where the text is neither. Four digits alone are a year. */
export function instantOf(text: string): Instant | undefined {
  const parts = W3C.exec(text)
  if (parts === null) return epochOf(text)
  const seconds = secondsOf(parts.slice(1, 7).map((part, index) => Number(part ?? FIRST[index])))
  const zone = zoneSeconds(parts[8] ?? 'Z')
  if (seconds === undefined || zone === undefined) return undefined
  return { seconds: seconds - zone, nanos: nanosOf(parts[7]) }
}

function epochOf(text: string): Instant | undefined {
  const parts = EPOCH_SECONDS.exec(text)
  if (parts === null) return undefined
  const [, sign, whole, fraction] = parts
  const seconds = Number(whole)
  const nanos = nanosOf(fraction)
  if (sign !== '-') return { seconds, nanos }
  return nanos === 0 ? { seconds: -seconds, nanos } : { seconds: -seconds - 1, nanos: 1_000_000_000 - nanos }
}

const nanosOf = (fraction = ''): number => Number(fraction.padEnd(9, '0'))

/** Date.UTC carries what is too large over: the 31st of April would be the 1st of May. It also takes the years 0 to 99 for those of the last century. */
function secondsOf([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[]): number | undefined {
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCHours(hour, minute, second)
  const read = [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
  return [month, day, hour, minute, second].every((part, index) => part === read[index]) ? at.getTime() / 1000 : undefined
}

function zoneSeconds(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))]
  if (hours > 23 || minutes > 59) return undefined
  return (hours * 60 + minutes) * (zone.startsWith('-') ? -60 : 60)
}

/** Below zero where `one` is earlier. */
export function compareInstants(one: Instant, other: Instant): number {
  return one.seconds === other.seconds ? one.nanos - other.nanos : one.seconds - other.seconds
}
