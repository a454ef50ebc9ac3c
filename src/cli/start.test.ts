/** What `keyreeve start` says when it is ready. The start itself runs in tests/server/program.test.ts. */
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { testConfig } from '../../tests/server.ts'
import { adminRun } from '../server/admin-contract.ts'
import { administration } from '../server/administration.ts'
import { openLogger } from '../server/logger.ts'
import { open } from '../server/open.ts'
import { openServerMetrics } from '../server/server-metrics.ts'
import { readyText, start } from './start.ts'

const READY = {
  config: {
    data: '/data',
    host: '127.0.0.1',
    memory: false,
    database: undefined,
    publicUrl: undefined,
    trustedProxies: [],
    logFormat: 'pretty',
  },
  endpoint: 'http://127.0.0.1:4566',
  version: '1.2.3',
  hasAccount: true,
} as const

// oxfmt-ignore
const LINES: readonly (readonly [title: string, config: Partial<Parameters<typeof readyText>[0]['config']>, line: string])[] = [
  ['data',               {},                                      '  Data      /data'],
  ['memory',             { memory: true },                        '  Data      in memory only, gone when the server stops'],
  ['PostgreSQL',         { database: 'postgres://kr:secret@db' }, '  Data      PostgreSQL; keys in /data'],
  ['open to others',     { host: '0.0.0.0' },                     '  Note      0.0.0.0 can be reached from other machines, and this port speaks plain HTTP. Put a TLS proxy in front.'],
  ['behind a proxy',     { publicUrl: 'https://iam.example.com' }, '  Note      Behind a proxy every call comes from the proxy and without TLS, for conditions too. Name it with --trusted-proxies.'],
  ['the next command',   {},                                      '  Next      eval "$(keyreeve env)"'],
]
for (const [title, config, line] of LINES) {
  test(`ready: ${title}`, () => {
    const lines = readyText({ ...READY, config: { ...READY.config, ...config } }).split('\n')
    assert.ok(lines.includes(line), lines.join('\n'))
    assert.equal(lines.at(-2), 'Ready.')
    assert.ok(!lines.join('').includes('secret'))
  })
}

test('ready: loopback needs no note, and a server without account says how to make one', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost'])
    assert.doesNotMatch(readyText({ ...READY, config: { ...READY.config, host } }), /Note/)
  assert.match(
    readyText({ ...READY, hasAccount: false }),
    /^ {2}Next {6}keyreeve account create --name "My account" --email me@example\.com$/m,
  )
})

test('ready: whoever named the proxy needs no note', () => {
  const config = { ...READY.config, host: '0.0.0.0', publicUrl: 'https://iam.example.com', trustedProxies: ['10.0.0.5'] }
  assert.doesNotMatch(readyText({ ...READY, config }), /Note/)
})

test('ready: one line of JSON where the log is JSON', () => {
  const config = { ...READY.config, logFormat: 'json' } as const
  const text = readyText({ ...READY, config })
  assert.deepEqual(text.split('\n').slice(1), [''])
  assert.deepEqual(JSON.parse(text), {
    level: 'info',
    message: 'Ready.',
    version: '1.2.3',
    endpoint: 'http://127.0.0.1:4566',
    console: 'http://127.0.0.1:4566/console/',
    data: '/data',
  })
  assert.equal(JSON.parse(readyText({ ...READY, config: { ...config, memory: true } })).memory, true)
})

test('a server that cannot go on is closed, says why without secrets, and ends with exit code 1', async () => {
  const logger = openLogger({ level: 'error', format: 'json', write: () => {}, clock: () => 0 })
  const opened = await open(testConfig, { logger, metrics: openServerMetrics(), clock: Date.now })
  let [out, err, closed] = ['', '', 0]
  const code = await start.run(
    { options: new Map(), operands: [], config: () => testConfig },
    {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      environment: {},
      workingDirectory: '/',
      platform: 'linux',
      terminal: false,
      version: '1.2.3',
      clock: Date.now,
      signals: new EventEmitter(),
      commands: [],
      startServer: async () => ({
        endpoint: 'http://127.0.0.1:4566',
        admin: adminRun(administration, opened),
        failed: Promise.resolve(new Error('the writer ended: postgres://kr:hunter22@db')),
        close: async () => {
          closed += 1
          await opened.close()
        },
      }),
      openServices: () => assert.fail('a start opens a server'),
    },
  )
  assert.equal(code, 1)
  assert.equal(closed, 1)
  assert.equal(JSON.parse(out).message, 'Ready.')
  assert.match(err, /^The server cannot go on: the writer ended: postgres:\/\/kr:\(redacted\)@db\nStopped\.\n$/)
})
