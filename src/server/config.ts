/** Reads the configuration: flags before environment before configuration file before defaults. Whatever is unknown or wrong stops the start. */
import { dirname, join, resolve } from 'node:path'
import { nearest } from './nearest.ts'
import { Refusal } from './refusal.ts'
import type { Kind, Setting, Source } from './setting.ts'
import { masterKey, Misfit } from './setting.ts'
import { CONFIG_FILE, ENVIRONMENT_PREFIX, environmentName, SETTING_NAMES, SETTINGS } from './settings.ts'

export type Config = {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** The data directory, absolute. */
  readonly data: string
  readonly memory: boolean
  /** A postgres:// address; undefined: SQLite in the data directory. It may hold a password: never log it. */
  readonly database: string | undefined
  readonly publicUrl: string | undefined
  /** Addresses and networks of the proxies that are believed. */
  readonly trustedProxies: readonly string[]
  readonly region: string
  readonly audit: 'grouped' | 'strict'
  /** Certificates to trust beside the public ones, in PEM. */
  readonly ca: string | undefined
  readonly outboundPrivate: boolean
  /** The operator's master key, 32 bytes in base64; undefined: the one in the data directory. */
  readonly key: string | undefined
  readonly logFormat: 'pretty' | 'json'
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Milliseconds. */
  readonly shutdownTimeout: number
}

/** Where a configuration comes from: the outside world, handed in by the command line. */
export type ConfigSources = {
  /** Flags by setting name, as texts. */
  readonly flags: ReadonlyMap<string, string>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The text of a file, or undefined where there is none. */
  readonly readFile: (path: string) => string | undefined
  readonly workingDirectory: string
  /** Whether people read the log. */
  readonly terminal: boolean
}

/** A text somebody gave for a setting: who, under which name, and the folder that relative paths in it start from. */
type Given = { readonly source: Source; readonly label: string; readonly text: string; readonly folder: string }
type Reading = { readonly given: Map<string, Given>; readonly problems: string[]; readonly sources: ConfigSources }

/** Longer values are shortened in complaints. */
const MAX_SHOWN = 100

/** The configuration. Throws one `Refusal` that lists everything that is wrong. */
export function readConfig(sources: ConfigSources): Config {
  const reading: Reading = { given: new Map(), problems: [], sources }
  takeFlags(reading)
  takeEnvironment(reading)
  takeFile(reading)
  checkKinds(reading)
  checkTogether(reading)
  const keyFromFile = readKeyFile(reading)
  const ca = readCaFile(reading)
  if (reading.problems.length > 0) throw new Refusal('usage', reading.problems.join('\n'))
  const value = <T>(name: string, { kind, fallback }: { readonly kind: Kind<T>; readonly fallback: string }): T =>
    kind.read(reading.given.get(name)?.text ?? fallback)
  return {
    host: value('host', SETTINGS.host),
    port: value('port', SETTINGS.port),
    data: pathOf(reading, 'data') ?? resolve(sources.workingDirectory, SETTINGS.data.fallback),
    memory: value('memory', SETTINGS.memory),
    database: optional(reading, 'database', SETTINGS.database.kind),
    publicUrl: optional(reading, 'public-url', SETTINGS['public-url'].kind),
    trustedProxies: value('trusted-proxies', SETTINGS['trusted-proxies']),
    region: value('region', SETTINGS.region),
    audit: value('audit', SETTINGS.audit),
    ca,
    outboundPrivate: value('outbound-private', SETTINGS['outbound-private']),
    key: optional(reading, 'key', SETTINGS.key.kind) ?? keyFromFile,
    logFormat: optional(reading, 'log-format', SETTINGS['log-format'].kind) ?? (sources.terminal ? 'pretty' : 'json'),
    logLevel: value('log-level', SETTINGS['log-level']),
    shutdownTimeout: value('shutdown-timeout', SETTINGS['shutdown-timeout']),
  }
}

