/** The request context: condition keys and their values. Keys are compared without regard to case, so they are asked for in lower case. */

import { InputError } from './input-error.ts'

/** One value of a key, or the values of a key that has several. Numbers, times and booleans are texts here as they are in policies. */
export type ContextValue = string | readonly string[]

/** Where a decision gets the condition keys of its request from. */
export interface RequestContext {
  /** The value of a key (in lower case); undefined where the request has none. May be computed when it is first asked for. */
  value(key: string): ContextValue | undefined
}

/** Keys as they are written, with their values; undefined: absent. */
export type ContextRecord = Readonly<Record<string, ContextValue | undefined>>

/** A context whose keys can be listed. */
export interface KnownContext extends RequestContext {
  readonly record: ContextRecord
}

/**
 * A context of known values. Members that are undefined are absent. Names that differ by case only are one key with the values of all, which
 * no operator for one value meets: a condition on a tag's key "matches a resource tag key named either TagKey1 or tagkey1, but not both" (IAM
 * User Guide, "AWS global condition context keys"). Who may tag must not choose which of them is looked at.
 *
 * Throws `InputError` for a value of another type: a number or a boolean would meet no condition, and so no deny.
 */
export function contextOf(record: ContextRecord): KnownContext {
  const values = new Map<string, ContextValue>()
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue
    if (!isValue(value)) throw new InputError(`context.${key}`, `the value of \`${key}\` is neither a text nor a list of texts`)
    const name = key.toLowerCase()
    const before = values.get(name)
    values.set(name, before === undefined ? value : [before, value].flat())
  }
  return { record, value: (key) => values.get(key) }
}

const isValue = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'))

/** A context that remembers what was asked of it, and answers the same again. Undefined: the request has no such key. */
export function recordedContext(
  context: RequestContext,
): RequestContext & { readonly asked: ReadonlyMap<string, ContextValue | undefined> } {
  const asked = new Map<string, ContextValue | undefined>()
  return {
    asked,
    value(key) {
      if (!asked.has(key)) asked.set(key, context.value(key))
      return asked.get(key)
    },
  }
}
