/** Tokens: what verifies, and the ways in which forged ones were believed elsewhere. */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import type { JSONWebKeySet, JWK } from 'jose'
import { readClaims, signToken, verifyToken } from './jwt.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ec384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const edwards = generateKeyPairSync('ed25519')

const jwk = (pair: { readonly publicKey: KeyObject }, more: Partial<JWK>): JWK => ({
  ...pair.publicKey.export({ format: 'jwk' }),
  ...more,
})
const KEYS = [
  jwk(rsa, { kid: 'rsa', use: 'sig' }),
  jwk(ec, { kid: 'ec' }),
  jwk(ec384, { kid: 'ec384', alg: 'ES384' }),
  jwk(small, { kid: 'small' }),
  jwk(edwards, { kid: 'ed' }),
  jwk(rsa, { kid: 'for encryption', use: 'enc' }),
  { kty: 'oct', k: Buffer.from('known to everybody').toString('base64url'), kid: 'shared' },
]
const keySet = (...keys: readonly JWK[]): JSONWebKeySet => JSON.parse(JSON.stringify({ keys }))
const ALL = keySet(...KEYS)
const CLAIMS = { iss: 'https://issuer.example', sub: 'alice', n: 1 }

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token written by hand, so that it may be wrong in ways that no library writes. */
function forged(header: object, signature: (input: string) => string): string {
  const input = `${part(header)}.${part(CLAIMS)}`
  return `${input}.${signature(input)}`
}
const rsaSignature = (hash: string) => (input: string) => sign(hash, Buffer.from(input), rsa.privateKey).toString('base64url')
const hmac = (secret: string) => (input: string) => createHmac('sha256', secret).update(input).digest('base64url')
const rsaPem = String(rsa.publicKey.export({ type: 'spki', format: 'pem' }))

test('what an issuer signed verifies, by each algorithm', async () => {
  const curve521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
  // oxfmt-ignore
  const rows = [
    ['RS256', 'rsa', rsa], ['RS384', 'rsa', rsa], ['RS512', 'rsa', rsa],
    ['ES256', 'ec', ec], ['ES384', 'ec384', ec384], ['ES512', 'ec521', curve521],
  ] as const
  for (const [algorithm, kid, { privateKey: key }] of rows) {
    const token = await signToken(CLAIMS, { algorithm, kid, key })
    assert.deepEqual(readClaims(token), CLAIMS)
    assert.equal(await verifyToken(token, keySet(...KEYS, jwk(curve521, { kid: 'ec521' }))), 'verified', algorithm)
    const [header, , signature] = token.split('.')
    assert.equal(
      await verifyToken(`${header}.${part({ ...CLAIMS, sub: 'bob' })}.${signature}`, ALL),
      algorithm === 'ES512' ? 'no key' : 'forged',
    )
  }
})

test('a key is meant by its name; without one there must be no doubt', async () => {
  const unnamed = forged({ alg: 'RS256' }, rsaSignature('sha256'))
  assert.equal(await verifyToken(unnamed, keySet(jwk(rsa, {}), jwk(ec, {}))), 'verified')
  assert.equal(await verifyToken(unnamed, keySet(jwk(rsa, {}), jwk(small, {}))), 'no key')
  assert.equal(await verifyToken(forged({ alg: 'RS256', kid: 'unknown' }, rsaSignature('sha256')), ALL), 'no key')
  assert.equal(await verifyToken(forged({ alg: 'RS256', kid: 'for encryption' }, rsaSignature('sha256')), ALL), 'no key')
})

// oxfmt-ignore
const FORGED: readonly (readonly [string, string])[] = [
  ['no algorithm',                         forged({ alg: 'none' }, () => '')],
  ['no algorithm, in other letters',       forged({ alg: 'nOnE', kid: 'rsa' }, () => '')],
  ['no algorithm named',                   forged({ kid: 'rsa' }, rsaSignature('sha256'))],
  ['no signature',                         forged({ alg: 'RS256', kid: 'rsa' }, () => '')],
  ['the public key as a shared secret',    forged({ alg: 'HS256', kid: 'rsa' }, hmac(rsaPem))],
  ['a published shared secret',            forged({ alg: 'HS256', kid: 'shared' }, hmac('known to everybody'))],
  ['an RSA signature said to be an EC one', forged({ alg: 'ES256', kid: 'ec' }, rsaSignature('sha256'))],
  ['another hash than was signed',         forged({ alg: 'RS512', kid: 'rsa' }, rsaSignature('sha256'))],
  ['a key too small',                      forged({ alg: 'RS256', kid: 'small' }, (input) => sign('sha256', Buffer.from(input), small.privateKey).toString('base64url'))],
  ['an algorithm that AWS does not take',  forged({ alg: 'EdDSA', kid: 'ed' }, (input) => sign(null, Buffer.from(input), edwards.privateKey).toString('base64url'))],
  ['a key that the token brings along',    forged({ alg: 'ES256', kid: 'ec', jwk: jwk(ec384, {}) }, (input) => sign('sha256', Buffer.from(input), ec384.privateKey).toString('base64url'))],
  ['an extension that must be understood', forged({ alg: 'RS256', kid: 'rsa', crit: ['x'], x: 1 }, rsaSignature('sha256'))],
  ['a payload that is not in the token',   forged({ alg: 'RS256', kid: 'rsa', b64: false, crit: ['b64'] }, rsaSignature('sha256'))],
  ['a signature of the wrong form',        forged({ alg: 'ES256', kid: 'ec' }, (input) => sign('sha256', Buffer.from(input), ec.privateKey).toString('base64url'))],
]
for (const [name, token] of FORGED)
  test(`not believed: ${name}`, async () => assert.notEqual(await verifyToken(token, ALL), 'verified'))

test('a key counts for algorithms of its own type and curve only', async () => {
  const onlyEc = keySet(jwk(ec, { kid: 'one' }))
  assert.equal(await verifyToken(forged({ alg: 'RS256', kid: 'one' }, rsaSignature('sha256')), onlyEc), 'no key')
  const onOtherCurve = forged({ alg: 'ES384', kid: 'one' }, (input) =>
    sign('sha384', Buffer.from(input), ec384.privateKey).toString('base64url'),
  )
  assert.equal(await verifyToken(onOtherCurve, onlyEc), 'no key')
})

test('what is no token has no claims', () => {
  for (const text of ['', 'abcd', 'a.b.c', `${part({})}.${part([])}.`, `${part({})}.!!!.x`, 'a.b.c.d.e', `${part({})}.bnVsbA.x`])
    assert.equal(readClaims(text), undefined, text)
})
