/** Time-based one-time passwords (RFC 6238): SHA-1, 6 digits, steps of 30 seconds, as virtual MFA devices make them. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export const STEP_MS = 30_000
const DIGITS = 1_000_000

/** The number of the time step that an instant (milliseconds since 1970) lies in. */
export const stepAt = (now: number): number => Math.floor(now / STEP_MS)

/** The six digits of a time step (RFC 4226, 5.3). */
export function codeAt(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', seed).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % DIGITS).padStart(6, '0')
}

/** The step from `middle - width` to `middle + width` whose code this is; undefined where none is. Looks at all of them, whatever it finds. */
export function findStep(
  seed: Uint8Array,
  code: string,
  { middle, width }: { readonly middle: number; readonly width: number },
): number | undefined {
  let found: number | undefined
  const given = Buffer.from(code.padEnd(6).slice(0, 6))
  for (let step = middle - width; step <= middle + width; step += 1) {
    if (step >= 0 && timingSafeEqual(given, Buffer.from(codeAt(seed, step))) && code.length === 6) found ??= step
  }
  return found
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 (RFC 4648, 6) without padding. `bytes` is a multiple of five bytes long, so none is needed. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(held >> bits) & 31] ?? ''
    }
    held &= (1 << bits) - 1
  }
  return text
}

/** The bytes of a base32 text; throws where it is none. */
export function fromBase32(text: string): Uint8Array {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of text) {
    const value = BASE32.indexOf(character)
    if (value < 0) throw new Error('a seed is not base32')
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
      held &= (1 << bits) - 1
    }
  }
  return Uint8Array.from(bytes)
}
