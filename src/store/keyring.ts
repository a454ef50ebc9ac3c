/** The keyring: the master keys that protect every secret in the store. It never lies in the database. */
import { createSecretKey, hkdfSync, type KeyObject, randomUUID } from 'node:crypto'
import { link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { RandomBytes } from '../aws/ids.ts'
import type { AuditChainKeys, AuditKey } from './audit-chain.ts'

export type KeyringKey = {
  /** Derived from the key, so that the same key has the same name everywhere. */
  readonly id: string
  /** Milliseconds since 1970; 0 where the operator holds the key. */
  readonly createdAt: number
  readonly secret: Uint8Array
}

/** Seals with the active key; opens with any of them. */
export type Keyring = { readonly active: string; readonly keys: readonly KeyringKey[] }

/** The keyring cannot be used. The message is for operators and holds no key. */
export class KeyringError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'KeyringError'
  }
}

type Source = { readonly random: RandomBytes; readonly now: number }

const KEY_BYTES = 32
const KEY_ID_BYTES = 6
const FORMAT = 1

/** What a key is used for: each purpose has a key of its own (HKDF, RFC 5869), so that none can stand in for another. */
type Purpose = 'key id' | 'vault' | 'audit'

export function newKeyring(source: Source): Keyring {
  const key = newKey(source)
  return { active: key.id, keys: [key] }
}

/** The same keyring with one more key, which is the active one. */
export function addKey({ keys }: Keyring, source: Source): Keyring {
  const key = newKey(source)
  return { active: key.id, keys: [...keys, key] }
}

/** The keyring of a key that the operator holds: 32 bytes. */
export function keyringFromKey(bytes: Uint8Array): Keyring {
  const key = keyOf(bytes, 0)
  return { active: key.id, keys: [key] }
}

/** A key of the keyring for one purpose. */
export function deriveKey({ secret }: KeyringKey, purpose: Purpose): KeyObject {
  return createSecretKey(Buffer.from(derive(secret, purpose)))
}

/** The key that new audit records are chained with. */
export function auditKey(keyring: Keyring): AuditKey {
  const active = keyring.keys.find(({ id }) => id === keyring.active)
  if (active === undefined) throw new KeyringError('The keyring lacks its active key.')
  return { id: active.id, key: deriveKey(active, 'audit') }
}

/** The keys of all audit records, by id. */
export function auditKeys({ keys }: Keyring): AuditChainKeys {
  return new Map(keys.map((key) => [key.id, deriveKey(key, 'audit')]))
}

export function serialiseKeyring({ active, keys }: Keyring): string {
  const listed = keys.map(({ id, createdAt, secret }) => ({ id, createdAt, key: Buffer.from(secret).toString('base64') }))
  return `${JSON.stringify({ format: FORMAT, active, keys: listed }, undefined, 2)}\n`
}

/** Reads what `serialiseKeyring` wrote; throws `KeyringError` on anything else. */
export function parseKeyring(text: string): Keyring {
  const { format, active, keys } = parseObject(text)
  if (format !== FORMAT) throw new KeyringError('The keyring is of a format that this version of keyreeve does not know.')
  if (!Array.isArray(keys)) throw new KeyringError('The keyring holds no list of keys.')
  const parsed = keys.map(parseKey)
  if (typeof active !== 'string' || !parsed.some(({ id }) => id === active))
    throw new KeyringError('The keyring lacks its active key.')
  return { active, keys: parsed }
}

/** Undefined where there is no such file. Throws `KeyringError` where others than its owner may read it, or where it is damaged. */
export async function readKeyringFile(path: string): Promise<Keyring | undefined> {
  const found = await stat(path).catch(absent)
  if (found === undefined) return undefined
  // Windows has no such bits.
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    throw new KeyringError(
      `${path} holds the master keys, and others than its owner may open it. Close it with: chmod 600 ${path}`,
    )
  }
  try {
    return parseKeyring(await readFile(path, 'utf8'))
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error
    throw new KeyringError(
      `${path} cannot be used: ${error.message} Restore it from a backup; without it no secret in the store can be read.`,
      { cause: error },
    )
  }
}

/**
 * Replaces the file at once and for good (written aside, synced, renamed), for its owner only. Throws `KeyringError` where that would lose
 * a key: two servers that start at the same time must not overwrite one another's first keyring.
 */
export async function writeKeyringFile(path: string, keyring: Keyring): Promise<void> {
  const existing = await readKeyringFile(path)
  const lost = existing?.keys.find(({ id }) => !keyring.keys.some((key) => key.id === id))
  if (lost !== undefined) throw new KeyringError(`${path} holds the key ${lost.id}, which would be lost. Nothing was changed.`)
  const aside = `${path}.${randomUUID()}.new`
  try {
    await writeSynced(aside, serialiseKeyring(keyring))
    // `link` refuses where a file has appeared meanwhile; `rename` would not.
    if (existing === undefined) await link(aside, path).catch(refuseTaken(path))
    else await rename(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
  await syncDirectory(dirname(path))
}

/** A keyring that was written aside; the middle is a UUID. */
const ASIDE = /^\.[0-9a-f-]{36}\.new$/

/** Removes what a killed `writeKeyringFile` left beside the file: master keys that nobody looks after. Nobody else may be writing it. */
export async function removeLeftovers(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)]
  const left = (await readdir(folder)).filter((file) => file.startsWith(name) && ASIDE.test(file.slice(name.length)))
  for (const file of left) await rm(join(folder, file), { force: true })
}

function newKey({ random, now }: Source): KeyringKey {
  return keyOf(random(KEY_BYTES), now)
}

function keyOf(secret: Uint8Array, createdAt: number): KeyringKey {
  if (secret.length !== KEY_BYTES) throw new KeyringError(`A master key has ${KEY_BYTES} bytes, not ${secret.length}.`)
  return {
    id: Buffer.from(derive(secret, 'key id')).toString('hex', 0, KEY_ID_BYTES),
    createdAt,
    secret: Uint8Array.from(secret),
  }
}

function derive(secret: Uint8Array, purpose: Purpose): ArrayBuffer {
  return hkdfSync('sha256', secret, '', `keyreeve 1 ${purpose}`, KEY_BYTES)
}

function parseObject(
  text: string,
): Readonly<Record<string, unknown>> & { readonly format?: unknown; readonly active?: unknown; readonly keys?: unknown } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message would quote the text, keys included.
    throw new KeyringError('The keyring is not JSON.')
  }
  if (typeof value !== 'object' || value === null) throw new KeyringError('The keyring is not an object.')
  return value as Readonly<Record<string, unknown>>
}

const KEY_TEXT = /^[A-Za-z0-9+/]{43}=$/

function parseKey(value: unknown): KeyringKey {
  const { id, createdAt, key } = (value ?? {}) as { readonly id?: unknown; readonly createdAt?: unknown; readonly key?: unknown }
  if (typeof key !== 'string' || !KEY_TEXT.test(key)) throw new KeyringError('A key of the keyring is not 32 bytes in base64.')
  if (typeof createdAt !== 'number') throw new KeyringError('A key of the keyring has no creation time.')
  const parsed = keyOf(Buffer.from(key, 'base64'), createdAt)
  if (parsed.id !== id) throw new KeyringError('A key of the keyring does not belong to its id: the keyring is damaged.')
  return parsed
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function refuseTaken(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code !== 'EEXIST') throw error
    throw new KeyringError(`Another process has just made ${path}. Start again.`, { cause: error })
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The new name is on the disk once its directory is. Windows cannot open directories, and does not need to. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
