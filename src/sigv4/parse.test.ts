/** The order of refusal before any key is looked up, with AWS's texts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXAMPLE_TIME, outcome, plainRequest, read, signed, withHeader } from '../../tests/sigv4/requests.ts'
import { presignRequest } from './presign.ts'
import type { SignableRequest } from './request.ts'

const MINUTE = 60_000
const good = signed()
const AUTHORIZATION = good.rawHeaders[good.rawHeaders.indexOf('authorization') + 1] ?? ''
const presigned: SignableRequest = {
  ...plainRequest,
  method: 'GET',
  body: new Uint8Array(),
  rawHeaders: ['Host', 'iam.amazonaws.com'],
  target: presignRequest(
    { method: 'GET', target: '/?Action=ListUsers', rawHeaders: ['Host', 'iam.amazonaws.com'], body: new Uint8Array() },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    { region: 'us-east-1', service: 'iam', now: EXAMPLE_TIME, expiresIn: 60 },
  ),
}

const authorization = (text: string): SignableRequest => withHeader(good, 'authorization', text)
const changed = (from: string, to: string): SignableRequest => authorization(AUTHORIZATION.replace(from, to))
const queried = (from: string | RegExp, to: string): SignableRequest => ({
  ...presigned,
  target: presigned.target.replace(from, to),
})
const scoped = (scope: string): SignableRequest => changed('20150830/us-east-1/iam/aws4_request', scope)
const twice = (name: string): SignableRequest => ({ ...good, rawHeaders: [...good.rawHeaders, name, 'x'] })

const MISSING = 'MissingAuthenticationToken: Request is missing Authentication Token'
const HASHED = '(Hashed with SHA-256 and encoded with Base64) Authorization='
const SORTED = "IncompleteSignature: 'SignedHeaders' must be names in lower case, sorted, each once."
const ABSOLUTE = 'IncompleteSignature: The request target must be an absolute path in ASCII.'
const RELATIVE = 'IncompleteSignature: The path has empty or relative segments.'
const WEEK =
  'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds'

// oxfmt-ignore
const REFUSALS: readonly (readonly [string, SignableRequest, string])[] = [
  // Step 1 and duplicates: what the service reads must be what was signed.
  ['absolute form',              { ...good, target: 'http://iam.amazonaws.com/' },              ABSOLUTE],
  ['no path',                    { ...good, target: '' },                                       ABSOLUTE],
  ['asterisk form',              { ...good, target: '*' },                                      ABSOLUTE],
  ['a space in the target',      { ...good, target: '/a b' },                                   ABSOLUTE],
  ['a raw byte in the target',   { ...good, target: '/\u00e9' },                                ABSOLUTE],
  ['a broken escape',            { ...good, target: '/%4' },                                    'IncompleteSignature: The path has an invalid escape.'],
  ['a dot segment',              { ...good, target: '/a/./b' },                                 RELATIVE],
  ['two dots',                   { ...good, target: '/a/../b' },                                RELATIVE],
  ['above the root',             { ...good, target: '/../b' },                                  RELATIVE],
  ['an empty segment',           { ...good, target: '//' },                                     RELATIVE],
  ['two hosts',                  twice('HOST'),                                                 "IncompleteSignature: The header 'host' stands more than once."],
  ['two authorizations',         twice('Authorization'),                                        "IncompleteSignature: The header 'authorization' stands more than once."],
  ['two content types',          twice('content-type'),                                         "IncompleteSignature: The header 'content-type' stands more than once."],
  ['two x-amz-dates',            twice('X-Amz-Date'),                                           "IncompleteSignature: The header 'x-amz-date' stands more than once."],
  ['201 headers',                { ...good, rawHeaders: Array.from({ length: 402 }, () => 'a') }, 'IncompleteSignature: The request has more than 200 headers.'],
  // Step 4.
  ['a broken query',             { ...good, target: '/?a=%zz' },                                'MalformedQueryString: The query string is malformed: it has an invalid escape.'],
  ['a query that is not UTF-8',  queried('X-Amz-Credential=AKID', 'X-Amz-Credential=%FF'),      'MalformedQueryString: The query string is malformed: it is not UTF-8.'],
  // Step 5.
  ['neither form',               plainRequest,                                                  MISSING],
  ['other case in the query',    queried('X-Amz-Algorithm', 'x-amz-algorithm'),                 MISSING],
  ['both forms',                 { ...good, target: presigned.target },                         'SignatureDoesNotMatch: '],
  // Step 6.
  ['a bearer token',             authorization('Bearer abc'),                                   "IncompleteSignature: Unsupported AWS 'algorithm': 'Bearer'."],
  ['an empty header',            authorization(''),                                             "IncompleteSignature: Unsupported AWS 'algorithm' (hashed with SHA-256 and encoded with Base64): '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='."],
  ['a secret and nothing else',  authorization('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),     "IncompleteSignature: Unsupported AWS 'algorithm' (hashed with SHA-256 and encoded with Base64): '6KBhS2dHoG/5onKN0iUL8TBoMQzSVQ68POzU0oek4lk='."],
  ['SHA-1',                      changed('SHA256', 'SHA1'),                                     "IncompleteSignature: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."],
  ['a pair without equal-sign',  changed('Credential=', 'Credential '),                         "IncompleteSignature: Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'scQrPOEYCTvGVr8W57h+BpQDoYJG0uo208ZnhQy1vaE='."],
  ['no credential',              changed('Credential=', 'Credentials='),                        `IncompleteSignature: Authorization header requires 'Credential' parameter. ${HASHED}`],
  ['no signature',               changed('Signature=', 'Sig='),                                 `IncompleteSignature: Authorization header requires 'Signature' parameter. ${HASHED}`],
  ['no signed headers',          changed('SignedHeaders=', 'Signed='),                          `IncompleteSignature: Authorization header requires 'SignedHeaders' parameter. ${HASHED}`],
  ['no date',                    withHeader(good, 'x-amz-date', undefined),                     `IncompleteSignature: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ${HASHED}`],
  ['nothing at all',             withHeader(authorization('AWS4-HMAC-SHA256'), 'x-amz-date', undefined), `IncompleteSignature: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ${HASHED}`],
  ['4A without regions',         changed('HMAC', 'ECDSA-P256'),                                 `IncompleteSignature: Authorization header requires existence of a 'X-Amz-Region-Set' header. ${HASHED}`],
  // Step 7.
  ['query: SHA-1',               queried('HMAC-SHA256', 'HMAC-SHA1'),                           "IncompleteSignature: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."],
  ['query: no date',             queried('X-Amz-Date=', 'X-Amz-Dat='),                          "IncompleteSignature: AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."],
  ['query: only the algorithm',  { ...presigned, target: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256' }, "IncompleteSignature: AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."],
  ['query: 4A without regions',  queried('HMAC', 'ECDSA-P256'),                                 "IncompleteSignature: AWS query-string parameters must include 'X-Amz-Region-Set'. Re-examine the query-string parameters."],
  ['query: expires in a word',   queried('Expires=60', 'Expires=soon'),                         'AuthorizationQueryParametersError: X-Amz-Expires should be a number'],
  ['query: expires before',      queried('Expires=60', 'Expires=-1'),                           'AuthorizationQueryParametersError: X-Amz-Expires must be non-negative'],
  ['query: over a week',         queried('Expires=60', 'Expires=604801'),                       `AuthorizationQueryParametersError: ${WEEK}`],
  ['query: token as a header',   { ...presigned, rawHeaders: [...presigned.rawHeaders, 'x-amz-security-token', 't'] }, "IncompleteSignature: A presigned request has its 'X-Amz-Security-Token' in the query string."],
  // Step 8.
  ['host is not signed',         changed('content-type;host;', 'content-type;'),                "SignatureDoesNotMatch: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
  ['query: host is not signed',  queried('SignedHeaders=host', 'SignedHeaders=date'),           "SignatureDoesNotMatch: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
  ['capitals',                   changed(';host', ';Host'),                                     SORTED],
  ['not sorted',                 changed('content-type;host', 'host;content-type'),             SORTED],
  ['a name twice',               changed(';host', ';host;host'),                                SORTED],
  ['an empty name',              changed(';host', ';;host'),                                    SORTED],
  ['unsigned x-amz-target',      { ...good, rawHeaders: [...good.rawHeaders, 'X-Amz-Target', 'a'] }, "SignatureDoesNotMatch: 'x-amz-target' must be a 'SignedHeader' in the AWS Authorization."],
  ['unsigned session token',     { ...good, rawHeaders: [...good.rawHeaders, 'X-Amz-Security-Token', 'a'] }, "SignatureDoesNotMatch: 'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization."],
  ['query: unsigned x-amz',      { ...presigned, rawHeaders: [...presigned.rawHeaders, 'x-amz-target', 't'] }, "SignatureDoesNotMatch: 'x-amz-target' must be a 'SignedHeader' in the AWS Authorization."],
  // Step 9.
  ['an RFC 1123 date',           withHeader(good, 'x-amz-date', 'Sun, 30 Aug 2015 12:36:00 GMT'), "IncompleteSignature: Date must be in ISO-8601 'basic format'. Got 'Sun, 30 Aug 2015 12:36:00 GMT'. See http://en.wikipedia.org/wiki/ISO_8601"],
  ['no day of the calendar',     withHeader(good, 'x-amz-date', '20150230T123600Z'),            "IncompleteSignature: Date must be in ISO-8601 'basic format'. Got '20150230T123600Z'. See http://en.wikipedia.org/wiki/ISO_8601"],
  ['query: extended format',     queried('20150830T123600Z', '2015-08-30T12:36:00Z'),           "IncompleteSignature: Date must be in ISO-8601 'basic format'. Got '2015-08-30T12:36:00Z'. See http://en.wikipedia.org/wiki/ISO_8601"],
  // Steps 10 and 11.
  ['expired',                    withHeader(good, 'x-amz-date', '20150830T122059Z'),            'SignatureDoesNotMatch: Signature expired: 20150830T122059Z is now earlier than 20150830T122100Z (20150830T123600Z - 15 min.)'],
  ['not yet current',            withHeader(good, 'x-amz-date', '20150830T125101Z'),            'SignatureDoesNotMatch: Signature not yet current: 20150830T125101Z is still later than 20150830T125100Z (20150830T123600Z + 15 min.)'],
  // Step 12.
  ['no scope',                   scoped(''),                                                    "IncompleteSignature: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/'"],
  ['six elements',               scoped('20150830/us-east-1/iam/aws4_request/'),                "IncompleteSignature: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request/'"],
  // Step 13.
  ['an empty region',            scoped('20150830//iam/aws4_request'),                          'SignatureDoesNotMatch: Credential should be scoped to a valid region. '],
  ['another service',            scoped('20150830/us-east-1/sts/aws4_request'),                 "SignatureDoesNotMatch: Credential should be scoped to correct service: 'iam'. "],
  ['another terminator',         scoped('20150830/us-east-1/iam/aws5_request'),                 "SignatureDoesNotMatch: Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. "],
  ['another day',                scoped('20150829/us-east-1/iam/aws4_request'),                 "SignatureDoesNotMatch: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != '20150830', from '20150830T123600Z'."],
  ['half a day',                 scoped('201508/us-east-1/iam/aws4_request'),                   "SignatureDoesNotMatch: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '201508' != '20150830', from '20150830T123600Z'."],
  ['all four',                   scoped('b/*/d/e'),                                             "SignatureDoesNotMatch: Credential should be scoped to a valid region. Credential should be scoped to correct service: 'iam'. Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20150830', from '20150830T123600Z'."],
]

