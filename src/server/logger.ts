/** The log: one line per event, JSON for machines or pretty for people. What looks like a secret is never written. */
import { redact } from './redact.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'
export type LogFormat = 'pretty' | 'json'
export type Fields = Readonly<Record<string, unknown>>
type Write = (message: string, fields?: Fields) => void

export type Logger = Readonly<Record<Level, Write>> & {
  /** A logger whose lines all carry these fields too, such as a request id. */
  with(fields: Fields): Logger
}

export type LoggerSettings = {
  readonly level: Level
  readonly format: LogFormat
  /** Takes one line, its end included. */
  readonly write: (line: string) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

const SEVERITY: Readonly<Record<Level, number>> = { debug: 10, info: 20, warn: 30, error: 40 }
// Control characters, the terminal's escape among them, and the two line ends that JSON leaves alone.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const PLAIN = /^[\w.:/@+=,-]+$/

/** A logger. `time`, `level` and `message` are its own; a field of that name is written with an underscore before it. */
export function openLogger(settings: LoggerSettings, carried: Fields = {}): Logger {
  const line = (level: Level): Write => {
    if (SEVERITY[level] < SEVERITY[settings.level]) return () => {}
    return (message, fields) => {
      const event = { time: settings.clock(), level, message, fields: { ...carried, ...fields } }
      settings.write(`${settings.format === 'json' ? asJson(event) : asPretty(event)}\n`)
    }
  }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => openLogger(settings, { ...carried, ...fields }),
  }
}

type Event = { readonly time: number; readonly level: Level; readonly message: string; readonly fields: Fields }

const OWN_FIELDS: ReadonlySet<string> = new Set(['time', 'level', 'message'])

function asJson({ time, level, message, fields }: Event): string {
  const named = redacted(fields).map(([name, value]) => [OWN_FIELDS.has(name) ? `_${name}` : name, value])
  return JSON.stringify({
    time: new Date(time).toISOString(),
    level,
    message: redact('message', message),
    ...Object.fromEntries(named),
  })
}

function asPretty({ time, level, message, fields }: Event): string {
  const clock = new Date(time).toISOString().slice(11, 23)
  const text = String(redact('message', message)).replaceAll(CONTROL, ' ')
  const tail = redacted(fields).map(([name, value]) => ` ${name}=${prettyValue(value)}`)
  return `${clock} ${level.toUpperCase().padEnd(5)} ${text}${tail.join('')}`
}

function redacted(fields: Fields): readonly (readonly [string, unknown])[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, redact(name, value)])
}

/** Bare where it is one plain word; else JSON, so that a value cannot begin a line or a field of its own. */
function prettyValue(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value)) return value
  return (JSON.stringify(value) ?? 'null').replaceAll(CONTROL, ' ')
}
