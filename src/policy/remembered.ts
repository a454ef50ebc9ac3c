/** What many owners remember, bounded for all of them together: a map for each, and when they hold too much all are emptied. */

/** How much is held by all maps. */
let held = 0
const maps = new Set<Map<string, unknown>>()

/** Candidates of decisions that are remembered: some hundred bytes each, so that all together are some hundred megabytes at most. */
const MOST = 1_000_000
/** Of a map that holds anything, beside what it holds. */
const LEAST = 8

/** Remembers a value of this weight. */
export function remember<T>(
  map: Map<string, T>,
  key: string,
  { value, weight }: { readonly value: T; readonly weight: number },
): void {
  held += weight + LEAST
  if (held > MOST) {
    for (const each of maps) each.clear()
    maps.clear()
    held = weight + LEAST
  }
  map.set(key, value)
  maps.add(map)
}
