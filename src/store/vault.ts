/** The vault: AES-256-GCM under the keyring. A sealed value names its key and is bound to its place. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Vault } from '../aws/edge.ts'
import { type Keyring, subKey } from './keyring.ts'

const CIPHER = 'aes-256-gcm'
/** NIST SP 800-38D: 96 random bits; at most 2^32 values under one key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** `<key id>.<base64url of nonce, tag, ciphertext>`. `open` throws where the value was changed, moved, or sealed by a key that is not in the keyring. */
export function openVault(keyring: Keyring): Vault {
  const keys = new Map(keyring.keys.map((master) => [master.id, subKey(master, 'seal')]))
  const active = keys.get(keyring.active)
  if (active === undefined) throw new Error('the keyring has no active key')
  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, active, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(context))
      const sealed = [cipher.update(secret, 'utf8'), cipher.final()]
      return `${keyring.active}.${Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64url')}`
    },
    open(sealed, context) {
      const dot = sealed.indexOf('.')
      const key = keys.get(sealed.slice(0, dot))
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
      if (key === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('a sealed value does not open')
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}
