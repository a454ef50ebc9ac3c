/** Patterns that have a text in common: every pair of short ones, against the texts that they match. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matches, wildcardPattern } from '../glob.ts'
import { overlaps } from './overlap.ts'

/** All of at most so many letters. */
function wordsOf(letters: string, longest: number): readonly string[] {
  const words = ['']
  for (const word of words) if (word.length < longest) words.push(...Array.from(letters, (letter) => word + letter))
  return words
}

test('short patterns overlap where they match a text both', () => {
  const texts = wordsOf('abc', 5)
  const patterns = wordsOf('ab*?', 3).map((text) => {
    const pattern = wildcardPattern(text)
    return { text, matched: new Set(texts.filter((each) => matches(pattern, each))) }
  })
  for (const { text, matched } of patterns)
    for (const other of patterns)
      assert.equal(
        overlaps(text, other.text),
        [...matched].some((each) => other.matched.has(each)),
        `${text} and ${other.text}`,
      )
})

test('a variable stands for anything', () => {
  assert.ok(overlaps('arn:aws:s3:::*/x', 'arn:aws:s3:::bucket/${aws:username}'))
  assert.ok(!overlaps('arn:aws:s3:::*/x', 'arn:aws:s3:::bucket/${aws:username}/y'))
})

test('long patterns take no time', () => {
  const start = performance.now()
  assert.ok(!overlaps(`${'*a'.repeat(1000)}x`, `${'*a?'.repeat(650)}y`))
  assert.ok(performance.now() - start < 1000)
})
