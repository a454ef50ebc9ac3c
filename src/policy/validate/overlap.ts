/** Whether two wildcard patterns have a text in common. */

/** ARNs end at 2,048 characters; what is longer is not looked at, so that a hostile text costs nothing. */
const MAX_CHARACTERS = 2048

/** `*` is any run and `?` one character, in both; `${…}` in the second stands for anything. Takes at most length times length steps. */
export function overlaps(pattern: string, other: string): boolean {
  if (other.length > MAX_CHARACTERS) return true
  const left = squeezed(pattern)
  const right = squeezed(other.replaceAll(/\$\{[^}]*\}/g, '*'))
  return startsAlike(left, right) && haveTextInCommon(left, right)
}

const squeezed = (pattern: string): string => pattern.replaceAll(/\*+/g, '*')
const isWild = (character: string | undefined): boolean => character === '*' || character === '?'

/** False where the literal beginnings differ: most patterns do, and are done with. */
function startsAlike(left: string, right: string): boolean {
  const shorter = Math.min(left.length, right.length)
  for (let at = 0; at < shorter; at += 1) {
    if (isWild(left[at]) || isWild(right[at])) return true
    if (left[at] !== right[at]) return false
  }
  return true
}

function haveTextInCommon(left: string, right: string): boolean {
  // Row i tells, for each j, whether the rest of the left from i and the rest of the right from j have a text in common.
  let below: boolean[] = []
  for (let i = left.length; i >= 0; i -= 1) {
    const row: boolean[] = Array.from({ length: right.length + 1 }, () => false)
    for (let j = right.length; j >= 0; j -= 1) row[j] = cell(left[i], right[j], [below[j], row[j + 1], below[j + 1]])
    below = row
  }
  return below[0] === true
}

type Around = readonly [down: boolean | undefined, right: boolean | undefined, both: boolean | undefined]

function cell(a: string | undefined, b: string | undefined, [down, right, both]: Around): boolean {
  if (a === undefined && b === undefined) return true
  if (a === '*' || b === '*') return down === true || right === true
  if (a === undefined || b === undefined) return false
  return both === true && (a === b || a === '?' || b === '?')
}
