/** A strict reader of JSON (RFC 8259) that keeps where everything stands, and refuses member names that stand twice in one object. */
import type { Span, Text } from './document.ts'
import { codesOf, type TextCodes } from './text-codes.ts'

export type JsonNode = JsonString | JsonLiteral | JsonArray | JsonObject
export type JsonString = Text & { readonly kind: 'string' }
/** `text` is what was written: `1.0e3`, `true`, `null`. */
export type JsonLiteral = Text & { readonly kind: 'number' | 'boolean' | 'null' }
export type JsonArray = Span & { readonly kind: 'array'; readonly items: readonly JsonNode[] }
export type JsonObject = Span & { readonly kind: 'object'; readonly members: readonly JsonMember[] }
/** From the name's quotation mark to the end of the value. */
export type JsonMember = Span & { readonly name: Text; readonly value: JsonNode }

/** Deeper than any policy (`Statement` › statement › `Condition` › operator › key › value is 6). */
const MAX_DEPTH = 32
/** IAM's parameters end at 131,072 characters (`policyDocumentType` of the service model); AWS's own managed policies reach 152 KB. */
const MAX_CHARACTERS = 262_144

export type JsonFlaw = 'syntax' | 'duplicate' | 'limit'

/** Thrown where a text is not JSON, or not JSON that we take. */
export class JsonError extends Error {
  readonly flaw: JsonFlaw
  readonly span: Span
  /** `Statement[1].Condition`; empty at the top. */
  readonly path: string

  constructor(message: string, place: { readonly flaw: JsonFlaw; readonly span: Span; readonly path: string }) {
    super(message)
    this.name = 'JsonError'
    this.flaw = place.flaw
    this.span = place.span
    this.path = place.path
  }
}

/** The one value of a JSON text. Throws `JsonError`. */
export function readJson(source: string): JsonNode {
  return new JsonReader(source).readText()
}

