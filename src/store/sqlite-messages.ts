/** What the server's thread and the writing thread say to each other. */
import type { Job, Outcome } from './store.ts'

export type ThreadSettings = { readonly file: string; readonly module: string; readonly settings: object }

export type ToWriter = { readonly kind: 'job'; readonly ticket: number; readonly job: Job } | { readonly kind: 'close' }

/** An error as it crosses threads: its class does not survive. */
export type PlainError = { readonly name: string; readonly message: string; readonly stack: string | undefined }
export type Answer = { readonly ticket: number } & ({ readonly outcome: Outcome } | { readonly error: PlainError })

export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'settled'; readonly answers: readonly Answer[] }
  | { readonly kind: 'failed'; readonly error: PlainError }

export function plainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  return { name, message, stack }
}

export function rebuiltError({ name, message, stack }: PlainError): Error {
  return Object.assign(new Error(message), { name, stack })
}
