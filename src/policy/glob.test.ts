/** Wildcards: the walk against a naive matcher, and the steps it takes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isOpenPrefix,
  isStars,
  literalPrefix,
  matcherOf,
  matches,
  patternOf,
  segmentedPattern,
  walk,
  wildcardPattern,
} from './glob.ts'

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

/** In segments: wildcards of all but the last stay between the colons, except a star at the end of a segment. */
function naiveSegments(pattern: string, text: string, inner: number): boolean {
  const [first, second] = pattern
  if (first === undefined) return text === ''
  const isInner = inner > 0 && !(first === '*' && second === ':')
  const rest = (taken: string) => text !== '' && (!isInner || text[0] !== ':') && naiveSegments(taken, text.slice(1), inner)
  if (first === '*') return naiveSegments(pattern.slice(1), text, inner) || rest(pattern)
  if (first === '?') return rest(pattern.slice(1))
  return text.startsWith(first) && naiveSegments(pattern.slice(1), text.slice(1), first === ':' ? inner - 1 : inner)
}

const inSegments = (text: string) => segmentedPattern(text.split(':').map(wildcardPattern))

test('property: the walk in segments equals a naive matcher', () => {
  fc.assert(
    fc.property(short('ab*?:'), short('ab:'), (text, asked) => {
      const pattern = inSegments(text)
      assert.ok(pattern !== undefined)
      assert.equal(matches(pattern, asked), naiveSegments(text, asked, text.split(':').length - 1), `${text} and ${asked}`)
      assert.equal(matcherOf(pattern)(asked, 0), matches(pattern, asked))
    }),
    { numRuns: 20_000 },
  )
})

/** How many characters of the text the walk reads. */
function steps(pattern: string, text: string, kinds = wildcardPattern(pattern).kinds ?? new Uint8Array()): number {
  let read = 0
  const counted = {
    length: text.length,
    charCodeAt(index: number) {
      read += 1
      return text.charCodeAt(index)
    },
  }
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

test('glob: in segments too, whatever stars alternate', () => {
  for (const pattern of [
    '*:a*a:*:a*b:*:c',
    '*:*a*a*b:*a*a*b:*a*a*b:*a*a*b:c',
    'a*a*a*b:a*a*b:a*:a*a*b:*:*ab',
    '*:*:*:*:*:*ab*b',
    '*:*a*a*a*a*a*ab:*aaaaaaab:*aaaaaab:*aaaab:c',
  ])
    for (const length of [512, 1_024, 2_048])
      for (const unit of ['a', 'ab', 'a:', 'aa:', ':', `${'a'.repeat(63)}:`]) {
        const text = unit.repeat(length / unit.length)
        const read = steps(pattern, text, inSegments(pattern)?.kinds)
        assert.ok(read <= length * 25, `${pattern}: ${read} reads of ${length} characters, ${unit}`)
      }
})
