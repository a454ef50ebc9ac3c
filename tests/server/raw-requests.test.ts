/** Requests as raw bytes: what smugglers, scanners and broken clients send. None gets in, none gets HTML or a 5xx, and the server lives on. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { queryRequest } from '../calls.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

let server: TestServer
let root: Credentials
let host = ''
before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('raw', '123456789012'))
  host = new URL(server.endpoint).host
})
after(() => server.close())

const TIMEOUT_MS = 5_000

/** What comes back for these bytes, until the server closes or an answer is whole. With `last`: until this text was seen; an empty one never is. */
function raw(bytes: string, last?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.endpoint)
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'))
    let received = ''
    const end = (): void => {
      socket.destroy()
      resolve(received)
    }
    socket.setTimeout(TIMEOUT_MS, end)
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      if (last !== undefined) {
        if (last !== '' && received.includes(last)) end()
        return
      }
      const head = received.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
      if (head >= 0 && received.length >= head + 4 + length) end()
    })
    socket.on('close', end)
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? end() : reject(error),
    )
  })
}

type Parts = { readonly headers: readonly string[]; readonly body: string }

/** A signed call of GetCallerIdentity, its header lines open to change. */
function signed(): Parts {
  const request = queryRequest('sts', 'GetCallerIdentity', {}, { credentials: root, host })
  const headers: string[] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    headers.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
  const body = Buffer.from(request.body).toString()
  return { headers: [...headers, `content-length: ${body.length}`], body }
}

function written(change: (parts: Parts) => Parts = (parts) => parts, line = 'POST / HTTP/1.1'): string {
  const { headers, body } = change(signed())
  return `${[line, ...headers].join('\r\n')}\r\n\r\n${body}`
}

const added =
  (...lines: readonly string[]) =>
  (parts: Parts): Parts => ({ ...parts, headers: [...parts.headers, ...lines] })
const lineOf = ({ headers }: Parts, name: string): string => headers.find((line) => line.startsWith(`${name}:`)) ?? ''

test('the same bytes unchanged are answered', async () => {
  assert.match(await raw(written()), /^HTTP\/1\.1 200 [\s\S]*arn:aws:iam::123456789012:root/)
})

// oxfmt-ignore
const REFUSED: readonly (readonly [string, () => string])[] = [
  ['a second Host',                      () => written(added('host: evil.example'))],
  ['a second Authorization',             () => written((parts) => added(lineOf(parts, 'authorization'))(parts))],
  ['a second X-Amz-Date',                () => written((parts) => added(lineOf(parts, 'x-amz-date'))(parts))],
  ['a header that is not signed',        () => written(added('x-amz-security-token: abc'))],
  ['another unsigned x-amz header',      () => written(added('X-Amz-Content-Sha256: UNSIGNED-PAYLOAD'))],
  ['an absolute target',                 () => written(undefined, `POST http://${host}/ HTTP/1.1`)],
  ['another path',                       () => written(undefined, 'POST /console/ HTTP/1.1')],
  ['dot segments',                       () => written(undefined, 'POST /x/.. HTTP/1.1')],
  ['a query string that is not signed',  () => written(undefined, 'POST /?Action=DeleteUser HTTP/1.1')],
  ['another method',                     () => written(undefined, 'PUT / HTTP/1.1')],
  ['Content-Length and chunks',          () => written(added('transfer-encoding: chunked'))],
  ['two Content-Length',                 () => written(added('content-length: 1'))],
  ['a folded header',                    () => written(added('x-folded: a\r\n b'))],
  ['a space before the colon',           () => written(added('x-space : a'))],
  ['a bare line feed',                   () => written(added('x-bare: a\nx-other: b'))],
  ['a NUL',                              () => written(added('x-nul: a\0b'))],
  ['no Host',                            () => written((parts) => ({ ...parts, headers: parts.headers.filter((line) => !line.startsWith('host:')) }))],
  ['headers without end',                () => written(added(`x-long: ${'a'.repeat(20_000)}`))],
  ['another body',                       () => written((parts) => ({ ...parts, body: parts.body.replace('GetCallerIdentity', 'GetSessionToken\0\0') }))],
  ['no HTTP at all',                     () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a method in small letters',          () => written(undefined, 'post / HTTP/1.1')],
  ['a tunnel',                           () => written(undefined, `CONNECT ${host} HTTP/1.1`)],
  ['the options of the whole server',    () => written(undefined, 'OPTIONS * HTTP/1.1')],
  ['an unknown expectation',             () => written(added('expect: a-miracle'))],
  ['chunks that are not last',           () => written((parts) => ({ headers: [...parts.headers.filter((line) => !line.startsWith('content-length')), 'transfer-encoding: chunked, gzip'], body: '0\r\n\r\n' }))],
  ['a chunk of a negative size',         () => written((parts) => ({ headers: [...parts.headers.filter((line) => !line.startsWith('content-length')), 'transfer-encoding: chunked'], body: '-1\r\n\r\n' }))],
  ['a negative Content-Length',          () => written((parts) => ({ ...parts, headers: [...parts.headers.filter((line) => !line.startsWith('content-length')), 'content-length: -5'] }))],
  ['a carriage return in a value',       () => written(added('x-cr: a\rb'))],
  ['HTTP/2 spoken at once',              () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
]
for (const [name, bytes] of REFUSED) {
  test(`refused: ${name}`, async () => {
    const answer = await raw(bytes())
    assert.match(answer, /^(?:HTTP\/1\.1 4\d\d |$)/, answer)
    assert.doesNotMatch(answer, /<html|123456789012:root/i)
  })
}

// oxfmt-ignore
const TAKEN: readonly (readonly [string, () => string])[] = [
  ['an offer to speak something else',   () => written(added('connection: upgrade, http2-settings', 'upgrade: h2c'))],
  ['a body that waits to be asked for',  () => written(added('expect: 100-continue'))],
  ['absent blanks behind the colons',    () => written((parts) => ({ ...parts, headers: parts.headers.map((line) => line.replace(': ', ':')) }))],
  ['names in capitals',                  () => written((parts) => ({ ...parts, headers: parts.headers.map((line) => line.replace(/^[^:]+/, (name) => name.toUpperCase())) }))],
]
for (const [name, bytes] of TAKEN) {
  test(`taken: ${name}`, async () => assert.match(await raw(bytes(), 'root'), /HTTP\/1\.1 200 [\s\S]*123456789012:root/))
}

test('two calls in one write are answered in their order, and a refusal between two calls ends nothing', async () => {
  const unsigned = written((parts) => ({ ...parts, headers: parts.headers.filter((line) => !line.startsWith('authorization')) }))
  const answers = await raw(written() + unsigned + written(added('connection: close')), '')
  assert.deepEqual(
    [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status),
    ['200', '403', '200'],
  )
})

test('a header named __proto__ harms nobody', async () => {
  assert.match(await raw(written(added('__proto__: x', 'constructor: y'))), /^HTTP\/1\.1 200 /)
})

test('a body over the limit is refused while it arrives', async () => {
  const head = `POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 3000000\r\n\r\n`
  assert.match(await raw(head + 'a'.repeat(1_100_000)), /^HTTP\/1\.1 413 /)
})

test('afterwards the server answers as before', async () => {
  assert.equal((await server.sts(root).send(new GetCallerIdentityCommand({}))).Account, '123456789012')
})
