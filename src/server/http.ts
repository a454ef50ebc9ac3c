/** The socket: bounded requests in, answers out. Everything else happens in `serve`. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { WireAnswer, WireRequest } from '../protocol/wire.ts'

/** The largest body: IAM's largest document is 131,072 characters, three bytes each when form-encoded, beside other parameters. */
const MAX_BODY_BYTES = 1_048_576
const MAX_HEADER_BYTES = 16_384
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 65_000

/** A request as it arrived, whole. */
export type HttpRequest = WireRequest & {
  readonly remoteAddress: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
}

export type Respond = (request: HttpRequest) => Promise<WireAnswer>

const TOO_LARGE: WireAnswer = {
  status: 413,
  headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close' },
  body: `The request body is larger than ${MAX_BODY_BYTES} bytes.\n`,
}

// An `import` of node:http makes a module of it, which reads each of its members; some of them load a whole HTTP client. That would take a
// tenth of the start and of the idle memory.
const { createServer } = process.getBuiltinModule('node:http')

/** A server that hands each whole request to `respond`. `respond` never rejects. */
export function httpServer(respond: Respond, clock: () => number): Server {
  const answer = together(respond)
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (message, response) => receive(message, response, { answer, clock }),
  )
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  return server
}

type Answer = (request: HttpRequest, response: ServerResponse) => void
type Waiting = { readonly request: HttpRequest; readonly response: ServerResponse }

/**
 * Answers together what arrived in one turn of the event loop: first all requests are parsed, then all are served, then all answers are
 * written. The processor's caches need not hold all of that at once, and sixteen requests cost a quarter less than one after the other.
 */
function together(respond: Respond): Answer {
  let waiting: Waiting[] = []
  const answerAll = (): void => {
    const group = waiting
    waiting = []
    for (const { request, response } of group) void respond(request).then((answer) => send(response, answer))
  }
  return (request, response) => {
    if (waiting.push({ request, response }) === 1) setImmediate(answerAll)
  }
}

type Receiving = { readonly answer: Answer; readonly clock: () => number }

function receive(message: IncomingMessage, response: ServerResponse, { answer, clock }: Receiving): void {
  const chunks: Buffer[] = []
  let size = 0
  let refused = false
  message.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
    else if (!refused) {
      refused = true
      send(response, TOO_LARGE)
      message.destroy()
    }
  })
  message.on('end', () => {
    if (refused) return
    const request = {
      method: message.method ?? 'GET',
      target: message.url ?? '/',
      rawHeaders: message.rawHeaders,
      body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size),
      remoteAddress: message.socket.remoteAddress ?? '',
      receivedAt: clock(),
    }
    answer(request, response)
  })
}

function send(response: ServerResponse, answer: WireAnswer): void {
  if (response.headersSent || response.destroyed) return
  const { status, headers, body } = answer
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  response.writeHead(status, { ...headers, 'content-length': length })
  // A text goes out in one piece with its headers; bytes need a write of their own. ASCII, as nearly all texts are, is written fastest as Latin-1.
  response.end(body, typeof body === 'string' && length === body.length ? 'latin1' : 'utf8')
}
