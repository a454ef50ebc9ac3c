/** The codes of a text, whatever its characters and its length. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codesOf } from './text-codes.ts'

const codesRead = (text: string): readonly number[] => Array.from(codesOf(text).subarray(0, text.length + 1))
const codesSaid = (text: string): readonly number[] => [...Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)), 0]

// The last one's UTF-8 is cut off, for want of room, after as many bytes as it has codes.
for (const text of [
  '',
  'plain',
  '\u00e9',
  '\u00e9\u20ac',
  'a\u{1f600}',
  '\ud800',
  'x'.repeat(20_000),
  `${'x'.repeat(20_000)}\u00e9`,
  `${'x'.repeat(20_000)}\u00e9\u20ac`,
])
  test(`codes: of ${JSON.stringify(text.slice(0, 8))}, ${text.length} long`, () =>
    assert.deepEqual(codesRead(text), codesSaid(text)))

test('codes: of any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.deepEqual(codesRead(text), codesSaid(text))))
})
