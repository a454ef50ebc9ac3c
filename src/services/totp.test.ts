/** One-time passwords: the vectors of the RFC, the window, the seed's text form. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { base32, codeAt, findStep, fromBase32, stepAt } from './totp.ts'

const SEED = Buffer.from('12345678901234567890')
// RFC 6238, appendix B, SHA-1, its eight digits cut to six.
// oxfmt-ignore
const VECTORS: readonly (readonly [seconds: number, code: string])[] = [
  [59, '287082'], [1_111_111_109, '081804'], [1_111_111_111, '050471'], [1_234_567_890, '005924'], [2_000_000_000, '279037'], [20_000_000_000, '353130'],
]
for (const [seconds, code] of VECTORS)
  test(`the code at ${seconds} s`, () => assert.equal(codeAt(SEED, stepAt(seconds * 1000)), code))

// oxfmt-ignore
const WINDOW: readonly (readonly [string, string, number | undefined])[] = [
  ['its own step',         codeAt(SEED, 100), 100],
  ['two steps behind',     codeAt(SEED, 98),  98],
  ['two steps ahead',      codeAt(SEED, 102), 102],
  ['three steps behind',   codeAt(SEED, 97),  undefined],
  ['a wrong code',         '000000',          undefined],
  ['too short',            codeAt(SEED, 100).slice(0, 5), undefined],
  ['too long',             `${codeAt(SEED, 100)}1`, undefined],
]
for (const [name, code, step] of WINDOW)
  test(`window: ${name}`, () => assert.equal(findStep(SEED, code, { middle: 100, width: 2 }), step))

test('base32 reads back', () => {
  assert.equal(base32(Buffer.from('Hello')), 'JBSWY3DP')
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 40, maxLength: 40 }), (bytes) => assert.deepEqual(fromBase32(base32(bytes)), bytes)),
  )
  assert.throws(() => fromBase32('1'))
})
