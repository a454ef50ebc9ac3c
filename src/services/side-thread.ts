/** Questions that may take a second, answered in a thread of their own: calls must not wait for them. One question at a time, the accounts by turns. */
import { Worker } from 'node:worker_threads'
import type { Fault } from '../aws/fault.ts'

/** Questions that wait, of all accounts together and of one: no account takes the places of others. AWS's own rates are not documented. */
const LIMITS = {
  all: 64,
  each: 16,
  /** What a question may take. Budgets of its own end it much sooner, or should; this is for what nobody thought of. */
  milliseconds: 30_000,
}
const MAX_MEGABYTES = 512

/** So many characters are read, and so many steps taken, in some ten milliseconds, in which nobody else is answered: that little needs no thread. */
export const AT_ONCE = { characters: 100_000, steps: 2_000_000 } as const

/** The thread ended at its limits of memory or time. */
export class TooMuch extends Error {}

type Waiting<Question, Said> = PromiseWithResolvers<Said> & { readonly question: Question }

/** A thread that is started by the first question. Its module answers each message with one. */
export class SideThread<Question, Said> {
  readonly #module: URL
  readonly #busy: () => Fault
  readonly #most: typeof LIMITS
  #worker: Worker | undefined
  #current: Waiting<Question, Said> | undefined
  #timer: NodeJS.Timeout | undefined
  /** By account. The account that was answered last is the last one. */
  readonly #waiting = new Map<string, Waiting<Question, Said>[]>()
  #count = 0

  /** `busy`: what is thrown where too many wait. */
  constructor(module: URL, busy: () => Fault, most = LIMITS) {
    this.#module = module
    this.#busy = busy
    this.#most = most
  }

  /** Rejects with TooMuch where the thread ends at its limits. */
  async ask(accountId: string, question: Question): Promise<Said> {
    const own = this.#waiting.get(accountId) ?? []
    if (this.#count >= this.#most.all || own.length >= this.#most.each) throw this.#busy()
    const waiting = { ...Promise.withResolvers<Said>(), question }
    own.push(waiting)
    this.#waiting.set(accountId, own)
    this.#count += 1
    this.#next()
    return waiting.promise
  }

  #taken(): Waiting<Question, Said> | undefined {
    const [first] = this.#waiting
    if (first === undefined) return undefined
    const [accountId, own] = first
    const taken = own.shift()
    this.#count -= 1
    this.#waiting.delete(accountId)
    if (own.length > 0) this.#waiting.set(accountId, own)
    return taken
  }

  #next(): void {
    if (this.#current !== undefined) return
    this.#current = this.#taken()
    if (this.#current === undefined) return
    this.#worker ??= this.#start()
    // The process stays while somebody waits, and not longer.
    this.#worker.ref()
    this.#timer = setTimeout(() => void this.#worker?.terminate(), this.#most.milliseconds)
    this.#worker.postMessage(this.#current.question)
  }

  #start(): Worker {
    const worker = new Worker(this.#module, { resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES } })
    worker.on('message', (said: Said) => this.#settle((current) => current.resolve(said)))
    worker.on('error', (error: Error) => this.#lose(worker, error))
    worker.on('exit', () => this.#lose(worker, undefined))
    return worker
  }

  /** The thread has ended: at its limits, or by an error of ours. */
  #lose(worker: Worker, error: Error | undefined): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const isLimit = error === undefined || Reflect.get(error, 'code') === 'ERR_WORKER_OUT_OF_MEMORY'
    this.#settle((current) => current.reject(isLimit ? new TooMuch('the question took too much') : error))
  }

  #settle(end: (current: Waiting<Question, Said>) => void): void {
    clearTimeout(this.#timer)
    const current = this.#current
    this.#current = undefined
    this.#worker?.unref()
    if (current !== undefined) end(current)
    this.#next()
  }
}
