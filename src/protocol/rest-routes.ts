/** Method and path to operation, for REST services. Literal segments are preferred to labels, labels to greedy labels. */
import type { OperationModel, ServiceModel } from '../model/model.ts'
import { queryOf } from './form.ts'

/** A segment of a path template: a literal, `{Label}` or `{Greedy+}`. */
export type Segment = { readonly literal: string } | { readonly label: string; readonly greedy: boolean }

type Candidate = { readonly operation: OperationModel; readonly constants: readonly string[] }
type Node = { readonly literals: Map<string, Node>; label?: Node; readonly greedy: Candidate[]; readonly ends: Candidate[] }

const roots = new WeakMap<ServiceModel, ReadonlyMap<string, Node>>()
const templates = new WeakMap<OperationModel, readonly Segment[]>()
const newNode = (): Node => ({ literals: new Map(), greedy: [], ends: [] })

/** The operation that a request line means; undefined where the service has none of that method and path. */
export function matchRoute(model: ServiceModel, method: string, target: string): OperationModel | undefined {
  let table = roots.get(model)
  if (table === undefined) {
    table = buildTable(model)
    roots.set(model, table)
  }
  const root = table.get(method)
  const segments = pathSegments(target)
  if (root === undefined || segments === undefined) return undefined
  return descend(root, segments, 0, queryOf(target).split('&'))
}

/** The template of an operation's path, without its constant query. */
export function templateOf(operation: OperationModel): readonly Segment[] {
  const known = templates.get(operation)
  if (known !== undefined) return known
  const path = operation.http?.uri.split('?', 1)[0] ?? '/'
  const segments = split(path).map((part): Segment => {
    if (!part.startsWith('{')) return { literal: part }
    const greedy = part.endsWith('+}')
    return { label: part.slice(1, greedy ? -2 : -1), greedy }
  })
  templates.set(operation, segments)
  return segments
}

/** The decoded segments of a target's path; undefined where an escape is invalid. A slash at the end makes no difference. */
export function pathSegments(target: string): readonly string[] | undefined {
  try {
    return split(target.split('?', 1)[0] ?? '/').map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function split(path: string): readonly string[] {
  const parts = path.split('/').slice(1)
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts
}

function buildTable(model: ServiceModel): ReadonlyMap<string, Node> {
  const table = new Map<string, Node>()
  for (const operation of model.operations.values()) {
    if (operation.http === undefined) continue
    const { method, uri } = operation.http
    const root = table.get(method) ?? newNode()
    table.set(method, root)
    const constants = queryOf(uri)
    add(root, templateOf(operation), { operation, constants: constants === '' ? [] : constants.split('&') })
  }
  return table
}

function add(root: Node, segments: readonly Segment[], candidate: Candidate): void {
  let node = root
  for (const segment of segments) {
    if ('literal' in segment) {
      const next = node.literals.get(segment.literal) ?? newNode()
      node.literals.set(segment.literal, next)
      node = next
    } else if (segment.greedy) {
      insert(node.greedy, candidate)
      return
    } else {
      node.label ??= newNode()
      node = node.label
    }
  }
  insert(node.ends, candidate)
}

/** Those that ask for more of the query come first. */
function insert(candidates: Candidate[], candidate: Candidate): void {
  candidates.push(candidate)
  candidates.sort((left, right) => right.constants.length - left.constants.length)
}

function descend(node: Node, segments: readonly string[], depth: number, search: readonly string[]): OperationModel | undefined {
  const part = segments[depth]
  if (part === undefined) return pick(node.ends, search)
  const literal = node.literals.get(part)
  const found = literal && descend(literal, segments, depth + 1, search)
  if (found !== undefined) return found
  // An empty label is no label (Smithy, httpLabel: labels are never empty).
  const labelled = part === '' ? undefined : node.label && descend(node.label, segments, depth + 1, search)
  return labelled ?? pick(node.greedy, search)
}

function pick(candidates: readonly Candidate[], search: readonly string[]): OperationModel | undefined {
  return candidates.find(({ constants }) => constants.every((constant) => search.includes(constant)))?.operation
}
