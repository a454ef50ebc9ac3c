/** Wildcard patterns: `*` any run of characters, `?` one. The walk keeps positions and two stars; it never builds an expression. */

import { spend } from './work.ts'

const LITERAL = 0
const RUN = 1
const ONE = 2
/** The same within a segment of an ARN: they take no colon. */
const INNER_RUN = 3
const INNER_ONE = 4
export const COLON = 0x3a

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
    if (!part.literal) for (let index = 0; index < part.text.length; index += 1) kinds[at + index] = kindOf(part.text[index])
    at += part.text.length
  }
  return { text, kinds }
}

/** A pattern all of whose `*` and `?` are wildcards. */
export function wildcardPattern(text: string): Pattern {
  if (!hasWildcard(text)) return { text, kinds: undefined }
  const kinds = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at += 1) kinds[at] = kindOf(text[at])
  return { text, kinds }
}

/**
 * The pattern of a text in segments with colons between. The wildcards of all but the last stay within their segment, except a star at its
 * end. Undefined where a colon has come into a segment, which then is none.
 */
export function segmentedPattern(segments: readonly Pattern[]): Pattern | undefined {
  const last = segments.length - 1
  if (segments.some(({ text }, index) => index < last && text.includes(':'))) return undefined
  const text = segments.map((segment) => segment.text).join(':')
  const joined = new Uint8Array(text.length)
  let at = 0
  for (const [index, segment] of segments.entries()) {
    if (segment.kinds !== undefined) joined.set(index === last ? segment.kinds : innerKinds(segment.kinds), at)
    at += segment.text.length + 1
  }
  return { text, kinds: joined.some((kind) => kind !== LITERAL) ? joined : undefined }
}

function innerKinds(kinds: Uint8Array): Uint8Array {
  const inner = kinds.map((kind) => (kind === RUN ? INNER_RUN : kind === ONE ? INNER_ONE : kind))
  if (kinds.at(-1) === RUN) inner[kinds.length - 1] = RUN
  return inner
}

const kindOf = (character: string | undefined): number => (character === '*' ? RUN : character === '?' ? ONE : LITERAL)

export const hasWildcard = (text: string): boolean => text.includes('*') || text.includes('?')

/** Whether a text is nothing but stars. */
export function isStars(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text[index] !== '*') return false
  return text !== ''
}

/** The part of a pattern before its first wildcard. */
export function literalPrefix({ text, kinds }: Pattern): string {
  return kinds === undefined ? text : text.slice(0, firstWildcard(kinds))
}

function firstWildcard(kinds: Uint8Array): number {
  let at = 0
  while (kinds[at] === LITERAL) at += 1
  return at
}

/** Whether nothing but stars follows the literal prefix. */
export function isOpenPrefix({ kinds }: Pattern): boolean {
  if (kinds === undefined) return false
  let at = firstWildcard(kinds)
  while (kinds[at] === RUN) at += 1
  return at === kinds.length
}

/** Whether the whole text matches. */
export function matches({ text: pattern, kinds }: Pattern, text: string): boolean {
  return kinds === undefined ? pattern === text : walk(pattern, kinds, text, 0)
}

/** What the walk reads: a string, or in tests something that counts. */
export type Characters = { readonly length: number; charCodeAt(index: number): number }

/**
 * Matches from a position to the end. After a mismatch only the last star is tried again, one character further: an earlier star could take
 * nothing that the last one cannot. A star within a segment cannot take a colon: there the last one that can is tried again, and what
 * stands behind it in an ARN begins with a colon. For a given pattern the steps grow with the length of the text: at most the longest
 * piece between two stars for each character, and five times that where stars of both kinds alternate.
 */
export function walk(pattern: string, kinds: Uint8Array, text: Characters, from: number): boolean {
  let at = 0
  let position = from
  let star = -1
  let resume = from
  let innerStar = -1
  let innerResume = from
  spend(text.length - from)
  while (position < text.length) {
    const kind = kinds[at]
    if (kind === RUN) {
      star = at
      resume = position
      innerStar = -1
      at += 1
      // The last star takes all that is left.
      if (at === kinds.length) return true
    } else if (kind === INNER_RUN) {
      innerStar = at
      innerResume = position
      at += 1
    } else if (kind !== undefined && isTaken(kind, pattern.charCodeAt(at), text.charCodeAt(position))) {
      at += 1
      position += 1
    } else if (innerStar >= 0 && text.charCodeAt(innerResume) !== COLON) {
      spend(at - innerStar)
      at = innerStar + 1
      innerResume += 1
      position = innerResume
    } else if (star >= 0) {
      innerStar = -1
      spend(at - star)
      at = star + 1
      resume += 1
      position = resume
    } else {
      return false
    }
  }
  while (kinds[at] === RUN || kinds[at] === INNER_RUN) at += 1
  return at === kinds.length
}

function isTaken(kind: number, expected: number, code: number): boolean {
  return kind === LITERAL ? expected === code : kind === ONE || code !== COLON
}

/** A test of a text from a position to its end. */
export type TextTest = (text: string, from: number) => boolean

/** A test made once of a pattern: equality, a prefix or the walk, whichever suffices. */
export function matcherOf(pattern: Pattern): TextTest {
  const { text, kinds } = pattern
  if (kinds === undefined) return (value, from) => value.length - from === text.length && value.startsWith(text, from)
  const prefix = literalPrefix(pattern)
  if (isOpenPrefix(pattern)) return prefix === '' ? () => true : (value, from) => value.startsWith(prefix, from)
  const rest = text.slice(prefix.length)
  const restKinds = kinds.slice(prefix.length)
  return (value, from) => value.startsWith(prefix, from) && walk(rest, restKinds, value, from + prefix.length)
}
