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

const RUN = 42
const ONE = 63

/** From the ends to the beginnings: `row[j]` tells whether the rest of the left and the rest of the right from j have a text in common. */
function haveTextInCommon(left: string, right: string): boolean {
  const codes = Uint16Array.from({ length: right.length }, (_, at) => right.charCodeAt(at))
  // After the left nothing is left: only runs are.
  const row = new Uint8Array(codes.length + 1)
  row[codes.length] = 1
  for (let j = codes.length - 1; j >= 0 && codes[j] === RUN; j -= 1) row[j] = 1
  for (let i = left.length - 1; i >= 0; i -= 1) step(row, left.charCodeAt(i), codes)
  return row[0] === 1
}

/** The row of the next character of the left, in the place of the one after it. In a loop of numbers alone: a long document has millions of them. */
function step(row: Uint8Array, a: number, codes: Uint16Array): void {
  let both = row[codes.length] ?? 0
  row[codes.length] = a === RUN ? both : 0
  for (let j = codes.length - 1; j >= 0; j -= 1) {
    const down = row[j] ?? 0
    const b = codes[j]
    if (a === RUN || b === RUN) row[j] = down | (row[j + 1] ?? 0)
    else if (a !== b && a !== ONE && b !== ONE) row[j] = 0
    else row[j] = both
    both = down
  }
}
