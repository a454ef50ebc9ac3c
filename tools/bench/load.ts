/** A bounded load on loopback: a fixed number of requests over a few kept connections, one under way on each. It takes a core of its own. */
import { connect, type Socket } from 'node:net'

export type Load = { readonly port: number; readonly request: Buffer; readonly count: number; readonly connections: number }

/** Sends `count` copies of the request and waits for every answer. Throws unless each has status 200. Returns wall seconds. */
export async function load({ port, request, count, connections }: Load): Promise<number> {
  const start = performance.now()
  let left = count
  const take = (): boolean => {
    left -= 1
    return left >= 0
  }
  // A load that fell asleep between answers would have to be woken by the server, with each answer anew: in a virtual machine that costs
  // the server more than the answer, and the slower the server the more often. So this process never sleeps, whoever is measured.
  let loading = true
  const stayAwake = (): void => {
    if (loading) setImmediate(stayAwake)
  }
  stayAwake()
  try {
    await Promise.all(Array.from({ length: connections }, () => drive(port, request, take)))
  } finally {
    loading = false
  }
  return (performance.now() - start) / 1000
}

function drive(port: number, request: Buffer, take: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1')
    let received = ''
    const next = (): void => {
      if (take()) socket.write(request)
      else {
        socket.end()
        resolve()
      }
    }
    socket.setNoDelay(true)
    socket.on('connect', next)
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      const head = received.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1])
      if (received.length < head + 4 + length) return
      if (!received.startsWith('HTTP/1.1 200')) reject(new Error(received.slice(0, 1_000)))
      received = ''
      next()
    })
  })
}

/** A request as bytes. */
export function requestBytes(headers: readonly string[], body: string): Buffer {
  const lines = ['POST / HTTP/1.1']
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`)
  return Buffer.from(`${lines.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}
