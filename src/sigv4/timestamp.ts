/** ISO 8601 timestamps in basic format, `20150830T123600Z`, as signatures carry them. */

const LENGTH = 16
const EXTENDED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const ZERO = 48
const NINE = 57
const MIN_YEAR = 1970

/** Milliseconds since 1970; undefined where the text is no such timestamp, or no day of the calendar. */
export function parseTimestamp(text: string): number | undefined {
  if (text.length !== LENGTH || text[8] !== 'T' || text[15] !== 'Z') return undefined
  const year = number(text, 0, 4)
  const month = number(text, 4, 6)
  const day = number(text, 6, 8)
  const hour = number(text, 9, 11)
  const minute = number(text, 11, 13)
  const second = number(text, 13, 15)
  // Date.UTC would carry 31 June over into July, NaN stays NaN.
  const inRange =
    year >= MIN_YEAR &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(month, year) &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  return inRange ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined
}

/** `2015-08-30T12:36:00Z` as `20150830T123600Z`; any other text as it is. */
export function basicFormat(text: string): string {
  return EXTENDED.test(text) ? text.replaceAll('-', '').replaceAll(':', '') : text
}

/** Milliseconds since 1970 in basic format; fractions of a second are cut off. */
export function formatTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '')}Z`
}

/** The digits from `start` to just before `end` as a number; NaN where one is none. */
function number(text: string, start: number, end: number): number {
  let value = 0
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index)
    if (code < ZERO || code > NINE) return Number.NaN
    value = value * 10 + code - ZERO
  }
  return value
}

function daysOf(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
