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
import { newestAuditKey } from '../store/audit-chain.ts'
import type { ReadTx } from '../store/store.ts'
import { openVault } from '../store/vault.ts'
import { listAccounts } from './account-jobs.ts'
import { NO_ACCOUNT } from './audit.ts'
import type { Config } from './config.ts'
import { Refusal } from './refusal.ts'

const KEYRING_FILE = 'keyring.json'

type Source = { readonly random: RandomBytes; readonly now: number }

export type OpenKeyring = {
  current(): Keyring
  /** Seals with whatever key is active now. */
  readonly vault: Vault
  /** Keeps a keyring that was made just now; nothing where it was there before. */
  keepNew(): Promise<void>
  /** Adds a key, makes it the active one, and keeps the file; throws a Refusal where the operator holds the key. */
  rotate(source: Source): Promise<Keyring>
}

/**
 * Opens the keyring; makes one on the first start, and keeps it when `keepNew` says so: after the data was seen to need no other one.
 * Whoever calls holds the lock of the data directory.
 */
export async function openKeyring(config: Config, source: Source): Promise<OpenKeyring> {
  if (config.key !== undefined) return held(keyringFromKey(Buffer.from(config.key, 'base64')), { keep: refuseRotation })
  if (config.memory) return held(newKeyring(source), { keep: async () => {} })
  const file = join(config.data, KEYRING_FILE)
  await removeLeftovers(file)
  const existing = await readKeyringFile(file)
  const keep = (keyring: Keyring): Promise<void> => writeKeyringFile(file, keyring)
  return existing === undefined ? held(newKeyring(source), { keep, isNew: true }) : held(existing, { keep })
}

type Keeping = { readonly keep: (keyring: Keyring) => Promise<void>; readonly isNew?: true }

function held(keyring: Keyring, { keep, isNew }: Keeping): OpenKeyring {
  let current = keyring
  let vault = openVault(current)
  return {
    current: () => current,
    vault: { seal: (secret, context) => vault.seal(secret, context), open: (sealed, context) => vault.open(sealed, context) },
    async keepNew() {
      if (isNew === true) await keep(keyring)
    },
    async rotate(source) {
      const rotated = addKey(current, source)
      await keep(rotated)
      current = rotated
      vault = openVault(rotated)
      return rotated
    },
  }
}

/**
 * Throws a Refusal where the data was last written under a key that the keyring lacks: it is lost, or a backup older than the data. The
 * newest account has the record of its making, and a rotation is recorded in the chain of no account.
 */
export async function refuseForeignData(tx: ReadTx, { keys }: Keyring): Promise<void> {
  const newest = (await listAccounts(tx)).at(-1)
  for (const accountId of [NO_ACCOUNT, ...(newest === undefined ? [] : [newest.id])]) {
    const keyId = await newestAuditKey(tx, accountId)
    if (keyId === undefined || keys.some(({ id }) => id === keyId)) continue
    throw new Refusal(
      'failed',
      `The data here was written under the master key ${keyId}, which is not in the keyring. Put the keyring back that belongs to it (${KEYRING_FILE} of the data directory, or what --key-file or KEYREEVE_KEY gave): without it no secret can be read. Nothing was changed.`,
    )
  }
}

async function refuseRotation(): Promise<void> {
  throw new Refusal(
    'failed',
    'The master key is given by the operator (--key-file or KEYREEVE_KEY), so keyreeve cannot rotate it.',
  )
}
