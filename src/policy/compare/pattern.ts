/** Texts of policies as sequences of tokens, as `glob.ts` and `arn-match.ts` read them. */
import type { PolicyVersion } from '../document.ts'
import { isStars, matches, wildcardPattern } from '../glob.ts'
import { isVariable, type Template, templateOf, type Variable, variableEnd } from '../variables.ts'
import { Undecided } from './undecided.ts'

/** `one` and `run` take any character, or any but the colon where they stand in one of an ARN's first five segments. */
export type Token =
  | { readonly kind: 'literal'; readonly code: number; readonly folded: boolean }
  | { readonly kind: 'one' | 'run'; readonly inSegment: boolean }

export type TokenPattern = {
  /** The same for patterns that match the same texts. */
  readonly id: string
  readonly tokens: readonly Token[]
  /** It has variables that are left open: what it matches is at most what the tokens match. */
  readonly open: boolean
}

/** What a variable stands for: a text, null, or anything (left open). */
export type Filling = (variable: Variable) => string | null | typeof OPEN
export const OPEN: unique symbol = Symbol('open')

export type Reading = { readonly version: PolicyVersion; readonly fill: Filling }
/** A text is taken as it is; with wildcards; without regard to case. */
export type TextStyle = 'exact' | 'like' | 'folded'

const SEGMENTS = 6
const COLON = 58
const RUN: Token = { kind: 'run', inSegment: false }

/** Undefined where it matches nothing: one of its variables is null. */
export function textPattern(text: string, style: TextStyle, { version, fill }: Reading): TokenPattern | undefined {
  const template = templateOf(text, { version, wildcards: style === 'like' })
  const folded = style === 'folded'
  // Lower case of other letters may change their number; none are in use.
  if (folded && !isAscii(text)) throw new Undecided('a text that is compared without regard to case has letters beyond ASCII')
  const tokens = tokensOf(template, { fill, folded, inSegment: false })
  return tokens && { ...tokens, id: `${style} ${version} ${text}` }
}

/** `Resource`: any text where all is stars, else segment by segment. */
export function resourcePattern(text: string, reading: Reading): TokenPattern | undefined {
  const segments = completed(cut(text, reading.version))
  if (segments.every(isStars)) return { id: 'any', tokens: [RUN], open: false }
  return joined(`arn ${reading.version} ${text}`, segments, reading)
}

/** ArnLike: as a resource, but only texts in six segments that begin with `arn` are ARNs. */
export function arnPattern(text: string, reading: Reading): TokenPattern | undefined {
  const cutUp = cut(text, reading.version)
  const id = `arnlike ${reading.version} ${text}`
  if (cutUp.length < SEGMENTS && hasVariable(text, reading.version)) throw new Undecided('a variable stands for a whole ARN')
  const [first = '', ...rest] = completed(cutUp)
  return firstMatchesArn(first) ? joined(id, ['arn', ...rest], reading) : undefined
}

function hasVariable(text: string, version: PolicyVersion): boolean {
  return templateOf(text, { version, wildcards: true }).some(isVariable)
}

function firstMatchesArn(segment: string): boolean {
  if (segment.includes('${')) throw new Undecided('a variable stands in the first segment of an ARN')
  return segment === 'arn' || matches(wildcardPattern(segment), 'arn')
}

function joined(id: string, segments: readonly string[], { version, fill }: Reading): TokenPattern | undefined {
  const tokens: Token[] = []
  let open = false
  for (const [index, segment] of segments.entries()) {
    const inSegment = index < SEGMENTS - 1
    const part = tokensOf(templateOf(segment, { version, wildcards: true }), { fill, folded: false, inSegment })
    if (part === undefined) return undefined
    tokens.push(...part.tokens)
    open ||= part.open
    if (inSegment) tokens.push({ kind: 'literal', code: COLON, folded: false })
  }
  return { id, tokens, open }
}

type Styling = { readonly fill: Filling; readonly folded: boolean; readonly inSegment: boolean }

function tokensOf(template: Template, { fill, folded, inSegment }: Styling): Omit<TokenPattern, 'id'> | undefined {
  const tokens: Token[] = []
  let open = false
  for (const part of template) {
    const filled = isVariable(part) ? fill(part) : part.text
    if (filled === null) return undefined
    if (filled === OPEN) {
      open = true
      tokens.push({ kind: 'run', inSegment })
    } else
      for (let at = 0; at < filled.length; at += 1)
        tokens.push(tokenAt(filled, at, { wild: !isVariable(part) && !part.literal, folded, inSegment }))
  }
  return { tokens, open }
}

type Reader = { readonly wild: boolean; readonly folded: boolean; readonly inSegment: boolean }

function tokenAt(text: string, at: number, { wild, folded, inSegment }: Reader): Token {
  const character = text.charAt(at)
  if (wild && character === '*') return { kind: 'run', inSegment }
  if (wild && character === '?') return { kind: 'one', inSegment }
  return { kind: 'literal', code: (folded ? character.toLowerCase() : character).charCodeAt(0), folded }
}

/** Cuts at the first five colons; those of variables do not count. */
function cut(text: string, version: PolicyVersion): readonly string[] {
  const segments: string[] = []
  let start = 0
  for (let at = 0; at < text.length && segments.length < SEGMENTS - 1; at += 1) {
    const end = version === '2012-10-17' && text.startsWith('${', at) ? variableEnd(text, at) : -1
    if (end > 0) at = end
    else if (text.charCodeAt(at) === COLON) {
      segments.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...segments, text.slice(start)]
}

const completed = (segments: readonly string[]): readonly string[] => [
  ...segments,
  ...Array.from({ length: SEGMENTS - segments.length }, () => '*'),
]

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false
  return true
}
