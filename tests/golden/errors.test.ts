/** errors.txt: every error code as a client sees it: status and code on the wire, by protocol. A changed code or status shows as a changed line. */
import { test } from 'node:test'
import { Fault } from '../../src/aws/fault.ts'
import { json10, json11 } from '../../src/protocol/json.ts'
import { readModel } from '../../src/protocol/model-files.ts'
import { query } from '../../src/protocol/query.ts'
import { restJson } from '../../src/protocol/rest-json.ts'
import type { Protocol } from '../../src/protocol/wire.ts'
import { services } from '../../src/services/index.ts'
import { assertGolden } from './golden.ts'

/** Thrown before an operation is reached, whatever the service (AWS, "Common errors"). */
const REQUEST_CODES = [
  'MissingAuthenticationToken',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'RequestExpired',
  'MalformedQueryString',
  'MalformedInput',
  'MissingAction',
  'InvalidAction',
  'AccessDenied',
  'ValidationError',
  'Throttling',
  'InternalFailure',
  'ServiceUnavailable',
] as const

const PROTOCOLS: readonly (readonly [string, Protocol])[] = [
  ['query', query],
  ['json-1.0', json10],
  ['json-1.1', json11],
  ['rest-json', restJson],
]

/** `403 AccessDenied`, as the protocol writes it. */
function onTheWire(protocol: Protocol, code: string, service?: string): string {
  const model = service === undefined ? {} : { model: readModel(service) }
  const { status, headers, body } = protocol.encodeFault(new Fault(code, 'text'), { ...model, requestId: 'id' })
  const text = typeof body === 'string' ? body : Buffer.from(body).toString()
  const written = /<Code>([^<]+)</.exec(text)?.[1] ?? /"__type":"([^"]+)"/.exec(text)?.[1] ?? headers['x-amzn-ErrorType'] ?? code
  return `${status} ${written}`
}

test('what errors look like', () => {
  const request = REQUEST_CODES.map((code) => [code, ...PROTOCOLS.map(([, protocol]) => onTheWire(protocol, code))])
  const table = [['request', ...PROTOCOLS.map(([name]) => name)], ...request]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
  const lines = table.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  const modelled = [...services.keys()].flatMap((service) => {
    const { protocol, errors } = readModel(service)
    const written = protocol === 'query' ? query : protocol === 'json' ? json11 : restJson
    return [...errors.keys()].toSorted().map((code) => `${service}: ${onTheWire(written, code, service)}`)
  })
  assertGolden('errors.txt', `${[...lines, '', ...modelled].join('\n')}\n`)
})