/** `path` with a member or an item added: `Statement[1]`, `Condition.StringEquals`. */
export function joinPath(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`
  return path === '' ? step : `${path}.${step}`
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const HEX4 = /[0-9A-Fa-f]{4}/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const LITERALS = [
  ['true', 'boolean'],
  ['false', 'boolean'],
  ['null', 'null'],
] as const

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

const NO_MEMBERS: readonly JsonMember[] = []
/** From so many members on names are looked up, not compared one after the other. */
const MANY_MEMBERS = 12

/** Reads by character codes: a principal's policies are read each time its account changes. */
class JsonReader {
  readonly #source: string
  readonly #codes: TextCodes
  readonly #path: (string | number)[] = []
  #offset = 0

  constructor(source: string) {
    this.#source = source
    if (source.length > MAX_CHARACTERS) this.#fail(`the text is longer than ${MAX_CHARACTERS} characters`, 'limit')
    this.#codes = codesOf(source)
  }

  readText(): JsonNode {
    const node = this.#readValue(this.#next())
    this.#next()
    if (this.#offset < this.#source.length) this.#fail(`${this.#seen()} stands after the end of the document`)
    return node
  }

  /** The value that begins with the character here. */
  #readValue(first: number): JsonNode {
    if (first === QUOTE) return this.#readString()
    if (first === OPEN_BRACE) return this.#readObject()
    if (first === OPEN_BRACKET) return this.#readArray()
    return this.#readLiteral() ?? this.#readNumber() ?? this.#fail(`expected a value but found ${this.#seen()}`)
  }

  #readObject(): JsonObject {
    const start = this.#open()
    if (this.#next() === CLOSE_BRACE) return { kind: 'object', members: [], start, end: this.#step() }
    const members = [this.#readMember(NO_MEMBERS)]
    let names: Set<string> | undefined
    while (!this.#continues(CLOSE_BRACE)) {
      if (members.length === MANY_MEMBERS) names = new Set(members.map(({ name }) => name.text))
      members.push(this.#readMember(members, names))
    }
    return { kind: 'object', members, start, end: this.#offset }
  }

  /** The member that follows others. `names`: theirs, where they are many. */
  #readMember(others: readonly JsonMember[], names?: Set<string>): JsonMember {
    if (this.#next() !== QUOTE) this.#fail(`expected a member's name in quotation marks but found ${this.#seen()}`)
    const name = this.#readString()
    this.#path.push(name.text)
    if (names?.has(name.text) ?? isAmong(others, name.text))
      this.#fail(`\`${name.text}\` stands twice in one object`, 'duplicate', name)
    names?.add(name.text)
    if (this.#next() !== COLON) this.#fail(`expected \`:\` but found ${this.#seen()}`)
    this.#offset += 1
    const value = this.#readValue(this.#next())
    this.#path.pop()
    return { name, value, start: name.start, end: this.#offset }
  }

  #readArray(): JsonArray {
    const start = this.#open()
    if (this.#next() === CLOSE_BRACKET) return { kind: 'array', items: [], start, end: this.#step() }
    const items = [this.#readItem(0)]
    while (!this.#continues(CLOSE_BRACKET)) items.push(this.#readItem(items.length))
    return { kind: 'array', items, start, end: this.#offset }
  }

  #readItem(index: number): JsonNode {
    this.#path.push(index)
    const item = this.#readValue(this.#next())
    this.#path.pop()
    return item
  }

  /** Steps over an opening bracket. The path has a step for each bracket that is open. */
  #open(): number {
    if (this.#path.length >= MAX_DEPTH) this.#fail(`the document is nested deeper than ${MAX_DEPTH} levels`, 'limit')
    this.#offset += 1
    return this.#offset - 1
  }

  /** Steps over one character; where the next one stands. */
  #step(): number {
    this.#offset += 1
    return this.#offset
  }

  /** Steps over the bracket that closes, or over the comma. True where it closed. */
  #continues(bracket: number): boolean {
    const code = this.#next()
    if (code !== bracket && code !== COMMA)
      this.#fail(`expected \`,\` or \`${String.fromCharCode(bracket)}\` but found ${this.#seen()}`)
    this.#offset += 1
    return code === bracket
  }

  #readString(): JsonString {
    const start = this.#offset
    let at = start + 1
    let code = this.#codeAt(at)
    // A string may hold all but the quotation mark, the backslash and the controls below the space. The 0 at the end is none of them.
    while (code >= 0x20 && code !== QUOTE && code !== BACKSLASH) code = this.#codeAt((at += 1))
    if (code === QUOTE) {
      this.#offset = at + 1
      return { kind: 'string', text: this.#source.slice(start + 1, at), start, end: at + 1 }
    }
    this.#offset = at
    return this.#readEscaped(start)
  }

  /** A string of which only the beginning could be taken as it is written. */
  #readEscaped(start: number): JsonString {
    let text = this.#source.slice(start + 1, this.#offset)
    while (this.#codeAt(this.#offset) === BACKSLASH) text += this.#readEscape() + this.#match(PLAIN)
    if (this.#offset >= this.#source.length)
      this.#fail('a text has no closing quotation mark', 'syntax', { start, end: this.#offset })
    if (this.#codeAt(this.#offset) !== QUOTE) this.#fail('a text holds a control character that is not escaped')
    return { kind: 'string', text, start, end: this.#step() }
  }

  #readEscape(): string {
    const start = this.#offset
    const letter = this.#source[start + 1] ?? ''
    this.#offset += 2
    const plain = ESCAPES[letter]
    if (plain !== undefined) return plain
    const digits = letter === 'u' ? this.#match(HEX4) : ''
    if (digits === '')
      this.#fail(`\`\\${letter}\` is no escape of JSON`, 'syntax', { start, end: Math.min(start + 2, this.#source.length) })
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #readLiteral(): JsonLiteral | undefined {
    const start = this.#offset
    for (const [text, kind] of LITERALS) {
      if (!this.#source.startsWith(text, start)) continue
      this.#offset += text.length
      return { kind, text, start, end: this.#offset }
    }
    return undefined
  }

  #readNumber(): JsonLiteral | undefined {
    const start = this.#offset
    const text = this.#match(NUMBER)
    return text === '' ? undefined : { kind: 'number', text, start, end: this.#offset }
  }

  /** What a sticky expression matches here, stepped over; empty where it does not match. */
  #match(expression: RegExp): string {
    expression.lastIndex = this.#offset
    const text = expression.exec(this.#source)?.[0] ?? ''
    this.#offset += text.length
    return text
  }

  #codeAt(offset: number): number {
    return this.#codes[offset] ?? 0
  }

  /** Steps over white space; the code of the character there, 0 at the end. */
  #next(): number {
    let code = this.#codeAt(this.#offset)
    while (code <= 0x20 && isJsonSpace(code)) code = this.#codeAt(this.#step())
    return code
  }

  #seen(): string {
    const character = this.#source.codePointAt(this.#offset)
    return character === undefined ? 'the end of the text' : `\`${String.fromCodePoint(character)}\``
  }

  #fail(message: string, flaw: JsonFlaw = 'syntax', span?: Span): never {
    const start = Math.min(this.#offset, this.#source.length)
    const here = { start, end: Math.min(start + 1, this.#source.length) }
    const path = this.#path.reduce<string>(joinPath, '')
    throw new JsonError(message, { flaw, span: span === undefined ? here : { start: span.start, end: span.end }, path })
  }
}

/** The characters that a string may hold as they are. */
const PLAIN = /[ !#-[\]-\uffff]*/y

function isAmong(members: readonly JsonMember[], name: string): boolean {
  for (const member of members) if (member.name.text === name) return true
  return false
}

/** White space between the tokens of JSON: space, tab, line feed, carriage return. */
export const isJsonSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
