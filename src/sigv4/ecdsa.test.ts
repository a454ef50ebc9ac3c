/** Signature Version 4A: derived keys, region sets, and requests signed by AWS's own signer. */
import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { test } from 'node:test'
import { check, EXAMPLE, EXAMPLE_TIME, outcome, plainRequest, read, signed, withHeader } from '../../tests/sigv4/requests.ts'
import { canonicalHeaders, canonicalRequest, payloadHash, stringToSign } from './canonical.ts'
import { deriveKeyPair } from './ecdsa.ts'
import { regionOf } from './region.ts'
import type { SignableRequest } from './request.ts'

const WRONG = /^SignatureDoesNotMatch: The request signature we/

test('the key pair that AWS publishes', () => {
  // aws-c-auth and aws-sdk-go-v2 test their derivation against these numbers.
  const { privateKey, publicKey } = deriveKeyPair('AKISORANDOMAASORANDOM', 'q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom')
  const { d, x, y } = privateKey.export({ format: 'jwk' })
  assert.deepEqual(
    [d, x, y].map((number) => Buffer.from(number ?? '', 'base64url').toString('hex')),
    [
      '7fd3bd010c0d9c292141c2b77bfbde1042c92e6836fff749d1269ec890fca1bd',
      '15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb',
      '0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0',
    ],
  )
  assert.equal(publicKey.export({ format: 'jwk' }).x, x)
})

test('the key pair of the documentation’s example', () => {
  // Tested by aws-sdk-ruby, aws-sdk-net and aws-crt-nodejs.
  const { d, x, y } = deriveKeyPair(EXAMPLE.accessKeyId, EXAMPLE.secretAccessKey).privateKey.export({ format: 'jwk' })
  assert.deepEqual(
    [d, x, y].map((number) => Buffer.from(number ?? '', 'base64url').toString('hex')),
    [
      '7efc8c0e65a324242818c5a50c891c6060b6a00717b7ba3cbe3c5d765be9259c',
      'b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1',
      '865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518',
    ],
  )
})

test('a request that AWS’s own signer signed', () => {
  // Recorded from @smithy/signature-v4a 3.6.2.
  const request: SignableRequest = {
    ...plainRequest,
    rawHeaders: [
      ...plainRequest.rawHeaders,
      'x-amz-date',
      '20150830T123600Z',
      'x-amz-region-set',
      'eu-west-1,us-*',
      'authorization',
      'AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20150830/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-region-set, Signature=3045022100bbe99388de2d1965a92feb9f669349b402608ba59ea9bbe7335af6bd90764443022025ae0e9d16a495fa02b20403e50bca28b30def559af0abc274b2a93a73f023b0',
    ],
  }
  assert.equal(
    outcome(() => check(request)),
    'accepted',
  )
  assert.match(
    outcome(() => check(request, {}, 'another')),
    WRONG,
  )
  assert.match(
    outcome(() => check({ ...request, method: 'PUT' })),
    WRONG,
  )
  assert.match(
    outcome(() => check({ ...request, body: new Uint8Array() })),
    WRONG,
  )
  for (const tail of ['00', 'b', 'B0', '']) {
    assert.match(
      outcome(() => check(withHeader(request, 'authorization', request.rawHeaders.at(-1)?.replace(/b0$/, tail)))),
      WRONG,
    )
  }
})

/** The example request, signed here with the derived private key. */
function signedWith(regionSet: string, scope = '20150830/iam/aws4_request'): SignableRequest {
  const rawHeaders = [...plainRequest.rawHeaders, 'x-amz-date', '20150830T123600Z', 'x-amz-region-set', regionSet]
  const names = ['host', 'content-type', 'user-agent', 'x-amz-date', 'x-amz-region-set']
  const signedNames = ['content-type', 'host', 'x-amz-date', 'x-amz-region-set']
  const headers = canonicalHeaders(names, rawHeaders, signedNames)
  const canonical = canonicalRequest(
    { method: 'POST', path: '/', query: '', headers, signedHeaders: signedNames.join(';') },
    payloadHash(plainRequest.body),
  )
  const text = stringToSign({ algorithm: 'AWS4-ECDSA-P256-SHA256', timestamp: '20150830T123600Z', scope }, canonical)
  const { privateKey } = deriveKeyPair(EXAMPLE.accessKeyId, EXAMPLE.secretAccessKey)
  const signature = sign('sha256', Buffer.from(text), privateKey).toString('hex')
  const authorization = `AWS4-ECDSA-P256-SHA256 Credential=${EXAMPLE.accessKeyId}/${scope}, SignedHeaders=${signedNames.join(';')}, Signature=${signature}`
  return { ...plainRequest, rawHeaders: [...rawHeaders, 'Authorization', authorization] }
}

test('the region set is signed, and says which region is meant', () => {
  const request = signedWith('eu-west-1,us-*')
  const presented = check(request)
  assert.deepEqual([presented.region, presented.service, presented.accessKeyId], ['us-east-1', 'iam', 'AKIDEXAMPLE'])
  assert.match(
    outcome(() => check(withHeader(request, 'x-amz-region-set', '*'))),
    WRONG,
  )
  assert.equal(
    outcome(() => check(signedWith('eu-*'))),
    'SignatureDoesNotMatch: Credential should be scoped to a valid region. ',
  )
})

// oxfmt-ignore
const REGIONS: readonly (readonly [string, string | undefined])[] = [
  ['us-east-1',             'us-east-1'],
  ['*',                     'us-east-1'],
  ['us-*',                  'us-east-1'],
  ['eu-west-1, us-east-1',  'us-east-1'],
  ['eu-west-1,eu-west-2',   'eu-west-1'],
  ['eu-*,eu-west-1',        'eu-west-1'],
  ['eu-*',                  undefined],
  ['',                      undefined],
  ['*-east-1',              undefined],
  ['us/east',               undefined],
]

for (const [set, region] of REGIONS) {
  test(`the region set '${set}'`, () => assert.equal(regionOf(set), region))
}

test('a Version 4A credential has four elements', () => {
  assert.equal(
    outcome(() => read(signedWith('*', '20150830/us-east-1/iam/aws4_request'))),
    "IncompleteSignature: Credential must have exactly 4 slash-delimited elements, e.g. keyid/date/service/term, got 'AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request'",
  )
})

test('a signature of one algorithm is none of the other', () => {
  const request = signed({ rawHeaders: [...plainRequest.rawHeaders, 'x-amz-region-set', 'us-east-1'] })
  const other = withHeader(
    request,
    'authorization',
    request.rawHeaders.at(-1)?.replace('HMAC', 'ECDSA-P256').replace('/us-east-1', ''),
  )
  assert.equal(read(other, { now: EXAMPLE_TIME }).algorithm, 'AWS4-ECDSA-P256-SHA256')
  assert.match(
    outcome(() => check(other)),
    WRONG,
  )
})