for (const [name, request, expected] of REFUSALS) {
  test(`refused: ${name}`, () => {
    const actual = outcome(() => read(request))
    assert.equal(expected.endsWith(HASHED) ? actual.slice(0, expected.length) : actual, expected)
  })
}

test('earlier refusals come first', () => {
  // Each request has the fault of its step and of all later ones.
  const late = scoped('b/*/d/e')
  const expired = withHeader(late, 'x-amz-date', '20140830T123600Z')
  const undated = withHeader(late, 'x-amz-date', 'today')
  const hostless = withHeader(undated, 'authorization', AUTHORIZATION.replace('content-type;host;', ''))
  const incomplete = withHeader(hostless, 'authorization', 'AWS4-HMAC-SHA256 SignedHeaders=x-amz-date')
  const unsupported = withHeader(hostless, 'authorization', 'AWS3 SignedHeaders')
  const both = { ...unsupported, target: presigned.target }
  const malformed = { ...both, target: `${presigned.target}&%` }
  const relative = { ...malformed, target: `/..${malformed.target}` }
  const starts = [expired, undated, hostless, incomplete, unsupported, both, malformed, relative].map((request) =>
    outcome(() => read(request)).slice(0, 48),
  )
  assert.deepEqual(starts, [
    'SignatureDoesNotMatch: Signature expired: 201408',
    "IncompleteSignature: Date must be in ISO-8601 'b",
    "SignatureDoesNotMatch: 'Host' or ':authority' mu",
    'IncompleteSignature: Authorization header requir',
    "IncompleteSignature: Unsupported AWS 'algorithm'",
    'SignatureDoesNotMatch: ',
    'MalformedQueryString: The query string is malfor',
    'IncompleteSignature: The path has empty or relat',
  ])
})

