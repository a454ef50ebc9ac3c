/** The vault: AES-256-GCM under the keyring. A sealed text is the key's id, a dot, and salt, nonce, ciphertext and tag in base64url. */
import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomFillSync } from 'node:crypto'
import type { Vault } from '../aws/edge.ts'
import { deriveKey, type Keyring } from './keyring.ts'

/**
 * Random nonces of 96 bits are good for 2^32 texts under one key (NIST SP 800-38D, 8.3), which a busy server's session tokens would reach
 * unseen. So each text has an AES key of its own, derived from the vault's key and this salt: with 128 random bits more there is no number
 * of texts to keep count of.
 */
const SALT_BYTES = 16
const NONCE_BYTES = 12
const HEAD_BYTES = SALT_BYTES + NONCE_BYTES
const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'
const FORM = /^([0-9a-f]{12})\.([A-Za-z0-9_-]+)$/

/** The text was not sealed by a key of this keyring for this context, or was changed since. Says no more: it may be an attacker's. */
class VaultError extends Error {
  constructor(options?: ErrorOptions) {
    super('the sealed text does not open', options)
    this.name = 'VaultError'
  }
}

/** Seals with the keyring's active key, opens with any. `open` throws `VaultError`. */
export function openVault({ active, keys }: Keyring): Vault {
  const secrets = new Map(keys.map((key) => [key.id, deriveKey(key, 'vault')]))
  const activeKey = secrets.get(active)
  if (activeKey === undefined) throw new VaultError()
  return {
    seal: (secret, context) => `${active}.${seal(activeKey, secret, boundTo(active, context)).toString('base64url')}`,
    open(sealed, context) {
      const [, id = '', body = ''] = FORM.exec(sealed) ?? []
      const key = secrets.get(id)
      const bytes = Buffer.from(body, 'base64url')
      // Base64url has several spellings of the same bytes. Only the one that was written opens.
      if (key === undefined || bytes.toString('base64url') !== body || bytes.length < HEAD_BYTES + TAG_BYTES)
        throw new VaultError()
      return unseal(key, bytes, boundTo(id, context))
    },
  }
}

/** What is authenticated with the secret. The id is of fixed length, so that no two pairs read the same. */
const boundTo = (id: string, context: string): Buffer => Buffer.from(`keyreeve vault 2 ${id} ${context}`)

/** The key of one text. HMAC is the pseudorandom function of NIST SP 800-108; one block of it has the 256 bits that the key takes. */
const keyOf = (key: KeyObject, head: Buffer): Buffer => createHmac('sha256', key).update(head.subarray(0, SALT_BYTES)).digest()

function seal(key: KeyObject, secret: string, bound: Buffer): Buffer {
  const head = randomFillSync(Buffer.alloc(HEAD_BYTES))
  const cipher = createCipheriv(ALGORITHM, keyOf(key, head), head.subarray(SALT_BYTES), { authTagLength: TAG_BYTES })
  cipher.setAAD(bound)
  return Buffer.concat([head, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function unseal(key: KeyObject, bytes: Buffer, bound: Buffer): string {
  const head = bytes.subarray(0, HEAD_BYTES)
  const decipher = createDecipheriv(ALGORITHM, keyOf(key, head), head.subarray(SALT_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(bound)
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const secret = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES))
  try {
    return Buffer.concat([secret, decipher.final()]).toString('utf8')
  } catch (error) {
    throw new VaultError({ cause: error })
  }
}
