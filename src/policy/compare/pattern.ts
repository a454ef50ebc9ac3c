/** Texts of policies as sequences of tokens, as `glob.ts` and `arn-match.ts` read them. */
import { completed, cutTemplate, resourceForms, SEGMENTS } from '../arn-segments.ts'
import type { PolicyVersion } from '../document.ts'
import { COLON, isStars, matches, patternOf } from '../glob.ts'
import { isVariable, type Template, templateOf, type Variable } from '../variables.ts'
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

/** `Resource`: any text where all is stars, else one of its forms. */
export function resourcePatterns(text: string, reading: Reading): readonly TokenPattern[] {
  const forms = resourceForms(cutTemplate(text, reading.version))
  if (forms.some((segments) => segments.every(isStars))) return [{ id: 'any', tokens: [RUN], open: false }]
  return forms.flatMap(
    (segments) => joined(`arn ${reading.version} ${segments.join(':')}`, segments, { ...reading, runsOn: true }) ?? [],
  )
}

/** ArnLike: segment by segment. Only texts in six segments that begin with `arn` are ARNs. */
export function arnPattern(text: string, reading: Reading): TokenPattern | undefined {
  const cutUp = cutTemplate(text, reading.version)
  const id = `arnlike ${reading.version} ${text}`
  if (cutUp.length < SEGMENTS && hasVariable(text, reading.version)) return wholePattern(id, text, reading)
  const [first = '', ...rest] = completed(cutUp)
  const isArn = firstMatchesArn(first, reading)
  const pattern = isArn === false ? undefined : joined(id, ['arn', ...rest], { ...reading, runsOn: false })
  return pattern && (isArn === OPEN ? { ...pattern, open: true } : pattern)
}

/** A variable that may stand for a whole ARN: a text that has to be one as well. Open where not all that it matches are. */
function wholePattern(id: string, text: string, { version, fill }: Reading): TokenPattern | undefined {
  const pattern = tokensOf(templateOf(text, { version, wildcards: true }), { fill, folded: false, inSegment: false })
  if (pattern === undefined) return undefined
  const codes = pattern.tokens.map((token) => (token.kind === 'literal' ? token.code : 0))
  const isArn = ARN.every((code, at) => codes[at] === code) && codes.filter((code) => code === COLON).length >= SEGMENTS - 1
  return { id, tokens: pattern.tokens, open: pattern.open || !isArn }
}

const ARN: readonly number[] = Array.from('arn:', (character) => character.charCodeAt(0))

export function hasVariable(text: string, version: PolicyVersion): boolean {
  return templateOf(text, { version, wildcards: true }).some(isVariable)
}

/** Open where it depends on a variable. */
function firstMatchesArn(segment: string, { version, fill }: Reading): boolean | typeof OPEN {
  const parts = templateOf(segment, { version, wildcards: true }).map((part) =>
    isVariable(part) ? { text: fill(part), literal: true } : part,
  )
  const known = parts.flatMap(({ text, literal }) => (typeof text === 'string' ? [{ text, literal }] : []))
  if (known.length < parts.length) return parts.some(({ text }) => text === OPEN) ? OPEN : false
  return matches(patternOf(known), 'arn')
}

/** `runsOn`: a star that ends a segment takes colons as well. */
type Joining = Reading & { readonly runsOn: boolean }

function joined(id: string, segments: readonly string[], { version, fill, runsOn }: Joining): TokenPattern | undefined {
  const tokens: Token[] = []
  let open = false
  for (const [index, segment] of segments.entries()) {
    const inSegment = index < SEGMENTS - 1
    const part = tokensOf(templateOf(segment, { version, wildcards: true }), { fill, folded: false, inSegment })
    if (part === undefined) return undefined
    tokens.push(...part.tokens)
    if (inSegment && runsOn && segment.endsWith('*')) tokens.splice(-1, 1, RUN)
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
    // What is filled in is of its segment: it cannot begin another one.
    if (filled === null || (inSegment && filled !== OPEN && filled.includes(':'))) return undefined
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

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false
  return true
}