test('the clock window is the service’s, to the second', () => {
  for (const [offset, windowMs, expected] of [
    [15 * MINUTE + 999, 15 * MINUTE, 'accepted'],
    [
      15 * MINUTE + 1_000,
      15 * MINUTE,
      'SignatureDoesNotMatch: Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)',
    ],
    [-15 * MINUTE, 15 * MINUTE, 'accepted'],
    [
      5 * MINUTE + 1_000,
      5 * MINUTE,
      'SignatureDoesNotMatch: Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)',
    ],
    [
      -5 * MINUTE - 1,
      5 * MINUTE,
      'SignatureDoesNotMatch: Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)',
    ],
  ] as const) {
    assert.equal(
      outcome(() => read(good, { now: EXAMPLE_TIME + offset, windowMs })),
      expected,
    )
  }
})

test('a presigned request lives for the window, whatever it says', () => {
  // Recorded from STS: X-Amz-Expires=60 is good for 15 minutes, and a week is too.
  for (const expires of ['60', '0', '604800']) {
    const request = queried('Expires=60', `Expires=${expires}`)
    assert.equal(
      outcome(() => read(request, { now: EXAMPLE_TIME + 15 * MINUTE })),
      'accepted',
    )
    assert.match(
      outcome(() => read(request, { now: EXAMPLE_TIME + 16 * MINUTE })),
      /^SignatureDoesNotMatch: Signature expired: /,
    )
  }
})

