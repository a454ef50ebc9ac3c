/** REST JSON: routes, bindings of the input, parts of the answer, faults. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../aws/fault.ts'
import { decodeModel, type CompactModel } from '../model/decode-model.ts'
import { restJson } from './rest-json.ts'
import { matchRoute } from './rest-routes.ts'

const COMPACT: CompactModel = {
  service: 'test',
  version: '1',
  protocol: 'rest-json',
  signingName: 'test',
  operations: {
    ListThings: [null, 'Page', [], { h: ['GET', '/2015-03-31/things/', 200] }],
    GetThing: ['Get', 'Got', ['TooMany'], { h: ['GET', '/2015-03-31/things/{Name}', 200] }],
    GetSettings: [null, null, [], { h: ['GET', '/2015-03-31/things/settings', 204] }],
    Invoke: ['Invoke', 'Invoked', [], { h: ['POST', '/2015-03-31/things/{Name}/invocations', 200] }],
    TagThing: ['Tag', null, [], { h: ['POST', '/tags/{Arn+}', 204] }],
    Publish: ['Get', null, [], { h: ['POST', '/things/{Name}?publish', 200] }],
    Create: ['Get', null, [], { h: ['POST', '/things/{Name}', 201] }],
  },
  shapes: {
    Page: { t: 'structure', m: { Items: 'strings' } },
    Get: {
      t: 'structure',
      m: {
        Name: ['string!', { in: 'uri', n: 'Name' }],
        Limit: ['integer', { in: 'querystring', n: 'limit' }],
        Keys: ['strings', { in: 'querystring', n: 'key' }],
        Kind: ['string', { in: 'header', n: 'X-Kind' }],
        Meta: ['map', { in: 'headers', n: 'x-meta-' }],
        Note: 'string',
        When: 'timestamp',
      },
    },
    Got: {
      t: 'structure',
      m: {
        Status: ['integer', { in: 'statusCode' }],
        Kind: ['string', { in: 'header', n: 'X-Kind' }],
        Meta: ['map', { in: 'headers', n: 'x-meta-' }],
        Note: 'string',
        When: 'timestamp',
      },
    },
    Invoke: { t: 'structure', m: { Name: ['string!', { in: 'uri', n: 'Name' }], Payload: 'blob' }, payload: 'Payload' },
    Invoked: { t: 'structure', m: { Payload: 'blob' }, payload: 'Payload' },
    Tag: { t: 'structure', m: { Arn: ['string!', { in: 'uri', n: 'Arn' }], Body: 'Page' }, payload: 'Body' },
    strings: { t: 'list', m: 'string' },
    map: { t: 'map', k: 'string', v: 'string' },
    TooMany: {
      t: 'structure',
      m: { retryAfter: ['string', { in: 'header', n: 'Retry-After' }], Type: 'string', Message: 'string' },
      err: [null, 429, 0],
    },
  },
}
const model = decodeModel(COMPACT)
const operation = (name: string) => model.operations.get(name) ?? assert.fail(`no operation ${name}`)

// oxfmt-ignore
const ROUTES: readonly (readonly [method: string, target: string, operation: string | undefined])[] = [
  ['GET',    '/2015-03-31/things',                 'ListThings'],
  ['GET',    '/2015-03-31/things/',                'ListThings'],
  ['GET',    '/2015-03-31/things/settings',        'GetSettings'],
  ['GET',    '/2015-03-31/things/a%2Fb?limit=1',   'GetThing'],
  ['GET',    '/2015-03-31/things/%zz',             undefined],
  ['GET',    '/2015-03-31/things/a/b',             undefined],
  ['GET',    '/2015-03-31/things//',               undefined],
  ['PUT',    '/2015-03-31/things/a',               undefined],
  ['POST',   '/2015-03-31/things/a/invocations',   'Invoke'],
  ['POST',   '/tags/arn:aws:x/y/z',                'TagThing'],
  ['POST',   '/things/a?publish',                  'Publish'],
  ['POST',   '/things/a?other',                    'Create'],
  ['GET',    '/',                                  undefined],
]
for (const [method, target, name] of ROUTES) {
  test(`route: ${method} ${target}`, () => assert.equal(matchRoute(model, method, target)?.name, name))
}

type Given = { readonly target: string; readonly rawHeaders?: readonly string[]; readonly body?: string }
const decode = (name: string, { target, rawHeaders = [], body = '' }: Given): unknown =>
  restJson.decode({ method: 'GET', target, rawHeaders, body: Buffer.from(body) }, model, operation(name))

// oxfmt-ignore
const READ: readonly (readonly [name: string, operation: string, given: Given, input: unknown])[] = [
  ['label, decoded',       'GetThing', { target: '/2015-03-31/things/a%2Fb' },                            { Name: 'a/b', Meta: {} }],
  ['query string',         'GetThing', { target: '/2015-03-31/things/a?limit=5&key=x&key=y+z' },          { Name: 'a', Limit: 5, Keys: ['x', 'y z'], Meta: {} }],
  ['headers',              'GetThing', { target: '/2015-03-31/things/a', rawHeaders: ['x-kind', 'k', 'X-Meta-One', '1'] }, { Name: 'a', Kind: 'k', Meta: { One: '1' } }],
  ['body',                 'GetThing', { target: '/2015-03-31/things/a', body: '{"Note":"n","Name":"other"}' }, { Name: 'a', Note: 'n', Meta: {} }],
  ['payload of bytes',     'Invoke',   { target: '/2015-03-31/things/a/invocations', body: '{"x":1}' },   { Name: 'a', Payload: Buffer.from('{"x":1}') }],
  ['no payload',           'Invoke',   { target: '/2015-03-31/things/a/invocations' },                    { Name: 'a' }],
  ['greedy label',         'TagThing', { target: '/tags/arn:aws:x/y/z', body: '{"Items":["a"]}' },        { Arn: 'arn:aws:x/y/z', Body: { Items: ['a'] } }],
]
for (const [name, operationName, given, input] of READ)
  test(`rest-json reads: ${name}`, () => assert.deepEqual(decode(operationName, given), input))

test('rest-json refuses a number that is none, a body that is no object', () => {
  assert.throws(() => decode('GetThing', { target: '/2015-03-31/things/a?limit=x' }), /limit must be an integer/)
  assert.throws(() => decode('GetThing', { target: '/2015-03-31/things/a', body: '[]' }), /not a JSON object/)
})

test('rest-json writes status, headers and body', () => {
  const output = { Status: 202, Kind: 'k', Meta: { a: 'b' }, Note: 'n', When: new Date(1500) }
  assert.deepEqual(restJson.encode(output, { model, operation: operation('GetThing'), requestId: 'id' }), {
    status: 202,
    headers: { 'content-type': 'application/json', 'x-amzn-RequestId': 'id', 'X-Kind': 'k', 'x-meta-a': 'b' },
    body: '{"Note":"n","When":1.5}',
  })
  const payload = new Uint8Array([1, 2])
  assert.equal(restJson.encode({ Payload: payload }, { model, operation: operation('Invoke'), requestId: 'id' }).body, payload)
  assert.deepEqual(restJson.encode({}, { model, operation: operation('GetSettings'), requestId: 'id' }), {
    status: 204,
    headers: { 'x-amzn-RequestId': 'id' },
    body: '',
  })
})

test('rest-json faults: the code in a header, members where the model puts them', () => {
  const fault = new Fault('TooMany', 'slow down', { members: { retryAfter: '5', Type: 'User' } })
  const answer = restJson.encodeFault(fault, { model, operation: operation('GetThing'), requestId: 'id' })
  assert.equal(answer.status, 429)
  assert.deepEqual(JSON.parse(String(answer.body)), { Message: 'slow down', Type: 'User' })
  assert.deepEqual([answer.headers['x-amzn-ErrorType'], answer.headers['Retry-After']], ['TooMany', '5'])
  const denied = restJson.encodeFault(new Fault('AccessDenied', 'no'), { requestId: 'id' })
  assert.deepEqual([denied.status, denied.headers['x-amzn-ErrorType']], [403, 'AccessDeniedException'])
})
