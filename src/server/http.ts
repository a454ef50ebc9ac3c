/** The socket: bounded requests in, answers out. Everything else happens in `serve`. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WireAnswer, WireRequest } from '../protocol/wire.ts'
import { text, xml } from './answers.ts'
import type { PeerReader } from './peer.ts'

/** The largest body: IAM's largest document is 131,072 characters, three bytes each when form-encoded, beside other parameters. */
const MAX_BODY_BYTES = 1_048_576
/** What is read of a larger body without being kept, so that its sender comes to read the answer. Past it the connection is cut. */
const MAX_SKIPPED_BYTES = 16_777_216
const MAX_HEADER_BYTES = 16_384
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
/** How often the two above are looked at. */
const TIMEOUT_CHECK_MS = 5_000
const KEEP_ALIVE_MS = 65_000

/** A request as it arrived, whole. */
export type HttpRequest = WireRequest & {
  /** Of the caller, as far as trusted proxies tell. */
  readonly remoteAddress: string
  /** It came by TLS. Absent: it did not. */
  readonly secure?: true
  /** Milliseconds since 1970. */
  readonly receivedAt: number
}

export type HttpSettings = {
  /** Answers one request. It should not fail: what it cannot answer is answered here, without the caller's protocol. */
  readonly respond: (request: HttpRequest) => Promise<WireAnswer>
  readonly peerOf: PeerReader
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Hears why a request could not be answered as it should be: a bug. */
  readonly onFailure: (error: unknown) => void
}

const TOO_LARGE_TEXT = `The request body is larger than ${MAX_BODY_BYTES} bytes.`
const TOO_LARGE = text(413, `${TOO_LARGE_TEXT}\n`)
/** What clients of the Query protocol cannot parse they take for a broken answer, and ask again. The code is HTTP's own name. */
const TOO_LARGE_QUERY = xml(
  413,
  `<ErrorResponse><Error><Type>Sender</Type><Code>RequestEntityTooLarge</Code><Message>${TOO_LARGE_TEXT}</Message></Error></ErrorResponse>`,
)
const FORM = /^application\/x-www-form-urlencoded\b/i
const tooLarge = ({ headers }: IncomingMessage): WireAnswer =>
  FORM.test(headers['content-type'] ?? '') ? TOO_LARGE_QUERY : TOO_LARGE
const FAILED = text(500, 'The request could not be answered.\n')

// An `import` of node:http makes a module of it, which reads each of its members; some of them load a whole HTTP client. That would take a
// tenth of the start and of the idle memory.
const { createServer } = process.getBuiltinModule('node:http')

/** A server that hands each whole request to `respond`. */
export function httpServer(settings: HttpSettings): Server {
  const answer = together(settings)
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (message, response) => receive(message, response, { answer, settings, server }),
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(socket, REFUSALS.get(error.code ?? '')))
  return server
}

/** What Node tells of requests that it could not read. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
])

/** The requests of a connection: the last one, and how many are not answered yet. */
type Requests = { last: ServerResponse; unanswered: number; readonly server: Server }
const requests = new WeakMap<Duplex, Requests>()

/** Ends a connection on which something came that is no request. */
function refuse(socket: Duplex, status = '400 Bad Request'): void {
  if (socket.writable && isOwed(requests.get(socket)))
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  else socket.destroy()
}

/** Whether the next answer on the connection is that of what could not be read: it must not pass for the answer of a call under way. */
function isOwed(known: Requests | undefined): boolean {
  if (known === undefined) return true
  const { last, unanswered } = known
  return last.req.complete ? unanswered === 0 : unanswered === 1 && !last.writableEnded
}

type Answer = (request: HttpRequest, response: ServerResponse) => void
type Waiting = { readonly request: HttpRequest; readonly response: ServerResponse }

/**
 * Answers together what arrived in one turn of the event loop: first all requests are parsed, then all are served, then all answers are
 * written. The processor's caches need not hold all of that at once, and sixteen requests cost a quarter less than one after the other.
 * Each fails alone.
 */
function together({ respond, onFailure }: HttpSettings): Answer {
  let waiting: Waiting[] = []
  const answerOne = async ({ request, response }: Waiting): Promise<void> => {
    try {
      send(response, await respond(request))
    } catch (error) {
      onFailure(error)
      send(response, FAILED)
    }
  }
  const answerAll = (): void => {
    const group = waiting
    waiting = []
    for (const one of group) void answerOne(one)
  }
  return (request, response) => {
    if (waiting.push({ request, response }) === 1) setImmediate(answerAll)
  }
}

type Receiving = { readonly answer: Answer; readonly settings: HttpSettings; readonly server: Server }

function receive(message: IncomingMessage, response: ServerResponse, { answer, settings, server }: Receiving): void {
  const { socket } = message
  requests.set(socket, { last: response, unanswered: (requests.get(socket)?.unanswered ?? 0) + 1, server })
  const chunks: Buffer[] = []
  let size = 0
  message.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
    else if (size > MAX_SKIPPED_BYTES) message.destroy()
    else {
      chunks.length = 0
      send(response, tooLarge(message))
    }
  })
  message.on('end', () => {
    if (size > MAX_BODY_BYTES) return
    const { address, secure } = settings.peerOf(socket.remoteAddress ?? '', message.rawHeaders)
    const request: HttpRequest = {
      method: message.method ?? 'GET',
      target: message.url ?? '/',
      rawHeaders: message.rawHeaders,
      body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size),
      remoteAddress: address,
      ...(secure && { secure }),
      receivedAt: settings.clock(),
    }
    answer(request, response)
  })
}

function send(response: ServerResponse, answer: WireAnswer): void {
  if (response.headersSent || response.destroyed) return
  const known = requests.get(response.req.socket)
  // A server that closes takes no new connections, but Node would go on with those that are never idle.
  if (known?.server.listening === false && known.unanswered === 1) response.shouldKeepAlive = false
  const { status, headers, body } = answer
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  response.writeHead(status, { ...headers, 'content-length': length })
  // A text goes out in one piece with its headers; bytes need a write of their own. ASCII, as nearly all texts are, is written fastest as Latin-1.
  response.end(body, typeof body === 'string' && length === body.length ? 'latin1' : 'utf8')
  if (known !== undefined) known.unanswered -= 1
}
