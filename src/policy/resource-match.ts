/** Resources of a statement: ARNs compared segment by segment, with regard to case (IAM JSON policy elements: Resource). */
import type { RequestContext } from './context.ts'
import type { PolicyVersion } from './document.ts'
import { hasWildcard, matches, patternOf } from './glob.ts'
import { hasVariables, templateOf, type TemplateTest, templateTest } from './variables.ts'

/** Segments of an ARN: the sixth is all the rest, with its colons. */
const SEGMENTS = 6

/** A resource that is asked about, taken apart once for all statements. */
export type AskedResource = { readonly arn: string; readonly segments: readonly string[] }

export function askedResource(arn: string): AskedResource {
  return { arn, segments: segmentsOf(arn) }
}

/** Splits on the first five colons. Colons of variables do not count: `${aws:username}`. */
function segmentsOf(text: string): readonly string[] {
  const segments: string[] = []
  let start = 0
  let depth = 0
  for (let at = 0; at < text.length && segments.length < SEGMENTS - 1; at += 1) {
    const character = text[at]
    if (character === '$' && text[at + 1] === '{') depth = 1
    else if (character === '}') depth = 0
    else if (character === ':' && depth === 0) {
      segments.push(text.slice(start, at))
      start = at + 1
    }
  }
  segments.push(text.slice(start))
  return segments
}

export type ResourceTest = (resource: AskedResource, context: RequestContext) => boolean

/** The test of one `Resource` text. Throws where a variable stands before the fifth colon, which AWS does not allow. */
export function resourceTest(text: string, version: PolicyVersion): ResourceTest {
  if (text === '*') return () => true
  // A short ARN is completed with wildcards: `arn:aws:cloudfront:*` (IAM User Guide).
  const written = segmentsOf(text)
  const segments = [...written, ...Array.from({ length: SEGMENTS - written.length }, () => '*')]
  const head = segments.slice(0, SEGMENTS - 1)
  const tail = segments[SEGMENTS - 1] ?? ''
  if (version !== '2008-10-17' && head.some((segment) => segment.includes('${')))
    throw new Error('a variable stands before the fifth colon')
  const tailTest = templateTest(templateOf(tail, { version, wildcards: true }))
  if (!head.some(hasWildcard)) return literalHead(`${head.join(':')}:`, tail, tailTest)
  return segmentTest(head, tailTest)
}

function literalHead(head: string, tail: string, tailTest: TemplateTest): ResourceTest {
  if (!hasWildcard(tail) && !tail.includes('${')) {
    const exact = head + tail
    return ({ arn }) => arn === exact
  }
  return ({ arn, segments }, context) =>
    segments.length === SEGMENTS && arn.startsWith(head) && tailTest(segments[SEGMENTS - 1] ?? '', context)
}

function segmentTest(head: readonly string[], tailTest: TemplateTest): ResourceTest {
  const patterns = head.map((segment) => patternOf([{ text: segment, literal: false }]))
  return ({ segments }, context) =>
    segments.length === SEGMENTS &&
    patterns.every((pattern, index) => matches(pattern, segments[index] ?? '')) &&
    tailTest(segments[SEGMENTS - 1] ?? '', context)
}

/** The test of ArnEquals and ArnLike: six segments, wildcards in each, variables in the last. */
export function arnTest(text: string, version: PolicyVersion): (value: string, context: RequestContext) => boolean {
  const template = templateOf(text, { version, wildcards: true })
  const segments = segmentsOf(text)
  if (segments.length < SEGMENTS) {
    // A variable may stand for a whole ARN.
    if (hasVariables(template)) return templateTest(template)
    if (text === '*') return () => true
    return () => false
  }
  const tests = segments.map((segment) => templateTest(templateOf(segment, { version, wildcards: true })))
  return (value, context) => {
    const parts = segmentsOf(value)
    return parts.length === SEGMENTS && tests.every((test, index) => test(parts[index] ?? '', context))
  }
}
