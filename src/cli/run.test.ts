/** Exit codes, and what is said when something goes wrong. */
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { Fault } from '../aws/fault.ts'
import { Refusal } from '../server/refusal.ts'
import type { CliContext, Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { explain, run } from './run.ts'

const unexpected = async (): Promise<never> => assert.fail('no server and no store is needed here')

/** Runs a command line in a world without anything. */
async function ran(words: readonly string[], given: Partial<CliContext> = {}) {
  let out = ''
  let err = ''
  const code = await run(words, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    environment: {},
    workingDirectory: tmpdir(),
    platform: 'linux',
    terminal: false,
    version: '1.2.3',
    clock: () => 0,
    signals: new EventEmitter(),
    commands: COMMANDS,
    startServer: unexpected,
    openServices: unexpected,
    ...given,
  })
  return { code, out, err }
}

/** A command that ends in this way. */
function ending(how: () => Promise<number>): Command {
  return { name: 'try', summary: 'Tries', configured: false, examples: [], run: how }
}

const systemError = (code: string) => Object.assign(new Error(`${code}: what the system said`), { code })

// oxfmt-ignore
const ENDINGS: readonly (readonly [title: string, how: () => Promise<number>, code: number, err: string])[] = [
  ['done',                  async () => 0,                                                       0, ''],
  ['its own exit code',     async () => 42,                                                      42, ''],
  ['a refusal: failed',     async () => { throw new Refusal('failed', 'It failed.') },           1, 'It failed.\n'],
  ['a refusal: usage',      async () => { throw new Refusal('usage', 'Write it so.') },          2, 'Write it so.\n'],
  ['a refusal: taken',      async () => { throw new Refusal('taken', 'Somebody has it.') },      3, 'Somebody has it.\n'],
  ['a fault',               async () => { throw new Fault('NoSuchEntity', 'There is none.') },   1, 'There is none.\n'],
  ['the port is taken',     async () => { throw systemError('EADDRINUSE') },                     3, 'The port is in use (Error: EADDRINUSE: what the system said). Choose another with --port, or stop the program that has it.\n'],
  ['not our address',       async () => { throw systemError('EADDRNOTAVAIL') },                  2, 'This machine does not have that address (Error: EADDRNOTAVAIL: what the system said). Choose another with --host.\n'],
  ['no such name',          async () => { throw systemError('ENOTFOUND') },                      2, 'That name does not resolve (Error: ENOTFOUND: what the system said).\n'],
  ['not permitted',         async () => { throw systemError('EACCES') },                         1, 'The system does not permit it (Error: EACCES: what the system said). Ports below 1024 and foreign folders need more rights.\n'],
  ['the disk is full',      async () => { throw systemError('ENOSPC') },                         1, 'The disk is full (Error: ENOSPC: what the system said).\n'],
]
for (const [title, how, code, err] of ENDINGS) {
  test(`a command ends: ${title}`, async () => {
    assert.deepEqual(await ran(['try'], { commands: [ending(how)] }), { code, out: '', err })
  })
}

test('an unexpected error asks to be reported, with its trace and without secrets', () => {
  const { text, code } = explain(new Error('at postgres://kr:hunter22@db/kr with SecretAccessKey=abcdef'))
  assert.equal(code, 1)
  assert.match(text, /^Something failed that should not\. Please report it:\nError: at postgres:\/\/kr:\(redacted\)@db/)
  assert.match(text, /run\.test\.ts/)
  assert.doesNotMatch(text, /hunter22|abcdef/)
  assert.deepEqual(explain('just a text'), { text: 'Something failed that should not. Please report it:\njust a text', code: 1 })
})

test('the words of system errors lose their secrets too', () => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND postgres://kr:hunter22@db'), { code: 'ENOTFOUND' })
  assert.doesNotMatch(explain(error).text, /hunter22/)
})

// oxfmt-ignore
const LINES: readonly (readonly [words: readonly string[], code: number, out: RegExp, err: RegExp, environment?: Record<string, string>])[] = [
  [[],                                    0, /^Keyreeve 1\.2\.3: [\s\S]*account create/,  /^$/],
  [['--version'],                         0, /^1\.2\.3\n$/,                               /^$/],
  [['help', 'start'],                     0, /^Start the server\.\n/,                     /^$/],
  [['start', '--help'],                   0, /^Start the server\.\n/,                     /^$/],
  [['help', 'account'],                   0, /keyreeve account create [\s\S]*keyreeve account list /, /^$/],
  [['help', 'nothing'],                   2, /^$/, /^There is no command "nothing"\. See all commands with: keyreeve help\n$/],
  [['manual'],                            0, /^# The manual of Keyreeve\n/,               /^$/],
  [['strat'],                             2, /^$/, /^Unknown command "strat"\. Did you mean start\?\n/],
  [['start', '--prot', '1'],              2, /^$/, /^Unknown flag "--prot"\. Did you mean --port\?\n/],
  [['start', '--port', 'x'],              2, /^$/, /^--port must be a number from 0 to 65535 \(0 takes any free port\), not "x"\.\n$/],
  [['start'],                             2, /^$/, /^Unknown environment variable "KEYREEVE_PROT"\. Did you mean KEYREEVE_PORT\?\n$/, { KEYREEVE_PROT: '1' }],
  [['start'],                             2, /^$/, /^KEYREEVE_KEY must be 32 random bytes in base64[^"]*\.\n$/,   { KEYREEVE_KEY: 'hunter22' }],
  [['start', '--config', 'no.json'],      2, /^$/, /^There is no configuration file .*no\.json\.\n$/],
  [['account', 'create'],                 2, /^$/, /^--name is missing\.\n$/],
  [['account', 'create', '--name', 'A'],  2, /^$/, /^--email is missing\.\n$/],
  [['account', 'list', '--json=yes'],     2, /^$/, /^--json takes no value\.\n/],
  [['account', 'create', '--name', 'A', '--email', 'a@b', '--root-access-key=yes'], 2, /^$/, /^--root-access-key takes no value\.\n/],
  [['env', '--shell', 'tcsh'],            2, /^$/, /^--shell must be bash or fish or pwsh or json, not "tcsh"\.\n$/],
  [['env', '--duration', '14m'],          2, /^$/, /^--duration must be a time from 15m to 12h, written as 90s, 15m or 12h, not "14m"\.\n$/],
  [['exec'],                              2, /^$/, /^There is no command to run\. /],
  [['audit', 'tail', '--lines', '0'],     2, /^$/, /^--lines must be a number from 1 to 1000\.\n$/],
  [['audit', 'tail', '--lines', '1001'],  2, /^$/, /^--lines must be a number from 1 to 1000\.\n$/],
  [['audit', 'tail', '--lines', '1e2'],   2, /^$/, /^--lines must be a number from 1 to 1000\.\n$/],
]
for (const [words, code, out, err, environment = {}] of LINES) {
  const variables = Object.keys(environment).map((name) => `${name}=... `)
  test(`${variables.join('')}keyreeve ${words.join(' ')} ends with ${code}`, async () => {
    const {
      code: ended,
      out: said,
      err: complained,
    } = await ran(words, { environment: { KEYREEVE_DATA: 'keyreeve-none', ...environment } })
    assert.match(said, out)
    assert.match(complained, err)
    assert.equal(ended, code)
  })
}
