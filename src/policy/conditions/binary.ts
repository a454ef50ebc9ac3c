/** BinaryEquals: the same bytes, both sides in base64. */
import { typed } from './comparison.ts'

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Bits that the last character of a length (mod 4) has and no byte takes. */
const SPARE_BITS: Readonly<Record<number, number>> = { 0: 0, 2: 4, 3: 2 }

/** The one spelling of some bytes: without padding, spare bits zero. Undefined where the text is no base64. */
export function canonicalBase64(text: string): string | undefined {
  if (!BASE64.test(text)) return undefined
  const plain = text.replace(/=+$/, '')
  const spare = SPARE_BITS[plain.length % 4]
  if (spare === undefined || (text !== plain && text.length % 4 !== 0)) return undefined
  if (spare === 0) return plain
  const last = ALPHABET.indexOf(plain.slice(-1))
  return plain.slice(0, -1) + (ALPHABET[(last >> spare) << spare] ?? '')
}

export const BINARY = {
  BinaryEquals: {
    phrase: { holds: 'has the bytes', fails: 'has not the bytes' },
    ...typed(canonicalBase64, (actual, expected) => actual === expected),
  },
} as const
