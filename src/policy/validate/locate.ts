/** Where a stretch of a document's text is: its path in the JSON, its lines and columns. */
import type { Span } from '../document.ts'
import type { JsonNode } from '../json-reader.ts'
import { type Location, type PathElement, type Position, remembered } from './finding.ts'

/** The location of a value or of a member's name; without JSON there is no path. Columns count from 0, lines from 1 (recorded from ValidatePolicy). */
export function locate(document: Located, span: Span, part?: { readonly start: number; readonly length: number }): Location {
  const path = document.json === undefined ? [] : pathTo(document.json, span)
  return {
    path: part === undefined ? path : [...path, { substring: part }],
    span: { start: positionOf(document, span.start), end: positionOf(document, span.end) },
  }
}

export type Located = { readonly source: string; readonly json: JsonNode | undefined }

/** Where each line of a document begins. */
const lineStarts = remembered(({ source }: Located): readonly number[] => {
  const starts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
})

function positionOf(document: Located, offset: number): Position {
  const starts = lineStarts(document)
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0), offset }
}

/** The path to the value or name that is exactly there, or else to the smallest value around it. */
function pathTo(root: JsonNode, span: Span): readonly PathElement[] {
  const path: PathElement[] = []
  let node: JsonNode | undefined = root
  while (node !== undefined && !isAt(node, span)) node = stepInto(node, span, path)
  return path
}

const isAt = (node: Span, span: Span): boolean => node.start === span.start && node.end === span.end
const holds = (node: Span, span: Span): boolean => node.start <= span.start && span.end <= node.end

function stepInto(node: JsonNode, span: Span, path: PathElement[]): JsonNode | undefined {
  if (node.kind === 'array') {
    const index = node.items.findIndex((item) => holds(item, span))
    if (index >= 0) path.push({ index })
    return node.items[index]
  }
  if (node.kind !== 'object') return undefined
  const member = node.members.find((each) => holds(each, span))
  if (member === undefined) return undefined
  if (isAt(member.name, span)) {
    path.push({ key: member.name.text })
    return undefined
  }
  path.push({ value: member.name.text })
  return holds(member.value, span) ? member.value : undefined
}
