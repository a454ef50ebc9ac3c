/** The vault: what was sealed opens, for its context and by its keyring, and nothing else does. */
import assert from 'node:assert/strict'
import { createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { addKey, deriveKey, keyringFromKey, newKeyring } from './keyring.ts'
import { openVault } from './vault.ts'

const keyring = newKeyring({ random: randomBytes, now: 1 })
const vault = openVault(keyring)
const TEXT = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.='

test('what was sealed opens for the same context', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, context) => {
      assert.equal(vault.open(vault.seal(secret, context), context), secret)
    }),
  )
})

test('it does not open for another context', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (context, other) => {
      fc.pre(context !== other)
      assert.throws(() => vault.open(vault.seal('secret', context), other), { name: 'VaultError' })
    }),
  )
})

test('no text that differs in one character opens', () => {
  const sealed = vault.seal('a secret', 'here')
  fc.assert(
    fc.property(fc.nat({ max: sealed.length - 1 }), fc.constantFrom(...TEXT.split('')), (at, character) => {
      fc.pre(sealed[at] !== character)
      assert.throws(() => vault.open(sealed.slice(0, at) + character + sealed.slice(at + 1), 'here'), { name: 'VaultError' })
    }),
    { numRuns: 500 },
  )
})

test('no text that is longer or shorter opens', () => {
  const sealed = vault.seal('a secret', 'here')
  for (let length = 0; length < sealed.length; length += 1)
    assert.throws(() => vault.open(sealed.slice(0, length), 'here'), { name: 'VaultError' })
  for (const tail of ['A', '=', '.', ' ', '\n']) assert.throws(() => vault.open(sealed + tail, 'here'), { name: 'VaultError' })
})

test('the sealed text begins with the key id and holds nothing of the secret; two seals of one secret differ', () => {
  const sealed = vault.seal('a secret', 'here')
  assert.ok(sealed.startsWith(`${keyring.active}.`))
  assert.ok(!Buffer.from(sealed.split('.')[1] ?? '', 'base64url').includes('secret'))
  assert.notEqual(vault.seal('a secret', 'here'), sealed)
})

test('each text has an AES key of its own, derived from the salt before it: opened here by hand', () => {
  const master = keyring.keys[0]
  assert.ok(master !== undefined)
  const salts = new Set<string>()
  for (let text = 0; text < 100; text += 1) {
    const bytes = Buffer.from(vault.seal(`secret ${text}`, 'here').split('.')[1] ?? '', 'base64url')
    const [salt, nonce] = [bytes.subarray(0, 16), bytes.subarray(16, 28)]
    const key: Buffer = createHmac('sha256', deriveKey(master, 'vault')).update(salt).digest()
    const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    decipher.setAAD(Buffer.from(`keyreeve vault 2 ${keyring.active} here`))
    decipher.setAuthTag(bytes.subarray(-16))
    assert.equal(decipher.update(bytes.subarray(28, -16), undefined, 'utf8') + decipher.final('utf8'), `secret ${text}`)
    salts.add(salt.toString('hex'))
  }
  assert.equal(salts.size, 100)
})

test('after a rotation old texts open still, new ones are sealed by the new key, and a keyring without a key opens nothing of it', () => {
  const rotated = addKey(keyring, { random: randomBytes, now: 2 })
  const after = openVault(rotated)
  assert.equal(after.open(vault.seal('old', 'x'), 'x'), 'old')
  const sealed = after.seal('new', 'x')
  assert.ok(sealed.startsWith(`${rotated.active}.`))
  assert.throws(() => vault.open(sealed, 'x'), { name: 'VaultError' })
})

test('a text whose key id was exchanged for another known one does not open', () => {
  const rotated = addKey(keyring, { random: randomBytes, now: 2 })
  const [, body] = vault.seal('secret', 'x').split('.')
  assert.throws(() => openVault(rotated).open(`${rotated.active}.${body}`, 'x'), { name: 'VaultError' })
})

test('the same operator key opens in another process', () => {
  const key = randomBytes(32)
  assert.equal(openVault(keyringFromKey(key)).open(openVault(keyringFromKey(key)).seal('s', 'x'), 'x'), 's')
})
