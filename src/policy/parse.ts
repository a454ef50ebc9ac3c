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
import { InputError } from './input-error.ts'
import { joinPath, JsonError, readJson, type JsonMember, type JsonNode, type JsonObject, type JsonString } from './json-reader.ts'
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
  if (typeof source !== 'string') throw new InputError('source', 'a policy is read from its text')
  try {
    return readJson(source)
  } catch (error) {
    if (error instanceof JsonError)
      throw new PolicyError(error.message, source, { flaw: `json-${error.flaw}`, span: error.span, path: error.path })
    throw error
  }
}

/** Where in the document something is, written out only where it is refused: most documents are good. */
export type Path = { readonly parent: Path | undefined; readonly step: string | number }

const pathOf = (path: Path | undefined): string => (path === undefined ? '' : joinPath(pathOf(path.parent), path.step))

/** The text that is read and the errors found so far. */
export class Reading {
  readonly source: string
  readonly errors: PolicyError[] = []

  constructor(source: string) {
    this.source = source
  }

  refuse(flaw: PolicyFlaw, message: string, place: { readonly span: Span; readonly path: Path | undefined }): void {
    const { start, end } = place.span
    this.errors.push(new PolicyError(message, this.source, { flaw, span: { start, end }, path: pathOf(place.path) }))
  }

  /** Says that a value has the wrong type. */
  mistyped(node: JsonNode, path: Path | undefined, expected: string): undefined {
    const found = node.kind === 'null' ? 'null' : `${node.kind === 'array' || node.kind === 'object' ? 'an' : 'a'} ${node.kind}`
    this.refuse('type', `expected ${expected} but found ${found}`, { span: node, path })
  }

  unknown({ name }: JsonMember, parent: Path | undefined): void {
    // Case matters: services answer `Unknown field statement`.
    this.refuse('unknown-element', `\`${name.text}\` is no element of a policy`, {
      span: name,
      path: { parent, step: name.text },
    })
  }
}

function readDocument(json: JsonNode, reading: Reading): PolicyDocument {
  const { source } = reading
  const { start, end } = json
  if (json.kind !== 'object') {
    reading.mistyped(json, undefined, 'an object')
    return { start, end, source, version: '2008-10-17', versionGiven: false, statements: [] }
  }
  const elements = documentElements(json, reading)
  const version = readVersion(elements.version, reading) ?? '2008-10-17'
  const id = readString(elements.id, reading)
  const statements = readStatements(elements.statement, json, reading)
  return {
    start,
    end,
    source,
    version,
    versionGiven: elements.version !== undefined,
    ...(id !== undefined && { id }),
    statements,
  }
}

function documentElements({ members }: JsonObject, reading: Reading) {
  let version, id, statement: JsonMember | undefined
  for (const member of members) {
    const name = member.name.text
    if (name === 'Version') version = member
    else if (name === 'Id') id = member
    else if (name === 'Statement') statement = member
    else reading.unknown(member, undefined)
  }
  return { version, id, statement }
}

const isVersion = (text: string): text is PolicyVersion => text === '2012-10-17' || text === '2008-10-17'

function readVersion(member: JsonMember | undefined, reading: Reading): PolicyVersion | undefined {
  const written = readString(member, reading)
  if (written === undefined) return undefined
  if (isVersion(written.text)) return written.text
  reading.refuse('version', `\`${written.text}\` is no version of the policy language`, {
    span: written,
    path: stepOf('Version'),
  })
  return undefined
}

const stepOf = (step: string | number, parent?: Path): Path => ({ parent, step })

function readString(member: JsonMember | undefined, reading: Reading, parent?: Path): Text | undefined {
  if (member === undefined) return undefined
  if (member.value.kind !== 'string') return reading.mistyped(member.value, stepOf(member.name.text, parent), 'a string')
  return textOf(member.value)
}

function readStatements(member: JsonMember | undefined, json: JsonObject, reading: Reading): readonly Statement[] {
  if (member === undefined) {
    reading.refuse('missing-statement', 'the document has no `Statement`', { span: json, path: undefined })
    return []
  }
  const { value } = member
  const path = stepOf('Statement')
  if (value.kind === 'object') return [readStatement(value, 0, reading, path)]
  if (value.kind !== 'array') {
    reading.mistyped(value, path, 'an object or an array of objects')
    return []
  }
  if (value.items.length === 0) reading.refuse('missing-statement', '`Statement` is empty', { span: value, path })
  const statements: Statement[] = []
  for (let index = 0; index < value.items.length; index += 1) {
    const item = value.items[index]
    if (item?.kind === 'object') statements.push(readStatement(item, index, reading, stepOf(index, path)))
    else if (item !== undefined) reading.mistyped(item, stepOf(index, path), 'an object')
  }
  return statements
}

