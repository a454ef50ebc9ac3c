/** Query: what is refused, how parameters become inputs, how outputs become XML. The SDK round trip is in tests/clients/query.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../aws/fault.ts'
import { decodeModel, type CompactModel } from '../model/decode-model.ts'
import { peekParameters } from './form.ts'
import { MAX_QUERY_INDEX, MAX_QUERY_NAME_PARTS, MAX_QUERY_PARAMETERS } from './limits.ts'
import { query } from './query.ts'
import type { WireRequest } from './wire.ts'

const COMPACT: CompactModel = {
  service: 'test',
  version: '2010-05-08',
  protocol: 'query',
  signingName: 'test',
  xmlns: 'https://example.amazonaws.com/doc/',
  operations: { Do: ['Input', 'Output', ['Gone'], { w: 'DoResult' }], Nothing: [null, null, []] },
  shapes: {
    Input: {
      t: 'structure',
      m: {
        Name: 'string',
        Count: 'integer',
        Big: 'long',
        Rate: 'double',
        On: 'boolean',
        When: 'timestamp',
        Data: 'blob',
        Tags: 'tags',
        Flat: 'flat',
        Named: 'named',
        Pairs: 'pairs',
        FlatPairs: 'flatPairs',
        Inner: 'Inner',
      },
    },
    Output: {
      t: 'structure',
      m: {
        Name: 'string',
        Count: 'integer',
        On: 'boolean',
        When: 'timestamp',
        Data: 'blob',
        Tags: 'tags',
        Flat: 'flat',
        Named: 'named',
        Pairs: 'pairs',
        FlatPairs: 'flatPairs',
        Inner: 'Inner',
        Precise: ['timestamp', { ts: 'iso8601Milliseconds' }],
      },
    },
    Inner: { t: 'structure', m: { Name: 'string', Inner: 'Inner' } },
    Tag: { t: 'structure', m: { Key: 'string!', Value: 'string!' } },
    tags: { t: 'list', m: 'Tag' },
    flat: { t: 'list', m: 'string', f: 1 },
    named: { t: 'list', m: ['string', { n: 'Item' }] },
    pairs: { t: 'map', k: 'string', v: 'string' },
    flatPairs: { t: 'map', k: ['string', { n: 'Name' }], v: ['string', { n: 'Value' }], f: 1 },
    Gone: { t: 'structure', m: { message: 'string', Resource: 'string' }, err: ['Gone', 410, 0] },
  },
}
const model = decodeModel(COMPACT)
const operation = (name: string) => model.operations.get(name) ?? assert.fail(`no operation ${name}`)
const request = (body: string, target = '/'): WireRequest => ({ method: 'POST', target, rawHeaders: [], body: Buffer.from(body) })
const decode = (body: string, target?: string): unknown => query.decode(request(body, target), model, operation('Do'))

const many = (count: number): string => Array.from({ length: count }, (_, number) => `a${number}=1`).join('&')
const deep = (parts: number): string => Array.from({ length: parts }, () => 'Inner').join('.')

// oxfmt-ignore
const REFUSED: readonly (readonly [name: string, body: string, code: string, message: RegExp])[] = [
  ['invalid escape',                'Name=%zz',                                   'MalformedQueryString', /invalid escape/],
  ['escape that is not UTF-8',      'Name=%ff',                                   'MalformedQueryString', /invalid escape/],
  ['parameter twice',               'Name=a&Name=b',                              'MalformedQueryString', /twice/],
  ['parameter twice, once escaped', 'Name=a&N%61me=b',                            'MalformedQueryString', /twice/],
  ['nested parameter twice',        'Inner.Name=a&Inner.Name=b',                  'MalformedQueryString', /twice/],
  ['text and parts of one name',    'Inner=x&Inner.Name=b',                       'MalformedQueryString', /twice/],
  ['too many parameters',           many(MAX_QUERY_PARAMETERS + 1),               'MalformedQueryString', /more than 10000 parameters/],
  ['too many name parts',           `${deep(MAX_QUERY_NAME_PARTS)}.Name=x`,       'MalformedQueryString', /more than 24 parts/],
  ['word for a number',             'Count=abc',                                  'MalformedInput',       /Count must be an integer/],
  ['number beyond 32 bits',         'Count=2147483648',                           'MalformedInput',       /Count must be an integer/],
  ['fraction for an integer',       'Count=1.5',                                  'MalformedInput',       /Count must be an integer/],
  ['number with too many digits',   `Count=${'0'.repeat(60)}1`,                   'MalformedInput',       /Count must be an integer/],
  ['long beyond exactness',         'Big=9007199254740993',                       'MalformedInput',       /Big must be a long integer/],
  ['infinite number',               'Rate=Infinity',                              'MalformedInput',       /Rate must be a number/],
  ['word for a boolean',            'On=yes',                                     'MalformedInput',       /On must be true or false/],
  ['word for a timestamp',          'When=yesterday',                             'MalformedInput',       /When must be a timestamp/],
  ['day that no calendar has',      'When=2024-13-01T00:00:00Z',                  'MalformedInput',       /When must be a timestamp/],
  ['text that is not base64',       'Data=a*b=',                                  'MalformedInput',       /Data must be base64/],
  ['text for a structure',          'Inner=x',                                    'MalformedInput',       /Inner must be a structure/],
  ['text for a list',               'Tags=x',                                     'MalformedInput',       /Tags must be a list/],
  ['parts for a text',              'Name.x=1',                                   'MalformedInput',       /Name must be a string/],
  ['index zero',                    'Flat.0=a',                                   'MalformedInput',       /Flat.0 must be numbered from 1/],
  ['index too high',                `Flat.${MAX_QUERY_INDEX + 1}=a`,              'MalformedInput',       /must be numbered from 1/],
  ['index that is a word',          'Tags.member.one.Key=a',                      'MalformedInput',       /Tags.member.one must be numbered/],
  ['map entry without a value',     'Pairs.entry.1.key=a',                        'MalformedInput',       /Pairs.entry.1 must be a key and a value/],
]
for (const [name, body, code, message] of REFUSED) {
  test(`query refuses: ${name}`, () => {
    assert.throws(
      () => decode(body),
      (error) => error instanceof Fault && error.code === code && message.test(error.message),
    )
  })
}

test('query refuses: bytes that are not UTF-8, while a replacement character that was sent is kept', () => {
  const raw = { ...request(''), body: new Uint8Array([0x4e, 0x61, 0x6d, 0x65, 0x3d, 0xff]) }
  assert.throws(() => query.decode(raw, model, operation('Do')), /not UTF-8/)
  assert.deepEqual(decode('Name=\uFFFD'), { Name: '\uFFFD' })
})

// oxfmt-ignore
const READ: readonly (readonly [name: string, body: string, target: string, input: unknown])[] = [
  ['nothing',                       '',                                           '/',                  {}],
  ['unknown parameters left aside', 'Action=Do&Version=1&X-Amz-Date=1&Nope.1=2',  '/',                  {}],
  ['plus, escapes, empty text',     'Name=a+b%2B%C3%A9',                          '/',                  { Name: 'a b+é' }],
  ['empty string',                  'Name=',                                      '/',                  { Name: '' }],
  ['name without equals sign',      'Name',                                       '/',                  { Name: '' }],
  ['equals sign in the value',      'Name=a=b',                                   '/',                  { Name: 'a=b' }],
  ['query string of a GET',         '',                                           '/?Action=Do&Name=a', { Name: 'a' }],
  ['query string and body',         'Count=5',                                    '/?Name=a',           { Name: 'a', Count: 5 }],
  ['scalars',                       'Count=-5&Big=9007199254740991&Rate=1.5e3&On=True', '/',            { Count: -5, Big: 9007199254740991, Rate: 1500, On: true }],
  ['timestamp as text',             'When=2024-01-01T00%3A00%3A00Z',              '/',                  { When: new Date('2024-01-01T00:00:00Z') }],
  ['timestamp as seconds',          'When=1704067200.5',                          '/',                  { When: new Date('2024-01-01T00:00:00.500Z') }],
  ['blob',                          'Data=AQI%3D',                                '/',                  { Data: new Uint8Array([1, 2]) }],
  ['list in order of index',        'Tags.member.10.Key=b&Tags.member.10.Value=&Tags.member.9.Key=a&Tags.member.9.Value=1', '/', { Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '' }] }],
  ['empty list',                    'Tags=',                                      '/',                  { Tags: [] }],
  ['flattened list',                'Flat.1=a&Flat.2=b',                          '/',                  { Flat: ['a', 'b'] }],
  ['list with a named element',     'Named.Item.1=a',                             '/',                  { Named: ['a'] }],
  ['map',                           'Pairs.entry.1.key=__proto__&Pairs.entry.1.value=v', '/',           { Pairs: Object.fromEntries([['__proto__', 'v']]) }],
  ['flattened map',                 'FlatPairs.1.Name=a&FlatPairs.1.Value=b',     '/',                  { FlatPairs: { a: 'b' } }],
  ['nested structures',             'Inner.Inner.Name=a',                         '/',                  { Inner: { Inner: { Name: 'a' } } }],
]
for (const [name, body, target, input] of READ) test(`query reads: ${name}`, () => assert.deepEqual(decode(body, target), input))

const context = { model, operation: operation('Do'), requestId: 'id' }
const written = (output: unknown): string => String(query.encode(output, context).body)
const framed = (result: string): string =>
  `<DoResponse xmlns="https://example.amazonaws.com/doc/"><DoResult>${result}</DoResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DoResponse>`

// oxfmt-ignore
const WRITTEN: readonly (readonly [name: string, output: unknown, xml: string])[] = [
  ['nothing',                  {},                                                    ''],
  ['members in model order',   { Count: 1, Name: 'a' },                               '<Name>a</Name><Count>1</Count>'],
  ['what the model lacks',     { Secret: 'x' },                                       ''],
  ['escapes',                  { Name: '<a> & "b"\r\n' },                             '<Name>&lt;a&gt; &amp; &quot;b&quot;&#xD;\n</Name>'],
  ['what XML cannot hold',     { Name: `a\u0000${String.fromCharCode(0xd800)}\u{1F600}` }, '<Name>a\uFFFD\uFFFD\u{1F600}</Name>'],
  ['scalars',                  { On: false, When: new Date(1_704_067_200_900), Data: new Uint8Array([1, 2]) }, '<On>false</On><When>2024-01-01T00:00:00Z</When><Data>AQI=</Data>'],
  ['milliseconds',             { Precise: new Date(1_704_067_200_900) },              '<Precise>2024-01-01T00:00:00.900Z</Precise>'],
  ['empty string',             { Name: '' },                                          '<Name></Name>'],
  ['empty list, structure',    { Tags: [], Inner: {} },                               '<Tags/><Inner/>'],
  ['list',                     { Tags: [{ Value: 'v', Key: 'k' }] },                  '<Tags><member><Key>k</Key><Value>v</Value></member></Tags>'],
  ['flattened list',           { Flat: ['a', 'b'] },                                  '<Flat>a</Flat><Flat>b</Flat>'],
  ['named element',            { Named: ['a'] },                                      '<Named><Item>a</Item></Named>'],
  ['map',                      { Pairs: { a: 'b' } },                                 '<Pairs><entry><key>a</key><value>b</value></entry></Pairs>'],
  ['flattened map',            { FlatPairs: { a: 'b' } },                             '<FlatPairs><Name>a</Name><Value>b</Value></FlatPairs>'],
]
for (const [name, output, xml] of WRITTEN) test(`query writes: ${name}`, () => assert.equal(written(output), framed(xml)))

test('query writes: an operation without output has no result element; headers carry the request id', () => {
  const answer = query.encode({}, { ...context, operation: operation('Nothing') })
  assert.equal(
    answer.body,
    '<NothingResponse xmlns="https://example.amazonaws.com/doc/"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></NothingResponse>',
  )
  assert.deepEqual(answer.headers, { 'x-amzn-RequestId': 'id', 'content-type': 'text/xml' })
})

test('query writes: a fault with a member of its own; a fault without a message', () => {
  const gone = query.encodeFault(new Fault('Gone', 'It <is> gone.', { members: { Resource: 'r', Other: 'x' } }), context)
  assert.equal(gone.status, 410)
  assert.equal(
    gone.body,
    '<ErrorResponse xmlns="https://example.amazonaws.com/doc/"><Error><Type>Sender</Type><Code>Gone</Code><Message>It &lt;is&gt; gone.</Message><Resource>r</Resource></Error><RequestId>id</RequestId></ErrorResponse>',
  )
  assert.doesNotMatch(String(query.encodeFault(new Fault('Gone', ''), context).body), /Message/)
})

// oxfmt-ignore
const PEEKED: readonly (readonly [body: string, target: string, action: string | undefined])[] = [
  ['Action=GetUser&Version=1',     '/',                     'GetUser'],
  ['Version=1&Action=Get%55ser',   '/',                     'GetUser'],
  ['XAction=No',                   '/',                     undefined],
  ['',                             '/?Version=1&Action=A',  'A'],
  ['Action=B',                     '/?Action=A',            'A'],
  ['Action=%zz',                   '/',                     undefined],
]
for (const [body, target, action] of PEEKED) {
  test(`peek: ${target} ${body}`, () => assert.equal(peekParameters(request(body, target))('Action'), action))
}
