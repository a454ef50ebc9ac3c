/** ARNs compared with patterns, with regard to case (IAM JSON policy elements: Resource; condition operators: ARN). */
import type { RequestContext } from './context.ts'
import type { PolicyVersion } from './document.ts'
import { completed, cut, cutTemplate, resourceForms, SEGMENTS } from './arn-segments.ts'
import { isOpenPrefix, isStars, literalPrefix, matcherOf, type Pattern, segmentedPattern } from './glob.ts'
import {
  hasVariables,
  joinedTest,
  literalPattern,
  prefixOf,
  type Template,
  templateOf,
  type TemplateTest,
  templateTest,
} from './variables.ts'
import { spend } from './work.ts'

/** A resource that is asked about. It is taken apart when a pattern first needs it, once for all statements. */
export class AskedResource {
  readonly arn: string
  #tails: readonly string[] | undefined

  constructor(arn: string) {
    this.arn = arn
  }

  /** What a sixth segment of a pattern can be about: all behind the fifth colon, and behind each later one. None of what is no ARN. */
  get tails(): readonly string[] {
    return (this.#tails ??= tailsOf(this.arn))
  }

  /** Whether one of them begins with the text. Tells most resources apart at once. */
  hasTail(prefix: string): boolean {
    spend(this.tails.length)
    for (const tail of this.tails) if (tail.startsWith(prefix)) return true
    return false
  }
}

function tailsOf(arn: string): readonly string[] {
  const tails: string[] = []
  let colons = 0
  for (let colon = arn.indexOf(':'); colon >= 0; colon = arn.indexOf(':', colon + 1)) {
    colons += 1
    if (colons >= SEGMENTS - 1) tails.push(arn.slice(colon + 1))
  }
  return tails
}

/** How much of a resource has to be looked at. */
export type ResourceForm = 'any' | 'exact' | 'prefix' | 'prefix-glob' | 'segmented' | 'variable'

export type ResourcePattern = {
  readonly form: ResourceForm
  /** What every resource that matches begins with. */
  readonly prefix: string
  /** What one of `tails` of every resource that matches begins with. Only for `segmented`, where it says more than `prefix`. */
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
  const forms = resourceForms(cutTemplate(text, version))
  const [segments = []] = forms
  if (segments.every(isStars)) return ANY
  const templates = segments.map((segment) => templateOf(segment, { version, wildcards: true }))
  const head = templates.slice(0, SEGMENTS - 1)
  const tail = templates[SEGMENTS - 1] ?? []
  if (!head.every(isLiteral)) return segmented(forms, version)
  const before = `${head.map((template) => literalPattern(template).text).join(':')}:`
  if (hasVariables(tail))
    return { form: 'variable', prefix: before + prefixOf(tail), tailPrefix: '', matches: afterHead(before, templateTest(tail)) }
  return literalHead(before, literalPattern(tail))
}

const isLiteral = (template: Template): boolean => !hasVariables(template) && literalPattern(template).kinds === undefined

/** Wildcards or variables before the fifth colon. A short ARN may stand for several forms, which begin alike. */
function segmented(forms: readonly (readonly string[])[], version: PolicyVersion): ResourcePattern {
  const reading = { version, wildcards: true } as const
  const [segments = [], ...others] = forms
  const [first, ...more] = [segments, ...others].map((form) =>
    joinedTest(
      form.map((segment) => templateOf(segment, reading)),
      segmentedPattern,
    ),
  )
  const tailPrefix = others.length > 0 ? '' : prefixOf(templateOf(segments[SEGMENTS - 1] ?? '', reading))
  return {
    form: 'segmented',
    prefix: prefixOf(templateOf(segments.join(':'), reading)),
    tailPrefix,
    matches: (resource, context) =>
      resource.hasTail(tailPrefix) &&
      (first?.(resource.arn, 0, context) === true || more.some((test) => test(resource.arn, 0, context))),
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

/**
 * The test of ArnEquals and ArnLike: "each of the six colon-delimited components of the ARN is checked separately" (IAM JSON policy elements:
 * Condition operators). A value that is no ARN matches nothing.
 */
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
    spend(value.length)
    const parts = cut(value)
    if (!isArn(parts)) return false
    for (let index = 0; index < SEGMENTS; index += 1) if (tests[index]?.(parts[index] ?? '', 0, context) !== true) return false
    return true
  }
}

const isArn = (segments: readonly string[]): boolean => segments.length === SEGMENTS && segments[0] === 'arn'
