/** The writing side of the store's tests: a job is a script of steps, plain data, so that it runs in any thread. */
import { appendAudit } from '../../src/store/audit-chain.ts'
import { claim, forgetClaims } from '../../src/store/claims.ts'
import { auditKey, auditKeys, keyringFromKey } from '../../src/store/keyring.ts'
import type { Job, Outcome, Runner, SqlValue, WriteTx } from '../../src/store/store.ts'

export type Step =
  | { readonly do: 'run' | 'get' | 'all'; readonly sql: string; readonly values?: readonly SqlValue[] }
  /** The steps in a savepoint. The error of a failed one is its result, and the script goes on. */
  | { readonly do: 'savepoint'; readonly steps: readonly Step[] }
  /** The step, its error swallowed: what no runner should do. */
  | { readonly do: 'swallow'; readonly step: Step }
  | { readonly do: 'throw'; readonly message: string }
  /** Locks the account as the server does, reads a number, and writes it back one higher: two that overlap would lose one. */
  | { readonly do: 'increment'; readonly account: string }
  | { readonly do: 'claim'; readonly name: string; readonly expiresAt: number; readonly now: number }
  | { readonly do: 'forget claims'; readonly now: number }
  | { readonly do: 'append'; readonly account: string; readonly records: readonly string[] }
  | { readonly do: 'settings' }
  /** Something that cannot cross to another thread. */
  | { readonly do: 'function' }

export type Script = { readonly steps: readonly Step[] }
export type ScriptOutcome = { readonly results: readonly unknown[]; readonly versions: readonly (readonly [string, number])[] }

const KEYRING = keyringFromKey(new Uint8Array(32))
export const AUDIT_KEYS = auditKeys(KEYRING)

const TICK = 'UPDATE account SET version = version + 1 WHERE id = $1 RETURNING version'

export function openRunner(settings: object): Runner {
  return async (tx: WriteTx, job: Job): Promise<Outcome> => {
    const { steps } = job as Script
    const results: unknown[] = []
    const versions: (readonly [string, number])[] = []
    for (const step of steps) {
      const result = await runStep(tx, step, settings)
      results.push(result)
      if (step.do === 'increment') versions.push([step.account, result as number])
    }
    return { results, versions }
  }
}

async function runStep(tx: WriteTx, step: Step, settings: object): Promise<unknown> {
  switch (step.do) {
    case 'run':
    case 'get':
    case 'all':
      return tx[step.do](step.sql, ...(step.values ?? []))
    case 'savepoint':
      return within(tx, step.steps, settings)
    case 'swallow':
      return runStep(tx, step.step, settings).catch((error: unknown) => described(error))
    case 'throw':
      throw new TypeError(step.message)
    case 'increment':
      return increment(tx, step.account)
    case 'settings':
      return settings
    case 'function':
      return () => {}
    case 'claim':
    case 'forget claims':
    case 'append':
      return runLibraryStep(tx, step)
  }
}

/** The steps that are functions of the store's own. */
async function runLibraryStep(
  tx: WriteTx,
  step: Extract<Step, { readonly do: 'claim' | 'forget claims' | 'append' }>,
): Promise<unknown> {
  switch (step.do) {
    case 'claim':
      return claim(tx, step.name, step.expiresAt, step.now)
    case 'forget claims':
      return forgetClaims(tx, step.now)
    case 'append':
      return appendAudit(tx, step.account, step.records, { now: 1, key: auditKey(KEYRING) })
  }
}

async function within(tx: WriteTx, steps: readonly Step[], settings: object): Promise<unknown> {
  try {
    return await tx.savepoint(async () => {
      const results = []
      for (const step of steps) results.push(await runStep(tx, step, settings))
      return results
    })
  } catch (error) {
    return described(error)
  }
}

async function increment(tx: WriteTx, account: string): Promise<number> {
  const locked = await tx.get<{ version: number }>(TICK, account)
  if (locked === undefined) throw new Error(`no account ${account}`)
  const row = await tx.get<{ audit_seq: number }>('SELECT audit_seq FROM account WHERE id = $1', account)
  await tx.run('UPDATE account SET audit_seq = $1 WHERE id = $2', (row?.audit_seq ?? 0) + 1, account)
  return locked.version
}

function described(error: unknown): object {
  if (!(error instanceof Error)) return { error: String(error) }
  return { error: error.name, ...('table' in error && { table: error.table }) }
}
