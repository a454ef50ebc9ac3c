/** JSON protocols: what is refused, what is read, what is written, and how faults are spelled. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../aws/fault.ts'
import { decodeModel, type CompactModel } from '../model/decode-model.ts'
import { json10, json11 } from './json.ts'
import { readModel } from './model-files.ts'
import type { WireRequest } from './wire.ts'

const COMPACT: CompactModel = {
  service: 'test',
  version: '1',
  protocol: 'json',
  signingName: 'test',
  target: 'Test',
  jsonVersion: '1.0',
  queryCompatible: 1,
  operations: { Do: ['Shape', 'Shape', ['QueueDoesNotExist']], Nothing: [null, null, []] },
  shapes: {
    Shape: {
      t: 'structure',
      m: {
        name: 'string',
        count: 'integer',
        big: 'long',
        rate: 'double',
        on: 'boolean',
        when: 'timestamp',
        at: ['timestamp', { ts: 'iso8601' }],
        data: 'blob',
        list: 'list',
        map: 'map',
        free: 'document',
        inner: 'Shape',
        renamed: ['string', { n: 'Wire' }],
      },
    },
    list: { t: 'list', m: 'string' },
    map: { t: 'map', k: 'string', v: 'integer' },
    QueueDoesNotExist: { t: 'structure', m: { Message: 'string' }, err: ['AWS.SimpleQueueService.NonExistentQueue', 400, 0] },
  },
}
const model = decodeModel(COMPACT)
const operation = model.operations.get('Do') ?? assert.fail('no operation')
const request = (body: string | Uint8Array): WireRequest => ({
  method: 'POST',
  target: '/',
  rawHeaders: [],
  body: Buffer.from(body),
})
const decode = (body: string | Uint8Array): unknown => json10.decode(request(body), model, operation)
const context = { model, operation, requestId: 'id' }

// oxfmt-ignore
const REFUSED: readonly (readonly [name: string, body: string | Uint8Array, message: RegExp])[] = [
  ['no JSON',                 '{',                                     /not valid JSON/],
  ['not UTF-8',               new Uint8Array([0x22, 0xff, 0x22]),      /not valid JSON/],
  ['an array',                '[]',                                    /not a JSON object/],
  ['null',                    'null',                                  /not a JSON object/],
  ['number for a string',     '{"name":5}',                            /^NUMBER_VALUE cannot be converted to String$/],
  ['boolean for a string',    '{"name":true}',                         /^TRUE_VALUE cannot be converted to String$/],
  ['object for a string',     '{"name":{}}',                           /^Start of structure or map found where not expected\.$/],
  ['list for a string',       '{"name":[]}',                           /^Start of list found where not expected$/],
  ['string for an integer',   '{"count":"5"}',                         /^STRING_VALUE cannot be converted to Integer$/],
  ['fraction for an integer', '{"count":1.5}',                         /^DECIMAL_VALUE cannot be converted to Integer$/],
  ['integer too large',       '{"count":2147483648}',                  /cannot be converted to Integer$/],
  ['long beyond exactness',   '{"big":9007199254740993}',              /cannot be converted to Long$/],
  ['string for a boolean',    '{"on":"true"}',                         /^STRING_VALUE cannot be converted to Boolean$/],
  ['word for a timestamp',    '{"when":"soon"}',                       /^STRING_VALUE cannot be converted to Timestamp$/],
  ['timestamp out of range',  '{"when":1e300}',                        /cannot be converted to Timestamp$/],
  ['not base64',              '{"data":"?"}',                          /not base64/],
  ['object for a list',       '{"list":{}}',                           /^Start of structure or map found/],
  ['null in a list',          '{"list":[null]}',                       /holds null/],
  ['list for a map',          '{"map":[]}',                            /^Start of list found/],
  ['structures too deep',     '{"inner":'.repeat(200) + '{}' + '}'.repeat(200), /nested deeper than 100 levels/],
  ['document too deep',       `{"free":${'['.repeat(200)}${']'.repeat(200)}}`,  /nested deeper than 100 levels/],
]
for (const [name, body, message] of REFUSED) {
  test(`json refuses: ${name}`, () => {
    assert.throws(
      () => decode(body),
      (error) =>
        error instanceof Fault && error.code === 'SerializationException' && error.status === 400 && message.test(error.message),
    )
  })
}

// oxfmt-ignore
const READ: readonly (readonly [name: string, body: string, input: unknown])[] = [
  ['an empty body',          '',                                                    {}],
  ['unknown members',        '{"nope":1,"__proto__":{"name":"x"},"constructor":1}', {}],
  ['null as absent',         '{"name":null}',                                       {}],
  ['scalars',                '{"name":"a","count":-1,"big":9007199254740991,"rate":0.5,"on":false}', { name: 'a', count: -1, big: 9007199254740991, rate: 0.5, on: false }],
  ['timestamps',             '{"when":1704067200.123,"at":"2024-01-01T00:00:00Z"}', { when: new Date(1704067200123), at: new Date(1704067200000) }],
  ['blob',                   '{"data":"AQI="}',                                     { data: new Uint8Array([1, 2]) }],
  ['list, map',              '{"list":["a"],"map":{"__proto__":1,"b":null}}',       { list: ['a'], map: Object.fromEntries([['__proto__', 1]]) }],
  ['document',               '{"free":{"a":[1,null]}}',                             { free: { a: [1, null] } }],
  ['name on the wire',       '{"Wire":"a","renamed":"b"}',                          { renamed: 'a' }],
  ['recursive structure',    '{"inner":{"inner":{"name":"a"}}}',                    { inner: { inner: { name: 'a' } } }],
]
for (const [name, body, input] of READ) test(`json reads: ${name}`, () => assert.deepEqual(decode(body), input))

test('json writes: wire names, seconds, base64, absent members absent, nothing beside the model', () => {
  const output = {
    when: new Date(1704067200123),
    at: new Date(1704067200123),
    data: new Uint8Array([1, 2]),
    map: { a: 1 },
    list: [],
    renamed: 'x',
    secret: 1,
    name: undefined,
  }
  const answer = json10.encode(output, context)
  assert.equal(
    answer.body,
    '{"when":1704067200.123,"at":"2024-01-01T00:00:00Z","data":"AQI=","list":[],"map":{"a":1},"Wire":"x"}',
  )
  assert.deepEqual(answer.headers, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-RequestId': 'id' })
  const nothing = model.operations.get('Nothing') ?? assert.fail('no operation')
  assert.deepEqual(json11.encode({}, { ...context, operation: nothing }).body, '{}')
  assert.equal(json11.encode({}, { ...context, operation: nothing }).headers['content-type'], 'application/x-amz-json-1.1')
})

test('json: what is written reads back equal', () => {
  const value = fc.record(
    {
      name: fc.string({ unit: 'binary' }),
      count: fc.integer(),
      big: fc.maxSafeInteger(),
      on: fc.boolean(),
      when: fc.integer({ min: 0 }).map((ms) => new Date(ms)),
      data: fc.uint8Array(),
      list: fc.array(fc.string()),
      map: fc.dictionary(fc.string(), fc.integer(), { noNullPrototype: true }),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  fc.assert(fc.property(value, (output) => assert.deepEqual(decode(json10.encode(output, context).body), output)))
})

// oxfmt-ignore
const FAULTS: readonly (readonly [fault: Fault, status: number, body: object, queryError: string])[] = [
  [new Fault('QueueDoesNotExist', 'gone'),             400, { __type: 'QueueDoesNotExist', Message: 'gone' },             'AWS.SimpleQueueService.NonExistentQueue;Sender'],
  [new Fault('AccessDenied', 'no'),                    400, { __type: 'AccessDeniedException', Message: 'no' },           'AccessDenied;Sender'],
  [new Fault('ValidationError', 'bad'),                400, { __type: 'ValidationException', message: 'bad' },            'ValidationError;Sender'],
  [new Fault('InvalidClientTokenId', 'who'),           400, { __type: 'UnrecognizedClientException', message: 'who' },    'InvalidClientTokenId;Sender'],
  [new Fault('SignatureDoesNotMatch', 'no'),           400, { __type: 'InvalidSignatureException', message: 'no' },       'SignatureDoesNotMatch;Sender'],
  [new Fault('ExpiredToken', 'old'),                   400, { __type: 'ExpiredTokenException', message: 'old' },          'ExpiredToken;Sender'],
  [new Fault('MissingAuthenticationToken', ''),        400, { __type: 'MissingAuthenticationTokenException' },            'MissingAuthenticationToken;Sender'],
  [new Fault('InternalFailure', 'x', { sender: false }), 500, { __type: 'InternalFailure', message: 'x' },                'InternalFailure;Receiver'],
  [new Fault('Whatever', 'x', { status: 418, members: { reason: 'tea' } }), 418, { __type: 'Whatever', message: 'x', reason: 'tea' }, 'Whatever;Sender'],
]
for (const [fault, status, body, queryError] of FAULTS) {
  test(`json fault: ${fault.code}`, () => {
    const answer = json10.encodeFault(fault, context)
    assert.deepEqual(
      [answer.status, JSON.parse(String(answer.body)), answer.headers['x-amzn-query-error']],
      [status, body, queryError],
    )
  })
}

test('json fault: IAM asked in JSON keeps the codes of IAM and its statuses; other services have no query error', () => {
  const iam = readModel('iam')
  const answer = json11.encodeFault(new Fault('NoSuchEntity', 'none'), { model: iam, requestId: 'id' })
  assert.deepEqual([answer.status, JSON.parse(String(answer.body))], [404, { __type: 'NoSuchEntity', message: 'none' }])
  assert.equal(answer.headers['x-amzn-query-error'], undefined)
  const denied = json11.encodeFault(new Fault('AccessDenied', 'no'), { model: iam, requestId: 'id' })
  assert.equal(JSON.parse(String(denied.body)).__type, 'AccessDenied')
})
