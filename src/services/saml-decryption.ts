/** Encrypted assertions (SAML 2.0 Core, 2.3.4; XML Encryption 1.1): opened with a provider's private keys. What comes out is believed only once its signature was checked. */
import { constants, createDecipheriv, privateDecrypt } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { attribute, childrenNamed, descendants, textOf } from './saml-xml.ts'

type Cipher = { readonly name: string; readonly keyBytes: number }
type DataCipher = Cipher & { readonly mode: 'gcm' | 'cbc' }

/** IAM API reference, CreateSAMLProvider: AES-GCM or AES-CBC. */
const CIPHERS: ReadonlyMap<string, DataCipher> = new Map([
  ['http://www.w3.org/2009/xmlenc11#aes128-gcm', { name: 'aes-128-gcm', keyBytes: 16, mode: 'gcm' }],
  ['http://www.w3.org/2009/xmlenc11#aes192-gcm', { name: 'aes-192-gcm', keyBytes: 24, mode: 'gcm' }],
  ['http://www.w3.org/2009/xmlenc11#aes256-gcm', { name: 'aes-256-gcm', keyBytes: 32, mode: 'gcm' }],
  ['http://www.w3.org/2001/04/xmlenc#aes128-cbc', { name: 'aes-128-cbc', keyBytes: 16, mode: 'cbc' }],
  ['http://www.w3.org/2001/04/xmlenc#aes192-cbc', { name: 'aes-192-cbc', keyBytes: 24, mode: 'cbc' }],
  ['http://www.w3.org/2001/04/xmlenc#aes256-cbc', { name: 'aes-256-cbc', keyBytes: 32, mode: 'cbc' }],
])
const GCM_NONCE = 12
const GCM_TAG = 16
const BLOCK = 16

/** RSA with OAEP only: the padding of PKCS #1 1.5 tells those who ask often enough what they may not know (Bleichenbacher). */
const OAEP: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  'http://www.w3.org/2009/xmlenc11#rsa-oaep',
])
/** By digest, and by mask generation function. Both must be the same: OpenSSL is given one. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/2000/09/xmldsig#sha1', 'sha1'],
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
  ['http://www.w3.org/2009/xmlenc11#mgf1sha1', 'sha1'],
  ['http://www.w3.org/2009/xmlenc11#mgf1sha256', 'sha256'],
  ['http://www.w3.org/2009/xmlenc11#mgf1sha512', 'sha512'],
])

/** The text of the element inside an `EncryptedAssertion`; undefined where no key opens it, whatever the reason: reasons would help who guesses. `keys` are PEM. */
export function decryptedText(encrypted: Element, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    try {
      return openData(encrypted, key)
    } catch {
      // Another key may.
    }
  }
  return undefined
}

function openData(encrypted: Element, privateKey: string): string {
  const data = only(childrenNamed(encrypted, 'encryption', 'EncryptedData'))
  // The key stands in the data's KeyInfo, or beside the data.
  const key = only(descendants(encrypted, 'encryption', 'EncryptedKey'))
  const cipher = must(CIPHERS.get(algorithmOf(data)))
  const secret = openKey(key, privateKey)
  if (secret.length !== cipher.keyBytes) throw new Error('the key has another length')
  const bytes = cipherBytes(data)
  return new TextDecoder('utf-8', { fatal: true }).decode(
    cipher.mode === 'gcm' ? openGcm(cipher, secret, bytes) : openCbc(cipher, secret, bytes),
  )
}

function openKey(key: Element, privateKey: string): Buffer {
  if (!OAEP.has(algorithmOf(key))) throw new Error('the key is not transported by OAEP')
  const method = only(childrenNamed(key, 'encryption', 'EncryptionMethod'))
  const digest = hashOf(childrenNamed(method, 'signature', 'DigestMethod'))
  const mask = hashOf(childrenNamed(method, 'encryption11', 'MGF'))
  if (digest !== mask) throw new Error('digest and mask differ')
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return privateDecrypt({ key: privateKey, padding, oaepHash: digest }, cipherBytes(key))
}

/** XML Encryption 1.1, 5.5.2: SHA-1 where nothing is said. */
const hashOf = (methods: readonly Element[]): string =>
  methods.length === 0 ? 'sha1' : must(HASHES.get(attribute(only(methods), 'Algorithm') ?? ''))

function openGcm({ name, mode }: DataCipher, secret: Buffer, bytes: Buffer): Buffer {
  if (mode !== 'gcm' || bytes.length < GCM_NONCE + GCM_TAG) throw new Error('too short')
  const nonce = bytes.subarray(0, GCM_NONCE)
  const tagAt = bytes.length - GCM_TAG
  const decipher = createDecipheriv(name as 'aes-256-gcm', secret, nonce, { authTagLength: GCM_TAG })
  decipher.setAuthTag(bytes.subarray(tagAt))
  return Buffer.concat([decipher.update(bytes.subarray(GCM_NONCE, tagAt)), decipher.final()])
}

/** The last byte says how many bytes are padding; the others may be anything (XML Encryption 1.1, 5.2.1). */
function openCbc({ name }: Cipher, secret: Buffer, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(name, secret, bytes.subarray(0, BLOCK)).setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(bytes.subarray(BLOCK)), decipher.final()])
  const padding = padded.at(-1) ?? 0
  if (padding < 1 || padding > BLOCK) throw new Error('wrong padding')
  return padded.subarray(0, padded.length - padding)
}

const algorithmOf = (element: Element): string =>
  attribute(only(childrenNamed(element, 'encryption', 'EncryptionMethod')), 'Algorithm') ?? ''

function cipherBytes(element: Element): Buffer {
  const value = only(childrenNamed(only(childrenNamed(element, 'encryption', 'CipherData')), 'encryption', 'CipherValue'))
  return Buffer.from(textOf(value).replaceAll(/\s/g, ''), 'base64')
}

function only(elements: readonly Element[]): Element {
  const [first, ...more] = elements
  if (first === undefined || more.length > 0) throw new Error('not exactly one')
  return first
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not known')
  return value
}
