/** AWS identifiers: a four-letter prefix, then base32 that begins with the account number (the form GetAccessKeyInfo decodes). */

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Prefixes by kind of entity (IAM User Guide, "Unique identifiers"). */
export type IdPrefix =
  | 'AIDA'
  | 'AROA'
  | 'AGPA'
  | 'ANPA'
  | 'ANVA'
  | 'AIPA'
  | 'AKIA'
  | 'ASIA'
  | 'APKA'
  | 'ASCA'
  | 'ABIA'
  | 'ACCA'
  | 'ASPR'
  | 'ASKY'

/**
 * Characters behind the prefix, where there are not 17: access key ids have 20 in all; those of SAML providers and their private keys have 22 at
 * least (IAM's model, `privateKeyIdType`; their prefixes are ours).
 */
const LENGTHS: ReadonlyMap<IdPrefix, number> = new Map([
  ['AKIA', 16],
  ['ASIA', 16],
  ['ABIA', 16],
  ['ASPR', 18],
  ['ASKY', 18],
])
const USUAL_LENGTH = 17

/** Random bytes, given by the edge of the program. */
export type RandomBytes = (count: number) => Uint8Array

/** A new identifier that carries the account number as AWS's do: bits 39 to 0 after the prefix hold 2^39 + account / 2, the next bit its parity. */
export function newId(prefix: IdPrefix, accountId: string, random: RandomBytes): string {
  const length = LENGTHS.get(prefix) ?? USUAL_LENGTH
  let number = (1n << 40n) | BigInt(accountId)
  let account = ''
  // 41 bits, most significant first, fill eight characters and the top bit of the ninth.
  const tail = random(length - 8)
  number = (number << 4n) | BigInt((tail[0] ?? 0) & 15)
  for (let digit = 0; digit < 9; digit += 1) {
    account = (BASE32[Number(number & 31n)] ?? '') + account
    number >>= 5n
  }
  let rest = ''
  for (const byte of tail.subarray(1)) rest += BASE32[byte & 31] ?? ''
  return prefix + account + rest
}

/** The account number inside an identifier, or undefined where the text is not of that form. */
export function accountOfId(id: string): string | undefined {
  if (id.length < 16 || id.length > 128) return undefined
  // 45 bits: less than what a number holds exactly.
  let bits = 0
  for (let index = 4; index < 13; index += 1) {
    const value = BASE32.indexOf(id[index] ?? '')
    if (value < 0) return undefined
    bits = bits * 32 + value
  }
  const account = Math.floor(bits / 16) % 2 ** 40
  return account > 999_999_999_999 ? undefined : String(account).padStart(12, '0')
}
