/** The command line read against the tables: what goes where, and what is refused in which words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../server/refusal.ts'
import { SETTING_NAMES } from '../server/settings.ts'
import { parseCommandLine, settingsOf } from './arguments.ts'
import { COMMANDS } from './commands.ts'

type Expected = {
  readonly options?: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, string>>
  readonly operands?: readonly string[]
  readonly help?: boolean
}

// oxfmt-ignore
const READ: readonly (readonly [words: readonly string[], command: string, expected: Expected])[] = [
  [[],                                                  'help',           {}],
  [['--help'],                                          'help',           {}],
  [['-h'],                                              'help',           {}],
  [['--version'],                                       'version',        {}],
  [['-v'],                                              'version',        {}],
  [['help', 'account', 'create'],                       'help',           { operands: ['account', 'create'] }],
  [['start'],                                           'start',          {}],
  [['start', '--help'],                                 'start',          { help: true }],
  [['start', '-h', '--port', '1'],                      'start',          { help: true, settings: { port: '1' } }],
  [['start', '--port', '8080'],                         'start',          { settings: { port: '8080' } }],
  [['start', '--port=8080'],                            'start',          { settings: { port: '8080' } }],
  [['start', '--data='],                                'start',          { settings: { data: '' } }],
  [['start', '--data=a=b'],                             'start',          { settings: { data: 'a=b' } }],
  [['start', '--data', '-'],                            'start',          { settings: { data: '-' } }],
  [['start', '--data=-x'],                              'start',          { settings: { data: '-x' } }],
  [['start', '--memory', '--log-format', 'json'],       'start',          { settings: { memory: 'true', 'log-format': 'json' } }],
  [['start', '--no-memory'],                            'start',          { settings: { memory: 'false' } }],
  [['start', '--memory=false'],                         'start',          { settings: { memory: 'false' } }],
  [['account', 'create', '--name', 'A', '--data', 'd'], 'account create', { options: { name: 'A' }, settings: { data: 'd' } }],
  [['account', 'create', '--json', '--name=A B'],       'account create', { options: { json: 'true', name: 'A B' } }],
  [['account', 'list', '--no-json'],                    'account list',   { options: { json: 'false' } }],
  [['env', '--shell', 'fish', '--port', '1'],           'env',            { options: { shell: 'fish' }, settings: { port: '1' } }],
  [['exec', '--', 'aws', '--help', '--', '-x'],         'exec',           { operands: ['aws', '--help', '--', '-x'] }],
  [['exec', '--user', 'alice', '--', 'env'],            'exec',           { options: { user: 'alice' }, operands: ['env'] }],
]
for (const [words, name, { options = {}, settings = {}, operands = [], help = false }] of READ) {
  test(`keyreeve ${words.join(' ')}`, () => {
    const line = parseCommandLine(words, COMMANDS)
    assert.equal(line.command.name, name)
    assert.equal(line.help, help)
    assert.deepEqual(line.operands, operands)
    assert.deepEqual(Object.fromEntries(line.options), options)
    assert.deepEqual(Object.fromEntries(line.settings), settings)
  })
}

// oxfmt-ignore
const REFUSED: readonly (readonly [words: readonly string[], message: string])[] = [
  [['strat'],                            'Unknown command "strat". Did you mean start?\nSee all commands with: keyreeve help'],
  [['account', 'creat'],                 'Unknown command "account creat". Did you mean account create?\nSee all commands with: keyreeve help'],
  [['account'],                          'Which one? keyreeve account create, keyreeve account list'],
  [['audit', '--json'],                  'Which one? keyreeve audit verify, keyreeve audit tail'],
  [['--port', '1'],                      'Write the command before its flags, such as: keyreeve start --port'],
  [['start', '--prot', '1'],             'Unknown flag "--prot". Did you mean --port?\nSee its flags with: keyreeve help start'],
  [['start', '--prot=1'],                'Unknown flag "--prot". Did you mean --port?\nSee its flags with: keyreeve help start'],
  [['start', '--hlep'],                  'Unknown flag "--hlep". Did you mean --help?\nSee its flags with: keyreeve help start'],
  [['start', '-p', '1'],                 'Unknown flag "-p". Did you mean --port?\nSee its flags with: keyreeve help start'],
  [['account', 'create', '--nmae', 'A'], 'Unknown flag "--nmae". Did you mean --name?\nSee its flags with: keyreeve help account create'],
  [['start', '--no-port'],               'Unknown flag "--no-port". Did you mean --port?\nSee its flags with: keyreeve help start'],
  [['env', '--memory'],                  '--memory is a flag of start, not of env.\nSee its flags with: keyreeve help env'],
  [['keys', 'rotate', '--port', '1'],    '--port is a flag of start, env, exec, doctor, not of keys rotate.\nSee its flags with: keyreeve help keys rotate'],
  [['start', '--key', 'S3CR3T'],         '--key is not accepted on the command line. Other users of this machine can read command lines. Set KEYREEVE_KEY instead.\nSee its flags with: keyreeve help start'],
  [['start', '--port'],                  '--port needs a value. (Where the value begins with a dash, write --port=VALUE.)\nSee its flags with: keyreeve help start'],
  [['start', '--data', '--memory'],      '--data needs a value. (Where the value begins with a dash, write --data=VALUE.)\nSee its flags with: keyreeve help start'],
  [['start', '--port', '1', '--port=2'], '--port is given twice.\nSee its flags with: keyreeve help start'],
  [['start', '--memory', '--no-memory'], '--memory is given twice.\nSee its flags with: keyreeve help start'],
  [['start', '--no-memory=true'],        '--no-memory takes no value.\nSee its flags with: keyreeve help start'],
  [['account', 'list', '--json=yes'],    '--json takes no value.\nSee its flags with: keyreeve help account list'],
  [['account', 'list', '--json='],       '--json takes no value.\nSee its flags with: keyreeve help account list'],
  [['start', 'now'],                     'There is a word too many: "now".\nSee its flags with: keyreeve help start'],
  [['start', '--', '--memory'],          'There is a word too many: "--memory".\nSee its flags with: keyreeve help start'],
  [['version', 'x'],                     'There is a word too many: "x".\nSee its flags with: keyreeve help version'],
  [['help', 'a', 'b', 'c'],              'There is a word too many: "c".\nSee its flags with: keyreeve help help'],
  [['exec', 'aws', '--', 'x'],           'Put -- before the command to run, such as: keyreeve exec -- aws\nSee its flags with: keyreeve help exec'],
  [['manual', '--data', 'd'],            '--data is not a flag of manual.\nSee its flags with: keyreeve help manual'],
]
for (const [words, message] of REFUSED) {
  test(`keyreeve ${words.join(' ')} is refused`, () => {
    assert.throws(
      () => parseCommandLine(words, COMMANDS),
      (error) => {
        assert.ok(error instanceof Refusal)
        assert.equal(error.message, message)
        assert.equal(error.exit, 'usage')
        return true
      },
    )
  })
}

test('a secret setting is a flag of no command, and commands without configuration take no setting', () => {
  for (const command of COMMANDS) {
    const settings = settingsOf(command)
    assert.equal(settings.includes('key'), false)
    if (!command.configured) assert.deepEqual(settings, [])
    else assert.ok(settings.includes('data'))
  }
})

test('every setting that may be a flag is one of some command', () => {
  const flags = new Set(COMMANDS.flatMap((command) => settingsOf(command)))
  const refused = Array.from(SETTING_NAMES).filter(([, { refusedFrom }]) => refusedFrom?.flag !== undefined)
  assert.deepEqual(
    [...SETTING_NAMES.keys()].filter((name) => !flags.has(name)),
    refused.map(([name]) => name),
  )
})

test('property: words behind -- arrive as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
      assert.deepEqual(parseCommandLine(['exec', '--', ...words], COMMANDS).operands, words)
    }),
  )
})

test('property: --name=VALUE carries any value', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      assert.equal(parseCommandLine(['account', 'create', `--name=${value}`], COMMANDS).options.get('name'), value)
    }),
  )
})

test('property: any words are read or refused, never worse', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'start',
      'account',
      'create',
      '--',
      '--port',
      '--memory',
      '-',
      '--=',
      '--no-memory=',
      '__proto__',
      '--constructor',
    ),
  )
  fc.assert(
    fc.property(fc.array(word), (words) => {
      try {
        parseCommandLine(words, COMMANDS)
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error))
      }
    }),
  )
})
