/** An index of texts by what they begin with: finds every entry whose key begins a given text, in steps that grow with the logarithm of the keys. */

export type PrefixIndex<T> = {
  /** Sorted by code units. */
  readonly keys: readonly string[]
  readonly entries: readonly (readonly T[])[]
  /** For each key the position of the longest other key that begins it, or -1. */
  readonly parents: readonly number[]
}

export function prefixIndex<T>(pairs: readonly (readonly [key: string, entry: T])[]): PrefixIndex<T> {
  const byKey = new Map<string, T[]>()
  for (const [key, entry] of pairs) {
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, [entry])
    else known.push(entry)
  }
  const keys = [...byKey.keys()].toSorted(byCodeUnits)
  const parents: number[] = []
  for (const [position, key] of keys.entries()) parents.push(climb(keys, parents, { text: key, from: position - 1 }))
  return { keys, entries: keys.map((key) => byKey.get(key) ?? []), parents }
}

const byCodeUnits = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** From a position up to the first key that begins the text. */
function climb(
  keys: readonly string[],
  parents: readonly number[],
  { text, from }: { readonly text: string; readonly from: number },
): number {
  let at = from
  while (at >= 0 && !text.startsWith(keys[at] ?? '')) at = parents[at] ?? -1
  return at
}

/**
 * The position of the longest key that begins the text, or -1; `parents` leads to the others. Every key that begins the text sorts before
 * it, and whatever lies between begins with that key as well: so all are found by climbing from the last key that is not greater.
 */
export function longestPrefix<T>({ keys, parents }: PrefixIndex<T>, text: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] ?? '') <= text) low = middle + 1
    else high = middle
  }
  return climb(keys, parents, { text, from: low - 1 })
}
