/** Takes secrets out of what is about to be written: by the name of a field, and by the shapes that credentials have in texts. */

const REDACTED = '(redacted)'

/** Deeper, longer and wider values are cut: a log line is bounded. */
const MAX_DEPTH = 4
const MAX_TEXT = 4_096
const MAX_MEMBERS = 50

/** Compared with a field's name in lower case, its dashes and underscores left out. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'setcookie',
  'credential',
  'credentials',
  'key',
  'masterkey',
  'signature',
  'xamzsignature',
  'authenticationcode1',
  'authenticationcode2',
  'tokencode',
])
/** A name that contains one of these is a secret's, whatever stands around it. */
const SECRET_PARTS = ['password', 'secret', 'token', 'privatekey', 'signingkey'] as const

/** Shapes of credentials inside texts; the first group is kept, the rest goes. All are linear: no repeat stands inside a repeat. */
const SHAPES: readonly RegExp[] = [
  // Presigned URLs (Signature Version 4, "Query parameters") and form bodies.
  /((?:X-Amz-Signature|X-Amz-Security-Token|Password|OldPassword|NewPassword|SecretAccessKey|SessionToken|TokenCode)=)[^&\s"']+/gi,
  // The Authorization header.
  /(Signature=)[^,\s"']+/gi,
  // Addresses with a password: postgres://user:password@host.
  /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{1,64}:)[^\s@]{1,256}(?=@)/gi,
]

/** The value, fit to be written under this name. Cuts what is too deep, too long or too wide. */
export function redact(name: string, value: unknown, depth = 0): unknown {
  if (value === undefined || value === null) return value
  if (isSecretName(name)) return REDACTED
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'object') return redactObject(value, depth)
  // Nothing else has a form in JSON.
  return `(${typeof value})`
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Error) return redactText(value.stack ?? value.message)
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`
  if (depth >= MAX_DEPTH) return '(deeper values left out)'
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((item) => redact('', item, depth + 1))
  const members = Object.entries(value).slice(0, MAX_MEMBERS)
  return Object.fromEntries(members.map(([member, inner]) => [member, redact(member, inner, depth + 1)]))
}

/** The text without the credentials in it. */
export function redactText(text: string): string {
  let result = text.slice(0, MAX_TEXT)
  for (const shape of SHAPES) result = result.replaceAll(shape, `$1${REDACTED}`)
  return text.length > MAX_TEXT ? `${result} ...` : result
}

function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, '')
  return SECRET_NAMES.has(plain) || SECRET_PARTS.some((part) => plain.includes(part))
}
