/** The floor of the benchmark: a bare node:http server that reads a POST and answers 300 bytes. */
import { createServer } from 'node:http'
import { reportWhenAsked } from './child.ts'

const BODY = Buffer.from('<answer>'.padEnd(300, '.'))

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/xml', 'content-length': BODY.length })
    response.end(BODY)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  reportWhenAsked({ port: address.port })
})
