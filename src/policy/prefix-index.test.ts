/** The index of beginnings finds what a search of all keys finds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { longestPrefix, prefixIndex } from './prefix-index.ts'

function found(keys: readonly string[], text: string): readonly string[] {
  const index = prefixIndex(keys.map((key) => [key, key] as const))
  const all: string[] = []
  for (let at = longestPrefix(index, text); at >= 0; at = index.parents[at] ?? -1) all.push(...(index.entries[at] ?? []))
  return all
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 5 })

test('property: every key that begins the text is found, the longest first', () => {
  fc.assert(
    fc.property(fc.array(word), word, (keys, text) => {
      const expected = keys.filter((key) => text.startsWith(key)).toSorted((one, other) => other.length - one.length)
      assert.deepEqual(found(keys, text), expected)
    }),
    { numRuns: 1_000 },
  )
})