test('what is read', () => {
  const token = signed({}, { accessKeyId: 'ASIA', secretAccessKey: 'b', sessionToken: 'c/d=' })
  const { accessKeyId, region, service, sessionToken, algorithm, date, timestamp, signedAt, signedNames } = read(token)
  assert.deepEqual(
    { accessKeyId, region, service, sessionToken, algorithm, date, timestamp, signedAt, signedNames },
    {
      accessKeyId: 'ASIA',
      region: 'us-east-1',
      service: 'iam',
      sessionToken: 'c/d=',
      algorithm: 'AWS4-HMAC-SHA256',
      date: '20150830',
      timestamp: '20150830T123600Z',
      signedAt: EXAMPLE_TIME,
      signedNames: ['content-type', 'host', 'x-amz-date', 'x-amz-security-token'],
    },
  )
  assert.equal(read(good).sessionToken, undefined)
})

test('what AWS tolerates and we do too', () => {
  const spaced = authorization(AUTHORIZATION.replaceAll(', ', ' \t,,  '))
  const repeated = changed('Credential=', 'Credential=nobody, Credential=')
  const unknown = authorization(`${AUTHORIZATION}, Comment=x`)
  const extended = withHeader(good, 'x-amz-date', '2015-08-30T12:36:00Z')
  const dated = withHeader(withHeader(good, 'x-amz-date', undefined), 'Date', '20150830T123600Z')
  for (const request of [spaced, repeated, unknown, extended, dated]) {
    assert.deepEqual({ ...read(request), headerNames: [] }, { ...read(good), headerNames: [] })
  }
  assert.equal(read(scoped('20150830/nowhere-9/iam/aws4_request')).region, 'nowhere-9', 'any region')
  assert.equal(read(queried('X-Amz-Date=', 'X-Amz-Date=20150830T123600Z&X-Amz-Date=')).date, '20150830', 'the first of a name')
})
