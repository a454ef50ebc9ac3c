/** ARNs compared segment by segment, with regard to case (IAM JSON policy elements: Resource; condition operators: ARN). */
import type { RequestContext } from './context.ts'
import type { PolicyVersion } from './document.ts'
import { isOpenPrefix, isStars, literalPrefix, matcherOf, type Pattern } from './glob.ts'
import {
  hasVariables,
  literalPattern,
  prefixOf,
  type Template,
  templateOf,
  type TemplateTest,
  templateTest,
  variableEnd,
} from './variables.ts'

/** Segments of an ARN: the sixth is all the rest, with its colons. */
const SEGMENTS = 6

/** A resource that is asked about. It is taken apart when a pattern first needs it, once for all statements. */
export class AskedResource {
  readonly arn: string
  #segments: readonly string[] | undefined
  #tail: string | undefined

  constructor(arn: string) {
    this.arn = arn
  }

  /** At most six. */
  get segments(): readonly string[] {
    return (this.#segments ??= cut(this.arn))
  }

  /** The sixth segment; empty where there is none. */
  get tail(): string {
    return (this.#tail ??= this.segments[SEGMENTS - 1] ?? '')
  }
}

/** Cuts a value at its first five colons. */
function cut(arn: string): readonly string[] {
  const segments: string[] = []
  let start = 0
  while (segments.length < SEGMENTS - 1) {
    const colon = arn.indexOf(':', start)
    if (colon < 0) break
    segments.push(arn.slice(start, colon))
    start = colon + 1
  }
  segments.push(arn.slice(start))
  return segments
}

/** Cuts a text of a policy at its first five colons. The colons of variables do not count: `${aws:username}`. */
function cutTemplate(text: string, version: PolicyVersion): readonly string[] {
  if (version === '2008-10-17' || !text.includes('${')) return cut(text)
  const segments: string[] = []
  let start = 0
  for (let at = 0; at < text.length && segments.length < SEGMENTS - 1; at += 1) {
    if (text.startsWith('${', at)) {
      const end = variableEnd(text, at)
      if (end > 0) at = end
    } else if (text[at] === ':') {
      segments.push(text.slice(start, at))
      start = at + 1
    }
  }
  segments.push(text.slice(start))
  return segments
}

/** A short ARN is completed with wildcards: `arn:aws:cloudfront:*` (IAM User Guide). Six segments are complete, whatever the last one is. */
function completed(segments: readonly string[]): readonly string[] {
  return segments.length === SEGMENTS ? segments : [...segments, ...Array.from({ length: SEGMENTS - segments.length }, () => '*')]
}

/** How much of a resource has to be looked at. */
export type ResourceForm = 'any' | 'exact' | 'prefix' | 'prefix-glob' | 'segmented' | 'variable'

export type ResourcePattern = {
  readonly form: ResourceForm
  /** What every resource that matches begins with. */
  readonly prefix: string
  /** What the sixth segment of every resource that matches begins with. Only for `segmented`, where it says more than `prefix`. */
  readonly tailPrefix: string
  readonly matches: (resource: AskedResource, context: RequestContext) => boolean
}

const ANY: ResourcePattern = { form: 'any', prefix: '', tailPrefix: '', matches: () => true }

/**
 * The test of one `Resource` text. "You can't use a variable to replace parts of the ARN before the fifth colon" (IAM User Guide, "Variables
 * and tags"): IAM stores no such document. Where one is decided all the same, AWS fills the variable in: its own policy
 * AmazonTimestreamInfluxDBServiceRolePolicy is about `arn:*:kms:*:${aws:PrincipalAccount}:key/*`, and of
 * `arn:aws:iam::${aws:PrincipalAccount}:role/workshop-*` its simulator is recorded to allow the caller's own account and no other (2026).
 */
export function resourcePattern(text: string, version: PolicyVersion): ResourcePattern {
  if (text === '*') return ANY
  const segments = completed(cutTemplate(text, version))
  if (segments.every(isStars)) return ANY
  const templates = segments.map((segment) => templateOf(segment, { version, wildcards: true }))
  const head = templates.slice(0, SEGMENTS - 1)
  const tail = templates[SEGMENTS - 1] ?? []
  if (!head.every(isLiteral)) return segmented(`${segments.slice(0, SEGMENTS - 1).join(':')}:`, templates, version)
  const before = `${head.map((template) => literalPattern(template).text).join(':')}:`
  if (hasVariables(tail))
    return { form: 'variable', prefix: before + prefixOf(tail), tailPrefix: '', matches: afterHead(before, templateTest(tail)) }
  return literalHead(before, literalPattern(tail))
}

const isLiteral = (template: Template): boolean => !hasVariables(template) && literalPattern(template).kinds === undefined

function segmented(before: string, templates: readonly Template[], version: PolicyVersion): ResourcePattern {
  return {
    form: 'segmented',
    prefix: prefixOf(templateOf(before, { version, wildcards: true })),
    tailPrefix: prefixOf(templates[SEGMENTS - 1] ?? []),
    matches: segmentTest(templates.map(templateTest)),
  }
}

/** Most resources: five literal segments, so that one comparison finds the sixth. */
function literalHead(before: string, tail: Pattern): ResourcePattern {
  const prefix = before + literalPrefix(tail)
  if (tail.kinds === undefined) return { form: 'exact', prefix, tailPrefix: '', matches: ({ arn }) => arn === prefix }
  if (isOpenPrefix(tail)) return { form: 'prefix', prefix, tailPrefix: '', matches: ({ arn }) => arn.startsWith(prefix) }
  return { form: 'prefix-glob', prefix, tailPrefix: '', matches: afterHead(before, matcherOf(tail)) }
}

function afterHead(before: string, test: TemplateTest): ResourcePattern['matches'] {
  return ({ arn }, context) => arn.startsWith(before) && test(arn, before.length, context)
}

function segmentTest(tests: readonly TemplateTest[]): ResourcePattern['matches'] {
  return ({ segments }, context) => {
    // The sixth segment first: it tells more resources apart than the others.
    for (let index = SEGMENTS - 1; index >= 0; index -= 1) {
      const segment = segments[index]
      if (segment === undefined || tests[index]?.(segment, 0, context) !== true) return false
    }
    return true
  }
}

/** The test of ArnEquals and ArnLike: a value that is no ARN matches nothing. */
export function arnTest(text: string, version: PolicyVersion): (value: string, context: RequestContext) => boolean {
  const template = templateOf(text, { version, wildcards: true })
  const segments = cutTemplate(text, version)
  if (segments.length < SEGMENTS && hasVariables(template)) {
    // A variable may stand for a whole ARN. It is compared as a text, so that no colon of its value moves a segment.
    const whole = templateTest(template)
    return (value, context) => isArn(cut(value)) && whole(value, 0, context)
  }
  const tests = completed(segments).map((segment) => templateTest(templateOf(segment, { version, wildcards: true })))
  return (value, context) => {
    const parts = cut(value)
    if (!isArn(parts)) return false
    for (let index = 0; index < SEGMENTS; index += 1) if (tests[index]?.(parts[index] ?? '', 0, context) !== true) return false
    return true
  }
}

const isArn = (segments: readonly string[]): boolean => segments.length === SEGMENTS && segments[0] === 'arn'
