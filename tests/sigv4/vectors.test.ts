/** AWS's Signature Version 4 test suite (aws-c-auth, aws-signing-test-suite/v4): requests and their published signatures. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignableRequest } from '../../src/sigv4/request.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { check, EXAMPLE, EXAMPLE_TIME, outcome } from './requests.ts'

const TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

type Vector = readonly [name: string, method: string, target: string, headers: readonly string[], signature: string]

// oxfmt-ignore
const VECTORS: readonly Vector[] = [
  ['get-vanilla',                   'GET',  '/',                                                [],                                                                  '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['get-vanilla-empty-query-key',   'GET',  '/?Param1=value1',                                  [],                                                                  'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb'],
  ['get-vanilla-query-order-key',   'GET',  '/?Param2=value2&Param1=value1',                    [],                                                                  'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
  ['get-vanilla-query-order-enc',   'GET',  '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1',   [],                                                                  '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac'],
  ['get-vanilla-utf8-query',        'GET',  '/?%E1%88%B4=bar',                                  [],                                                                  '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
  ['get-unreserved',                'GET',  `/${UNRESERVED}`,                                   [],                                                                  '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'],
  ['get-header-key-duplicate',      'GET',  '/',  ['My-Header1', 'value2', 'My-Header1', 'value2', 'My-Header1', 'value1'],                          'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea'],
  ['get-header-value-order',        'GET',  '/',  ['My-Header1', 'value4', 'My-Header1', 'value1', 'My-Header1', 'value3', 'My-Header1', 'value2'],  '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01'],
  ['get-header-value-trim',         'GET',  '/',  ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],                                           'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736'],
  ['get-header-value-multiline',    'GET',  '/',  ['My-Header1', 'value1\n  value2\n     value3'],                                                   'cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd'],
  ['post-vanilla',                  'POST', '/',                                                [],                                                                  '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  ['post-sts-header-before',        'POST', '/',  ['X-Amz-Security-Token', TOKEN],                                                                   '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead'],
]

/** Normalised by signers, refused by the verifier: see src/sigv4/DESIGN.md. */
// oxfmt-ignore
const NORMALISED: readonly (readonly [string, string, string])[] = [
  ['get-relative-relative', '/example1/example2/../..', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['get-slashes',           '//example//',              '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'],
]

function authorized(
  target: string,
  { method, headers, signature }: { method: string; headers: readonly string[]; signature: string },
): SignableRequest {
  const rawHeaders = ['Host', 'example.amazonaws.com', ...headers, 'X-Amz-Date', '20150830T123600Z']
  const names = [...new Set(rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))].toSorted()
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { method, target, rawHeaders: [...rawHeaders, 'Authorization', authorization], body: new Uint8Array() }
}

for (const [name, method, target, headers, signature] of VECTORS) {
  test(`vector ${name}`, () => {
    const request = authorized(target, { method, headers, signature })
    assert.equal(
      outcome(() => check(request, { services: ['service'] })),
      'accepted',
    )
    const wrong = authorized(target, {
      method,
      headers,
      signature: signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    })
    assert.match(
      outcome(() => check(wrong, { services: ['service'] })),
      /^SignatureDoesNotMatch: The request signature we calculated/,
    )
  })
}

for (const [name, target, signature] of NORMALISED) {
  test(`vector ${name}-normalized`, () => {
    const request: SignableRequest = {
      method: 'GET',
      target,
      rawHeaders: ['Host', 'example.amazonaws.com'],
      body: new Uint8Array(),
    }
    const added = signRequest(request, EXAMPLE, { region: 'us-east-1', service: 'service', now: EXAMPLE_TIME })
    assert.equal(added.at(-1)?.endsWith(`Signature=${signature}`), true)
    assert.equal(
      outcome(() => check(authorized(target, { method: 'GET', headers: [], signature }), { services: ['service'] })),
      'IncompleteSignature: The path has empty or relative segments.',
    )
  })
}
