/** Reads a policy document of any type: the grammar that all of them share (IAM User Guide: Grammar of the IAM JSON policy language). */
import {
  PolicyError,
  type PolicyDocument,
  type PolicyFlaw,
  type PolicyVersion,
  type PrincipalElement,
  type PrincipalEntry,
  type PrincipalKind,
  type Span,
  type Statement,
  type Text,
  type Texts,
} from './document.ts'
import { joinPath, JsonError, readJson, type JsonMember, type JsonNode, type JsonObject } from './json-reader.ts'
import { parseCondition } from './parse-condition.ts'

/** A document as far as it could be read, what is wrong with it in the order of the text, and its JSON. */
export type PolicyReading = {
  readonly document: PolicyDocument
  readonly json: JsonNode
  readonly errors: readonly PolicyError[]
}

/**
 * The document that a text holds. Takes what AWS takes for some type of policy; what a single type forbids is for `put.ts`.
 * Throws `PolicyError` for the first thing that is wrong.
 */
export function parsePolicy(source: string): PolicyDocument {
  const { document, errors } = readPolicy(source)
  const first = errors[0]
  if (first !== undefined) throw first
  return document
}

/**
 * Reads on after an error: what cannot be read is left out, and an unreadable `Effect` counts as `Deny`. Throws `PolicyError` where the text is not JSON.
 * For checks that report everything; nothing may be decided by a document with errors.
 */
export function readPolicy(source: string): PolicyReading {
  const json = readJsonOf(source)
  const reading = new Reading(source)
  const document = readDocument(json, reading)
  return { document, json, errors: reading.errors }
}

function readJsonOf(source: string): JsonNode {
  try {
    return readJson(source)
  } catch (error) {
    if (error instanceof JsonError)
      throw new PolicyError(error.message, source, { flaw: `json-${error.flaw}`, span: error.span, path: error.path })
    throw error
  }
}

/** The text that is read and the errors found so far. */
export class Reading {
  readonly source: string
  readonly errors: PolicyError[] = []

  constructor(source: string) {
    this.source = source
  }

  refuse(flaw: PolicyFlaw, message: string, place: { readonly span: Span; readonly path: string }): void {
    const { start, end } = place.span
    this.errors.push(new PolicyError(message, this.source, { flaw, span: { start, end }, path: place.path }))
  }

  /** Says that a value has the wrong type. */
  mistyped(node: JsonNode, path: string, expected: string): undefined {
    const found = node.kind === 'null' ? 'null' : `${node.kind === 'array' || node.kind === 'object' ? 'an' : 'a'} ${node.kind}`
    this.refuse('type', `expected ${expected} but found ${found}`, { span: node, path })
  }
}

type Elements = ReadonlyMap<string, JsonMember>

const DOCUMENT_ELEMENTS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/** The members of an object by name; those that the grammar does not know are refused. */
function elementsOf(object: JsonObject, known: ReadonlySet<string>, reading: Reading, path: string): Elements {
  const elements = new Map<string, JsonMember>()
  for (const member of object.members) {
    const { text } = member.name
    // Case matters: services answer `Unknown field statement`.
    if (known.has(text)) elements.set(text, member)
    else
      reading.refuse('unknown-element', `\`${text}\` is no element of a policy`, {
        span: member.name,
        path: joinPath(path, text),
      })
  }
  return elements
}

function readDocument(json: JsonNode, reading: Reading): PolicyDocument {
  const { source } = reading
  const span = { start: json.start, end: json.end }
  if (json.kind !== 'object') {
    reading.mistyped(json, '', 'an object')
    return { ...span, source, version: '2008-10-17', versionGiven: false, statements: [] }
  }
  const elements = elementsOf(json, DOCUMENT_ELEMENTS, reading, '')
  const version = readVersion(elements.get('Version'), reading)
  const id = readString(elements.get('Id'), reading, 'Id')
  const statements = readStatements(elements.get('Statement'), json, reading)
  return {
    ...span,
    source,
    version: version ?? '2008-10-17',
    versionGiven: elements.has('Version'),
    ...(id !== undefined && { id }),
    statements,
  }
}

const isVersion = (text: string): text is PolicyVersion => text === '2012-10-17' || text === '2008-10-17'

function readVersion(member: JsonMember | undefined, reading: Reading): PolicyVersion | undefined {
  const written = readString(member, reading, 'Version')
  if (written === undefined) return undefined
  if (isVersion(written.text)) return written.text
  reading.refuse('version', `\`${written.text}\` is no version of the policy language`, { span: written, path: 'Version' })
  return undefined
}

function readString(member: JsonMember | undefined, reading: Reading, path: string): Text | undefined {
  if (member === undefined) return undefined
  if (member.value.kind !== 'string') return reading.mistyped(member.value, path, 'a string')
  return textOf(member.value)
}

function readStatements(member: JsonMember | undefined, json: JsonObject, reading: Reading): readonly Statement[] {
  if (member === undefined) {
    reading.refuse('missing-statement', 'the document has no `Statement`', { span: json, path: '' })
    return []
  }
  const { value } = member
  if (value.kind === 'object') return [readStatement(value, 0, reading, 'Statement')]
  if (value.kind !== 'array') {
    reading.mistyped(value, 'Statement', 'an object or an array of objects')
    return []
  }
  if (value.items.length === 0) reading.refuse('missing-statement', '`Statement` is empty', { span: value, path: 'Statement' })
  const statements: Statement[] = []
  for (const [index, item] of value.items.entries()) {
    const path = joinPath('Statement', index)
    if (item.kind === 'object') statements.push(readStatement(item, index, reading, path))
    else reading.mistyped(item, path, 'an object')
  }
  return statements
}

