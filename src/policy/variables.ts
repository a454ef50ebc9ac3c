/** Policy variables (IAM User Guide, "IAM policy elements: Variables and tags"): `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`. */
import type { RequestContext } from './context.ts'
import type { PolicyVersion } from './document.ts'
import {
  hasWildcard,
  isStars,
  literalPrefix,
  matcherOf,
  matches,
  type Pattern,
  patternOf,
  type PatternPart,
  wildcardPattern,
} from './glob.ts'
import { spend } from './work.ts'

export type Variable = {
  /** In lower case. */
  readonly key: string
  /** As written. */
  readonly name: string
  readonly fallback: string | undefined
}
export type TemplatePart = PatternPart | Variable

/** A text of a policy: literal and wildcard parts, and variables to be filled in. */
export type Template = readonly TemplatePart[]

export const isVariable = (part: TemplatePart): part is Variable => 'key' in part

/** Characters that a variable writes to mean themselves. */
const SPECIAL: ReadonlySet<string> = new Set(['*', '?', '$'])

/** Reads a text. In the version 2008-10-17 `${…}` is literal; so is an open `${` without its brace. */
export function templateOf(
  text: string,
  { version, wildcards }: { readonly version: PolicyVersion; readonly wildcards: boolean },
): Template {
  if (version === '2008-10-17' || !text.includes('${')) return [{ text, literal: !wildcards }]
  const parts: TemplatePart[] = []
  let at = 0
  while (at < text.length) {
    const start = text.indexOf('${', at)
    const end = start < 0 ? -1 : variableEnd(text, start)
    if (end < 0) {
      parts.push({ text: text.slice(at), literal: !wildcards })
      break
    }
    if (start > at) parts.push({ text: text.slice(at, start), literal: !wildcards })
    parts.push(variableOf(text.slice(start + 2, end)))
    at = end + 1
  }
  return parts
}

/** Where the brace that closes a variable stands, -1 where none does. A brace inside a quoted default closes nothing. */
export function variableEnd(text: string, start: number): number {
  const end = text.indexOf('}', start)
  const quote = text.indexOf("'", start)
  if (quote < 0 || quote > end) return end
  const close = text.indexOf("'", quote + 1)
  return close < 0 ? -1 : text.indexOf('}', close)
}

function variableOf(inside: string): TemplatePart {
  if (SPECIAL.has(inside)) return { text: inside, literal: true }
  const comma = inside.indexOf(',')
  const name = (comma < 0 ? inside : inside.slice(0, comma)).trim()
  const quoted = comma < 0 ? '' : inside.slice(comma + 1).trim()
  const isQuoted = quoted.length >= 2 && quoted.startsWith("'") && quoted.endsWith("'")
  return { key: name.toLowerCase(), name, fallback: isQuoted ? quoted.slice(1, -1) : undefined }
}

export const hasVariables = (template: Template): boolean => template.some(isVariable)

/** What a variable stands for; undefined is null. A key with several values cannot be a variable. */
export function valueOf({ key, fallback }: Variable, context: RequestContext): string | undefined {
  const value = context.value(key)
  return typeof value === 'string' ? value : value === undefined ? fallback : undefined
}

/** The pattern with its variables filled in; undefined where one is null: then nothing matches. What is filled in is literal. */
function resolve(template: Template, context: RequestContext): Pattern | undefined {
  const parts: PatternPart[] = []
  for (const part of template) {
    const text = isVariable(part) ? valueOf(part, context) : part.text
    if (text === undefined) return undefined
    spend(text.length)
    parts.push({ text, literal: isVariable(part) || part.literal })
  }
  return patternOf(parts)
}

/** The pattern of a template without variables. */
export function literalPattern(template: Template): Pattern {
  const [first] = template
  if (template.length === 1 && first !== undefined && !isVariable(first))
    return first.literal ? { text: first.text, kinds: undefined } : wildcardPattern(first.text)
  return patternOf(template.filter((part): part is PatternPart => !isVariable(part)))
}

/** What every text that matches begins with. */
export function prefixOf(template: Template): string {
  const [first] = template
  return first === undefined || isVariable(first) ? '' : literalPrefix(patternOf([first]))
}

/** A test of a text, from a position to its end, against a template. */
export type TemplateTest = (text: string, from: number, context: RequestContext) => boolean

/** Made once: without variables it is a test of a pattern; with them, most templates are texts one after the other. */
export function templateTest(template: Template): TemplateTest {
  if (!hasVariables(template)) return matcherOf(literalPattern(template))
  return sequenceTest(template) ?? resolvedTest(template)
}

/** The test of templates that are joined once their variables are filled in. Nothing matches where a variable is null, or where they cannot be joined. */
export function joinedTest(
  templates: readonly Template[],
  join: (patterns: readonly Pattern[]) => Pattern | undefined,
): TemplateTest {
  if (!templates.some(hasVariables)) {
    const pattern = join(templates.map(literalPattern))
    return pattern === undefined ? () => false : matcherOf(pattern)
  }
  return (text, from, context) => {
    const patterns = templates.map((template) => resolve(template, context))
    const pattern = patterns.every((one) => one !== undefined) ? join(patterns) : undefined
    return pattern !== undefined && matches(pattern, from === 0 ? text : text.slice(from))
  }
}

/** For templates whose only wildcard is a star at the end: nothing needs to be joined. */
function sequenceTest(template: Template): TemplateTest | undefined {
  const parts = [...template]
  const last = parts.at(-1)
  const stars =
    last === undefined || isVariable(last) || last.literal ? '' : last.text.slice(literalPrefix(patternOf([last])).length)
  const isOpen = isStars(stars)
  if (isOpen && last !== undefined && !isVariable(last))
    parts.splice(-1, 1, { text: last.text.slice(0, -stars.length), literal: true })
  if (parts.some((part) => !isVariable(part) && !part.literal && hasWildcard(part.text))) return undefined
  return (text, from, context) => {
    let at = from
    for (const part of parts) {
      const expected = 'key' in part ? valueOf(part, context) : part.text
      if (expected === undefined || !text.startsWith(expected, at)) return false
      spend(expected.length)
      at += expected.length
    }
    return isOpen || at === text.length
  }
}

function resolvedTest(template: Template): TemplateTest {
  return (text, from, context) => {
    const pattern = resolve(template, context)
    return pattern !== undefined && matches(pattern, from === 0 ? text : text.slice(from))
  }
}
