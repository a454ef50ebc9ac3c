/** What a setting is, and the kinds of value a setting can have. The table itself is in settings.ts. */
import { isTrustable } from './peer.ts'

/** Thrown by a reader: the text is not a value of this kind. Says what is, in words that follow "must be". */
export class Misfit extends Error {}

/** A kind of value: how it is written in help, and how its text is read. */
export type Kind<T> = {
  readonly form: string
  /** Throws `Misfit`. */
  readonly read: (text: string) => T
}

export type Source = 'flag' | 'environment' | 'file'

export type Setting<T> = {
  readonly kind: Kind<T>
  /** The default as text, read like any other value; or in words, where it depends on the surroundings. */
  readonly fallback?: string
  readonly fallbackInWords?: string
  readonly about: string
  /** The commands that take it as a flag. Environment and file may name it for every command. */
  readonly commands: 'every' | readonly string[]
  /** Where it may not come from, and why. */
  readonly refusedFrom?: { readonly [S in Source]?: string }
  /** Its value is never shown, not even in a complaint about it. */
  readonly secret?: true
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const PORT_MAX = 65_535
/** AES-256 and HMAC-SHA-256 both take 32 bytes; that is 43 base64 characters and one sign of padding. */
const MASTER_KEY = /^[A-Za-z0-9+/]{43}=$/
/** The longest partition-region names have about 25 characters (AWS General Reference, "Regional endpoints"). */
const REGION = /^[a-z]{2,}(?:-[a-z0-9]+){1,4}$/
const REGION_MAX = 64
const DATABASE_PROTOCOLS: ReadonlySet<string> = new Set(['postgres:', 'postgresql:'])

export const path: Kind<string> = { form: 'PATH', read: nonEmpty }
export const host: Kind<string> = { form: 'ADDRESS', read: nonEmpty }

export const port: Kind<number> = {
  form: 'NUMBER',
  read(written) {
    const value = /^\d{1,5}$/.test(written) ? Number(written) : Number.NaN
    if (!(value <= PORT_MAX)) throw new Misfit(`a number from 0 to ${PORT_MAX} (0 takes any free port)`)
    return value
  },
}

export const onOff: Kind<boolean> = {
  form: '',
  read(written) {
    if (written === 'true' || written === '1') return true
    if (written === 'false' || written === '0') return false
    throw new Misfit('true or false')
  },
}

export const region: Kind<string> = {
  form: 'REGION',
  read(written) {
    if (written.length > REGION_MAX || !REGION.test(written)) throw new Misfit('the name of a region, such as us-east-1')
    return written
  },
}

export const masterKey: Kind<string> = {
  form: 'BASE64',
  read(written) {
    const trimmed = written.trim()
    if (!MASTER_KEY.test(trimmed))
      throw new Misfit('32 random bytes in base64, 44 characters (make one with: openssl rand -base64 32)')
    return trimmed
  },
}

export const webAddress: Kind<string> = {
  form: 'URL',
  read(written) {
    const url = URL.parse(written)
    const plain =
      url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === ''
    if (!plain || url.pathname !== '/' || url.search !== '' || url.hash !== '')
      throw new Misfit('an http or https address without a path, such as https://iam.example.com')
    return url.origin
  },
}

export const databaseAddress: Kind<string> = {
  form: 'URL',
  read(written) {
    const url = URL.parse(written)
    if (url === null || !DATABASE_PROTOCOLS.has(url.protocol))
      throw new Misfit('a PostgreSQL address, such as postgres://user@host:5432/keyreeve')
    return written
  },
}

/** Addresses and networks between commas; none where the text is empty. */
export const addresses: Kind<readonly string[]> = {
  form: 'ADDRESSES',
  read(written) {
    const texts = written
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '')
    if (!texts.every(isTrustable)) throw new Misfit('addresses or networks between commas, such as 10.0.0.5,10.1.0.0/16')
    return texts
  },
}

/** A length of time in milliseconds, from `least` to `most`, written as 90s, 15m or 12h. */
export function duration(least: string, most: string): Kind<number> {
  const [from, to] = [milliseconds(least), milliseconds(most)]
  return {
    form: 'TIME',
    read(written) {
      const value = milliseconds(written)
      if (!(value >= from && value <= to)) throw new Misfit(`a time from ${least} to ${most}, written as 90s, 15m or 12h`)
      return value
    },
  }
}

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    form: words.join('|'),
    read(written) {
      const found = words.find((word) => word === written)
      if (found === undefined) throw new Misfit(words.join(' or '))
      return found
    },
  }
}

function milliseconds(written: string): number {
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(written) ?? []
  return count === undefined || unit === undefined ? Number.NaN : Number(count) * (UNITS[unit] ?? Number.NaN)
}

function nonEmpty(written: string): string {
  if (written === '' || written.includes('\0')) throw new Misfit('a text that is not empty')
  return written
}
