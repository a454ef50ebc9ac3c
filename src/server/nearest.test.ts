/** The nearest valid name for a mistyped one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { editDistance, nearest } from './nearest.ts'

// oxfmt-ignore
const DISTANCES: readonly (readonly [string, string, number])[] = [
  ['port',     'port',      0],
  ['port',     'PORT',      0],
  ['port',     '',          4],
  ['prot',     'port',      1],
  ['por',      'port',      1],
  ['portt',    'port',      1],
  ['pert',     'port',      1],
  ['kitten',   'sitting',   3],
  ['log-fromat', 'log-format', 1],
]
for (const [left, right, distance] of DISTANCES) {
  test(`${JSON.stringify(left)} is ${distance} edits from ${JSON.stringify(right)}`, () => {
    assert.equal(editDistance(left, right), distance)
    assert.equal(editDistance(right, left), distance)
  })
}

test('the nearest name wins, the first of equals, and nothing from nothing', () => {
  assert.equal(nearest('prot', ['host', 'port', 'data']), 'port')
  assert.equal(nearest('x', ['a', 'b']), 'a')
  assert.equal(nearest('port', []), undefined)
})

test('property: a distance is bounded by the longer name, and zero for a name itself', () => {
  const names = fc.string({ maxLength: 40, unit: 'grapheme-ascii' })
  fc.assert(
    fc.property(names, names, (left, right) => {
      const distance = editDistance(left, right)
      assert.ok(distance <= Math.max(left.length, right.length))
      assert.ok(distance >= Math.abs(left.length - right.length))
      assert.equal(editDistance(left, left), 0)
    }),
  )
})
