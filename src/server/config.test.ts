/** Settings from flags, environment and file: who wins, and what is refused in which words. */
import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { type Config, type ConfigSources, endpointOf, readConfig } from './config.ts'
import { Refusal } from './refusal.ts'
import { environmentName, SETTING_NAMES } from './settings.ts'

const HERE = resolve('/work')
const DATA = join(HERE, '.keyreeve')
const FILE = join(DATA, 'keyreeve.json')
const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

type Given = {
  readonly flags?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  /** The configuration file in the data directory. */
  readonly file?: object | string
  readonly files?: Readonly<Record<string, string>>
  readonly terminal?: boolean
}

function sources({ flags = {}, environment = {}, file, files = {}, terminal = false }: Given): ConfigSources {
  const all = new Map(Object.entries(files))
  if (file !== undefined) all.set(FILE, typeof file === 'string' ? file : JSON.stringify(file))
  return {
    flags: new Map(Object.entries(flags)),
    environment,
    readFile: (path) => all.get(path),
    workingDirectory: HERE,
    terminal,
  }
}

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'
const config = (given: Given): Config => readConfig(sources(given))

function refused(given: Given): string {
  try {
    readConfig(sources(given))
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error))
    assert.equal(error.exit, 'usage')
    return error.message
  }
  return assert.fail('nothing was refused')
}

test('without any source, the defaults', () => {
  assert.deepEqual(config({}), {
    host: '127.0.0.1',
    port: 4566,
    data: DATA,
    memory: false,
    database: undefined,
    publicUrl: undefined,
    trustedProxies: [],
    region: 'us-east-1',
    audit: 'grouped',
    ca: undefined,
    outboundPrivate: false,
    key: undefined,
    logFormat: 'json',
    logLevel: 'info',
    shutdownTimeout: 10_000,
  })
  assert.equal(config({ terminal: true }).logFormat, 'pretty')
})

// A value for each setting, and what becomes of it: the same from every source that it may come from.
// oxfmt-ignore
const VALUES: Readonly<Record<string, readonly [text: string, member: keyof Config, value: unknown]>> = {
  host:               ['::1',                        'host',            '::1'],
  port:               ['8080',                       'port',            8080],
  memory:             ['true',                       'memory',          true],
  database:           ['postgres://kr@db:5432/kr',   'database',        'postgres://kr@db:5432/kr'],
  'public-url':       ['https://iam.example.com/',   'publicUrl',       'https://iam.example.com'],
  'trusted-proxies':  ['10.0.0.5, fd00::/8',         'trustedProxies',  ['10.0.0.5', 'fd00::/8']],
  region:             ['eu-central-1',               'region',          'eu-central-1'],
  audit:              ['strict',                     'audit',           'strict'],
  'ca-file':          [join(HERE, 'ca.pem'),         'ca',              CERTIFICATE],
  'outbound-private': ['true',                       'outboundPrivate', true],
  key:                [KEY,                          'key',             KEY],
  'key-file':         [join(HERE, 'key'),            'key',             KEY],
  'log-format':       ['pretty',                     'logFormat',       'pretty'],
  'log-level':        ['debug',                      'logLevel',        'debug'],
  'shutdown-timeout': ['2m',                         'shutdownTimeout', 120_000],
}
for (const [name, [text, member, value]] of Object.entries(VALUES)) {
  const refusedFrom = SETTING_NAMES.get(name)?.refusedFrom
  const files = { [join(HERE, 'key')]: `${KEY}\n`, [join(HERE, 'ca.pem')]: CERTIFICATE }
  const given = {
    flag: { flags: { [name]: text }, files },
    environment: { environment: { [environmentName(name)]: text }, files },
    file: { file: { [name]: text }, files },
  }
  for (const source of ['flag', 'environment', 'file'] as const) {
    if (refusedFrom?.[source] === undefined)
      test(`${name} from ${source}`, () => assert.deepEqual(config(given[source])[member], value))
    else test(`${name} is refused from ${source}`, () => assert.match(refused(given[source]), /not accepted/))
  }
}

test('the table above leaves out no setting', () => {
  assert.deepEqual([...Object.keys(VALUES), 'data', 'config'].toSorted(), [...SETTING_NAMES.keys()].toSorted())
})

test('flags win over environment, environment over file', () => {
  const all = { flags: { port: '1' }, environment: { KEYREEVE_PORT: '2' }, file: { port: 3 } }
  assert.equal(config(all).port, 1)
  assert.equal(config({ ...all, flags: {} }).port, 2)
  assert.equal(config({ file: all.file }).port, 3)
})

test('relative paths start from the working directory, in the file from its folder', () => {
  assert.equal(config({ flags: { data: 'here' } }).data, join(HERE, 'here'))
  const files = { [join(HERE, 'etc', 'kr.json')]: '{"data":"../there"}' }
  assert.equal(config({ flags: { config: 'etc/kr.json' }, files }).data, join(HERE, 'there'))
})

test('numbers and booleans of the file need no quotes', () => {
  const { port, memory } = config({ file: { port: 0, memory: true } })
  assert.deepEqual({ port, memory }, { port: 0, memory: true })
})

