/** Requests of the real SDK with every byte changed, one at a time: only bytes that are not signed may pass. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sha256 } from '@aws-crypto/sha256-js'
import * as iam from '@aws-sdk/client-iam'
import { SignatureV4 } from '@smithy/signature-v4'
import type { SignableRequest } from '../../src/sigv4/request.ts'
import { SigningKeyCache } from '../../src/sigv4/key.ts'
import { verifySignature } from '../../src/sigv4/verify.ts'
import { outcome, read } from './requests.ts'

const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const SESSION = { ...CREDENTIALS, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'FwoGZXIvYXdzEBYaDK==' }
/** The low bit, the bit that tells capitals from small letters, the bit beyond ASCII, all bits. */
const MASKS = [0x01, 0x20, 0x80, 0xff]

type SdkRequest = {
  readonly method: string
  readonly path: string
  readonly query?: Record<string, string>
  readonly headers: Record<string, string>
  readonly body?: string
}
type Captured = { readonly request: SignableRequest; readonly now: number }

const toWire = ({ method, path, query = {}, headers, body = '' }: SdkRequest): SignableRequest => {
  const search = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return {
    method,
    target: search.length === 0 ? path : `${path}?${search.join('&')}`,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(body),
  }
}

/** The signed request that a client sends for a command. */
async function capture(command: object, credentials: object): Promise<Captured> {
  let captured: SignableRequest | undefined
  const requestHandler = {
    handle: async (request: SdkRequest) => {
      captured = toWire(request)
      throw new Error('captured')
    },
  }
  const client = new iam.IAMClient({
    region: 'us-east-1',
    endpoint: 'http://localhost:4566',
    credentials,
    maxAttempts: 1,
    requestHandler,
  } as never)
  await assert.rejects(client.send(command as never), /captured/)
  if (captured === undefined) throw new Error('nothing was sent')
  const timestamp = captured.rawHeaders[captured.rawHeaders.indexOf('x-amz-date') + 1] ?? ''
  const now = Date.parse(timestamp.replace(/^(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:'))
  return { request: captured, now }
}

/** A presigned GET, and a REST request with a path and a query. */
async function signedBySmithy(): Promise<readonly Captured[]> {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5)
  const base = { protocol: 'http:', hostname: 'localhost', headers: { host: 'localhost:4566' } }
  const signer = new SignatureV4({ credentials: SESSION, region: 'us-east-1', service: 'iam', sha256: Sha256 })
  const link = await signer.presign(
    { ...base, method: 'GET', path: '/', query: { Action: 'GetUser', UserName: 'a b/c' } },
    { signingDate: new Date(now), expiresIn: 60 },
  )
  const rest = await signer.sign(
    { ...base, method: 'DELETE', path: '/2015-03-31/functions/a%3Ab/policy', query: { Qualifier: 'x+y' } },
    { signingDate: new Date(now) },
  )
  return [link, rest].map((request) => ({ request: toWire(request as unknown as SdkRequest), now }))
}

const CAPTURED: readonly Captured[] = [
  ...(await Promise.all(
    [CREDENTIALS, SESSION].flatMap((credentials) => [
      capture(new iam.GetUserCommand({ UserName: 'alice' }), credentials),
      capture(
        new iam.CreateRoleCommand({
          RoleName: 'r',
          AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}',
          Tags: [{ Key: 'é', Value: '日' }],
        }),
        credentials,
      ),
    ]),
  )),
  ...(await signedBySmithy()),
]

/** Reads, finds the secret of the key id that the request names, and verifies, as the server does. */
function admit(request: SignableRequest, now: number): string {
  return outcome(() => {
    const presented = read(request, { now })
    const isOurs = [CREDENTIALS.accessKeyId, SESSION.accessKeyId].includes(presented.accessKeyId)
    verifySignature(
      request,
      presented,
      isOurs ? CREDENTIALS.secretAccessKey : 'the secret of somebody else',
      new SigningKeyCache(),
    )
  })
}

/** A byte of a request: where it is, and the request with that byte XORed. */
type Flip = { readonly place: string; readonly byte: string; readonly request: SignableRequest }

function* flips(request: SignableRequest, mask: number): Generator<Flip> {
  const { method, target, rawHeaders, body } = request
  for (const [byte, changed] of changes(method, mask)) yield { place: 'method', byte, request: { ...request, method: changed } }
  for (const [byte, changed] of changes(target, mask)) yield { place: 'target', byte, request: { ...request, target: changed } }
  for (const [index, text] of rawHeaders.entries()) {
    const place = `${index % 2 === 0 ? 'name' : 'value'} of ${(rawHeaders[index - (index % 2)] ?? '').toLowerCase()}`
    for (const [byte, changed] of changes(text, mask))
      yield { place, byte, request: { ...request, rawHeaders: rawHeaders.with(index, changed) } }
  }
  for (let index = 0; index < body.length; index += 1) {
    const changed = Buffer.from(body)
    changed[index] = (body[index] ?? 0) ^ mask
    yield { place: 'body', byte: String(body[index]), request: { ...request, body: changed } }
  }
}

function* changes(text: string, mask: number): Generator<readonly [string, string]> {
  for (let index = 0; index < text.length; index += 1) {
    yield [text[index] ?? '', text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ mask) + text.slice(index + 1)]
  }
}

