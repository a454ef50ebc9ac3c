/** Patterns of the model: translation from Java's syntax, whole-text matching, bounded cost. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { CompactModel } from './decode-model.ts'
import { MAX_PATTERN_INPUT, matchesPattern, toJavaScript } from './pattern.ts'

// oxfmt-ignore
const TABLE: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['[\\w+=,.@-]+',                              'a b',          false],
  ['[\\w+=,.@-]+',                              'a.b@c',        true],
  ['[\\w+=,.@-]+',                              'ab\n',         false],
  ['\\d{12}',                                   '1234567890123', false],
  ['[\\w+=,.@:\\/-]*',                          'a/b:c',        true],
  ['[\\w+=,.@\\:-]*',                           'a:b',          true],
  ['(ou\\-[0-9a-z]{4})',                        'ou-ab12',      true],
  ['(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/a/',       true],
  ['(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/a',        false],
  ['[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',           'größe 1',      true],
  ['\\p{ASCII}*',                               'é',            false],
  ['a|b',                                       'ab',           false],
]
for (const [pattern, text, matches] of TABLE) {
  test(`pattern: ${JSON.stringify(text)} against ${pattern}`, () => assert.equal(matchesPattern(pattern, text), matches))
}

test('pattern: an escape that JavaScript refuses loses its backslash, others keep it', () => {
  assert.equal(toJavaScript('\\:\\-[\\-\\=]\\.\\d'), ':-[\\-=]\\.\\d')
})

test('pattern: a text longer than any patterned value does not match', () => {
  assert.equal(matchesPattern('a*', 'a'.repeat(MAX_PATTERN_INPUT)), true)
  assert.equal(matchesPattern('a*', 'a'.repeat(MAX_PATTERN_INPUT + 1)), false)
})

const folder = new URL('../../models/', import.meta.url)
const patterned = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const { shapes }: CompactModel = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
    return Object.values(shapes).flatMap((shape) =>
      shape.t === 'string' && shape.p !== undefined ? [[shape.p, shape.l?.[1] ?? MAX_PATTERN_INPUT] as const] : [],
    )
  })

/** Long runs of what patterns accept, then what they do not: where backtracking hurts. */
const RUNS = ['a', '/', 'a/', '/a', 'a-', 'a.', '0', '-', ':', 'a:', ' ', '[a]', 'a@']
const BUDGET_MS = 250

test('pattern: every pattern of every model compiles, and none explodes on hostile text', () => {
  assert.ok(patterned.length > 40)
  for (const [pattern, max] of patterned) {
    for (const run of RUNS) {
      const text = `${run.repeat(Math.min(max, 4096) / run.length)}\u0000`
      const start = performance.now()
      matchesPattern(pattern, text)
      const spent = performance.now() - start
      assert.ok(spent < BUDGET_MS, `${pattern} took ${spent} ms on ${JSON.stringify(run)} repeated`)
    }
  }
})
