/** Certificates for tests: self-signed X.509 (RFC 5280), written by hand because Node reads certificates and makes none. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'

export type TestCertificate = {
  readonly name: string
  readonly certificate: string
  readonly privateKey: string
  readonly der: Buffer
  readonly key: KeyObject
}

type Validity = { readonly from?: number; readonly days?: number }

/** A self-signed certificate (RSA 2048, SHA-256) for this name, valid for loopback too. `days` from `from`. */
export const selfSigned = (name: string, validity: Validity = {}): TestCertificate => signed(name, validity)

/** A certificate for this name that another's key signs; without `issuer` it is self-signed. */
export function signed(
  name: string,
  { from = Date.now() - 86_400_000, days = 30 }: Validity,
  issuer?: TestCertificate,
): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), Buffer.from([0x05, 0x00]))
  const subject = distinguishedName(name)
  const until = from + days * 86_400_000
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from([1])),
    algorithm,
    distinguishedName(issuer?.name ?? name),
    sequence(time(from), time(until)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        extension('2.5.29.17', alternativeNames(name)),
        extension('2.5.29.19', sequence(tagged(0x01, Buffer.from([0xff])))),
      ),
    ),
  )
  const signature = createSign('sha256')
    .update(toBeSigned)
    .sign(issuer?.key ?? privateKey)
  const der = sequence(toBeSigned, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  return {
    name,
    certificate: pem('CERTIFICATE', der),
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    der,
    key: privateKey,
  }
}

const distinguishedName = (name: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(name)))))

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** dNSName is [2], iPAddress is [7] (RFC 5280, 4.2.1.6). */
const alternativeNames = (name: string): Buffer =>
  sequence(tagged(0x82, Buffer.from(name)), tagged(0x87, Buffer.from([127, 0, 0, 1])))
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), tagged(0x04, value))

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts))
const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts))
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes)

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const number of rest) {
    const digits = [number & 0x7f]
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return tagged(0x06, Buffer.from(bytes))
}

/** UTCTime, to the second. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]|\.\d{3}/g, '')
  return tagged(0x17, Buffer.from(digits.slice(2)))
}