function readStatement(object: JsonObject, index: number, reading: Reading, path: Path): Statement {
  const { start, end } = object
  const elements = statementElements(object, reading, path)
  const sid = readString(elements.sid, reading, path)
  const effect = readEffect(elements.effect, object, reading, path)
  const principal = readPrincipal(oneOf(elements.principal, elements.notPrincipal, reading, path), reading, path)
  const action = readTexts(oneOf(elements.action, elements.notAction, reading, path), reading, path)
  if (action === undefined)
    reading.refuse('missing-action', 'the statement has neither `Action` nor `NotAction`', { span: object, path })
  const resource = readTexts(oneOf(elements.resource, elements.notResource, reading, path), reading, path)
  const conditions = parseCondition(elements.condition, reading, path)
  const statement: { -readonly [Member in keyof Statement]: Statement[Member] } = {
    start,
    end,
    index,
    effect,
    action: action ?? { start, end, negated: false, values: [] },
    conditions,
  }
  if (sid !== undefined) statement.sid = sid
  if (resource !== undefined) statement.resource = resource
  if (principal !== undefined) statement.principal = principal
  return statement
}

/** Names compared with constants, the frequent ones first, take half the time of names looked up: no other work is done so often. */
function statementElements({ members }: JsonObject, reading: Reading, path: Path) {
  let sid, effect, principal, notPrincipal, action, notAction, resource, notResource, condition: JsonMember | undefined
  for (const member of members) {
    const name = member.name.text
    if (name === 'Effect') effect = member
    else if (name === 'Action') action = member
    else if (name === 'Resource') resource = member
    else if (name === 'Condition') condition = member
    else if (name === 'Sid') sid = member
    else if (name === 'Principal') principal = member
    else if (name === 'NotAction') notAction = member
    else if (name === 'NotResource') notResource = member
    else if (name === 'NotPrincipal') notPrincipal = member
    else reading.unknown(member, path)
  }
  return { sid, effect, principal, notPrincipal, action, notAction, resource, notResource, condition }
}

/** An element or its negated form; a statement may not have both. */
function oneOf(
  plain: JsonMember | undefined,
  negated: JsonMember | undefined,
  reading: Reading,
  path: Path,
): JsonMember | undefined {
  if (plain !== undefined && negated !== undefined)
    reading.refuse('element-combination', `the statement has both \`${plain.name.text}\` and \`${negated.name.text}\``, {
      span: negated,
      path: stepOf(negated.name.text, path),
    })
  return plain ?? negated
}

function readEffect(member: JsonMember | undefined, object: JsonObject, reading: Reading, path: Path): Statement['effect'] {
  if (member === undefined) {
    reading.refuse('missing-effect', 'the statement has no `Effect`', { span: object, path })
    return 'Deny'
  }
  const written = readString(member, reading, path)
  if (written === undefined || written.text === 'Deny') return 'Deny'
  if (written.text === 'Allow') return 'Allow'
  const lower = written.text.toLowerCase()
  const flaw = lower === 'allow' || lower === 'deny' ? 'effect-case' : 'effect'
  reading.refuse(flaw, `\`${written.text}\` is neither \`Allow\` nor \`Deny\``, { span: written, path: stepOf('Effect', path) })
  return 'Deny'
}

const textOf = (text: Text): Text => text
const isNegated = (member: JsonMember): boolean => member.name.text.startsWith('Not')

/** A string or an array of strings. */
function readTexts(member: JsonMember | undefined, reading: Reading, parent: Path): Texts | undefined {
  if (member === undefined) return undefined
  const { start, end } = member.value
  return { start, end, negated: isNegated(member), values: readStrings(member, reading, parent) }
}

function readStrings({ name, value }: JsonMember, reading: Reading, parent: Path): readonly Text[] {
  if (value.kind === 'string') return [value]
  if (value.kind !== 'array') {
    reading.mistyped(value, stepOf(name.text, parent), 'a string or an array of strings')
    return []
  }
  const { items } = value
  if (areStrings(items)) return items
  const path = stepOf(name.text, parent)
  return items.filter((item, index): item is JsonString => {
    if (item.kind !== 'string') reading.mistyped(item, stepOf(index, path), 'a string')
    return item.kind === 'string'
  })
}

function areStrings(items: readonly JsonNode[]): items is readonly JsonString[] {
  for (const { kind } of items) if (kind !== 'string') return false
  return true
}

const isPrincipalKind = (text: string): text is PrincipalKind =>
  text === 'AWS' || text === 'Federated' || text === 'Service' || text === 'CanonicalUser'

function readPrincipal(member: JsonMember | undefined, reading: Reading, parent: Path): PrincipalElement | undefined {
  if (member === undefined) return undefined
  const { value } = member
  const path = stepOf(member.name.text, parent)
  const span = { start: value.start, end: value.end, negated: isNegated(member) }
  if (value.kind === 'object')
    return { ...span, entries: value.members.flatMap((entry) => readPrincipalKind(entry, reading, path)) }
  if (value.kind === 'string' && value.text === '*') return { ...span, entries: [{ ...textOf(value), kind: 'AWS' }] }
  if (value.kind === 'string')
    reading.refuse('principal', `\`${value.text}\` is no principal: expected \`*\` or an object`, { span: value, path })
  else reading.mistyped(value, path, '`*` or an object')
  return { ...span, entries: [] }
}

function readPrincipalKind(member: JsonMember, reading: Reading, parent: Path): readonly PrincipalEntry[] {
  const kind = member.name.text
  const path = stepOf(kind, parent)
  if (isPrincipalKind(kind)) return readStrings(member, reading, parent).map((text) => ({ ...text, kind }))
  reading.refuse('principal-key', `\`${kind}\` is no type of principal`, { span: member.name, path })
  return []
}
