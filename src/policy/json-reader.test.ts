/** The JSON reader: what it refuses and where, and that it reads what JSON.parse reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonError, type JsonNode, readJson } from './json-reader.ts'

// oxfmt-ignore
const REFUSED: readonly (readonly [source: string, offset: number, path: string, message: string])[] = [
  ['',                       0, '',        'expected a value but found the end of the text'],
  ['\uFEFF{}',               0, '',        'expected a value but found `\uFEFF`'],
  ['{} x',                   3, '',        '`x` stands after the end of the document'],
  ['{"a":1,}',               7, '',        'expected a member\'s name in quotation marks but found `}`'],
  ["{'a':1}",                1, '',        'expected a member\'s name in quotation marks but found `\'`'],
  ['{"a" 1}',                5, 'a',       'expected `:` but found `1`'],
  ['{"a":[1 2]}',            8, 'a',       'expected `,` or `]` but found `2`'],
  ['{"a":[1,,2]}',           8, 'a[1]',    'expected a value but found `,`'],
  ['{"a":{"b":1,"b":2}}',   12, 'a.b',     '`b` stands twice in one object'],
  ['{"a":1,"\\u0061":2}',    7, 'a',       '`a` stands twice in one object'],
  ['"a\nb"',                 2, '',        'a text holds a control character that is not escaped'],
  ['"abc',                   0, '',        'a text has no closing quotation mark'],
  ['"\\',                    1, '',        '`\\` is no escape of JSON'],
  ['"\\u12g4"',              1, '',        '`\\u` is no escape of JSON'],
  ['01',                     1, '',        '`1` stands after the end of the document'],
  ['NaN',                    0, '',        'expected a value but found `N`'],
  ['// x\n{}',               0, '',        'expected a value but found `/`'],
]
for (const [source, offset, path, message] of REFUSED) {
  test(`json: refuses ${JSON.stringify(source)}`, () => {
    const error = failure(source)
    assert.deepEqual({ message: error.message, start: error.span.start, path: error.path }, { message, start: offset, path })
  })
}

test('json: nesting is bounded before the stack is', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  assert.equal(readJson(nested(32)).kind, 'array')
  assert.equal(failure(nested(33)).flaw, 'limit')
  assert.equal(failure('['.repeat(200_000)).flaw, 'limit')
})

test('json: nothing of a text that was read before is read again', () => {
  assert.equal(readJson('{"name":"value","list":["one","two"]}').kind, 'object')
  assert.equal(failure('{"name":"value"').message, 'expected `,` or `}` but found the end of the text')
  assert.equal(failure('{"name":"value","list":["one"').message, 'expected `,` or `]` but found the end of the text')
  assert.equal(failure('{"name":"val').message, 'a text has no closing quotation mark')
})

test('json: length is bounded', () => {
  assert.equal(failure(' '.repeat(262_145)).flaw, 'limit')
  assert.equal(readJson(`"${'a'.repeat(262_142)}"`).kind, 'string')
})

test('json: reads what JSON.parse reads, and every node stands where it says', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
      const source = JSON.stringify(value, undefined, indent)
      const node = readJson(source)
      assert.deepEqual(valueOf(node), JSON.parse(source))
      for (const each of nodesOf(node)) assert.deepEqual(valueOf(each), JSON.parse(source.slice(each.start, each.end)))
    }),
  )
})

test('json: takes a text if and only if JSON.parse does, duplicate names aside', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"\\n"',
    '1',
    '-0.5e+3',
    '01',
    'true',
    'nul',
    'null',
    ' ',
    '\t',
    '\u00a0',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const source = pieces.join('')
      const flaw = tried(source)
      if (flaw === 'duplicate') return
      assert.equal(flaw === undefined, isJson(source), source)
    }),
    { numRuns: 2000 },
  )
})

function tried(source: string): string | undefined {
  try {
    readJson(source)
    return undefined
  } catch (error) {
    assert.ok(error instanceof JsonError)
    return error.flaw
  }
}

function failure(source: string): JsonError {
  try {
    readJson(source)
  } catch (error) {
    if (error instanceof JsonError) return error
    throw error
  }
  throw new Error(`took ${source}`)
}

function isJson(source: string): boolean {
  try {
    JSON.parse(source)
    return true
  } catch {
    return false
  }
}

function valueOf(node: JsonNode): unknown {
  if (node.kind === 'string') return node.text
  if (node.kind === 'array') return node.items.map(valueOf)
  if (node.kind === 'object') return Object.fromEntries(node.members.map(({ name, value }) => [name.text, valueOf(value)]))
  return JSON.parse(node.text)
}

function nodesOf(node: JsonNode): readonly JsonNode[] {
  if (node.kind === 'array') return [node, ...node.items.flatMap(nodesOf)]
  if (node.kind === 'object') return [node, ...node.members.flatMap(({ value }) => nodesOf(value))]
  return [node]
}
