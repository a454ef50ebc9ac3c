/** Two patterns have a text in common, or none: against trying texts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matches, patternOf } from '../glob.ts'
import { overlaps } from './overlap.ts'

// oxfmt-ignore
const TABLE: readonly (readonly [pattern: string, other: string, expected: boolean])[] = [
  ['',          '',                     true],
  ['a',         '',                     false],
  ['*',         '',                     true],
  ['role/*',    'role/app',             true],
  ['role/*',    'rolle/app',            false],
  ['role/*',    '*',                    true],
  ['*/*',       'bucket',               false],
  ['*/*',       'bucket/*',             true],
  ['a?c',       'ab*',                  true],
  ['user/*',    '${aws:username}/x',    true],
  ['x*y',       '*x',                   false],
]
for (const [pattern, other, expected] of TABLE) {
  test(`overlap: ${pattern} and ${other}`, () => assert.equal(overlaps(pattern, other), expected))
}

test('overlap: agrees with every text of two letters up to six characters', () => {
  const texts = [...textsUpTo(6)]
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 })
  fc.assert(
    fc.property(pattern, pattern, (left, right) => {
      const one = patternOf([{ text: left, literal: false }])
      const other = patternOf([{ text: right, literal: false }])
      // Patterns of four characters that have a text in common have one of their literals, six at most.
      assert.equal(
        overlaps(left, right),
        texts.some((text) => matches(one, text) && matches(other, text)),
      )
    }),
    { numRuns: 1000 },
  )
})

function* textsUpTo(length: number): Generator<string> {
  yield ''
  if (length === 0) return
  for (const rest of textsUpTo(length - 1)) for (const letter of 'ab') yield letter + rest
}

test('overlap: a hostile text costs nothing', () => assert.equal(overlaps('a*', 'b'.repeat(100_000)), true))
