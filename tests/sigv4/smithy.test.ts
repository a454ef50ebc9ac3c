/** Random requests signed by the AWS SDK's own signer: ours verifies them, and signs them alike. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { uriEncode } from '../../src/sigv4/canonical.ts'
import { presignRequest } from '../../src/sigv4/presign.ts'
import type { SignableRequest } from '../../src/sigv4/request.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { check, EXAMPLE_TIME, outcome } from './requests.ts'

type Query = Record<string, string | string[]>
type Plain = {
  readonly method: string
  readonly path: string
  readonly query: Query
  readonly headers: Record<string, string>
  readonly body: string
}

const RUNS = 300
const text = fc.string({ unit: 'binary', maxLength: 12 })
// The SDK loses a parameter of the name __proto__.
const query = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
  { noNullPrototype: true, maxKeys: 5 },
)
// A path as the SDK builds it: each segment encoded, never a dot segment.
const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((each) => each !== '.' && each !== '..')
const path = fc.array(segment.map(uriEncode), { maxLength: 4 }).map((segments) => `/${segments.join('/')}`)
const name = fc.string({ unit: fc.constantFrom(...Array.from('abcxyz019-')), minLength: 1, maxLength: 8 })
// The SDK hashes headers as UTF-8; in ASCII that is what stands on the wire.
const value = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019 \t,;:="/+~')), maxLength: 12 })
const headers = fc
  .dictionary(
    name.map((each) => `x-amz-meta-${each}`),
    value,
    { noNullPrototype: true, maxKeys: 4 },
  )
  .map((own): Record<string, string> => ({
    ...own,
    host: 'localhost:4566',
    'content-type': 'application/x-amz-json-1.0',
    'user-agent': 'not signed',
  }))
const plain: fc.Arbitrary<Plain> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path,
  query,
  headers,
  body: fc.string({ unit: 'binary' }),
})
const credentials = fc.record(
  {
    accessKeyId: fc.constant('ASIAEXAMPLE'),
    secretAccessKey: fc.string({ unit: 'binary', minLength: 1 }),
    sessionToken: fc.base64String({ minLength: 4 }),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
)
const scope = fc.record({
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'local'),
  service: fc.constantFrom('iam', 'sts', 'states', 'lambda'),
})

/** What goes on the wire. */
function wire({ method, path: raw, query: parameters, headers: own, body }: Plain): SignableRequest {
  const pairs = Object.entries(parameters).flatMap(([key, values]) =>
    [values].flat().map((each) => `${uriEncode(key)}=${uriEncode(each)}`),
  )
  return {
    method,
    target: pairs.length === 0 ? raw : `${raw}?${pairs.join('&')}`,
    rawHeaders: Object.entries(own).flat(),
    body: Buffer.from(body),
  }
}

function smithy(request: Plain) {
  return { ...request, protocol: 'http:', hostname: 'localhost', headers: { ...request.headers }, query: { ...request.query } }
}

const signingDate = new Date(EXAMPLE_TIME)

test('what the SDK signs is accepted, and our signer agrees', async () => {
  await fc.assert(
    fc.asyncProperty(plain, credentials, scope, async (request, key, { region, service }) => {
      const signer = new SignatureV4({
        credentials: key,
        region,
        service,
        sha256: Sha256,
        applyChecksum: request.body.length % 2 === 0,
      })
      const signed = (await signer.sign(smithy(request), { signingDate })) as unknown as Plain
      const presented = check(wire({ ...signed, body: request.body }), { services: [service] }, key.secretAccessKey)
      assert.deepEqual(
        [presented.accessKeyId, presented.region, presented.sessionToken],
        [key.accessKeyId, region, key.sessionToken],
      )

      const plainWire = wire(request)
      const unsummed = new SignatureV4({ credentials: key, region, service, sha256: Sha256, applyChecksum: false })
      const theirs = (await unsummed.sign(smithy(request), { signingDate })) as unknown as Plain
      assert.equal(signRequest(plainWire, key, { region, service, now: EXAMPLE_TIME }).at(-1), theirs.headers['authorization'])
    }),
    { numRuns: RUNS },
  )
})

test('what the SDK presigns is accepted', async () => {
  await fc.assert(
    fc.asyncProperty(plain, credentials, scope, async (request, key, { region, service }) => {
      const signer = new SignatureV4({ credentials: key, region, service, sha256: Sha256 })
      const signed = (await signer.presign(smithy(request), { signingDate, expiresIn: 60 })) as unknown as Plain
      const presented = check(wire({ ...signed, body: request.body }), { services: [service] }, key.secretAccessKey)
      assert.equal(presented.sessionToken, key.sessionToken)
    }),
    { numRuns: RUNS },
  )
})

test('our presigned requests have the SDK’s signature', async () => {
  await fc.assert(
    fc.asyncProperty(plain, credentials, async (request, key) => {
      const hostOnly = { ...request, headers: { host: 'localhost:4566' } }
      const signer = new SignatureV4({ credentials: key, region: 'us-east-1', service: 'sts', sha256: Sha256 })
      const theirs = await signer.presign(smithy(hostOnly), { signingDate, expiresIn: 60 })
      const ours = presignRequest(wire(hostOnly), key, { region: 'us-east-1', service: 'sts', now: EXAMPLE_TIME, expiresIn: 60 })
      assert.equal(ours.slice(-64), theirs.query?.['X-Amz-Signature'])
    }),
    { numRuns: RUNS },
  )
})

test('a request of another secret is refused', async () => {
  await fc.assert(
    fc.asyncProperty(plain, credentials, fc.string({ minLength: 1 }), async (request, key, more) => {
      const signer = new SignatureV4({ credentials: key, region: 'us-east-1', service: 'iam', sha256: Sha256 })
      const signed = (await signer.sign(smithy(request), { signingDate })) as unknown as Plain
      assert.match(
        outcome(() => check(wire({ ...signed, body: request.body }), {}, key.secretAccessKey + more)),
        /^SignatureDoesNotMatch: The request signature we/,
      )
    }),
    { numRuns: RUNS },
  )
})
