/** The valid name that is nearest to a mistyped one, by edit distance (insert, remove, replace, swap two neighbours). */

/** Longer names are cut before they are compared: the work is the product of the lengths. */
const MAX_COMPARED = 64

/** The candidate with the smallest distance; the first one where several are equally near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Infinity
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** How many edits turn one name into the other (optimal string alignment). Upper and lower case are the same here. */
export function editDistance(left: string, right: string): number {
  const from = left.slice(0, MAX_COMPARED).toLowerCase()
  const to = right.slice(0, MAX_COMPARED).toLowerCase()
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const shortest = Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced)
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(swapped ? Math.min(shortest, at(beforeLast, column - 2) + 1) : shortest)
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
