/** Servers that share one PostgreSQL: who is alive, what each has seen, and that a change is known everywhere before its write returns. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { clientSettings, type PostgresConnection, quiet } from './postgres-connection.ts'
import { isVisible } from './postgres-snapshot.ts'

/** A node that has not beaten for so long counts as dead, by the database's clock. Milliseconds, like all times here. */
const LEASE_MS = 2_000
/** By its own clock a node stops trusting its memory this much earlier: its beat was sent before the database dated it, and clocks differ. */
const LEASE_MARGIN_MS = 200
const POLL_MS = 100
/** Without changes to confirm, a beat this often is enough. */
const BEAT_MS = 500
/** Longer than this, and the connection that polls is given up for a new one. */
const ANSWER_MS = 1_000
/** A writer asks this often whether the others have confirmed. */
const ASK_MS = 3
/** No node can be alive and unconfirmed for so long; after it the database cannot be asked. */
const CONFIRM_MS = 10_000
/** Rows of changes and of dead nodes are of no use after the lease; they are kept a little for whoever looks. */
const KEEP_MS = 60_000
const CLEAN_MS = 30_000
const CHANNEL = 'keyreeve'

const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'
const RECORD = `INSERT INTO account_change (seq, account, version, node, written_at)
  SELECT pg_current_xact_id()::text::bigint, account, version, $3, ${NOW} FROM unnest($1::text[], $2::bigint[]) AS changed (account, version)
  RETURNING seq`
/**
 * One statement has one snapshot: the changes are those that it shows. This node's own are among them: where the answer to a commit was
 * lost, the write was told to have failed, and yet it holds.
 */
const POLL = `SELECT pg_current_snapshot()::text AS snapshot,
  (SELECT coalesce(json_agg(json_build_array(seq, account, version, node)), '[]') FROM account_change WHERE seq >= $1)::text AS changes`
const ALL_VERSIONS = `SELECT pg_current_snapshot()::text AS snapshot, (SELECT coalesce(json_agg(json_build_array(0, id, version, '')), '[]') FROM account)::text AS changes`
const JOIN = `INSERT INTO node (id, beat_at, snapshot) VALUES ($1, ${NOW}, pg_current_snapshot()::text)
  ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, snapshot = excluded.snapshot`
/** Changes nothing where the lease has run out: from then on others no longer waited for this node. */
const BEAT = `UPDATE node SET beat_at = ${NOW}, snapshot = $2 WHERE id = $1 AND beat_at > ${NOW} - ${LEASE_MS}`
const OTHERS = `SELECT snapshot FROM node WHERE id <> $1 AND beat_at > ${NOW} - ${LEASE_MS}`
const CLEAN = [
  `DELETE FROM account_change WHERE written_at < ${NOW} - ${KEEP_MS}`,
  `DELETE FROM node WHERE beat_at < ${NOW} - ${KEEP_MS}`,
]

export type AccountVersionListener = (accountId: string, version: number) => void

type Versions = readonly (readonly [accountId: string, version: number])[]
type Polled = { readonly snapshot: string; readonly changes: string }
type Change = readonly [seq: number, accountId: string, version: number, node: string]
type Waiting = { readonly change: number; readonly since: number } & Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>

export type Joining = {
  readonly url: string
  readonly pool: pg.Pool
  readonly onAccountVersion: AccountVersionListener
  readonly hints: boolean
}

/**
 * The order of commits is not the order of any counter, so what a node has seen is a snapshot: it polls the changes, drops what it
 * remembers of them, and then confirms with the snapshot that the poll was answered from. A writer waits until the snapshot of every
 * live node shows its transaction. A node that cannot confirm stops trusting its memory before the others stop waiting for it.
 */
export class Nodes {
  readonly #id = randomUUID()
  readonly #joining: Joining
  #client: pg.Client | undefined
  /** What the last poll was answered from; undefined before the first, and after the lease ran out. */
  #snapshot: string | undefined
  #trustedUntil = 0
  #beatAt = 0
  #cleanedAt = performance.now()
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> | undefined
  #again = false
  #left = false
  #waiting: Waiting[] = []
  #asking = false

  private constructor(joining: Joining) {
    this.#joining = joining
  }

  /** Resolves when this node counts as alive and has begun to listen. */
  static async join(joining: Joining): Promise<Nodes> {
    const nodes = new Nodes(joining)
    try {
      await nodes.#poll()
    } catch (error) {
      await nodes.#takeClient()?.end()
      throw error
    }
    nodes.#schedule()
    return nodes
  }

  /** False where this node may have missed a change that its writer believes to be known everywhere. */
  current(): boolean {
    return performance.now() < this.#trustedUntil
  }

