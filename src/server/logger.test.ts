/** The log: its two forms, its levels, and the secrets that never reach it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Fields, type Level, type LogFormat, type Logger, openLogger } from './logger.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 6)

function logged(
  write: (logger: Logger) => void,
  { format = 'json', level = 'debug' }: { readonly format?: LogFormat; readonly level?: Level } = {},
): string {
  const lines: string[] = []
  write(openLogger({ format, level, write: (line) => lines.push(line), clock: () => NOW }))
  return lines.join('')
}

test('JSON: one object a line, time first', () => {
  const line = logged((logger) => logger.info('request', { requestId: 'r-1', status: 200, left: undefined }))
  assert.equal(line, '{"time":"2026-01-02T03:04:05.006Z","level":"info","message":"request","requestId":"r-1","status":200}\n')
})

test('pretty: bare words bare, everything else as JSON', () => {
  const line = logged((logger) => logger.warn('request', { requestId: 'r-1', path: '/a b', seconds: 0.5 }), { format: 'pretty' })
  assert.equal(line, '03:04:05.006 WARN  request requestId=r-1 path="/a b" seconds=0.5\n')
})

test('a level hides what is less serious', () => {
  const all = (logger: Logger): void => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level](level)
  }
  for (const [level, count] of [
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const) {
    assert.equal(logged(all, { level }).split('\n').length - 1, count)
  }
})

test('carried fields stand on every line, and cannot pretend to be the level', () => {
  const line = logged((logger) => logger.with({ requestId: 'r-1', level: 'error' }).with({ service: 'iam' }).info('x'))
  const event: Fields = JSON.parse(line)
  assert.deepEqual([event['requestId'], event['service'], event['level'], event['_level']], ['r-1', 'iam', 'info', 'error'])
})

const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'
// oxfmt-ignore
const LEAKS: readonly (readonly [string, Fields])[] = [
  ['the Authorization header',        { headers: { Authorization: `AWS4-HMAC-SHA256 Signature=${SECRET}` } }],
  ['the security token header',       { 'X-Amz-Security-Token': SECRET }],
  ['a cookie',                        { headers: { cookie: SECRET } }],
  ['a list of headers',               { headers: [`X-Amz-Signature=${SECRET}`] }],
  ['a secret access key',             { output: { AccessKey: { SecretAccessKey: SECRET } } }],
  ['a new password',                  { input: { NewPassword: SECRET } }],
  ['a login token',                   { sessionToken: SECRET }],
  ['a presigned address',             { url: `/?X-Amz-Date=1&X-Amz-Signature=${SECRET}&Action=x` }],
  ['a presigned token',               { url: `/?x-amz-security-token=${SECRET}` }],
  ['a form body',                     { body: `Action=CreateLoginProfile&Password=${SECRET}&UserName=alice` }],
  ['an Authorization text',           { header: `AWS4-HMAC-SHA256 Credential=AKIA/1/2/3/aws4_request, Signature=${SECRET}` }],
  ['an address of a database',        { url: `postgres://user:${SECRET}@host/db` }],
  ['an error that quotes one',        { error: new Error(`connect postgres://user:${SECRET}@host/db`) }],
  ['bytes',                           { wire: Buffer.from(SECRET) }],
  ['something far down',              { a: { b: { c: { d: { e: { f: SECRET } } } } } }],
]
for (const [name, fields] of LEAKS) {
  for (const format of ['json', 'pretty'] as const) {
    test(`never written (${format}): ${name}`, () => {
      const line = logged((logger) => logger.error('it went wrong', fields), { format })
      assert.ok(!line.includes(SECRET), line)
      assert.ok(!line.includes(SECRET.slice(0, 12)), line)
    })
  }
}

test('nor in the message itself', () => {
  assert.ok(!logged((logger) => logger.error(`GET /?X-Amz-Signature=${SECRET} failed`)).includes(SECRET))
})

test('what is no secret stays', () => {
  const line = logged((logger) => logger.info('x', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', userName: 'alice', keyId: 'k1' }))
  for (const word of ['AKIAIOSFODNN7EXAMPLE', 'alice', 'k1']) assert.ok(line.includes(word), line)
})

test('property: whatever is logged is one line, and JSON where it says so', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.dictionary(fc.string(), fc.anything(), { maxKeys: 5 }), (message, fields) => {
      const json = logged((logger) => logger.info(message, fields))
      const pretty = logged((logger) => logger.info(message, fields), { format: 'pretty' })
      assert.equal(json.indexOf('\n'), json.length - 1)
      // oxlint-disable-next-line no-control-regex -- a terminal's escape must not get through
      assert.equal(pretty.search(/[\n\r\u001b\u2028]/), pretty.length - 1)
      assert.equal(typeof JSON.parse(json), 'object')
    }),
  )
})
