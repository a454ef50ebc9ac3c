/**
 * What many owners remember, bounded for all of them together: a map for each, and when they hold too much all are emptied. The maps belong to
 * their owners: with them they go.
 */

/** Candidates of decisions that are remembered: some hundred bytes each, so that all together are some hundred megabytes at most. */
const MOST = 1_000_000
/** Of a map that holds anything, beside what it holds. */
const LEAST = 8

/** How much the maps were given since they were last emptied; those that are gone count on until then. */
let held = 0
let maps: WeakRef<Map<string, unknown>>[] = []
let known = new WeakSet<Map<string, unknown>>()

/** Remembers a value of this weight. */
export function remember<T>(
  map: Map<string, T>,
  key: string,
  { value, weight }: { readonly value: T; readonly weight: number },
): void {
  held += weight + LEAST
  if (held > MOST) {
    for (const each of maps) each.deref()?.clear()
    maps = []
    known = new WeakSet()
    held = weight + LEAST
  }
  map.set(key, value)
  if (known.has(map)) return
  known.add(map)
  maps.push(new WeakRef(map))
}
