/** Signing, against AWS's published example and against our own verifier. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { check, EXAMPLE, EXAMPLE_TIME, outcome, plainRequest, signed } from '../../tests/sigv4/requests.ts'
import { presignRequest } from './presign.ts'
import type { SignableRequest } from './request.ts'
import { signRequest } from './sign.ts'

const OPTIONS = { region: 'us-east-1', service: 'iam', now: EXAMPLE_TIME }
const LIST_USERS: SignableRequest = {
  method: 'GET',
  target: '/?Action=ListUsers&Version=2010-05-08',
  rawHeaders: ['Host', 'iam.amazonaws.com', 'Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
  body: new Uint8Array(),
}

test('the example of the documentation', () => {
  // IAM User Guide, "Create a signed AWS API request": GET ListUsers.
  assert.deepEqual(signRequest(LIST_USERS, EXAMPLE, OPTIONS), [
    'x-amz-date',
    '20150830T123600Z',
    'authorization',
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  ])
})

test('a presigned request of the documentation', () => {
  // Amazon S3 API Reference, "Authenticating requests: using query parameters", signs UNSIGNED-PAYLOAD, which ours never does; the form is the same.
  const target = presignRequest(LIST_USERS, { ...EXAMPLE, sessionToken: 'a/b+c=' }, { ...OPTIONS, expiresIn: 60 })
  assert.match(
    target,
    /^\/\?Action=ListUsers&Version=2010-05-08&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fiam%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Security-Token=a%2Fb%2Bc%3D&X-Amz-Signature=[0-9a-f]{64}$/,
  )
  assert.equal(check({ ...LIST_USERS, target }).sessionToken, 'a/b+c=')
})

const token = fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from('abcXYZ019-._~')) })
const escaped = fc.string({ unit: 'binary' }).map(encodeURIComponent)
const headerValue = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => (code === 0x7f ? ' ' : String.fromCharCode(code))),
})
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  target: fc
    .tuple(fc.array(token.filter((text) => !/^\.+$/.test(text))), fc.array(fc.tuple(escaped, escaped)))
    .map(([path, query]) => `/${path.join('/')}${query.length === 0 ? '' : `?${query.map((pair) => pair.join('=')).join('&')}`}`),
  rawHeaders: fc
    .uniqueArray(
      fc.tuple(
        token.map((name) => `X-Amz-Meta-${name.replaceAll('~', '_')}`),
        headerValue,
      ),
      { selector: ([name]) => name.toLowerCase() },
    )
    .map((headers) => [...headers.flat(), 'host', 'localhost:4566']),
  body: fc.uint8Array(),
})
const credentials = fc.record({
  accessKeyId: fc.constant('AKIDEXAMPLE'),
  secretAccessKey: fc.string({ minLength: 1, unit: 'binary' }),
})
const options = fc.record({
  region: fc.constantFrom('us-east-1', 'eu-west-1', 'local'),
  service: fc.constantFrom('iam', 'sts', 'states'),
})

test('what is signed verifies, and nothing else does', () => {
  fc.assert(
    fc.property(request, credentials, options, fc.string({ minLength: 1 }), (plain, key, { region, service }, other) => {
      const whole = signed(plain, key)
      const added = signRequest(plain, key, { region, service, now: EXAMPLE_TIME })
      const ours = { ...plain, rawHeaders: [...plain.rawHeaders, ...added] }
      const presigned = { ...plain, target: presignRequest(plain, key, { region, service, now: EXAMPLE_TIME, expiresIn: 900 }) }
      assert.equal(check(whole, {}, key.secretAccessKey).region, 'us-east-1')
      for (const each of [ours, presigned]) {
        assert.equal(check(each, { services: [service] }, key.secretAccessKey).region, region)
        assert.notEqual(
          outcome(() => check(each, { services: [service] }, key.secretAccessKey + other)),
          'accepted',
        )
        assert.notEqual(
          outcome(() =>
            check(
              { ...each, body: Buffer.concat([each.body, Buffer.from(other)]) },
              { services: [service] },
              key.secretAccessKey,
            ),
          ),
          'accepted',
        )
      }
    }),
  )
})

test('what cannot be signed', () => {
  assert.equal(
    outcome(() => signRequest({ ...plainRequest, rawHeaders: [] }, EXAMPLE, OPTIONS)),
    "IncompleteSignature: A request cannot be signed without a 'host' header.",
  )
  assert.equal(
    outcome(() => signRequest(signed(), EXAMPLE, OPTIONS)),
    "IncompleteSignature: The header 'x-amz-date' stands more than once.",
  )
  assert.equal(
    outcome(() => presignRequest(signed(), EXAMPLE, { ...OPTIONS, expiresIn: 1 })),
    'IncompleteSignature: The request is signed already.',
  )
  for (const expiresIn of [0, -1, 1.5, 604_801, Number.NaN]) {
    assert.equal(
      outcome(() => presignRequest(LIST_USERS, EXAMPLE, { ...OPTIONS, expiresIn })),
      'AuthorizationQueryParametersError: X-Amz-Expires must be from 1 to 604800 seconds',
    )
  }
})
