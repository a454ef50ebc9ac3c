/** RSA public keys in the form of SSH (RFC 4253, 6.6) and in PEM. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { Fault } from '../../aws/fault.ts'

/** IAM API reference, UploadSSHPublicKey: at least 2,048 bits. */
const LEAST_BITS = 2_048
const TYPE = 'ssh-rsa'

/** The texts of both are inferred: AWS publishes none. */
const invalid = (): Fault => new Fault('InvalidPublicKey', 'The public key is invalid.')
const unrecognised = (): Fault => new Fault('UnrecognizedPublicKeyEncoding', 'The public key encoding is not recognized.')

/** The key's wire form. Throws InvalidPublicKey, or UnrecognizedPublicKeyEncoding where the text is neither SSH's form nor PEM. */
export function readSshKey(text: string): Buffer {
  const trimmed = text.trim()
  if (trimmed.startsWith('-----BEGIN ')) return wireOf(pemKey(trimmed))
  const [type, encoded = ''] = trimmed.split(/\s+/, 2)
  if (type !== TYPE) throw unrecognised()
  const wire = Buffer.from(encoded, 'base64')
  const key = keyOf(wire)
  // Bytes that come back changed were not a whole key.
  if (!wireOf(key).equals(wire)) throw invalid()
  return wire
}

function pemKey(text: string): KeyObject {
  try {
    return createPublicKey(text)
  } catch {
    throw invalid()
  }
}

/** The key of a wire form; throws InvalidPublicKey. */
function keyOf(wire: Buffer): KeyObject {
  const [type, exponent, modulus] = fieldsOf(wire)
  if (type?.toString('latin1') !== TYPE || exponent === undefined || modulus === undefined) throw invalid()
  try {
    return createPublicKey({
      key: { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') },
      format: 'jwk',
    })
  } catch {
    throw invalid()
  }
}

function fieldsOf(wire: Buffer): readonly Buffer[] {
  const fields: Buffer[] = []
  let at = 0
  while (at + 4 <= wire.length && fields.length < 4) {
    const length = wire.readUInt32BE(at)
    fields.push(wire.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return fields
}

function wireOf(key: KeyObject): Buffer {
  const { kty, n = '', e = '' } = key.export({ format: 'jwk' })
  if (kty !== 'RSA' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS) throw invalid()
  return Buffer.concat([field(Buffer.from(TYPE)), field(mpint(e)), field(mpint(n))])
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** A positive number whose first bit is set is led by a zero byte (RFC 4251, 5). */
function mpint(encoded: string): Buffer {
  const bytes = Buffer.from(encoded, 'base64url')
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes
}

/** MD5 of the wire form, as SSH wrote fingerprints for long and AWS still does. It names a key and protects nothing. */
export function sshFingerprint(wire: Buffer): string {
  return createHash('md5').update(wire).digest('hex').match(/../g)?.join(':') ?? ''
}

/** The key as text in an encoding. */
export function writtenAs(wire: Buffer, encoding: 'SSH' | 'PEM'): string {
  if (encoding === 'SSH') return `${TYPE} ${wire.toString('base64')}`
  return String(keyOf(wire).export({ type: 'spki', format: 'pem' })).trim()
}
