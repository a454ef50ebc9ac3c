/** Signing keys, and the cache of them. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { deriveSigningKey, SigningKeyCache } from './key.ts'

test('the key that AWS publishes', () => {
  // AWS General Reference, "Deriving the signing key using other languages": example values.
  // oxfmt-ignore
  const PUBLISHED: readonly (readonly [string, string, string])[] = [
    ['20120215', 'iam', 'f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d'],
    ['20150830', 'iam', 'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9'],
  ]
  for (const [date, service, hex] of PUBLISHED) {
    const key = deriveSigningKey('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', { date, region: 'us-east-1', service })
    assert.equal(key.export().toString('hex'), hex)
  }
})

const keyOf = (text: string) => createSecretKey(text, 'utf8')

test('an entry belongs to its secret', () => {
  const cache = new SigningKeyCache()
  cache.keep('a', 'old', keyOf('1'))
  assert.equal(cache.find('a', 'new'), undefined)
  assert.equal(cache.find('b', 'old'), undefined)
  assert.ok(cache.find('a', 'old')?.equals(keyOf('1')))
  cache.keep('a', 'new', keyOf('2'))
  assert.equal(cache.find('a', 'old'), undefined)
  assert.ok(cache.find('a', 'new')?.equals(keyOf('2')))
})

test('the cache is bounded, and what is used stays', () => {
  const cache = new SigningKeyCache(10)
  cache.keep('used', 's', keyOf('k'))
  for (let number = 0; number < 1_000; number += 1) {
    cache.keep(`once-${number}`, 's', keyOf('k'))
    if (number % 5 === 0) assert.ok(cache.find('used', 's') !== undefined)
    assert.ok(cache.size <= 20)
  }
  assert.equal(cache.find('once-0', 's'), undefined)
})

test('a changed secret does not come back from the older generation', () => {
  const cache = new SigningKeyCache(1)
  cache.keep('a', 'old', keyOf('1'))
  cache.keep('b', 's', keyOf('k'))
  assert.equal(cache.find('a', 'new'), undefined)
  cache.keep('a', 'new', keyOf('2'))
  assert.equal(cache.find('a', 'old'), undefined)
})
