/** The two writing sides of SQLite as the store sees them: in a thread of its own, or inline in the store's thread. */
import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import { siblingModule } from '../aws/sibling.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { JobGroups } from './sqlite-groups.ts'
import { type FromWriter, rebuiltError, type ThreadSettings, type ToWriter } from './sqlite-messages.ts'
import type { Job, Outcome, Runner } from './store.ts'

export interface Writing {
  write(job: Job): Promise<Outcome>
  readonly failed: Promise<Error>
  /** Waits for what was accepted. */
  close(): Promise<void>
}

type Pending = PromiseWithResolvers<Outcome>

/** For databases in memory, and for tests: groups are written in this thread. `around`: readers on the same connection. */
export function inlineWriting(
  connection: SqliteConnection,
  runner: Runner,
  around: { before?(): void; after?(): void } = {},
): Writing {
  const failed = Promise.withResolvers<Error>()
  const active = new Set<Promise<Outcome>>()
  const groups = new JobGroups<Pending>(connection, runner, {
    settled: (results) => {
      for (const result of results) {
        if ('error' in result) result.ticket.reject(result.error)
        else result.ticket.resolve(result.outcome)
      }
    },
    failed: failed.resolve,
    before: () => around.before?.(),
    after: () => around.after?.(),
  })
  return {
    async write(job) {
      const pending = Promise.withResolvers<Outcome>()
      active.add(pending.promise)
      groups.add(pending, job)
      try {
        return await pending.promise
      } finally {
        active.delete(pending.promise)
      }
    },
    failed: failed.promise,
    async close() {
      await Promise.allSettled(active)
      connection.close()
    },
  }
}

/** Starts the writing thread; resolves when it can take jobs. */
export async function threadWriting(settings: ThreadSettings): Promise<Writing> {
  // A thread does not have its process's compile cache unless it is told: without it, start takes a third longer.
  const cache = getCompileCacheDir()
  const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache }
  const worker = new Worker(siblingModule('sqlite-writer', import.meta.url), { workerData: settings, env })
  const thread = new WritingThread(worker)
  await thread.ready
  return thread
}

class WritingThread implements Writing {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #ready = Promise.withResolvers<void>()
  readonly #failed = Promise.withResolvers<Error>()
  readonly #exited: Promise<void>
  #failure: Error | undefined
  #last = 0

  constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: FromWriter) => this.#hear(message))
    worker.on('error', (error: Error) => this.#fail(error))
    this.#exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#fail(new Error(`the writing thread has ended (${code})`))
        resolve()
      })
    })
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get failed(): Promise<Error> {
    return this.#failed.promise
  }

  async write(job: Job): Promise<Outcome> {
    if (this.#failure !== undefined) throw this.#failure
    const ticket = (this.#last += 1)
    const pending: Pending = Promise.withResolvers()
    this.#say({ kind: 'job', ticket, job })
    this.#pending.set(ticket, pending)
    return pending.promise
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#pending.values()].map(({ promise }) => promise))
    if (this.#failure === undefined) this.#say({ kind: 'close' })
    await this.#exited
  }

  #say(message: ToWriter): void {
    this.#worker.postMessage(message)
  }

  #hear(message: FromWriter): void {
    if (message.kind === 'ready') this.#ready.resolve()
    else if (message.kind === 'failed') this.#fail(rebuiltError(message.error))
    else
      for (const answer of message.answers) this.#settle(answer.ticket, 'error' in answer ? rebuiltError(answer.error) : answer)
  }

  #settle(ticket: number, result: Error | { readonly outcome: Outcome }): void {
    const pending = this.#pending.get(ticket)
    this.#pending.delete(ticket)
    if (result instanceof Error) pending?.reject(result)
    else pending?.resolve(result.outcome)
  }

  /** The first reason counts. After an orderly close nobody hears of it: the promise of `failed` resolves unseen. */
  #fail(error: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#ready.reject(error)
    for (const ticket of this.#pending.keys()) this.#settle(ticket, error)
    this.#failed.resolve(error)
    void this.#worker.terminate()
  }
}
