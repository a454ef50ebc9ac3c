/** Pagination with opaque markers, as IAM's lists do it: `MaxItems`, `Marker`, `IsTruncated`. */
import { Fault } from '../aws/fault.ts'

/** IAM's default page (IAM API reference, MaxItems). */
const DEFAULT_PAGE_SIZE = 100
const MARKER_VERSION = '1'

export type PageInput = { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined }
/** What to ask the store for: rows behind a key of the list's order, and how many. */
export type Slice = { readonly after: string | undefined; readonly limit: number }
export type Page<T> = { readonly items: readonly T[]; readonly IsTruncated: boolean; readonly Marker?: string }

const invalidMarker = (): Fault => new Fault('ValidationError', 'Invalid Marker.')

/** Where a page begins: after this key of the list's order; undefined on the first page. Throws ValidationError `Invalid Marker.` */
export function startOf(list: string, input: PageInput): string | undefined {
  if (input.Marker === undefined) return undefined
  const text = Buffer.from(input.Marker, 'base64url').toString('utf8')
  const [version, name, ...key] = text.split('\n')
  if (version !== MARKER_VERSION || name !== list || key.length === 0) throw invalidMarker()
  return key.join('\n')
}

const COUNTED = /^\d{1,9}$/

/** The number of the last line told, where markers count lines; -1 on the first page. Throws ValidationError `Invalid Marker.` */
export function numberBefore(list: string, input: PageInput): number {
  const start = startOf(list, input)
  if (start === undefined) return -1
  if (!COUNTED.test(start)) throw invalidMarker()
  return Number(start)
}

/** How many rows to ask the store for: one more than the page holds tells whether there is another page. */
export const rowsFor = (input: PageInput): number => (input.MaxItems ?? DEFAULT_PAGE_SIZE) + 1

/** Cuts the rows asked for with `rowsFor` into a page; `keyOf` is the key of the list's order, unique in it. */
export function pageOf<T>(list: string, rows: readonly T[], input: PageInput, keyOf: (row: T) => string): Page<T> {
  const size = rowsFor(input) - 1
  const items = rows.slice(0, size)
  const last = items.at(-1)
  if (rows.length <= size || last === undefined) return { items, IsTruncated: false }
  return { items, IsTruncated: true, Marker: Buffer.from([MARKER_VERSION, list, keyOf(last)].join('\n')).toString('base64url') }
}

/** A page of a list that stays as it is: the marker says how far it went. Throws ValidationError `Invalid Marker.` */
export function linesOf<T>(list: string, lines: readonly T[], input: PageInput): Page<T> {
  const from = numberBefore(list, input) + 1
  const asked = lines.slice(from, from + rowsFor(input)).map((line, number) => ({ line, number: from + number }))
  const { items, ...page } = pageOf(list, asked, input, ({ number }) => String(number))
  return { items: items.map(({ line }) => line), ...page }
}
