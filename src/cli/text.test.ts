/** Columns and wrapped paragraphs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { columns, printable, wrapped } from './text.ts'

// oxfmt-ignore
const COLUMNS: readonly (readonly [title: string, rows: readonly (readonly string[])[], text: string])[] = [
  ['no row',                          [],                              ''],
  ['one cell',                        [['a']],                         'a\n'],
  ['the widest cell sets the width',  [['a', 'b'], ['long', 'c']],     'a     b\nlong  c\n'],
  ['the last cell is not padded',     [['a', 'long'], ['b', 'c']],     'a  long\nb  c\n'],
  ['rows of different lengths',       [['a'], ['b', 'c']],             'a\nb  c\n'],
  ['an empty cell keeps its column',  [['a', '', 'c'], ['d', 'e', 'f']], 'a     c\nd  e  f\n'],
  ['control characters are left out', [['a\u001b[31m\n', 'b'], ['cc', 'd']], 'a[31m  b\ncc     d\n'],
]
for (const [title, rows, text] of COLUMNS) {
  test(`columns: ${title}`, () => assert.equal(columns(rows), text))
}

// oxfmt-ignore
const WRAPPED: readonly (readonly [title: string, text: string, lines: readonly string[]])[] = [
  ['nothing',                          '',                                   ['']],
  ['a short text',                     'one two',                            ['    one two']],
  ['80 characters fit',                `${'a'.repeat(70)} ${'b'.repeat(5)}`, [`    ${'a'.repeat(70)} ${'b'.repeat(5)}`]],
  ['81 characters do not',             `${'a'.repeat(70)} ${'b'.repeat(6)}`, [`    ${'a'.repeat(70)}`, `    ${'b'.repeat(6)}`]],
  ['a word too long has its own line', `a ${'b'.repeat(90)} c`,              ['    a', `    ${'b'.repeat(90)}`, '    c']],
]
for (const [title, text, lines] of WRAPPED) {
  test(`wrapped: ${title}`, () => assert.equal(wrapped(text, 4), lines.map((line) => `${line}\n`).join('')))
}

test('wrapped: the first line may stand behind words of its own', () => {
  assert.equal(wrapped('one two', 6, '  -x'), '  -x  one two\n')
  assert.equal(wrapped('one', 2, '  --long '), '  --long one\n')
})

test('property: wrapping loses no word, and only a single word is longer than a line', () => {
  const word = fc.string({ minLength: 1, maxLength: 100, unit: fc.constantFrom('a', 'b', '-') })
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.nat(40), (words, indent) => {
      const lines = wrapped(words.join(' '), indent).trimEnd().split('\n')
      assert.deepEqual(
        lines.flatMap((line) => line.trim().split(' ')),
        words,
      )
      for (const line of lines) assert.ok(line.length <= 80 || !line.trim().includes(' '), line)
    }),
  )
})

test('property: what is printable steers no terminal, and every row stays one line', () => {
  const cell = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1 })), (rows) => {
      const text = columns(rows)
      assert.equal(text.split('\n').length - 1, rows.length)
      assert.equal(/\p{Cc}/u.test(text.replaceAll('\n', '')), false)
    }),
  )
  fc.assert(fc.property(cell, (text) => assert.equal(printable(printable(text)), printable(text))))
})
