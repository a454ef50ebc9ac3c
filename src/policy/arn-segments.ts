/** The segments of ARNs, and of the texts of policies that stand for ARNs (IAM JSON policy elements: Resource). */
import type { PolicyVersion } from './document.ts'
import { COLON } from './glob.ts'
import { variableEnd } from './variables.ts'

/** Segments of an ARN: the sixth is all the rest, with its colons. */
export const SEGMENTS = 6

/** Cuts a value at its first five colons. */
export function cut(arn: string): readonly string[] {
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
export function cutTemplate(text: string, version: PolicyVersion): readonly string[] {
  if (version === '2008-10-17' || !text.includes('${')) return cut(text)
  const segments: string[] = []
  let start = 0
  for (let at = 0; at < text.length && segments.length < SEGMENTS - 1; at += 1) {
    if (text.startsWith('${', at)) {
      const end = variableEnd(text, at)
      if (end > 0) at = end
    } else if (text.charCodeAt(at) === COLON) {
      segments.push(text.slice(start, at))
      start = at + 1
    }
  }
  segments.push(text.slice(start))
  return segments
}

/** A short ARN is completed with wildcards: `arn:aws:cloudfront:*` (IAM User Guide). Six segments are complete, whatever the last one is. */
export function completed(segments: readonly string[]): readonly string[] {
  return segments.length === SEGMENTS ? segments : [...segments, ...Array.from({ length: SEGMENTS - segments.length }, () => '*')]
}

/**
 * The texts of six segments that a `Resource` stands for: one, but for a short ARN. What is missing stands at its end, or where a star ends a
 * segment: "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon boundaries".
 */
export function resourceForms(segments: readonly string[]): readonly (readonly string[])[] {
  const forms = new Map<string, readonly string[]>()
  spread(segments, 0, forms)
  return [...forms.values()]
}

/** Puts what is missing behind this segment, and then behind later ones. */
function spread(segments: readonly string[], from: number, forms: Map<string, readonly string[]>): void {
  if (segments.length === SEGMENTS) forms.set(segments.join(':'), segments)
  else
    for (let at = from; at < segments.length; at += 1) {
      const isOpen = at === segments.length - 1 || segments[at]?.endsWith('*') === true
      if (isOpen) spread(segments.toSpliced(at + 1, 0, '*'), at + 1, forms)
    }
}
