/** Canonicalisation, by hand from the documented rules. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  isNormalPath,
  parseQuery,
  stringToSign,
  uriEncode,
} from './canonical.ts'

// oxfmt-ignore
const PATHS: readonly (readonly [string, string, string])[] = [
  // raw                 every service           s3
  ['',                   '/',                    '/'],
  ['/',                  '/',                    '/'],
  ['/a',                 '/a',                   '/a'],
  ['/a/',                '/a/',                  '/a/'],
  ['/a%20b',             '/a%2520b',             '/a%20b'],
  ['/a:b@c+d',           '/a%3Ab%40c%2Bd',       '/a:b@c+d'],
  ['/-._~09AZaz',        '/-._~09AZaz',          '/-._~09AZaz'],
  ['//a///b//',          '/a/b/',                '//a///b//'],
  ['/a/./b/../c',        '/a/c',                 '/a/./b/../c'],
  ['/a/.',               '/a',                   '/a/.'],
  ['/a/..',              '/',                    '/a/..'],
  ['/../a',              '/a',                   '/../a'],
  ['/.a/..b/...',        '/.a/..b/...',          '/.a/..b/...'],
  ['/%2e%2e/a',          '/%252e%252e/a',        '/%2e%2e/a'],
]

for (const [raw, encoded, s3] of PATHS) {
  test(`the path '${raw}'`, () => {
    assert.equal(canonicalPath(raw, 'iam'), encoded)
    assert.equal(canonicalPath(raw, 's3'), s3)
  })
}

test('normal paths', () => {
  for (const path of ['/', '/a', '/a/', '/.a', '/a./b', '/...', '/%2e%2e/']) assert.ok(isNormalPath(path), path)
  for (const path of ['//', '/a//b', '/.', '/..', '/a/.', '/./a', '/a/../b', '/a/..']) assert.ok(!isNormalPath(path), path)
})

// oxfmt-ignore
const QUERIES: readonly (readonly [string, string])[] = [
  ['',                          ''],
  ['a',                         'a='],
  ['a=',                        'a='],
  ['&&a=1&',                    'a=1'],
  ['=1',                        '=1'],
  ['b=1&a=2',                   'a=2&b=1'],
  ['a=2&a=1&a=',                'a=&a=1&a=2'],
  ['a=1&a-b=1&A=1',             'A=1&a=1&a-b=1'],
  ['a=b=c',                     'a=b%3Dc'],
  ['a=b+c',                     'a=b%20c'],
  ['a=%2b%20%7e%41',            'a=%2B%20~A'],
  ['a=/?:@!$\'()*,;[]|"<>^`{}', 'a=%2F%3F%3A%40%21%24%27%28%29%2A%2C%3B%5B%5D%7C%22%3C%3E%5E%60%7B%7D'],
  ['%61%62=1&aa=1',             'aa=1&ab=1'],
  ['a=%ff%00',                  'a=%FF%00'],
]

for (const [raw, canonical] of QUERIES) {
  test(`the query '${raw}'`, () => assert.equal(canonicalQuery(parseQuery(raw)), canonical))
}

test('what is encoded reads back, and is canonical already', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const encoded = uriEncode(text)
      assert.match(encoded, /^(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})*$/)
      assert.equal(decodeURIComponent(encoded), text)
      assert.equal(canonicalQuery(parseQuery(`a=${encoded}`)), `a=${encoded}`)
    }),
  )
})

test('the order of parameters does not matter', () => {
  const pair = fc
    .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }))
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
  fc.assert(
    fc.property(fc.shuffledSubarray(['a=1', 'b', 'a=2', 'a-b=', 'A=1'], { minLength: 5 }), fc.array(pair), (known, others) => {
      assert.equal(
        canonicalQuery(parseQuery([...known, ...others].join('&'))),
        canonicalQuery(parseQuery([...others, 'a-b=', 'A=1', 'b', 'a=2', 'a=1'].join('&'))),
      )
    }),
  )
})

// oxfmt-ignore
const VALUES: readonly (readonly [readonly string[], string])[] = [
  [['b'],                   'b'],
  [[''],                    ''],
  [['  '],                  ''],
  [['  b  c\t\td '],        'b c d'],
  [['b\tc'],                'b c'],
  [['"b   c"'],             '"b c"'],
  [['b\r\n  c\n d'],        'b c d'],
  [['c', 'b', 'c'],         'c,b,c'],
  [['c ', ' b,a'],          'c,b,a'],
  [['\u00a0b\u00a0'],       '\u00a0b\u00a0'],
]

for (const [values, canonical] of VALUES) {
  test(`the header values ${JSON.stringify(values)}`, () => {
    const names = values.flatMap(() => ['x', 'a'])
    const rawHeaders = values.flatMap((value) => ['X', 'other', 'A', value])
    assert.equal(canonicalHeaders(names, rawHeaders, ['a']), `a:${canonical}\n`)
  })
}

test('a character is a byte', () => {
  for (const canonical of ['', 'plain', '\u00e9', '\u0000\u0080\u00ff']) {
    const digest = createHash('sha256').update(Buffer.from(canonical, 'latin1')).digest('hex')
    assert.equal(stringToSign({ algorithm: 'a', timestamp: 't', scope: 's' }, canonical), `a\nt\ns\n${digest}`)
  }
})
