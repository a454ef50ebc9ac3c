/** Session tokens of the metadata service: only what was made here, only while it lasts. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { MetadataTokens } from './metadata-token.ts'

const NOW = Date.UTC(2026, 0, 2)
const tokens = new MetadataTokens((count) => randomBytes(count))
const tokenFor = (seconds: number, at = NOW): string => tokens.issue(String(seconds), at)?.token ?? ''

test('a token lasts as long as was asked, to the millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 21_600 }), fc.integer({ min: -1_000, max: 21_601_000 }), (seconds, later) => {
      const remaining = tokens.remaining(tokenFor(seconds), NOW + later)
      const left = seconds * 1_000 - later
      assert.equal(remaining, left > 0 ? Math.ceil(left / 1_000) : undefined)
    }),
  )
})

test('a token that was changed anywhere is none, nor is one of another process, nor any other text', () => {
  const token = tokenFor(60)
  assert.equal(tokens.remaining(token, NOW), 60)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const [index, sign] of Array.from(token).entries()) {
    for (const other of alphabet) {
      if (other === sign) continue
      assert.equal(tokens.remaining(`${token.slice(0, index)}${other}${token.slice(index + 1)}`, NOW), undefined)
    }
  }
  const foreign = new MetadataTokens((count) => randomBytes(count)).issue('60', NOW)?.token ?? ''
  assert.equal(tokens.remaining(foreign, NOW), undefined)
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => assert.equal(tokens.remaining(text, NOW), undefined)))
})

test('times that are none are refused', () => {
  for (const ttl of [undefined, '', '0', '21601', '100000', '-1', '+1', '1.5', '1e3', ' 60', '60 ', '0x10', '６０'])
    assert.equal(tokens.issue(ttl, NOW), undefined, String(ttl))
  assert.equal(tokens.issue('00060', NOW)?.seconds, 60)
})
