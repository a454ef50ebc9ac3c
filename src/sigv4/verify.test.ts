/** The last step: nothing but the secret's owner, over exactly this request, passes. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { check, EXAMPLE, EXAMPLE_TIME, outcome, plainRequest, read, signed, withHeader } from '../../tests/sigv4/requests.ts'
import { payloadHash, stringToSign } from './canonical.ts'
import { deriveSigningKey, SigningKeyCache } from './key.ts'
import { presignRequest } from './presign.ts'
import type { SignableRequest } from './request.ts'
import { verifySignature } from './verify.ts'

const WRONG =
  'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const good = signed()
const presigned: SignableRequest = {
  ...plainRequest,
  target: presignRequest(plainRequest, EXAMPLE, { region: 'us-east-1', service: 'iam', now: EXAMPLE_TIME, expiresIn: 60 }),
}
const signature = /Signature=([0-9a-f]{64})/.exec(good.rawHeaders.join())?.[1] ?? ''
const resigned = (text: string): SignableRequest =>
  withHeader(good, 'authorization', good.rawHeaders.at(-1)?.replace(signature, text))
const SHA256 = 'x-amz-content-sha256'
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** A request signed as S3's clients may: the words in the place of the body's hash. */
function unsignedPayload(): SignableRequest {
  const request = signed({ rawHeaders: [...plainRequest.rawHeaders, SHA256, 'UNSIGNED-PAYLOAD'] })
  const { signedHeaders, scope, timestamp } = read(request)
  const canonical = `POST\n/\n\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\n${SHA256}:UNSIGNED-PAYLOAD\nx-amz-date:${timestamp}\n\n${signedHeaders}\nUNSIGNED-PAYLOAD`
  const text = stringToSign({ algorithm: 'AWS4-HMAC-SHA256', timestamp, scope }, canonical)
  const key = deriveSigningKey(EXAMPLE.secretAccessKey, { date: '20150830', region: 'us-east-1', service: 'iam' })
  const signature = createHmac('sha256', key).update(text).digest('hex')
  return withHeader(request, 'authorization', request.rawHeaders.at(-1)?.replace(/Signature=.*/, `Signature=${signature}`))
}

test('what was signed is accepted, in the header and in the query', () => {
  for (const request of [
    good,
    presigned,
    signed({ method: 'DELETE', target: '/a%20b/c?z=1&a=%2b&a=*', body: new Uint8Array() }),
  ]) {
    assert.equal(
      outcome(() => check(request)),
      'accepted',
    )
  }
})

// oxfmt-ignore
const REFUSED: readonly (readonly [string, SignableRequest])[] = [
  ['another method',              { ...good, method: 'PUT' }],
  ['another path',                { ...good, target: '/a' }],
  ['a parameter more',            { ...good, target: '/?a' }],
  ['a signature in the query',    { ...good, target: '/?X-Amz-Signature=a' }],
  ['another body',                { ...good, body: Buffer.from('Action=GetUser&Version=2010-05-09') }],
  ['a body cut short',            { ...good, body: good.body.subarray(1) }],
  ['another host',                withHeader(good, 'Host', 'sts.amazonaws.com')],
  ['another port',                withHeader(good, 'Host', 'iam.amazonaws.com:80')],
  ['another content type',        withHeader(good, 'Content-Type', 'application/json')],
  ['a signed header less',        withHeader(good, 'Content-Type', undefined)],
  ['another moment',              withHeader(good, 'x-amz-date', '20150830T123601Z')],
  ['another region',              withHeader(good, 'authorization', good.rawHeaders.at(-1)?.replace('us-east-1', 'us-east-2'))],
  ['fewer signed headers',        withHeader(good, 'authorization', good.rawHeaders.at(-1)?.replace('content-type;', ''))],
  ['a signature in capitals',     resigned(signature.toUpperCase())],
  ['a signature cut short',       resigned(signature.slice(2))],
  ['a signature with a tail',     resigned(`${signature}00`)],
  ['no hexadecimal',              resigned(`${signature.slice(1)}g`)],
  ['zeros',                       resigned('0'.repeat(64))],
  ['a session token added',       { ...presigned, target: `${presigned.target}&X-Amz-Security-Token=a` }],
  ['query: another life',         { ...presigned, target: presigned.target.replace('Expires=60', 'Expires=61') }],
  ['query: another action',       { ...presigned, target: presigned.target.replace('/?', '/?Action=DeleteUser&') }],
  ['query: another body',         { ...presigned, body: new Uint8Array() }],
]

for (const [name, request] of REFUSED) {
  test(`refused: ${name}`, () =>
    assert.equal(
      outcome(() => check(request)),
      WRONG,
    ))
}

test('another secret', () => {
  assert.equal(
    outcome(() => check(good, {}, 'another')),
    WRONG,
  )
  assert.equal(
    outcome(() => check(good, {}, '')),
    WRONG,
  )
})

test('a hash of the body that the request names must be true', () => {
  const actual = signed({ rawHeaders: [...plainRequest.rawHeaders, SHA256, payloadHash(plainRequest.body)] })
  assert.equal(
    outcome(() => check(actual)),
    'accepted',
  )
  // Our signer signs the real hash in the payload's place; each of these claims another in the header.
  for (const claim of [
    EMPTY_HASH,
    payloadHash(plainRequest.body).toUpperCase(),
    '',
    'UNSIGNED-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  ]) {
    const request = signed({ rawHeaders: [...plainRequest.rawHeaders, SHA256, claim] })
    assert.equal(
      outcome(() => check(request)),
      WRONG,
      claim,
    )
  }
})

test('the body may stay unsigned only where an option says so', () => {
  const request = unsignedPayload()
  assert.equal(
    outcome(() => check(request)),
    WRONG,
  )
  assert.equal(
    outcome(() => check(request, { unsignedPayload: true })),
    'accepted',
  )
  assert.equal(
    outcome(() => check({ ...request, body: Buffer.from('other') }, { unsignedPayload: true })),
    'accepted',
  )
  assert.equal(
    outcome(() => check({ ...good, body: Buffer.from('other') }, { unsignedPayload: true })),
    WRONG,
    'a signed body stays signed',
  )
})

test('a kept key is used for the same secret only', () => {
  const cache = new SigningKeyCache()
  const presented = read(good)
  assert.equal(
    outcome(() => verifySignature(good, presented, 'another', cache)),
    WRONG,
  )
  assert.equal(cache.size, 0, 'a signature that does not match leaves nothing behind')
  verifySignature(good, presented, EXAMPLE.secretAccessKey, cache)
  assert.equal(cache.size, 1)
  assert.equal(
    outcome(() => verifySignature(good, presented, 'another', cache)),
    WRONG,
  )
  verifySignature(good, presented, EXAMPLE.secretAccessKey, cache)
  assert.equal(cache.size, 1)
})

test('headers are bytes', () => {
  const latin = signed({ rawHeaders: [...plainRequest.rawHeaders, 'x-amz-name', '\u00e9'] })
  assert.equal(
    outcome(() => check(latin)),
    'accepted',
  )
  assert.equal(
    outcome(() => check(withHeader(latin, 'x-amz-name', '\u00c3\u00a9'))),
    WRONG,
    'the same letter in UTF-8',
  )
  assert.equal(
    outcome(() => check(withHeader(latin, 'x-amz-name', '\u00e9\u00a0'))),
    WRONG,
    'the byte A0 is no white space',
  )
  assert.equal(
    outcome(() => check(withHeader(latin, 'x-amz-name', ' \t\u00e9 '))),
    'accepted',
    'white space around a value is none of it',
  )
})
