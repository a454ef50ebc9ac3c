/** Wildcards: the walk against a naive matcher, and the steps it takes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isOpenPrefix, isStars, literalPrefix, matcherOf, matches, patternOf, walk, wildcardPattern } from './glob.ts'

// oxfmt-ignore
const TABLE: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['',        '',            true],
  ['',        'a',           false],
  ['*',       '',            true],
  ['**',      'anything',    true],
  ['?',       '',            false],
  ['?',       'ab',          false],
  ['a*c',     'abc',         true],
  ['a*c',     'ac',          true],
  ['a*c',     'acb',         false],
  ['a?c',     'ac',          false],
  ['*a*b*',   'xxaxxbxx',    true],
  ['*ab',     'aab',         true],
  ['*a?b',    'aaaxb',       true],
  ['a*',      'b',           false],
  ['*',       'a\nb',        true],
  ['Get*',    'get',         false],
  ['a.c',     'abc',         false],
  ['(a+)+$',  'aaaa',        false],
]
for (const [pattern, text, expected] of TABLE) {
  test(`glob: ${pattern} and ${JSON.stringify(text)}`, () => {
    assert.equal(matches(wildcardPattern(pattern), text), expected)
    assert.equal(matcherOf(wildcardPattern(pattern))(`xy${text}`, 2), expected)
  })
}

test('glob: literal parts hold their stars', () => {
  const pattern = patternOf([
    { text: 'a*', literal: true },
    { text: '*', literal: false },
  ])
  assert.equal(matches(pattern, 'a*b'), true)
  assert.equal(matches(pattern, 'ab'), false)
  assert.equal(literalPrefix(pattern), 'a*')
  assert.equal(isOpenPrefix(pattern), true)
  assert.equal(isOpenPrefix(patternOf([{ text: 'a*', literal: true }])), false)
  assert.equal(isStars('**'), true)
  assert.equal(isStars(''), false)
})

function naive(pattern: string, text: string): boolean {
  const [first] = pattern
  if (first === undefined) return text === ''
  if (first === '*') return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)))
  return text !== '' && (first === '?' || first === text[0]) && naive(pattern.slice(1), text.slice(1))
}

const short = (characters: string) => fc.string({ unit: fc.constantFrom(...characters.split('')), maxLength: 9 })

test('property: the walk equals a naive matcher', () => {
  fc.assert(
    fc.property(short('ab*?'), short('ab'), (pattern, text) => {
      assert.equal(matches(wildcardPattern(pattern), text), naive(pattern, text))
      assert.equal(matcherOf(wildcardPattern(pattern))(text, 0), naive(pattern, text))
    }),
    { numRuns: 2_000 },
  )
})

/** How many characters of the text the walk reads. */
function steps(pattern: string, text: string): number {
  let read = 0
  const counted = {
    length: text.length,
    charCodeAt(index: number) {
      read += 1
      return text.charCodeAt(index)
    },
  }
  const { kinds = new Uint8Array() } = wildcardPattern(pattern)
  walk(pattern, kinds, counted, 0)
  return read
}

test('glob: steps grow with the text, not with its square', () => {
  for (const pattern of ['*a'.repeat(100), '*ab'.repeat(50), `${'*a'.repeat(50)}b`, '*aaaaaaab', 'x*y*z']) {
    const piece = Math.max(...pattern.split('*').map((part) => part.length))
    for (const length of [512, 1_024, 2_048]) {
      for (const text of ['a'.repeat(length), 'ab'.repeat(length / 2)]) {
        const read = steps(pattern, text)
        assert.ok(read <= length * (piece + 1), `${pattern.slice(0, 20)}: ${read} reads of ${length} characters`)
      }
    }
  }
})