// oxfmt-ignore
const REFUSALS: readonly (readonly [string, Given, string])[] = [
  ['an unknown variable of ours',      { environment: { KEYREEVE_PROT: '1' } },              'Unknown environment variable "KEYREEVE_PROT". Did you mean KEYREEVE_PORT?'],
  ['an unknown key of the file',       { file: { prot: 1 } },                                `Unknown key in ${FILE} "prot". Did you mean port?`],
  ['a key that JavaScript knows',      { file: '{"__proto__": 1}' },                         `Unknown key in ${FILE} "__proto__". Did you mean port?`],
  ['a file that is not JSON',          { file: '{"port": 1,}' },                             `${FILE} is not valid JSON (line 1 column 12).`],
  ['a file that is no object',         { file: '[1]' },                                      `${FILE} must hold one JSON object, such as {"port": 4566}.`],
  ['a nested value',                   { file: { port: [1] } },                              `"port" in ${FILE} must be a text, a number, true or false.`],
  ['a file that is not there',         { flags: { config: '/nowhere' } },                    `There is no configuration file ${resolve('/nowhere')}.`],
  ['a file that names a file',         { file: { config: 'x' } },                            `"config" in ${FILE} is not accepted. A configuration file cannot name another one.`],
  ['a file that moves its own folder', { file: { data: 'x' } },                              `"data" in ${FILE} is not accepted: the file is read because it lies there. Use --data.`],
  ['a port with letters',              { flags: { port: '80a' } },                           '--port must be a number from 0 to 65535 (0 takes any free port), not "80a".'],
  ['a port too high',                  { flags: { port: '65536' } },                         '--port must be a number from 0 to 65535 (0 takes any free port), not "65536".'],
  ['an empty value',                   { environment: { KEYREEVE_HOST: '' } },               'KEYREEVE_HOST must be a text that is not empty, not "".'],
  ['a word of no list',                { flags: { audit: 'loose' } },                        '--audit must be grouped or strict, not "loose".'],
  ['a time without unit',              { flags: { 'shutdown-timeout': '5' } },               '--shutdown-timeout must be a time from 0s to 10m, written as 90s, 15m or 12h, not "5".'],
  ['a time too long',                  { flags: { 'shutdown-timeout': '11m' } },             '--shutdown-timeout must be a time from 0s to 10m, written as 90s, 15m or 12h, not "11m".'],
  ['a region with spaces',             { flags: { region: 'us east' } },                     '--region must be the name of a region, such as us-east-1, not "us east".'],
  ['a public address with a path',     { flags: { 'public-url': 'http://a/b' } },            '--public-url must be an http or https address without a path, such as https://iam.example.com, not "http://a/b".'],
  ['a database that is not ours',      { flags: { database: 'mysql://u:secret@h/d' } },      '--database must be a PostgreSQL address, such as postgres://user@host:5432/keyreeve.'],
  ['a key too short',                  { environment: { KEYREEVE_KEY: 'c2VjcmV0' } },        'KEYREEVE_KEY must be 32 random bytes in base64, 44 characters (make one with: openssl rand -base64 32).'],
  ['a key file that is not there',     { flags: { 'key-file': 'k' } },                       `There is no key file ${join(HERE, 'k')}. Make one with: openssl rand -base64 32 > ${join(HERE, 'k')} && chmod 600 ${join(HERE, 'k')}`],
  ['a key file with something else',   { flags: { 'key-file': 'k' }, files: { [join(HERE, 'k')]: 'secret' } }, `The key file ${join(HERE, 'k')} must hold 32 random bytes in base64, 44 characters (make one with: openssl rand -base64 32).`],
  ['a certificate file that is not there',   { flags: { 'ca-file': 'c' } },                  `There is no certificate file ${join(HERE, 'c')}.`],
  ['a certificate file with something else', { flags: { 'ca-file': 'c' }, files: { [join(HERE, 'c')]: 'x' } }, `The certificate file ${join(HERE, 'c')} must hold certificates in PEM.`],
  ['two keys',                         { flags: { 'key-file': 'k' }, environment: { KEYREEVE_KEY: KEY }, files: { [join(HERE, 'k')]: KEY } }, 'KEYREEVE_KEY and --key-file both give the master key. Keep one of them.'],
  ['memory with a database',           { flags: { memory: 'true', database: 'postgres://h/d' } }, '--memory keeps nothing, and --database names a place to keep it. Leave out one of them.'],
]
for (const [name, given, message] of REFUSALS) {
  test(`refused: ${name}`, () => assert.equal(refused(given), message))
}

test('everything that is wrong is said at once', () => {
  assert.equal(
    refused({ flags: { port: 'x' }, environment: { KEYREEVE_AUDIT: 'y' }, file: { regoin: 'z' } }).split('\n').length,
    3,
  )
})

test('no secret is repeated in a complaint', () => {
  const secret = 'correct-horse-battery'
  const message = refused({
    flags: { database: `x://u:${secret}@h` },
    environment: { KEYREEVE_KEY: secret },
    file: `{"database": "${secret}`,
  })
  assert.ok(!message.includes(secret), message)
})

// oxfmt-ignore
const ENDPOINTS: readonly (readonly [string, string | undefined, string])[] = [
  ['127.0.0.1', undefined,             'http://127.0.0.1:80'],
  ['0.0.0.0',   undefined,             'http://127.0.0.1:80'],
  ['::',        undefined,             'http://[::1]:80'],
  ['fe80::1',   undefined,             'http://[fe80::1]:80'],
  ['0.0.0.0',   'https://example.com', 'https://example.com'],
]
for (const [host, publicUrl, endpoint] of ENDPOINTS) {
  test(`listening on ${host}, clients use ${endpoint}`, () => assert.equal(endpointOf({ host, port: 80, publicUrl }), endpoint))
}
