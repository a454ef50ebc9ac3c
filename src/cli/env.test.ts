/** `keyreeve env` and `keyreeve exec`: the variables of a session, and the program that gets them. */
import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CliWorld, cliWorld } from '../../tests/cli-context.ts'
import { sessionEnvironment } from './env.ts'
import { runProgram } from './program.ts'

const ACCOUNT = '111122223333'
let world: CliWorld
before(async () => {
  world = cliWorld()
  const made = await world.run(['account', 'create', '--name', 'Env', '--email', 'env@example.com', '--account-id', ACCOUNT])
  assert.equal(made.code, 0, made.err)
})
after(() => world.remove())

test('the variables that clients read, and the ones that would win over them', () => {
  const session = {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    expiresAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  }
  assert.deepEqual(sessionEnvironment(session, { endpoint: 'http://127.0.0.1:4566', region: 'eu-central-1' }), {
    set: {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_CREDENTIAL_EXPIRATION: '2026-01-02T03:04:05.000Z',
    },
    unset: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'],
  })
})

test('env without a server: credentials all the same, and a word about the server', async () => {
  const { code, out, err } = await world.run([
    'env',
    '--shell',
    'json',
    '--port',
    '8080',
    '--region',
    'eu-west-1',
    '--duration',
    '15m',
  ])
  assert.equal(code, 0, err)
  assert.equal(err, `No server runs on ${world.data} now. Start one with: keyreeve start\n`)
  const set: Record<string, string> = JSON.parse(out)
  assert.equal(set['AWS_ENDPOINT_URL'], 'http://127.0.0.1:8080')
  assert.equal(set['AWS_REGION'], 'eu-west-1')
  assert.match(set['AWS_ACCESS_KEY_ID'] ?? '', /^ASIA/)
  const minutes = (Date.parse(set['AWS_CREDENTIAL_EXPIRATION'] ?? '') - Date.now()) / 60_000
  assert.ok(minutes > 13 && minutes <= 15, String(minutes))
})

test('env takes the public address where there is one, and the shell from SHELL', async () => {
  world.environment['SHELL'] = '/usr/bin/fish'
  const { out } = await world.run(['env', '--public-url', 'https://iam.example.com'])
  delete world.environment['SHELL']
  assert.match(out, /^set -gx AWS_ENDPOINT_URL 'https:\/\/iam\.example\.com';\n/)
  assert.match(out, /^set -e AWS_PROFILE;$/m)
})

// oxfmt-ignore
const REFUSED: readonly (readonly [words: readonly string[], message: string])[] = [
  [['env', '--user', 'nobody'],          `Account ${ACCOUNT} has no user nobody.\n`],
  [['env', '--account', '999999999999'], 'There is no account 999999999999.\n'],
  [['exec', '--user', 'nobody', '--', 'true'], `Account ${ACCOUNT} has no user nobody.\n`],
]
for (const [words, message] of REFUSED) {
  test(`keyreeve ${words.join(' ')} is refused`, async () => {
    assert.deepEqual(await world.run(words), { code: 1, out: '', err: message })
  })
}

test('env warns of an aws that ignores the endpoint', { skip: process.platform === 'win32' }, async () => {
  const aws = join(world.folder, 'aws')
  writeFileSync(aws, '#!/bin/sh\necho aws-cli/2.9.19 Python/3.11\n')
  chmodSync(aws, 0o755)
  const { code, err } = await world.run(['env', '--shell', 'bash'])
  writeFileSync(aws, '#!/bin/sh\necho aws-cli/2.36.7 Python/3.14\n')
  const newer = await world.run(['env', '--shell', 'bash'])
  assert.equal(code, 0)
  assert.match(err, /Warning: the aws on this path is 2\.9\.19\. It ignores AWS_ENDPOINT_URL/)
  assert.doesNotMatch(newer.err, /Warning/)
})

test('exec hands the variables to the program, takes the ones in the way, and ends with its exit code', async () => {
  const file = join(world.folder, 'environment.json')
  Object.assign(world.environment, { AWS_PROFILE: 'in the way', KEPT: 'kept', AWS_REGION: 'before' })
  const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env)); process.exit(7)`
  const { code, out } = await world.run(['exec', '--region', 'eu-west-1', '--', process.execPath, '-e', script])
  for (const name of ['AWS_PROFILE', 'KEPT', 'AWS_REGION']) delete world.environment[name]
  assert.equal(code, 7)
  assert.equal(out, '')
  const seen: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'))
  assert.equal(seen['AWS_PROFILE'], undefined)
  assert.equal(seen['KEPT'], 'kept')
  assert.equal(seen['AWS_REGION'], 'eu-west-1')
  assert.match(seen['AWS_SESSION_TOKEN'] ?? '', /./)
})

test('exec hands on what the program needs, and not the master key', async () => {
  const other = cliWorld()
  other.environment['KEYREEVE_KEY'] = Buffer.alloc(32, 7).toString('base64')
  assert.equal((await other.run(['account', 'create', '--name', 'Other', '--email', 'other@example.com'])).code, 0)
  const file = join(other.folder, 'environment.json')
  const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env))`
  assert.equal((await other.run(['exec', '--', process.execPath, '-e', script])).code, 0)
  const seen: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'))
  assert.deepEqual([seen['KEYREEVE_DATA'], seen['KEYREEVE_KEY']], [other.data, undefined])
  other.remove()
})

test('exec of what is not there, or may not be run', { skip: process.platform === 'win32' }, async () => {
  const file = join(world.folder, 'not-a-program')
  writeFileSync(file, '', { mode: 0o600 })
  const missing = await world.run(['exec', '--', join(world.folder, 'missing')])
  const forbidden = await world.run(['exec', '--', file])
  assert.equal(missing.code, 127)
  assert.match(missing.err, /There is no program .*missing on the path\.\n$/)
  assert.equal(forbidden.code, 126)
  assert.match(forbidden.err, /not-a-program may not be run\.\n$/)
})

test(
  'a signal to us goes on to the program, and its end by a signal is 128 and the number',
  { skip: process.platform === 'win32' },
  async () => {
    const program = (terminal: boolean) =>
      runProgram({
        program: process.execPath,
        words: ['-e', 'setInterval(() => {}, 1000)'],
        environment: {},
        context: { err: () => {}, signals: world.signals, terminal },
      })
    const ended = program(false)
    world.signals.emit('SIGTERM', 'SIGTERM')
    assert.equal(await ended, 128 + 15)
    const interrupted = program(false)
    world.signals.emit('SIGINT', 'SIGINT')
    assert.equal(await interrupted, 128 + 2)
    const onTerminal = program(true)
    world.signals.emit('SIGINT', 'SIGINT')
    world.signals.emit('SIGHUP', 'SIGHUP')
    assert.equal(await onTerminal, 128 + 1, 'on a terminal the interrupt is not sent twice: the hang-up ends it')
    assert.equal(world.signals.listenerCount('SIGTERM') + world.signals.listenerCount('SIGINT'), 0)
  },
)
