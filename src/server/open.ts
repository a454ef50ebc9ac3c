/** Opens what a server, or an administrative command without one, works on: keyring, store, audit log. Closes it in the opposite order. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SigningKeyCache } from '../sigv4/key.ts'
import { type Keyring, serialiseKeyring } from '../store/keyring.ts'
import { openSqlite } from '../store/sqlite.ts'
import { lock } from '../store/sqlite-lock.ts'
import { type Outcome, type Store, StoreRefusal } from '../store/store.ts'
import { AccountMemories } from './account-memory.ts'
import { AuditLog } from './audit.ts'
import { GenerationCache } from '../aws/generation-cache.ts'
import { siblingModule } from '../aws/sibling.ts'
import { type Config, endpointOf } from './config.ts'
import { Denials } from './denials.ts'
import type { ServerContext } from './context.ts'
import type { ClaimJob, ServerJob, WriteOutcome } from './jobs.ts'
import { openKeyring, type OpenKeyring, refuseForeignData } from './keyring-file.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { outbound, thumbprinter } from './outbound.ts'
import { Refusal } from './refusal.ts'

/** Tokens of sessions in use; a token has some hundred characters. */
const SESSIONS = 10_000
const DATA_DIRECTORY_MODE = 0o700

export type Opening = { readonly logger: Logger; readonly metrics: Metrics; readonly clock: () => number }

/** An open store with all that belongs to it. */
export type Opened = {
  readonly context: ServerContext
  readonly keyring: OpenKeyring
  readonly failed: Promise<Error>
  /** Tells where clients reach the server: before it listens on any free port that is not known. */
  readonly reachedAt: (endpoint: string) => void
  readonly close: () => Promise<void>
}

/** Opens everything. Throws `Refusal` where another process works on the data directory, or what lies there is not for this program. */
export async function open(config: Config, opening: Opening): Promise<Opened> {
  const directory = await holdDirectory(config)
  try {
    const opened = await openHeld(config, opening)
    return {
      ...opened,
      async close() {
        await opened.close()
        directory.release()
      },
    }
  } catch (error) {
    directory.release()
    throw error instanceof StoreRefusal
      ? new Refusal(error.reason === 'locked' ? 'taken' : 'failed', error.message, { cause: error })
      : error
  }
}

/** One process at a time works on a data directory: before anything is read there, and before the keyring is made. */
async function holdDirectory({ data }: Pick<Config, 'data'>): Promise<{ readonly release: () => void }> {
  // A server in memory that tests start has no directory.
  if (data === '') return { release: () => {} }
  await mkdir(data, { recursive: true, mode: DATA_DIRECTORY_MODE })
  try {
    return lock(join(data, 'keyreeve'))
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error
    const next = 'Stop that one first, or give this one a directory of its own with --data.'
    throw new Refusal('taken', `Another Keyreeve works on ${data}. ${next}`, { cause: error })
  }
}

async function openHeld(config: Config, { logger, metrics, clock }: Opening): Promise<Opened> {
  const keyring = await openKeyring(config, { random: (count) => randomBytes(count), now: clock() })
  const memories = new AccountMemories()
  const store = await openStore(config, keyring.current(), (accountId, version) => memories.changed(accountId, version))
  try {
    await store.read((tx) => refuseForeignData(tx, keyring.current()))
    await keyring.keepNew()
  } catch (error) {
    await store.close()
    throw error
  }
  // The answer of a write may be lost although it was done: then nothing is known of what is stale.
  const forgetAndThrow = (error: unknown): never => {
    memories.clear()
    throw error
  }
  const write = async (job: ServerJob): Promise<WriteOutcome> => {
    const outcome = asWriteOutcome(await store.write(job).catch(forgetAndThrow))
    for (const [accountId, version] of outcome.versions) memories.changed(accountId, version)
    return outcome
  }
  const audit = new AuditLog({
    strict: config.audit === 'strict',
    append: write,
    newEventId: randomUUID,
    clock,
    onFailure: (error) =>
      logger.error('the audit log cannot be written: calls are refused until it can', { error: String(error) }),
  })
  let publicUrl = endpointOf(config)
  const context: ServerContext = {
    store,
    write,
    memories,
    sessions: new GenerationCache(SESSIONS),
    signingKeys: new SigningKeyCache(),
    audit,
    denials: new Denials({
      random: (count) => randomBytes(count),
      clock,
      publicUrl: () => publicUrl,
      queue: (denial) => audit.denied(denial),
    }),
    edge: { random: (count) => randomBytes(count), vault: keyring.vault },
    outside: {
      claim: (name, expiresAt) => claim(write, { name, expiresAt, now: clock() }),
      recorded: () => audit.flush(),
      fetchText: outbound({ ca: config.ca, allowPrivate: config.outboundPrivate }),
      topThumbprint: thumbprinter({ ca: config.ca, allowPrivate: config.outboundPrivate }),
      get publicUrl() {
        return publicUrl
      },
    },
    logger,
    metrics,
    clock,
    newRequestId: randomUUID,
  }
  return {
    context,
    keyring,
    failed: store.failed,
    reachedAt: (endpoint) => void (publicUrl = endpoint),
    async close() {
      await audit.close().catch((error: unknown) => logger.error('audit records were lost at the stop', { error: String(error) }))
      await store.close()
    },
  }
}

async function openStore(
  config: Config,
  keyring: Keyring,
  onAccountVersion: (accountId: string, version: number) => void,
): Promise<Store> {
  const runner = { module: siblingModule('writer', import.meta.url), settings: { keyring: serialiseKeyring(keyring) } }
  if (config.database !== undefined) {
    // Loaded when it is asked for: most servers never need it.
    const { openPostgres } = await import('../store/postgres.ts')
    return openPostgres({ url: config.database, runner, onAccountVersion })
  }
  if (config.memory) return openSqlite({ file: ':memory:', writer: 'inline', runner })
  return openSqlite({ file: join(config.data, 'keyreeve.db'), writer: 'thread', runner })
}

async function claim(write: ServerContext['write'], job: Omit<ClaimJob, 'kind'>): Promise<boolean> {
  const { output } = await write({ kind: 'claim', ...job })
  return 'claimed' in output && output.claimed === true
}

/** What `writer.ts` returns, whichever way it travelled. */
function asWriteOutcome(outcome: Outcome): WriteOutcome {
  if (!('output' in outcome) || !('versions' in outcome)) throw new Error('the writing side answered something else')
  return outcome as WriteOutcome
}