/** Whether a change of that byte leaves what is signed as it was. */
function isUnsigned({ place, byte }: Flip, mask: number, { request }: Captured): boolean {
  const [kind, , header = ''] = place.split(' ')
  const list = /SignedHeaders=([^,&]*)/.exec([request.target, ...request.rawHeaders].join(' '))?.[1] ?? ''
  const isSigned = decodeURIComponent(list).split(';').includes(header)
  if (kind === 'value') return !isSigned && header !== 'authorization'
  // The case of names and of escapes in a query has no meaning.
  const isCase = mask === 0x20 && /[A-Za-z]/.test(byte)
  if (kind === 'name') return isCase || (!isSigned && header !== 'authorization')
  return kind === 'target' && isCase && /[A-Fa-f]/.test(byte)
}

for (const [number, captured] of CAPTURED.entries()) {
  const { request, now } = captured
  test(`every byte of captured request ${number + 1} (${request.method})`, () => {
    assert.equal(admit(request, now), 'accepted')
    let passed = 0
    let refused = 0
    for (const mask of MASKS) {
      for (const flip of flips(request, mask)) {
        if (admit(flip.request, now) !== 'accepted') {
          refused += 1
          continue
        }
        passed += 1
        assert.ok(isUnsigned(flip, mask, captured), `${flip.place}: '${flip.byte}' changed by ${mask} passes`)
      }
    }
    assert.ok(passed > 0 && refused > 4 * passed, `${passed} passed, ${refused} were refused`)
  })
}

test('a byte more or less anywhere is refused', () => {
  for (const { request, now } of CAPTURED) {
    assert.notEqual(admit({ ...request, body: Buffer.concat([request.body, Buffer.from('&')]) }, now), 'accepted')
    assert.notEqual(
      admit({ ...request, target: `${request.target}${request.target.includes('?') ? '&' : '?'}a` }, now),
      'accepted',
    )
    assert.notEqual(admit({ ...request, rawHeaders: [...request.rawHeaders, 'x-amz-target', 'a'] }, now), 'accepted')
    for (const index of request.rawHeaders.keys()) {
      const name = (request.rawHeaders[index] ?? '').toLowerCase()
      if (index % 2 === 1 || !['host', 'authorization', 'content-type', 'x-amz-date', 'x-amz-security-token'].includes(name))
        continue
      const doubled = [...request.rawHeaders, name, request.rawHeaders[index + 1] ?? '']
      assert.match(admit({ ...request, rawHeaders: doubled }, now), /stands more than once/, name)
      assert.notEqual(admit({ ...request, rawHeaders: request.rawHeaders.toSpliced(index, 2) }, now), 'accepted', name)
    }
  }
})
