/** The writing side's runner: one job in one transaction. SQLite loads this module in its writer thread; PostgreSQL runs it in place. */
import { randomBytes } from 'node:crypto'
import type { Edge } from '../aws/edge.ts'
import { Fault } from '../aws/fault.ts'
import { noteAccesses } from '../services/iam/last-access.rows.ts'
import { forgetDenials, keepDenials, overdueAccounts } from '../services/denials.rows.ts'
import { loadOperation } from '../services/on-demand.ts'
import type { HandlingCall } from '../services/operation.ts'
import { appendAudit, appendAuditLines, type AuditKey } from '../store/audit-chain.ts'
import { claim, forgetClaims } from '../store/claims.ts'
import { auditKey, parseKeyring } from '../store/keyring.ts'
import type { Runner, WriteTx } from '../store/store.ts'
import { openVault } from '../store/vault.ts'
import { type CreatedAccount, createAccount } from './account-jobs.ts'
import { failedRecord, succeededRecord } from './audit-record.ts'
import type { AppendJob, CreateAccountJob, FaultOutcome, OperationJob, ProviderJob, ServerJob, WriteOutcome } from './jobs.ts'
import { noteKeyUses } from './keys.ts'
import { reseal } from './reseal.ts'

export type WriterSettings = { readonly keyring: string }

type Writing = {
  readonly edge: Edge
  readonly auditKey: AuditKey
  /** When refusals of all accounts were last looked through for those that are kept long enough. */
  forgotAt: number
}

/** Opened once on the writing side. The keyring is handed over in memory, never read from disk here. */
export function openRunner(settings: object): Runner {
  let writing = writingWith((settings as WriterSettings).keyring)
  return (tx, job) => {
    const serverJob = job as ServerJob
    if (serverJob.kind === 'reseal') writing = writingWith(serverJob.keyring)
    return runJob(tx, serverJob, writing)
  }
}

function writingWith(text: string): Writing {
  const keyring = parseKeyring(text)
  return { edge: { random: (count) => randomBytes(count), vault: openVault(keyring) }, auditKey: auditKey(keyring), forgotAt: 0 }
}

async function runJob(tx: WriteTx, job: ServerJob, writing: Writing): Promise<WriteOutcome> {
  switch (job.kind) {
    case 'operation':
      return runOperation(tx, job, writing)
    case 'append':
      return append(tx, job, writing)
    case 'create account':
      return { ...(await attempt(tx, () => recordedAccount(tx, job, writing))), versions: [] }
    case 'claim':
      await forgetClaims(tx, job.now)
      return { output: { claimed: await claim(tx, job.name, job.expiresAt, job.now) }, versions: [] }
    case 'provider':
      return runProvider(tx, job, writing)
    case 'reseal':
      return { output: await reseal(tx, job.place, writing.edge), versions: [] }
  }
}

async function recordedAccount(
  tx: WriteTx,
  { account, now, draft }: CreateAccountJob,
  writing: Writing,
): Promise<CreatedAccount> {
  const created = await createAccount(tx, account, now, writing.edge)
  const { accountId, rootAccessKey } = created
  const output = { AccountId: accountId, ...(rootAccessKey !== undefined && { AccessKeyId: rootAccessKey.accessKeyId }) }
  await appendAudit(tx, accountId, [succeededRecord(draft, output)], { now, key: writing.auditKey })
  return created
}

async function runProvider(tx: WriteTx, job: ProviderJob, writing: Writing): Promise<WriteOutcome> {
  const { work, now, accountId, changesSessions, draft } = job
  const versions: [string, number][] = changesSessions ? [[accountId, await lockAccount(tx, accountId)]] : []
  // Loaded when a provider is set up, which few servers have.
  const { runProviderWork } = await import('./provider-jobs.ts')
  const recorded = async (): Promise<object> => {
    const output = await runProviderWork(tx, work, now)
    await appendAudit(tx, accountId, [succeededRecord(draft, output)], { now, key: writing.auditKey })
    return output
  }
  return { ...(await attempt(tx, recorded)), versions }
}

