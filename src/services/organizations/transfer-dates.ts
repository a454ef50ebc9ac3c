/** When responsibility goes over and comes back: with a month's first moment and with a month's last, UTC (Organizations API reference, InvalidInputException). */
import { invalidInput } from './errors.ts'

/** How many months ahead a transfer may begin. AWS says that there is a bound and not which. */
const LATEST_MONTHS = 12

/** The first moment of a month; `month` may lie beyond the year. */
const monthOf = (at: number, more: number): number => {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + more)
}

/** Throws InvalidInputException where a transfer cannot begin then. Milliseconds. */
export function mustBeStart(start: number, now: number): void {
  const date = new Date(start)
  if (date.getUTCDate() !== 1)
    throw invalidInput('START_DATE_NOT_BEGINNING_OF_MONTH', 'The start date must be the first day of the month.')
  if (start !== monthOf(start, 0))
    throw invalidInput('START_DATE_NOT_BEGINNING_OF_DAY', 'The start date must be the beginning of the day.')
  if (start <= now) throw invalidInput('START_DATE_TOO_EARLY', 'The start date is too early.')
  if (start > monthOf(now, LATEST_MONTHS)) throw invalidInput('START_DATE_TOO_LATE', 'The start date is too late.')
}

/** The last moment of the month in which a transfer can end at the earliest: this one, or that in which it begins. */
const earliestEnd = (start: number, now: number): number => monthOf(Math.max(start, now), 1) - 1

/** When a transfer ends: as asked, or as early as can be. Throws InvalidInputException. Milliseconds. */
export function endOf(asked: Date | undefined, start: number, now: number): number {
  if (asked === undefined) return earliestEnd(start, now)
  const end = asked.getTime()
  // Clients send whole seconds, too.
  if (Math.floor(end / 1000) !== Math.floor((monthOf(end, 1) - 1) / 1000))
    throw invalidInput('END_DATE_NOT_END_OF_MONTH', 'The end date must be the end of the last day of the month.')
  if (end < earliestEnd(start, now) - 999) throw invalidInput('END_DATE_TOO_EARLY', 'It is too early for the transfer to end.')
  return monthOf(end, 1) - 1
}
