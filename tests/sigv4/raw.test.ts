/** What a socket can send and node:http lets through, or not: nothing but the request that was signed reaches a service. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, test } from 'node:test'
import { type HttpRequest, httpServer } from '../../src/server/http.ts'
import { peerReader } from '../../src/server/peer.ts'
import { check, EXAMPLE_TIME, outcome, plainRequest, signed } from './requests.ts'

let server: Server
let port = 0
before(async () => {
  const respond = async (request: HttpRequest) => ({
    status: 200,
    headers: {},
    body: outcome(() => check(request)),
  })
  server = httpServer({
    respond,
    peerOf: peerReader([]),
    clock: () => EXAMPLE_TIME,
    onFailure: (error) => assert.fail(String(error)),
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})
after(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const BODY = Buffer.from(plainRequest.body).toString()
const HEADERS = signed().rawHeaders
const LINES = HEADERS.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${HEADERS[index + 1] ?? ''}`] : []))
const HEAD = ['POST / HTTP/1.1', ...LINES, `Content-Length: ${BODY.length}`, 'Connection: close']

/** The whole answer to the bytes of a request. */
async function send(lines: readonly string[], body = BODY, end = '\r\n'): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${lines.join(end)}${end}${end}${body}`, 'latin1')
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer.startsWith('HTTP/1.1 200') ? (answer.split('\r\n\r\n', 2)[1] ?? '') : (answer.split('\r\n', 1)[0] ?? '')
}

const replaced = (from: string, to: string): readonly string[] => HEAD.map((line) => line.replace(from, to))
const added = (...lines: readonly string[]): readonly string[] => [...HEAD.slice(0, 1), ...lines, ...HEAD.slice(1)]

const BAD = 'HTTP/1.1 400 Bad Request'
const ONCE = (name: string): string => `IncompleteSignature: The header '${name}' stands more than once.`
const ABSOLUTE = 'IncompleteSignature: The request target must be an absolute path in ASCII.'
const RELATIVE = 'IncompleteSignature: The path has empty or relative segments.'
const UNSIGNED = (name: string): string => `SignatureDoesNotMatch: '${name}' must be a 'SignedHeader' in the AWS Authorization.`
const WRONG =
  'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

// oxfmt-ignore
const CASES: readonly (readonly [string, readonly string[], string])[] = [
  ['as it was signed',                 HEAD,                                                                    'accepted'],
  ['an unsigned header more',          added('X-Forwarded-For: 10.0.0.1'),                                      'accepted'],
  ['a trace id of a proxy',            added('X-Amzn-Trace-Id: Root=1'),                                        'accepted'],
  ['a __proto__ header',               added('__proto__: x'),                                                   'accepted'],
  ['other case in header names',       replaced('Host:', 'HOST:'),                                              'accepted'],
  ['more white space in a value',      replaced('charset', '\t charset'),                                       'accepted'],
  ['two hosts, the first forged',      added('Host: evil.example'),                                             ONCE('host')],
  ['two authorizations',               added('Authorization: AWS4-HMAC-SHA256 Credential=a'),                   ONCE('authorization')],
  ['two content types',                added('Content-Type: application/json'),                                 ONCE('content-type')],
  ['two dates',                        added('X-Amz-Date: 20150830T123600Z'),                                   ONCE('x-amz-date')],
  ['two security tokens',              added('X-Amz-Security-Token: a', 'X-Amz-Security-Token: b'),             ONCE('x-amz-security-token')],
  ['a session token slipped in',       added('X-Amz-Security-Token: a'),                                        UNSIGNED('x-amz-security-token')],
  ['a target slipped in',              added('X-Amz-Target: AWSStepFunctions.ListStateMachines'),               UNSIGNED('x-amz-target')],
  ['unsigned payload slipped in',      added('X-Amz-Content-Sha256: UNSIGNED-PAYLOAD'),                         UNSIGNED('x-amz-content-sha256')],
  ['a stream slipped in',              added('X-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER'),       UNSIGNED('x-amz-content-sha256')],
  ['absolute form',                    replaced('POST /', 'POST http://iam.amazonaws.com/'),                    ABSOLUTE],
  ['dot segments',                     replaced('POST /', 'POST /a/..'),                                        RELATIVE],
  ['two slashes',                      replaced('POST /', 'POST //'),                                           RELATIVE],
  ['an action in the query',           replaced('POST /', 'POST /?Action=DeleteUser'),                          WRONG],
  ['another method',                   replaced('POST', 'PUT'),                                                 WRONG],
  ['another host',                     replaced('iam.amazonaws.com', 'sts.amazonaws.com'),                      WRONG],
  ['raw UTF-8 in the target',          replaced('POST /', 'POST /\u00c3\u00a9'),                                BAD],
  ['a lower-case method',              replaced('POST', 'post'),                                                BAD],
  ['no host',                          HEAD.filter((line) => !line.startsWith('Host')),                         BAD],
  ['a folded header',                  replaced('; charset', ';\r\n charset'),                                  BAD],
  ['a space before the colon',         replaced('Host:', 'Host :'),                                             BAD],
  ['NUL in a value',                   replaced('charset', '\0charset'),                                        BAD],
  ['two lengths',                      added(`Content-Length: ${BODY.length}`),                                 BAD],
  ['a length and chunks',              added('Transfer-Encoding: chunked'),                                     BAD],
  ['a signed length',                  replaced('Content-Length: ', 'Content-Length: +'),                       BAD],
]

for (const [name, lines, expected] of CASES) {
  test(`raw: ${name}`, async () => assert.equal(await send(lines), expected))
}

test('raw: bare line feeds', async () => assert.equal(await send(HEAD, BODY, '\n'), BAD))
test('raw: another body of the same length', async () => assert.equal(await send(HEAD, BODY.replace('Get', 'Put')), WRONG))
test('raw: a body in chunks is the same body', async () => {
  const lines = HEAD.map((line) => (line.startsWith('Content-Length') ? 'Transfer-Encoding: chunked' : line))
  const chunks = `5\r\n${BODY.slice(0, 5)}\r\n${(BODY.length - 5).toString(16)}\r\n${BODY.slice(5)}\r\n0\r\n\r\n`
  assert.equal(await send(lines, chunks), 'accepted')
})
