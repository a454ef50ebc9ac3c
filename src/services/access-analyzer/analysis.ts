/** Policies analysed in a thread of their own: it may take a second, and calls must not wait for it. One thread, one question at a time. */
import { Worker } from 'node:worker_threads'
import { Fault } from '../../aws/fault.ts'
import { siblingModule } from '../../aws/sibling.ts'
import type { Access, Answer, PolicyKind } from '../../policy/compare/compare.ts'
import type { Asked, Finding } from '../../policy/validate/validate.ts'

export type Comparison = { readonly document: string } & (
  | { readonly about: 'new access'; readonly existing: string; readonly kind: PolicyKind }
  | { readonly about: 'granted access'; readonly access: Access; readonly kind: PolicyKind }
  | { readonly about: 'public access' }
)
type Validation = { readonly document: string; readonly about: 'findings'; readonly asked: Omit<Asked, 'catalogue'> }

/** Documents are texts; those that are compared were parsed before, and are parsed again. */
export type Question = Comparison | Validation

/** Questions that wait, of all callers together. AWS's own rate is not documented. */
const MAX_WAITING = 64
/** What a question may take. The budget of a comparison ends it much sooner; this is for what nobody thought of. */
const MAX_MILLISECONDS = 30_000
const MAX_MEGABYTES = 512

/** What the thread answers. */
export type Said = { readonly answer: Answer } | { readonly findings: readonly Finding[] }

/** The thread ended at its limits of memory or time. */
class TooMuch extends Error {}

/** Rejects with ThrottlingException where too many wait. */
export async function compared(question: Comparison): Promise<Answer> {
  try {
    const said = await thread.ask(question)
    if ('answer' in said) return said.answer
  } catch (error) {
    if (error instanceof TooMuch) return { answer: 'unknown', why: 'the policies are too complex to be compared' }
    throw error
  }
  throw new Error('a comparison was not answered')
}

/** Rejects with ThrottlingException where too many wait. */
export async function validated(question: Validation): Promise<readonly Finding[]> {
  const said = await thread.ask(question)
  if ('findings' in said) return said.findings
  throw new Error('a validation was not answered')
}

type Waiting = PromiseWithResolvers<Said> & { readonly question: Question }

class AnalysisThread {
  #worker: Worker | undefined
  #current: Waiting | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #waiting: Waiting[] = []

  ask(question: Question): Promise<Said> {
    if (this.#waiting.length >= MAX_WAITING) throw new Fault('ThrottlingException', 'Rate exceeded')
    const waiting = { ...Promise.withResolvers<Said>(), question }
    this.#waiting.push(waiting)
    this.#next()
    return waiting.promise
  }

  #next(): void {
    if (this.#current !== undefined) return
    this.#current = this.#waiting.shift()
    if (this.#current === undefined) return
    this.#worker ??= this.#start()
    // The process stays while somebody waits, and not longer.
    this.#worker.ref()
    this.#timer = setTimeout(() => void this.#worker?.terminate(), MAX_MILLISECONDS)
    this.#worker.postMessage(this.#current.question)
  }

  #start(): Worker {
    const worker = new Worker(siblingModule('analysis-thread', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES },
    })
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
    this.#settle((current) => current.reject(isLimit ? new TooMuch('the analysis took too much') : error))
  }

  #settle(end: (current: Waiting) => void): void {
    clearTimeout(this.#timer)
    const current = this.#current
    this.#current = undefined
    this.#worker?.unref()
    if (current !== undefined) end(current)
    this.#next()
  }
}

const thread = new AnalysisThread()
