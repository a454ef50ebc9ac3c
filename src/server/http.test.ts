/** The socket: what a failing step, a broken answer or an oversized body does to a request, and that it does nothing to any other. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import type { WireAnswer } from '../protocol/wire.ts'
import { httpServer, type HttpRequest } from './http.ts'
import { peerReader } from './peer.ts'

const answer = (body: string): WireAnswer => ({ status: 200, headers: { 'content-type': 'text/plain' }, body })

const failures: unknown[] = []
let port = 0
let server: Server
before(async () => {
  const respond = (request: HttpRequest): Promise<WireAnswer> => {
    if (request.target === '/throws') throw new Error('thrown')
    if (request.target === '/rejects') return Promise.reject(new Error('rejected'))
    if (request.target === '/header') return Promise.resolve({ ...answer(''), headers: { 'x-broken': 'a\r\nb' } })
    return Promise.resolve(answer(`${request.method} ${request.target} ${request.body.length}`))
  }
  server = httpServer({ respond, peerOf: peerReader([]), clock: () => 0, onFailure: (error) => void failures.push(error) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
after(() => {
  server.closeAllConnections()
  server.close()
})

/** Everything that comes back until `enough` is there or the server closes. */
async function talk(bytes: string, enough: (text: string) => boolean): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes, 'latin1')
  return heard(socket, enough)
}

function heard(socket: Socket, enough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const end = (): void => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(5_000, end)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (enough(text)) end()
    })
    socket.on('close', end)
    socket.on('error', reject)
  })
}

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nhost: test\r\n\r\n`
const statuses = (text: string): readonly string[] => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status)

for (const target of ['/throws', '/rejects', '/header']) {
  test(`${target}: its caller is told, those beside it are answered`, async () => {
    failures.length = 0
    // One write, so one turn of the event loop: all three are served together.
    const text = await talk(get('/before') + get(target) + get('/behind'), (so) => so.includes('/behind'))
    assert.deepEqual(statuses(text), ['200', '500', '200'])
    assert.match(text, /GET \/before 0/)
    assert.match(text, /GET \/behind 0$/)
    assert.doesNotMatch(text, /thrown|rejected|broken/)
    assert.equal(failures.length, 1)
  })
}

test('what cannot be read behind a request does not answer in its place', async () => {
  const text = await talk(`${get('/before')}no HTTP at all\r\n\r\n`, () => false)
  assert.deepEqual(statuses(text), [])
})

test('what cannot be read is refused, and the connection closed', async () => {
  assert.deepEqual(statuses(await talk('no HTTP at all\r\n\r\n', () => false)), ['400'])
  assert.deepEqual(statuses(await talk(`${get('/long').slice(0, -2)}x-long: ${'a'.repeat(20_000)}\r\n\r\n`, () => false)), [
    '431',
  ])
})

test('a body that cannot be read to its end is refused once', async () => {
  const head = 'POST /body HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n'
  assert.deepEqual(statuses(await talk(`${head}no chunk\r\n`, () => false)), ['400'])
  const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`
  assert.deepEqual(statuses(await talk(`${head}${chunk.repeat(17)}no chunk\r\n`, () => false)), ['413'])
})

const post = (length: number): string => `POST /body HTTP/1.1\r\nhost: test\r\ncontent-length: ${length}\r\n\r\n`

test('the largest body is taken, on a connection that goes on', async () => {
  const text = await talk(post(1_048_576) + 'a'.repeat(1_048_576) + get('/next'), (so) => so.includes('/next'))
  assert.deepEqual(statuses(text), ['200', '200'])
  assert.match(text, /POST \/body 1048576/)
})

test('one byte more is refused, on a connection that goes on', async () => {
  const text = await talk(post(1_048_577) + 'a'.repeat(1_048_577) + get('/next'), (so) => so.includes('/next'))
  assert.deepEqual(statuses(text), ['413', '200'])
})

test('the Query protocol hears of a body that is too large as of every other fault', async () => {
  const form = post(1_048_577).replace('\r\n\r\n', '\r\ncontent-type: application/x-www-form-urlencoded; charset=utf-8\r\n\r\n')
  const text = await talk(form + 'a'.repeat(1_048_577) + get('/next'), (so) => so.includes('/next'))
  assert.deepEqual(statuses(text), ['413', '200'])
  assert.match(text, /content-type: text\/xml\r\n/i)
  assert.match(
    text,
    /<ErrorResponse><Error><Type>Sender<\/Type><Code>RequestEntityTooLarge<\/Code><Message>The request body is larger/,
  )
})

test('who sends far too much hears of it, though only after sending', async () => {
  const socket = connect(port, '127.0.0.1')
  socket.write(post(5_000_000))
  // The whole body is handed to the system before the first byte of the answer is read: many clients work so.
  await new Promise((sent) => socket.write('a'.repeat(5_000_000), sent))
  assert.deepEqual(statuses(await heard(socket, (so) => so.includes('larger than'))), ['413'])
})

test('once the server closes, an answer ends its connection: who asks without pause does not hold up the end', async () => {
  const asked = Promise.withResolvers<void>()
  const may = Promise.withResolvers<WireAnswer>()
  const respond = (): Promise<WireAnswer> => {
    asked.resolve()
    return may.promise
  }
  const ending = httpServer({ respond, peerOf: peerReader([]), clock: () => 0, onFailure: (error) => void failures.push(error) })
  ending.listen(0, '127.0.0.1')
  await once(ending, 'listening')
  const address = ending.address()
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
  socket.write(get('/under-way') + get('/behind-it'))
  await asked.promise
  ending.close()
  may.resolve(answer('late'))
  const text = await heard(socket, () => false)
  assert.deepEqual(statuses(text), ['200', '200'])
  assert.deepEqual(text.match(/connection: [a-z-]+/gi), ['Connection: keep-alive', 'Connection: close'])
})

test('who never stops sending is cut off', async () => {
  const socket = connect(port, '127.0.0.1')
  socket.write('POST /body HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n')
  const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`
  const more = (): void => void (socket.writable && socket.write(chunk, more))
  more()
  socket.on('error', () => {})
  socket.resume()
  await new Promise((closed) => socket.on('close', closed))
})