function readStatement(object: JsonObject, index: number, reading: Reading, path: string): Statement {
  const elements = elementsOf(object, STATEMENT_ELEMENTS, reading, path)
  const sid = readString(elements.get('Sid'), reading, joinPath(path, 'Sid'))
  const effect = readEffect(elements.get('Effect'), object, reading, path)
  const principal = readPrincipal(oneOf(elements, 'Principal', reading, path), reading, path)
  const action = readTexts(oneOf(elements, 'Action', reading, path), reading, path)
  if (!elements.has('Action') && !elements.has('NotAction'))
    reading.refuse('missing-action', 'the statement has neither `Action` nor `NotAction`', { span: object, path })
  const resource = readTexts(oneOf(elements, 'Resource', reading, path), reading, path)
  const condition = elements.get('Condition')
  const conditions = condition === undefined ? [] : parseCondition(condition.value, reading, joinPath(path, 'Condition'))
  const span = { start: object.start, end: object.end }
  return {
    ...span,
    index,
    ...(sid !== undefined && { sid }),
    effect,
    action: action ?? { ...span, negated: false, values: [] },
    ...(resource !== undefined && { resource }),
    ...(principal !== undefined && { principal }),
    conditions,
  }
}

/** An element or its negated form; a statement may not have both. */
function oneOf(elements: Elements, name: string, reading: Reading, path: string): JsonMember | undefined {
  const plain = elements.get(name)
  const negated = elements.get(`Not${name}`)
  if (plain !== undefined && negated !== undefined)
    reading.refuse('element-combination', `the statement has both \`${name}\` and \`Not${name}\``, {
      span: negated,
      path: joinPath(path, negated.name.text),
    })
  return plain ?? negated
}

function readEffect(member: JsonMember | undefined, object: JsonObject, reading: Reading, path: string): Statement['effect'] {
  if (member === undefined) {
    reading.refuse('missing-effect', 'the statement has no `Effect`', { span: object, path })
    return 'Deny'
  }
  const place = joinPath(path, 'Effect')
  const written = readString(member, reading, place)
  if (written === undefined || written.text === 'Deny') return 'Deny'
  if (written.text === 'Allow') return 'Allow'
  const lower = written.text.toLowerCase()
  const flaw = lower === 'allow' || lower === 'deny' ? 'effect-case' : 'effect'
  reading.refuse(flaw, `\`${written.text}\` is neither \`Allow\` nor \`Deny\``, { span: written, path: place })
  return 'Deny'
}

const textOf = ({ text, start, end }: Text): Text => ({ text, start, end })
const isNegated = (member: JsonMember): boolean => member.name.text.startsWith('Not')

/** A string or an array of strings. */
function readTexts(member: JsonMember | undefined, reading: Reading, path: string): Texts | undefined {
  if (member === undefined) return undefined
  const { start, end } = member.value
  return { start, end, negated: isNegated(member), values: readStrings(member.value, reading, joinPath(path, member.name.text)) }
}

function readStrings(node: JsonNode, reading: Reading, path: string): readonly Text[] {
  if (node.kind === 'string') return [textOf(node)]
  if (node.kind !== 'array') {
    reading.mistyped(node, path, 'a string or an array of strings')
    return []
  }
  const texts: Text[] = []
  for (const [index, item] of node.items.entries()) {
    if (item.kind === 'string') texts.push(textOf(item))
    else reading.mistyped(item, joinPath(path, index), 'a string')
  }
  return texts
}

const isPrincipalKind = (text: string): text is PrincipalKind =>
  text === 'AWS' || text === 'Federated' || text === 'Service' || text === 'CanonicalUser'

function readPrincipal(member: JsonMember | undefined, reading: Reading, parent: string): PrincipalElement | undefined {
  if (member === undefined) return undefined
  const { value } = member
  const path = joinPath(parent, member.name.text)
  const span = { start: value.start, end: value.end, negated: isNegated(member) }
  if (value.kind === 'object')
    return { ...span, entries: value.members.flatMap((entry) => readPrincipalKind(entry, reading, path)) }
  if (value.kind === 'string' && value.text === '*') return { ...span, entries: [{ ...textOf(value), kind: 'AWS' }] }
  if (value.kind === 'string')
    reading.refuse('principal', `\`${value.text}\` is no principal: expected \`*\` or an object`, { span: value, path })
  else reading.mistyped(value, path, '`*` or an object')
  return { ...span, entries: [] }
}

function readPrincipalKind(member: JsonMember, reading: Reading, parent: string): readonly PrincipalEntry[] {
  const kind = member.name.text
  const path = joinPath(parent, kind)
  if (isPrincipalKind(kind)) return readStrings(member.value, reading, path).map((text) => ({ ...text, kind }))
  reading.refuse('principal-key', `\`${kind}\` is no type of principal`, { span: member.name, path })
  return []
}
