/** The keyring: the master keys under which secrets are sealed. It never lies in the database. */
import { createHash, hkdfSync } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RandomBytes } from '../aws/ids.ts'

const KEY_BYTES = 32
const OWNER_ONLY = 0o600
const FORMAT = 'keyreeve keyring 1'

export type MasterKey = { readonly id: string; readonly key: Buffer; readonly createdAt: number }

export type Keyring = {
  /** The id of the key that seals from now on; the others only open. */
  readonly active: string
  readonly keys: readonly MasterKey[]
}

export type KeySource = { readonly random: RandomBytes; readonly now: number }

export function newKeyring(source: KeySource): Keyring {
  const key = newKey(source)
  return { active: key.id, keys: [key] }
}

/** The same keyring with a new key, which seals from now on. */
export function addKey({ keys }: Keyring, source: KeySource): Keyring {
  const key = newKey(source)
  return { active: key.id, keys: [...keys, key] }
}

/** A keyring of the one key that the operator gives. Its id is drawn from the key, so that the same key has the same id everywhere. */
export function keyringFromKey(bytes: Uint8Array): Keyring {
  const key = masterKey(Buffer.from(bytes), 0)
  return { active: key.id, keys: [key] }
}

const newKey = ({ random, now }: KeySource): MasterKey => masterKey(Buffer.from(random(KEY_BYTES)), now)

function masterKey(key: Buffer, createdAt: number): MasterKey {
  if (key.length !== KEY_BYTES) throw new Error(`a master key has ${KEY_BYTES} bytes`)
  const id = createHash('sha256').update('keyreeve key id').update(key).digest('hex').slice(0, 12)
  return { id, key, createdAt }
}

/** A key for one purpose, so that no key is used for two (RFC 5869). */
export function subKey({ key }: MasterKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `keyreeve ${purpose}`, KEY_BYTES))
}

type Written = { readonly format: string; readonly active: string; readonly keys: readonly { readonly key: string; readonly createdAt: number }[] }

export function serialiseKeyring({ active, keys }: Keyring): string {
  const written: Written = { format: FORMAT, active, keys: keys.map(({ key, createdAt }) => ({ key: key.toString('base64'), createdAt })) }
  return `${JSON.stringify(written, null, 2)}\n`
}

/** Throws where the text is no keyring. The error quotes nothing of it. */
export function parseKeyring(text: string): Keyring {
  let written: Written
  try {
    written = JSON.parse(text) as Written
  } catch {
    // The parser's own message would quote the keys.
    throw new Error('the keyring is not JSON')
  }
  if (written.format !== FORMAT || !Array.isArray(written.keys)) throw new Error('the keyring is of another format')
  const keys = written.keys.map(({ key, createdAt }) => masterKey(Buffer.from(key, 'base64'), createdAt))
  if (!keys.some(({ id }) => id === written.active)) throw new Error('the keyring has no active key')
  return { active: written.active, keys }
}

/** The keyring of a file; undefined where there is none. */
export async function readKeyringFile(path: string): Promise<Keyring | undefined> {
  try {
    return parseKeyring(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces the file as a whole and durably: a crash leaves the old keyring or the new one. */
export async function writeKeyringFile(path: string, keyring: Keyring): Promise<void> {
  const draft = `${path}.new`
  const file = await open(draft, 'w', OWNER_ONLY)
  try {
    await file.writeFile(serialiseKeyring(keyring))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** A rename is durable once its folder is. Windows has no such call, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

export type AuditKey = { readonly id: string; readonly key: Buffer }
const auditKeyOf = (master: MasterKey): AuditKey => ({ id: master.id, key: subKey(master, 'audit') })

/** The key that chains new audit records. */
export function auditKey({ active, keys }: Keyring): AuditKey {
  const master = keys.find(({ id }) => id === active)
  if (master === undefined) throw new Error('the keyring has no active key')
  return auditKeyOf(master)
}

/** All keys that audit records may be chained by, by id. */
export const auditKeys = ({ keys }: Keyring): ReadonlyMap<string, Buffer> => new Map(keys.map(auditKeyOf).map(({ id, key }) => [id, key]))
