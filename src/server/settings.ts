/** The one table of settings. Flags, environment variables, configuration file, help text and manual are all made from it. */
import type { Setting } from './setting.ts'
import { addresses, databaseAddress, duration, host, masterKey, oneOf, onOff, path, port, region, webAddress } from './setting.ts'

/** Every environment variable of ours begins so. */
export const ENVIRONMENT_PREFIX = 'KEYREEVE_'
/** The configuration file that is read from the data directory where --config names no other. */
export const CONFIG_FILE = 'keyreeve.json'

const START = ['start'] as const
/** The commands that need to know where the server answers. */
const ENDPOINT = ['start', 'env', 'exec', 'doctor'] as const
const REGION = [...ENDPOINT, 'metadata', 'container-credentials', 'credentials'] as const

export const SETTINGS = {
  host: {
    kind: host,
    fallback: '127.0.0.1',
    about: 'The address to listen on. The default can be reached from this machine only.',
    commands: ENDPOINT,
  },
  port: { kind: port, fallback: '4566', about: 'The port to listen on.', commands: ENDPOINT },
  data: {
    kind: path,
    fallback: '.keyreeve',
    about: 'The data directory: the database, the keys and the audit trail. Made on the first start, for its owner only.',
    commands: 'every',
  },
  memory: {
    kind: onOff,
    fallback: 'false',
    about:
      'Keep everything in memory. All of it is gone when the server stops. The data directory is made all the same: through it other commands reach the server.',
    commands: START,
  },
  database: {
    kind: databaseAddress,
    fallbackInWords: 'SQLite in the data directory',
    about: 'A PostgreSQL database (15 or newer) to keep everything in. Put its password into PGPASSWORD, not into the address.',
    commands: 'every',
    secret: true,
  },
  config: {
    kind: path,
    fallbackInWords: `${CONFIG_FILE} in the data directory, where it exists`,
    about: 'The configuration file.',
    commands: 'every',
    refusedFrom: { file: 'A configuration file cannot name another one.' },
  },
  'public-url': {
    kind: webAddress,
    fallbackInWords: 'http://HOST:PORT',
    about: 'The address that clients use, where it is not the one listened on (behind a proxy, in a container).',
    commands: ENDPOINT,
  },
  'trusted-proxies': {
    kind: addresses,
    fallback: '',
    about:
      'The proxies in front of this server, as addresses or networks (10.0.0.5,10.1.0.0/16). What they say in X-Forwarded-For and X-Forwarded-Proto is believed: aws:SourceIp and aws:SecureTransport, and the audit trail, tell of the caller and not of the proxy.',
    commands: START,
  },
  region: { kind: region, fallback: 'us-east-1', about: 'The region that clients and workloads are given.', commands: REGION },
  audit: {
    kind: oneOf('grouped', 'strict'),
    fallback: 'grouped',
    about:
      'How calls that only read are recorded. grouped: within a moment of the answer. strict: before the answer. Calls that write are always recorded with what they write.',
    commands: START,
  },
  'key-file': {
    kind: path,
    fallbackInWords: 'a key made on the first start, kept in the data directory',
    about: 'A file with the master key that protects all secrets in the database: 32 random bytes in base64.',
    commands: 'every',
  },
  key: {
    kind: masterKey,
    fallbackInWords: 'none',
    about: 'The master key itself, in place of a key file.',
    commands: [],
    secret: true,
    refusedFrom: {
      flag: 'Other users of this machine can read command lines.',
      file: 'The key must not lie beside the data that it protects.',
    },
  },
  'ca-file': {
    kind: path,
    fallbackInWords: 'the public certificate authorities',
    about: 'A file of certificates (PEM) to trust too, when documents of identity providers are fetched.',
    commands: START,
  },
  'outbound-private': {
    kind: onOff,
    fallback: 'false',
    about: 'Let the server reach this machine and private networks when it fetches documents of identity providers.',
    commands: START,
  },
  'log-format': {
    kind: oneOf('pretty', 'json'),
    fallbackInWords: 'pretty on a terminal, else json',
    about: 'How log lines are written.',
    commands: START,
  },
  'log-level': {
    kind: oneOf('debug', 'info', 'warn', 'error'),
    fallback: 'info',
    about: 'The least serious log line that is written.',
    commands: START,
  },
  'shutdown-timeout': {
    kind: duration('0s', '10m'),
    fallback: '10s',
    about: 'How long a stop waits for calls under way.',
    commands: START,
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>

export type SettingName = keyof typeof SETTINGS

export const SETTING_NAMES: ReadonlyMap<string, Setting<unknown>> = new Map(Object.entries(SETTINGS))

/** `log-format` is KEYREEVE_LOG_FORMAT in the environment, and "log-format" in the configuration file. */
export function environmentName(setting: string): string {
  return ENVIRONMENT_PREFIX + setting.toUpperCase().replaceAll('-', '_')
}
