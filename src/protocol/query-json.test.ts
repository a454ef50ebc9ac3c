/** Query, answered in JSON: who gets it, and its frames. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../aws/fault.ts'
import { decodeModel, type CompactModel } from '../model/decode-model.ts'
import { prefersJson, queryJson } from './query-json.ts'

const COMPACT: CompactModel = {
  service: 'test',
  version: '2010-05-08',
  protocol: 'query',
  signingName: 'test',
  xmlns: 'https://example.amazonaws.com/doc/',
  operations: { Do: [null, 'Output', ['Gone'], { w: 'DoResult' }], Nothing: [null, null, []] },
  shapes: {
    Output: {
      t: 'structure',
      m: { Name: 'string', On: 'boolean', When: 'timestamp', Data: 'blob', Tags: 'tags', Pairs: 'pairs' },
    },
    Tag: { t: 'structure', m: { Key: 'string!', When: 'timestamp' } },
    tags: { t: 'list', m: 'Tag' },
    pairs: { t: 'map', k: 'string', v: 'integer' },
    Gone: { t: 'structure', m: { message: 'string', Resource: 'string' }, err: ['Gone', 410, 0] },
  },
}
const model = decodeModel(COMPACT)

function contextOf(name: string) {
  const operation = model.operations.get(name)
  assert.ok(operation)
  return { model, operation, requestId: 'id' }
}

test('an answer: the frame of the XML, times in whole seconds since 1970, base64, maps as objects, nothing beside the model', () => {
  const When = new Date(1_704_067_200_900)
  const output = {
    Name: 'a"b',
    On: false,
    When,
    Data: new Uint8Array([1, 2]),
    Tags: [{ Key: 'k', When }],
    Pairs: { a: 1 },
    secret: 1,
  }
  const answer = queryJson.encode(output, contextOf('Do'))
  assert.deepEqual(answer.headers, { 'x-amzn-RequestId': 'id', 'content-type': 'application/json' })
  assert.equal(answer.status, 200)
  assert.deepEqual(JSON.parse(String(answer.body)), {
    DoResponse: {
      DoResult: {
        Name: 'a"b',
        On: false,
        When: 1_704_067_200,
        Data: 'AQI=',
        Tags: [{ Key: 'k', When: 1_704_067_200 }],
        Pairs: { a: 1 },
      },
      ResponseMetadata: { RequestId: 'id' },
    },
  })
})

test('an answer of an operation without output', () => {
  const { body } = queryJson.encode({}, contextOf('Nothing'))
  assert.equal(body, '{"NothingResponse":{"ResponseMetadata":{"RequestId":"id"}}}')
})

test('a fault has the codes and the status of Query', () => {
  const gone = queryJson.encodeFault(new Fault('Gone', 'It is gone.', { members: { Resource: 'r' } }), contextOf('Do'))
  assert.equal(gone.status, 410)
  assert.deepEqual(JSON.parse(String(gone.body)), {
    Error: { Resource: 'r', Code: 'Gone', Message: 'It is gone.', Type: 'Sender' },
    RequestId: 'id',
  })
  const early = queryJson.encodeFault(new Fault('InvalidClientTokenId', ''), { requestId: 'id' })
  assert.deepEqual(
    [early.status, early.body],
    [403, '{"Error":{"Code":"InvalidClientTokenId","Type":"Sender"},"RequestId":"id"}'],
  )
})

// oxfmt-ignore
const ACCEPTS: readonly (readonly [accept: string | undefined, json: boolean])[] = [
  ['application/json',                         true],
  ['Application/JSON',                         true],
  ['application/json, text/plain, */*',        true],
  ['application/json;q=0.9',                   true],
  [undefined,                                  false],
  ['',                                         false],
  ['*/*',                                      false],
  ['text/xml, application/json',               false],
  ['application/json-patch',                   false],
]
for (const [accept, json] of ACCEPTS) test(`Accept: ${accept}`, () => assert.equal(prefersJson(accept), json))