/** The address that clients use: the public one, else the one listened on, with a wildcard address shown as loopback. */
export function endpointOf({ publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>): string {
  if (publicUrl !== undefined) return publicUrl
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function takeFlags({ given, problems, sources }: Reading): void {
  for (const [name, text] of sources.flags) {
    const why = SETTING_NAMES.get(name)?.refusedFrom?.flag
    if (why !== undefined)
      problems.push(`--${name} is not accepted on the command line. ${why} Set ${environmentName(name)} instead.`)
    else given.set(name, { source: 'flag', label: `--${name}`, text, folder: sources.workingDirectory })
  }
}

function takeEnvironment({ given, problems, sources }: Reading): void {
  const known = new Map(Array.from(SETTING_NAMES.keys(), (name) => [environmentName(name), name]))
  for (const [variable, text] of Object.entries(sources.environment)) {
    if (text === undefined || !variable.startsWith(ENVIRONMENT_PREFIX)) continue
    const name = known.get(variable)
    if (name === undefined) problems.push(unknown('environment variable', variable, known.keys()))
    else if (!given.has(name)) given.set(name, { source: 'environment', label: variable, text, folder: sources.workingDirectory })
  }
}

function takeFile(reading: Reading): void {
  const { given, problems, sources } = reading
  const named = pathOf(reading, 'config')
  const data = pathOf(reading, 'data') ?? resolve(sources.workingDirectory, SETTINGS.data.fallback)
  const file = named ?? join(data, CONFIG_FILE)
  const text = sources.readFile(file)
  if (text === undefined) {
    if (named !== undefined) problems.push(`There is no configuration file ${file}.`)
    return
  }
  for (const [name, value] of Object.entries(parseFile(text, file, problems))) {
    const setting = SETTING_NAMES.get(name)
    const label = `"${name}" in ${file}`
    if (setting === undefined) problems.push(unknown(`key in ${file}`, name, SETTING_NAMES.keys()))
    else if (setting.refusedFrom?.file !== undefined) problems.push(`${label} is not accepted. ${setting.refusedFrom.file}`)
    else if (name === 'data' && named === undefined)
      problems.push(`${label} is not accepted: the file is read because it lies there. Use --data.`)
    else if (!isPlain(value)) problems.push(`${label} must be a text, a number, true or false.`)
    else if (!given.has(name)) given.set(name, { source: 'file', label, text: String(value), folder: dirname(file) })
  }
}

/** The members of the file; none where it is not a JSON object, which is then a problem. */
function parseFile(text: string, file: string, problems: string[]): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    problems.push(`${file} must hold one JSON object, such as {"port": 4566}.`)
  } catch (error) {
    // Only the place is repeated: the parser's own message quotes the text, which may hold a password.
    const place = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0]
    problems.push(`${file} is not valid JSON${place === undefined ? '' : ` (${place})`}.`)
  }
  return {}
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function checkKinds({ given, problems }: Reading): void {
  for (const [name, { label, text }] of given) {
    const setting: Setting<unknown> | undefined = SETTING_NAMES.get(name)
    try {
      setting?.kind.read(text)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      const shown = setting?.secret === true ? '' : `, not ${JSON.stringify(text.slice(0, MAX_SHOWN))}`
      problems.push(`${label} must be ${error.message}${shown}.`)
    }
  }
}

function checkTogether({ given, problems }: Reading): void {
  const [key, keyFile] = [given.get('key'), given.get('key-file')]
  if (key !== undefined && keyFile !== undefined)
    problems.push(`${key.label} and ${keyFile.label} both give the master key. Keep one of them.`)
  const [memory, database] = [given.get('memory'), given.get('database')]
  if (memory?.text === 'true' && database !== undefined) {
    problems.push(`${memory.label} keeps nothing, and ${database.label} names a place to keep it. Leave out one of them.`)
  }
}

function readKeyFile(reading: Reading): string | undefined {
  const file = pathOf(reading, 'key-file')
  if (file === undefined) return undefined
  const text = reading.sources.readFile(file)
  try {
    if (text !== undefined) return masterKey.read(text)
    reading.problems.push(`There is no key file ${file}. Make one with: openssl rand -base64 32 > ${file} && chmod 600 ${file}`)
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    reading.problems.push(`The key file ${file} must hold ${error.message}.`)
  }
  return undefined
}

function readCaFile(reading: Reading): string | undefined {
  const file = pathOf(reading, 'ca-file')
  if (file === undefined) return undefined
  const text = reading.sources.readFile(file)
  if (text === undefined) reading.problems.push(`There is no certificate file ${file}.`)
  else if (!text.includes('-----BEGIN CERTIFICATE-----'))
    reading.problems.push(`The certificate file ${file} must hold certificates in PEM.`)
  return text
}

function optional<T>({ given }: Reading, name: string, kind: Kind<T>): T | undefined {
  const text = given.get(name)?.text
  return text === undefined ? undefined : kind.read(text)
}

function pathOf({ given }: Reading, name: string): string | undefined {
  const found = given.get(name)
  return found === undefined ? undefined : resolve(found.folder, found.text)
}

/** "Unknown ...", with the nearest valid name. */
export function unknown(what: string, name: string, known: Iterable<string>): string {
  const suggestion = nearest(name, known)
  return `Unknown ${what} ${JSON.stringify(name.slice(0, MAX_SHOWN))}.${suggestion === undefined ? '' : ` Did you mean ${suggestion}?`}`
}
