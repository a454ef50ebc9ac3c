/** Policy variables (IAM User Guide, "IAM policy elements: Variables and tags"): `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`. */
import type { RequestContext } from './context.ts'
import type { PolicyVersion } from './document.ts'
import { matcherOf, matches, type Pattern, patternOf, type PatternPart } from './glob.ts'

type Variable = { readonly key: string; readonly fallback: string | undefined }
export type TemplatePart = PatternPart | Variable

/** A text of a policy: literal and wildcard parts, and variables to be filled in. */
export type Template = readonly TemplatePart[]

const isVariable = (part: TemplatePart): part is Variable => 'key' in part

/** Characters that a variable writes to mean themselves. */
const SPECIAL: ReadonlySet<string> = new Set(['*', '?', '$'])

/** Reads a text. In the version 2008-10-17, and where `variables` is false, `${…}` is literal. An open `${` without its brace is literal. */
export function templateOf(
  text: string,
  {
    version,
    wildcards,
    variables = true,
  }: { readonly version: PolicyVersion; readonly wildcards: boolean; readonly variables?: boolean },
): Template {
  if (version === '2008-10-17' || !variables || !text.includes('${')) return [{ text, literal: !wildcards }]
  const parts: TemplatePart[] = []
  let at = 0
  while (at < text.length) {
    const start = text.indexOf('${', at)
    const end = start < 0 ? -1 : text.indexOf('}', start)
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

function variableOf(inside: string): TemplatePart {
  if (SPECIAL.has(inside)) return { text: inside, literal: true }
  const comma = inside.indexOf(',')
  if (comma < 0) return { key: inside.trim().toLowerCase(), fallback: undefined }
  const quoted = inside.slice(comma + 1).trim()
  const isQuoted = quoted.length >= 2 && quoted.startsWith("'") && quoted.endsWith("'")
  return { key: inside.slice(0, comma).trim().toLowerCase(), fallback: isQuoted ? quoted.slice(1, -1) : undefined }
}

export const hasVariables = (template: Template): boolean => template.some(isVariable)

/** The pattern with its variables filled in; undefined where one has neither value nor default: then nothing matches. What is filled in is literal. */
export function resolve(template: Template, context: RequestContext): Pattern | undefined {
  const parts: PatternPart[] = []
  for (const part of template) {
    if (!isVariable(part)) {
      parts.push(part)
      continue
    }
    const value = context.value(part.key)
    // A key with several values cannot be a variable.
    const text = typeof value === 'string' ? value : value === undefined ? part.fallback : undefined
    if (text === undefined) return undefined
    parts.push({ text, literal: true })
  }
  return patternOf(parts)
}

/** A test of texts against a template. Without variables it is made once. */
export type TemplateTest = (text: string, context: RequestContext) => boolean

export function templateTest(template: Template): TemplateTest {
  const fixed = template.filter((part): part is PatternPart => !isVariable(part))
  if (fixed.length === template.length) return matcherOf(patternOf(fixed))
  return (text, context) => {
    const pattern = resolve(template, context)
    return pattern !== undefined && matches(pattern, text)
  }
}
