/** Starts a server: opens the services, listens for calls and for the operator, and closes all of it again in order. */
import type { Server } from 'node:http'
import { openAdmin } from './admin.ts'
import { type AdminRun, adminRun } from './admin-contract.ts'
import { administration } from './administration.ts'
import { type Config, endpointOf } from './config.ts'
import type { ServerContext } from './context.ts'
import { endpointAnswer } from './endpoints.ts'
import { httpServer, type HttpRequest } from './http.ts'
import { issuerAnswer } from './issuer-documents.ts'
import { open, type Opening } from './open.ts'
import type { WireAnswer } from '../protocol/wire.ts'
import { peerReader } from './peer.ts'
import { Refusal } from './refusal.ts'
import { serve } from './serve.ts'

export type RunningServer = {
  /** Where clients reach it. */
  readonly endpoint: string
  /** Administrative commands, for whoever runs in this process. */
  readonly admin: AdminRun
  /** Resolves when the server cannot go on: its writing side is gone. */
  readonly failed: Promise<Error>
  /** Stops accepting, waits for the calls under way, closes everything. */
  close(): Promise<void>
}

export async function startServer(config: Config, opening: Opening): Promise<RunningServer> {
  const opened = await open(config, opening)
  const { clock, logger } = opening
  const http = httpServer({
    respond: (request) => answer(request, opened.context),
    peerOf: peerReader(config.trustedProxies),
    clock,
    onFailure: (error) => logger.error('a request could not be answered', { error }),
  })
  try {
    const port = await listen(http, config)
    const endpoint = endpointOf({ ...config, port })
    // With port 0 the address is known only now, and no request was read yet.
    opened.reachedAt(endpoint)
    const run = adminRun(administration, opened)
    const door = config.data === '' ? undefined : await openAdmin({ data: config.data, endpoint, run, logger })
    return {
      endpoint,
      admin: run,
      failed: opened.failed,
      async close() {
        await door?.close()
        await closeHttp(http, config.shutdownTimeout)
        await opened.close()
      },
    }
  } catch (error) {
    http.close()
    await opened.close()
    throw error
  }
}

function answer(request: HttpRequest, context: ServerContext): Promise<WireAnswer> {
  const documents = issuerAnswer(request, context)
  if (documents !== undefined) return documents
  const endpoint = endpointAnswer(request, context)
  return endpoint === undefined ? serve(request, context) : Promise.resolve(endpoint)
}

/** The port that was bound; throws a Refusal where the address is taken or not ours. */
function listen(http: Server, { host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Refusal('taken', `Port ${port} on ${host} is in use. Stop what uses it, or choose another one with --port.`)
          : error,
      )
    })
    http.listen(port, host, () => {
      const address = http.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Calls under way get this many milliseconds to finish. */
function closeHttp(http: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => http.closeAllConnections(), timeoutMs)
    http.close(() => {
      clearTimeout(timer)
      resolve()
    })
    http.closeIdleConnections()
  })
}
