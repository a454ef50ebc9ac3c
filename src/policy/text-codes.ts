/** The UTF-16 codes of a text in an array: reading them there takes half the time that asking the text for each one takes. */

/** Codes of ASCII, or of any text; 0 behind the last one. */
export type TextCodes = Uint8Array | Uint16Array

/** No part of the language, though all but the barest of its realms have it: without it reading takes a little longer. */
const encoder = typeof TextEncoder === 'undefined' ? undefined : new TextEncoder()
/** Longer than nearly all policies. */
const COMMON_LENGTH = 16_384
const common = new Uint8Array(COMMON_LENGTH)

/** Good until the next call, which may write to the same array. */
export function codesOf(text: string): TextCodes {
  if (encoder === undefined) return wideCodesOf(text)
  const bytes = text.length < COMMON_LENGTH ? common : new Uint8Array(text.length + 1)
  const { read, written } = encoder.encodeInto(text, bytes)
  bytes[written] = 0
  // Only what is ASCII through and through takes as many bytes as it has codes.
  return read === text.length && written === read ? bytes : wideCodesOf(text)
}

function wideCodesOf(text: string): TextCodes {
  const codes = new Uint16Array(text.length + 1)
  for (let at = 0; at < text.length; at += 1) codes[at] = text.charCodeAt(at)
  return codes
}
