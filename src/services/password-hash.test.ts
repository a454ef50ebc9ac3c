/** Password hashes: what fits, what does not, and that the work is the same where there is no hash. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Fault } from '../aws/fault.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'

const fixed = (count: number): Uint8Array => new Uint8Array(count).fill(7)

test('a hash is a PHC string that fits its password and no other', async () => {
  const hash = await hashPassword('p\u00e4ssword', randomBytes)
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await verifyPassword('p\u00e4ssword', hash), true)
  assert.equal(await verifyPassword('password', hash), false)
  assert.notEqual(await hashPassword('p\u00e4ssword', randomBytes), hash, 'each has a salt of its own')
  assert.equal(await hashPassword('x', fixed), await hashPassword('x', fixed))
})

test('no password fits where there is no hash', async () => {
  assert.equal(await verifyPassword('', undefined), false)
  assert.equal(await verifyPassword('anything', undefined), false)
})

test('a hash with other parameters is still read', async () => {
  // Made by the reference implementation: argon2id, m=8192, t=1, p=1.
  const { argon2Sync } = await import('node:crypto')
  const nonce = Buffer.from(fixed(16))
  const bytes = argon2Sync('argon2id', { message: 'old', nonce, parallelism: 1, tagLength: 32, memory: 8_192, passes: 1 })
  const phc = `$argon2id$v=19$m=8192,t=1,p=1$${nonce.toString('base64').replaceAll('=', '')}$${bytes.toString('base64').replaceAll('=', '')}`
  assert.equal(await verifyPassword('old', phc), true)
  assert.equal(await verifyPassword('new', phc), false)
})

test('a stored text that is no hash is an error, not a mismatch', async () => {
  for (const text of [
    '',
    'password',
    '$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    '$argon2id$v=19$m=9999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  ]) {
    await assert.rejects(verifyPassword('x', text), /not an argon2id string/, text)
  }
})

test('what waits is bounded, and all that was let in is done', async () => {
  const cheap = '$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA'
  const settled = await Promise.allSettled(Array.from({ length: 100 }, () => verifyPassword('x', cheap)))
  const refused = settled.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 100 - 2 - 64)
  for (const result of refused)
    assert.ok('reason' in result && result.reason instanceof Fault && result.reason.code === 'Throttling')
  assert.equal(await verifyPassword('x', cheap), false, 'and the next one is let in again')
})
