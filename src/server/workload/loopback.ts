/** The listeners of workload credentials: on loopback only, bounded, apart from the server's own port. */
import type { WireAnswer } from '../../protocol/wire.ts'
import { header } from '../../protocol/headers.ts'
import { httpServer, type HttpRequest } from '../http.ts'
import { peerReader } from '../peer.ts'
import { Refusal } from '../refusal.ts'

const LOOPBACK = '127.0.0.1'
const MAX_CONNECTIONS = 64
/**
 * The names under which a client may believe to have reached us: loopback, and the service's own addresses where the operator redirects them.
 * A web page whose name was made to point at this machine sends its own name, and is refused.
 */
const HOST = /^(?:127\.0\.0\.1|localhost|\[::1\]|169\.254\.169\.254|169\.254\.170\.2|\[fd00:ec2::254\])(?::\d{1,5})?$/i

/** Whether the request names one of our own addresses as its host. */
export const isMeantForUs = ({ rawHeaders }: Pick<HttpRequest, 'rawHeaders'>): boolean =>
  HOST.test(header(rawHeaders, 'host') ?? '')

export type Loopback = { readonly endpoint: string; close(): Promise<void> }

/** Listens. `respond` may reject: the answer is then `trouble`, and `onTrouble` hears why. Throws `Refusal` where the port is taken. */
export async function listenOnLoopback({
  port,
  respond,
  trouble,
  onTrouble,
  clock,
}: {
  /** 0: any free port. */
  readonly port: number
  readonly respond: (request: HttpRequest) => Promise<WireAnswer>
  readonly trouble: WireAnswer
  readonly onTrouble: (error: unknown) => void
  readonly clock: () => number
}): Promise<Loopback> {
  const answered = async (request: HttpRequest): Promise<WireAnswer> => {
    try {
      return await respond(request)
    } catch (error) {
      onTrouble(error)
      return trouble
    }
  }
  const server = httpServer({ respond: answered, peerOf: peerReader([]), clock, onFailure: onTrouble })
  server.maxConnections = MAX_CONNECTIONS
  const bound = await new Promise<number>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Refusal('taken', `Port ${port} on ${LOOPBACK} is in use. Choose another one with --port.`)
          : error,
      ),
    )
    server.listen(port, LOOPBACK, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
  return {
    endpoint: `http://${LOOPBACK}:${bound}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
