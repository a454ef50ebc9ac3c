/** The row of an account, as far as IAM reads and writes it. */
import { type ReadTx, UniqueViolation, type WriteTx } from '../../store/store.ts'
import { alreadyExists } from './errors.ts'

export type AccountRow = {
  readonly name: string
  readonly email: string
  readonly alias: string | null
  /** The root user's password. */
  readonly password_hash: string | null
  readonly created_at: number
}

const FIND = 'SELECT name, email, alias, password_hash, created_at FROM account WHERE id = $1'
const SET_ALIAS = 'UPDATE account SET alias = $1 WHERE id = $2'

/** The account of a call: it exists, since its credentials were known. */
export async function mustFindAccount(tx: ReadTx, accountId: string): Promise<AccountRow> {
  const row = await tx.get<AccountRow>(FIND, accountId)
  if (row === undefined) throw new Error(`there is no account ${accountId}`)
  return row
}

/** Sets the alias, or takes it away with null. Throws EntityAlreadyExists where another account has it: aliases are unique among all accounts. */
export async function setAlias(tx: WriteTx, accountId: string, alias: string | null): Promise<void> {
  try {
    await tx.savepoint(() => tx.run(SET_ALIAS, alias, accountId))
  } catch (error) {
    if (alias !== null && error instanceof UniqueViolation) throw alreadyExists.accountAlias(alias)
    throw error
  }
}
