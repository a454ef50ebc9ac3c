/** Accounts, as administrative commands make and list them. */
import type { Edge } from '../aws/edge.ts'
import { Fault } from '../aws/fault.ts'
import { newAccessKey } from '../services/iam/access-keys.rows.ts'
import { insertAccount } from '../services/new-account.rows.ts'
import { type ReadTx, UniqueViolation, type WriteTx } from '../store/store.ts'

export type NewAccount = {
  readonly accountId: string
  readonly name: string
  readonly email: string
  readonly rootAccessKey: boolean
}

export type CreatedAccount = {
  readonly accountId: string
  readonly name: string
  readonly email: string
  /** Shown once: the secret cannot be read back. */
  readonly rootAccessKey?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** Creates an account with its root user, and, when asked, the root user's access key. */
export async function createAccount(tx: WriteTx, account: NewAccount, now: number, edge: Edge): Promise<CreatedAccount> {
  const { accountId, name, email } = account
  try {
    await insertAccount(tx, { id: accountId, name, email, now })
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    const taken = await tx.get('SELECT id FROM account WHERE id = $1', accountId)
    throw taken === undefined
      ? new Fault('EmailTaken', `An account with the e-mail address ${email} exists already.`)
      : new Fault('AccountExists', `The account ${accountId} exists already.`)
  }
  if (!account.rootAccessKey) return { accountId, name, email }
  return { accountId, name, email, rootAccessKey: await newAccessKey(tx, { accountId, userId: null, now }, edge) }
}

export type AccountRow = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly status: string
  readonly alias: string | null
  readonly created_at: number
}

/** All accounts, oldest first. */
export const listAccounts = (tx: ReadTx): Promise<readonly AccountRow[]> =>
  tx.all<AccountRow>(
    `SELECT id, name, email, status, alias, created_at FROM account WHERE status <> 'SYSTEM' ORDER BY created_at, id`,
  )