  /** Notes the versions in the transaction that makes them; returns what to pass to `confirmed` after the commit. */
  async record(connection: PostgresConnection, versions: Versions): Promise<number> {
    const latest = new Map(versions)
    const row = await connection.get(RECORD, [arrayOf([...latest.keys()]), arrayOf([...latest.values()]), this.#id])
    return (row as { seq: number }).seq
  }

  /** Resolves when every live node has dropped what the change makes stale. Called after the commit. */
  confirmed(change: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ change, since: performance.now(), resolve, reject })
    if (!this.#asking) void this.#ask()
    return promise
  }

  /** After this the others no longer wait for this node. */
  async leave(): Promise<void> {
    this.#left = true
    this.#trustedUntil = 0
    clearTimeout(this.#timer)
    await this.#polling
    await this.#joining.pool.query('DELETE FROM node WHERE id = $1', [this.#id]).catch(() => {})
    await this.#takeClient()?.end()
  }

  /** Asks for all who wait at once. A hint goes out only where somebody has not seen a change yet, after the commit and from one connection. */
  async #ask(): Promise<void> {
    this.#asking = true
    while (this.#waiting.length > 0) {
      const asked = this.#waiting
      this.#waiting = []
      const left = await this.#unconfirmed(asked)
      this.#waiting = [...left, ...this.#waiting]
      if (left.length > 0) await delay(ASK_MS)
    }
    this.#asking = false
  }

  async #unconfirmed(asked: readonly Waiting[]): Promise<readonly Waiting[]> {
    const now = performance.now()
    try {
      const { rows } = await this.#joining.pool.query<{ snapshot: string }>({
        name: 'keyreeve others',
        text: OTHERS,
        values: [this.#id],
      })
      const left = asked.filter(({ change }) => !rows.every(({ snapshot }) => isVisible(change, snapshot)))
      for (const waiting of asked) if (!left.includes(waiting)) waiting.resolve()
      if (left.length > 0 && this.#joining.hints) await this.#joining.pool.query(`NOTIFY ${CHANNEL}`)
      return left
    } catch (cause) {
      const tooLong = asked.filter(({ since }) => now - since > CONFIRM_MS)
      for (const { reject } of tooLong)
        reject(
          new Error('the change is durable, but the database could not be asked whether every server knows of it', { cause }),
        )
      return asked.filter((waiting) => !tooLong.includes(waiting))
    }
  }

  #schedule(): void {
    if (this.#left) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), POLL_MS)
  }

  /** Polls now, or once more if a poll is under way: it may have begun too early. */
  #look(): void {
    if (this.#left) return
    if (this.#polling !== undefined) {
      this.#again = true
      return
    }
    this.#again = false
    this.#polling = this.#poll()
      // What hangs must not be waited for: the next poll makes a connection of its own.
      .catch(
        () =>
          void this.#takeClient()
            ?.end()
            .catch(() => {}),
      )
      .then(() => {
        this.#polling = undefined
        if (this.#again) this.#look()
        else this.#schedule()
      })
  }

  async #poll(): Promise<void> {
    const client = (this.#client ??= await this.#connect())
    if (this.#snapshot === undefined) await client.query(JOIN, [this.#id])
    const awaited = this.#apply(await this.#changes(client))
    const now = performance.now()
    if (awaited || now - this.#beatAt >= BEAT_MS) await this.#beat(client)
    if (now - this.#cleanedAt < CLEAN_MS) return
    this.#cleanedAt = now
    for (const statement of CLEAN) await client.query(statement)
  }

  async #changes(client: pg.Client): Promise<Polled> {
    // A node that was away has missed changes without number, so it hears of every account.
    const { rows } =
      this.#snapshot === undefined
        ? await client.query<Polled>(ALL_VERSIONS)
        : await client.query<Polled>({ name: 'keyreeve poll', text: POLL, values: [this.#snapshot.split(':')[0]] })
    const [polled] = rows
    if (polled === undefined) throw new Error('the poll was not answered')
    return polled
  }

  /** Tells of every change that was not seen before. Whether one of them is another node's, whose write waits until this one has confirmed. */
  #apply({ snapshot, changes }: Polled): boolean {
    const before = this.#snapshot
    const unseen = (JSON.parse(changes) as readonly Change[]).filter(([seq]) => before === undefined || !isVisible(seq, before))
    for (const [, accountId, version] of unseen) this.#joining.onAccountVersion(accountId, version)
    this.#snapshot = snapshot
    return before === undefined || unseen.some(([, , , node]) => node !== this.#id)
  }

  async #beat(client: pg.Client): Promise<void> {
    const sentAt = performance.now()
    const { rowCount } = await client.query({ name: 'keyreeve beat', text: BEAT, values: [this.#id, this.#snapshot] })
    if (rowCount === 0) {
      this.#snapshot = undefined
      throw new Error('the lease has run out')
    }
    this.#beatAt = sentAt
    this.#trustedUntil = sentAt + LEASE_MS - LEASE_MARGIN_MS
  }

  async #connect(): Promise<pg.Client> {
    const settings = {
      ...clientSettings(this.#joining.url),
      application_name: `keyreeve ${this.#id}`,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    }
    const client = quiet(new pg.Client(settings))
    client.on('notification', () => this.#look())
    await client.connect()
    await client.query(`LISTEN ${CHANNEL}`)
    return client
  }

  #takeClient(): pg.Client | undefined {
    const client = this.#client
    this.#client = undefined
    return client
  }
}

/** An array as PostgreSQL reads it from text; the parts are account numbers and versions, which need no quotes. */
const arrayOf = (parts: readonly (string | number)[]): string => `{${parts.join(',')}}`
