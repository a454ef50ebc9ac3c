/** Where the keyring comes from: the operator's key, a file in the data directory, or, for a server in memory, nowhere but memory. */
import { join } from 'node:path'
import type { Vault } from '../aws/edge.ts'
import type { RandomBytes } from '../aws/ids.ts'
import {
  addKey,
  type Keyring,
  keyringFromKey,
  newKeyring,
  readKeyringFile,
  removeLeftovers,
  writeKeyringFile,
} from '../store/keyring.ts'
import { openVault } from '../store/vault.ts'
import type { Config } from './config.ts'
import { Refusal } from './refusal.ts'

const KEYRING_FILE = 'keyring.json'

type Source = { readonly random: RandomBytes; readonly now: number }

export type OpenKeyring = {
  current(): Keyring
  /** Seals with whatever key is active now. */
  readonly vault: Vault
  /** Adds a key, makes it the active one, and keeps the file; throws a Refusal where the operator holds the key. */
  rotate(source: Source): Promise<Keyring>
}

/** Opens the keyring; makes one on the first start. Whoever calls holds the lock of the data directory. */
export async function openKeyring(config: Config, source: Source): Promise<OpenKeyring> {
  if (config.key !== undefined) return held(keyringFromKey(Buffer.from(config.key, 'base64')), refuseRotation)
  if (config.memory) return held(newKeyring(source), async () => {})
  const file = join(config.data, KEYRING_FILE)
  await removeLeftovers(file)
  const existing = await readKeyringFile(file)
  const keyring = existing ?? newKeyring(source)
  if (existing === undefined) await writeKeyringFile(file, keyring)
  return held(keyring, (rotated) => writeKeyringFile(file, rotated))
}

function held(keyring: Keyring, keep: (keyring: Keyring) => Promise<void>): OpenKeyring {
  let current = keyring
  let vault = openVault(current)
  return {
    current: () => current,
    vault: { seal: (secret, context) => vault.seal(secret, context), open: (sealed, context) => vault.open(sealed, context) },
    async rotate(source) {
      const rotated = addKey(current, source)
      await keep(rotated)
      current = rotated
      vault = openVault(rotated)
      return rotated
    },
  }
}

async function refuseRotation(): Promise<void> {
  throw new Refusal(
    'failed',
    'The master key is given by the operator (--key-file or KEYREEVE_KEY), so keyreeve cannot rotate it.',
  )
}
