/** The jobs of the writing side and what they come to: plain data, because SQLite's writing side is another thread. */
import type { Call, ServiceName } from '../services/operation.ts'
import type { Access } from '../services/iam/last-access.rows.ts'
import type { NewDenial } from '../services/denials.rows.ts'
import type { AuditLines } from '../store/audit-chain.ts'
import type { NewAccount } from './account-jobs.ts'
import type { AuditDraft } from './audit-record.ts'
import type { ProviderWork } from './provider-jobs.ts'
import type { ResealPlace } from './reseal.ts'

/** Run one writing operation, with its audit record. */
export type OperationJob = {
  readonly kind: 'operation'
  readonly service: ServiceName
  readonly name: string
  readonly input: object
  readonly call: Call
  /** What the operation's `prepare` made. */
  readonly prepared: unknown
  readonly draft: AuditDraft
}

/** When and for what an access key was last used. */
export type KeyUse = {
  readonly accountId: string
  readonly keyId: string
  readonly usedAt: number
  readonly service: string
  readonly region: string
}

/** Append audit records of calls that wrote nothing, by account, keep what was refused, and note which keys were used and who attempted what in all calls. */
export type AppendJob = {
  readonly kind: 'append'
  readonly now: number
  /** By account. One text goes to another thread in a fraction of the time of a thousand. */
  readonly records: Readonly<Record<string, AuditLines>>
  readonly uses: readonly KeyUse[]
  readonly accesses: readonly Access[]
  readonly denials: readonly NewDenial[]
}

/** Create an account (see `account-jobs.ts`), with the first record of its chain. */
export type CreateAccountJob = {
  readonly kind: 'create account'
  readonly account: NewAccount
  readonly now: number
  readonly draft: AuditDraft
}

/** Seal the next batch of secrets under the active key of this keyring, which from now on is the writing side's. */
export type ResealJob = { readonly kind: 'reseal'; readonly keyring: string; readonly place?: ResealPlace }

/** Mark a thing as used until `expiresAt`; the output says whether it was unused before (`Outside.claim`). */
export type ClaimJob = { readonly kind: 'claim'; readonly name: string; readonly expiresAt: number; readonly now: number }

/** Do what an administrator does about product providers (see `provider-jobs.ts`), with its record in the chain of `accountId`. */
export type ProviderJob = {
  readonly kind: 'provider'
  readonly work: ProviderWork
  readonly now: number
  readonly accountId: string
  /** Sessions of the account change with it: its version rises. */
  readonly changesSessions: boolean
  readonly draft: AuditDraft
}

export type ServerJob = OperationJob | AppendJob | CreateAccountJob | ResealJob | ClaimJob | ProviderJob

export type FaultOutcome = {
  readonly code: string
  readonly message: string
  readonly sender: boolean
  readonly status?: number
  readonly members?: Readonly<Record<string, unknown>>
}

/** Either an output or a fault, and the versions that the accounts written to have now. */
export type WriteOutcome = {
  readonly output: object
  readonly fault?: FaultOutcome
  readonly versions: readonly (readonly [accountId: string, version: number])[]
}
