/** The bounded map: what was used lately stays, what was not goes, and it never grows beyond two generations. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GenerationCache } from './generation-cache.ts'

test('what was put in comes out, until it is deleted', () => {
  const cache = new GenerationCache<string, number>(10)
  cache.set('a', 1)
  cache.set('a', 2)
  assert.equal(cache.get('a'), 2)
  assert.equal(cache.get('b'), undefined)
  cache.delete('a')
  assert.equal(cache.get('a'), undefined)
})

test('what is used in every generation outlives what is not', () => {
  const cache = new GenerationCache<string, number>(2)
  cache.set('used', 0)
  cache.set('left', 0)
  for (let entry = 1; entry <= 6; entry += 1) {
    cache.set(`new ${entry}`, entry)
    assert.equal(cache.get('used'), 0, `after ${entry} new entries`)
  }
  assert.equal(cache.get('left'), undefined)
})

test('a deleted entry does not come back from the older generation', () => {
  const cache = new GenerationCache<string, number>(1)
  cache.set('a', 1)
  cache.set('b', 2)
  cache.delete('a')
  assert.equal(cache.get('a'), undefined)
  assert.equal(cache.get('b'), 2)
})

test('an entry written anew hides the older one', () => {
  const cache = new GenerationCache<string, number>(2)
  cache.set('a', 1)
  cache.set('b', 1)
  cache.set('c', 1)
  cache.set('a', 2)
  assert.equal(cache.get('a'), 2)
})

type Step = { readonly what: 'set' | 'get' | 'delete'; readonly key: number }

test('property: bounded, and it answers nothing but the last value that was set', () => {
  const step: fc.Arbitrary<Step> = fc.record({ what: fc.constantFrom('set', 'get', 'delete'), key: fc.nat(12) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
      const cache = new GenerationCache<number, number>(capacity)
      const truth = new Map<number, number>()
      for (const [index, { what, key }] of steps.entries()) {
        if (what === 'set') {
          cache.set(key, index)
          truth.set(key, index)
          assert.equal(cache.get(key), index)
        } else if (what === 'delete') {
          cache.delete(key)
          truth.delete(key)
          assert.equal(cache.get(key), undefined)
        } else {
          const value = cache.get(key)
          assert.ok(value === undefined || value === truth.get(key))
        }
        assert.ok(cache.size <= 2 * capacity, `${cache.size} entries`)
      }
    }),
  )
})
