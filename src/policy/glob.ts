/** Wildcard patterns: `*` any run of characters, `?` one. Matching takes at most pattern times text steps, and never backtracks further than one star. */

const LITERAL = 0
const RUN = 1
const ONE = 2

/** A pattern whose wildcards are told from literal `*` and `?` (those of variables, those of operators without wildcards). */
export type Pattern = {
  readonly text: string
  /** What each character of `text` is; undefined where all are literal. */
  readonly kinds: Uint8Array | undefined
}

export type PatternPart = { readonly text: string; readonly literal: boolean }

/** Joins parts into one pattern: in literal parts `*` and `?` stand for themselves. */
export function patternOf(parts: readonly PatternPart[]): Pattern {
  const text = parts.map((part) => part.text).join('')
  if (parts.every((part) => part.literal || !hasWildcard(part.text))) return { text, kinds: undefined }
  const kinds = new Uint8Array(text.length)
  let at = 0
  for (const part of parts) {
    for (const character of part.text.split('')) {
      kinds[at] = part.literal ? LITERAL : kindOf(character)
      at += 1
    }
  }
  return { text, kinds }
}

const kindOf = (character: string): number => (character === '*' ? RUN : character === '?' ? ONE : LITERAL)

export const hasWildcard = (text: string): boolean => text.includes('*') || text.includes('?')

/** Whether the whole text matches. */
export function matches({ text: pattern, kinds }: Pattern, text: string): boolean {
  if (kinds === undefined) return pattern === text
  let at = 0
  let position = 0
  let star = -1
  let resume = 0
  while (position < text.length) {
    const kind = kinds[at]
    if (kind === RUN) {
      star = at
      resume = position
      at += 1
    } else if (kind === ONE || (kind === LITERAL && pattern.charCodeAt(at) === text.charCodeAt(position))) {
      at += 1
      position += 1
    } else if (star >= 0) {
      at = star + 1
      resume += 1
      position = resume
    } else {
      return false
    }
  }
  while (kinds[at] === RUN) at += 1
  return at === kinds.length
}

/** A test made once of a pattern without variables: equality, a prefix or the walk, whichever suffices. */
export function matcherOf(pattern: Pattern): (text: string) => boolean {
  const { text, kinds } = pattern
  if (kinds === undefined) return (value) => value === text
  const first = kinds.findIndex((kind) => kind !== LITERAL)
  if (kinds[first] === RUN && kinds.subarray(first).every((kind) => kind === RUN)) {
    const prefix = text.slice(0, first)
    return prefix === '' ? () => true : (value) => value.startsWith(prefix)
  }
  return (value) => matches(pattern, value)
}
