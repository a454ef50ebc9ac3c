/** Whether an account's root user, without a password, may set one by e-mail: its organization can take that away and give it back. */
import type { ReadTx, WriteTx } from '../store/store.ts'

const FIND = 'SELECT recovery, changed_at FROM account_root_recovery WHERE account = $1'
const SET = `INSERT INTO account_root_recovery (account, recovery, changed_at) VALUES ($1, $2, $3)
  ON CONFLICT (account) DO UPDATE SET recovery = excluded.recovery, changed_at = excluded.changed_at`

export type RootRecovery = { readonly allowed: boolean; readonly changedAt: number }

/** Undefined where nobody has said anything: the root user has what it signed up with. */
export async function findRootRecovery(tx: ReadTx, accountId: string): Promise<RootRecovery | undefined> {
  const row = await tx.get<{ recovery: number; changed_at: number }>(FIND, accountId)
  return row && { allowed: Number(row.recovery) !== 0, changedAt: row.changed_at }
}

export async function setRootRecovery(tx: WriteTx, accountId: string, allowed: boolean, now: number): Promise<void> {
  await tx.run(SET, accountId, Number(allowed), now)
}