async function runOperation(tx: WriteTx, job: OperationJob, writing: Writing): Promise<WriteOutcome> {
  const operation = await loadOperation(job.service, job.name)
  if (operation?.kind !== 'write') throw new Error(`no writing operation ${job.service}:${job.name}`)
  const { accountId } = job.call
  const call: HandlingCall = { ...job.call, ...writing.edge }
  const preceding = (await operation.precedes?.(tx, call, job.input)) ?? []
  for (const id of new Set(preceding.toSorted())) if (id !== accountId) await lockUnchanged(tx, id)
  const version = await lockAccount(tx, accountId)
  // Whom a write reaches is asked before and after it: an account that left its organization is reached, and so are those that it left.
  const before = (await operation.reaches?.(tx, call)) ?? []
  const outcome = await attempt(tx, () => operation.handle(tx, job.input, call, job.prepared))
  const versions: [string, number][] = [[accountId, version]]
  // In one order everywhere, so that two nodes cannot block each other.
  const reached = outcome.fault === undefined ? [...before, ...((await operation.reaches?.(tx, call)) ?? [])] : []
  for (const id of new Set(reached.toSorted())) versions.push([id, await lockAccount(tx, id)])
  const record = outcome.fault === undefined ? succeededRecord(job.draft, outcome.output) : failedRecord(job.draft, outcome.fault)
  await appendAudit(tx, accountId, [record], { now: job.call.now, key: writing.auditKey })
  return { ...outcome, versions }
}

/** Takes the row of an account that this call may not change: its version rises only if it turns out to be reached. */
async function lockUnchanged(tx: WriteTx, accountId: string): Promise<void> {
  await tx.run('UPDATE account SET version = version WHERE id = $1', accountId)
}

/** Takes the account's row for this transaction: from here on nothing else writes to the account until it ends. */
async function lockAccount(tx: WriteTx, accountId: string): Promise<number> {
  const row = await tx.get<{ version: number }>(
    'UPDATE account SET version = version + 1 WHERE id = $1 RETURNING version',
    accountId,
  )
  if (row === undefined) throw new Error(`account ${accountId} does not exist`)
  return row.version
}

/** Does the work in a savepoint. A Fault undoes it and is an outcome; anything else is a bug and rolls the whole job back. */
async function attempt(tx: WriteTx, work: () => Promise<object | void>): Promise<Pick<WriteOutcome, 'output' | 'fault'>> {
  try {
    return { output: (await tx.savepoint(work)) ?? {} }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { output: {}, fault: faultOutcome(error) }
  }
}

function faultOutcome({ code, message, sender, status, members }: Fault): FaultOutcome {
  return { code, message, sender, ...(status !== undefined && { status }), ...(members !== undefined && { members }) }
}

async function append(tx: WriteTx, job: AppendJob, writing: Writing): Promise<WriteOutcome> {
  // Accounts in one order everywhere, so that two nodes that append at the same time cannot block each other.
  for (const accountId of Object.keys(job.records).toSorted()) {
    const lines = job.records[accountId]
    if (lines !== undefined) await appendAuditLines(tx, accountId, lines, { now: job.now, key: writing.auditKey })
  }
  await keepAndForget(tx, job, writing)
  await noteKeyUses(tx, job.uses)
  await noteAccesses(tx, job.accesses)
  return { output: {}, versions: [] }
}

const FORGET_EVERY_MS = 3_600_000

/** Keeps what was refused and, once an hour, drops what is kept long enough. Accounts in one order, as above. */
async function keepAndForget(tx: WriteTx, { denials, now }: AppendJob, writing: Writing): Promise<void> {
  const kept = Object.groupBy(denials, ({ accountId }) => accountId)
  const isDue = now - writing.forgotAt >= FORGET_EVERY_MS
  const overdue = new Set(isDue ? await overdueAccounts(tx, now) : [])
  for (const accountId of [...new Set([...Object.keys(kept), ...overdue])].toSorted()) {
    await keepDenials(tx, accountId, kept[accountId] ?? [], now)
    if (overdue.has(accountId)) await forgetDenials(tx, accountId, now)
  }
  if (isDue) writing.forgotAt = now
}
