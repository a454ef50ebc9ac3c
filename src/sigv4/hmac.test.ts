/** The HMAC of the hot path is the HMAC of node:crypto, for every key and text. */
import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { isHmac } from './hmac.ts'

const keys = fc.uint8Array({ minLength: 1, maxLength: 80 })
const texts = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc.integer({ min: 900, max: 2_000 }).map((length) => 'x'.repeat(length)),
)

test('it accepts what node:crypto makes, and nothing that differs in a digit', () => {
  fc.assert(
    fc.property(keys, texts, fc.nat(63), (bytes, text, place) => {
      const key = createSecretKey(bytes)
      const signature = createHmac('sha256', key).update(text).digest('hex')
      assert.ok(isHmac(text, signature, key))
      assert.ok(isHmac(text, signature, key), 'again, with the pads known')
      const digit = signature[place] === '0' ? '1' : '0'
      assert.equal(isHmac(text, signature.slice(0, place) + digit + signature.slice(place + 1), key), false)
      assert.equal(isHmac(`${text}.`, signature, key), false)
    }),
  )
})

test('the test case of RFC 4231, section 4.3', () => {
  const key = createSecretKey('Jefe', 'utf8')
  const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  assert.ok(isHmac('what do ya want for nothing?', mac, key))
  for (const other of ['', mac.slice(2), `${mac}00`, mac.toUpperCase(), `${mac.slice(0, 62)}zz`]) {
    assert.equal(isHmac('what do ya want for nothing?', other, key), false, other)
  }
})
