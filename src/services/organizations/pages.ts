/** Pages of Organizations: `MaxResults` and `NextToken`. The lists are short, so that a page is cut from the whole. */
import { Fault } from '../../aws/fault.ts'
import { type PageInput, pageOf, startOf } from '../pagination.ts'
import { invalidInput } from './errors.ts'

/** The model's largest MaxResults. */
const PAGE_SIZE = 20

export type PageRequest = { readonly NextToken?: string; readonly MaxResults?: number }
export type Page<T> = { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } }

/** Cuts a page from rows that are in the order of their keys. Throws InvalidInputException. */
export function page<T>(list: string, rows: readonly T[], request: PageRequest, keyOf: (row: T) => string): Page<T> {
  const input: PageInput = { Marker: request.NextToken, MaxItems: request.MaxResults ?? PAGE_SIZE }
  const after = startAfter(list, input)
  const { items, Marker } = pageOf(list, after === undefined ? rows : rows.filter((row) => keyOf(row) > after), input, keyOf)
  return { items, next: Marker === undefined ? {} : { NextToken: Marker } }
}

function startAfter(list: string, input: PageInput): string | undefined {
  try {
    return startOf(list, input)
  } catch (error) {
    if (error instanceof Fault) throw invalidInput('INVALID_NEXT_TOKEN', 'You specified an invalid value for NextToken.')
    throw error
  }
}
