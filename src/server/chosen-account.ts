/** Which account an administrative command means: the one that is named, or the only one. */
import { Fault } from '../aws/fault.ts'
import type { AccountRow } from './account-jobs.ts'

/** Throws NoSuchEntity, or ValidationError where several accounts leave it open. */
export async function chosenAccount(accounts: readonly AccountRow[], accountId: string | undefined): Promise<AccountRow> {
  const [only, another] = accounts
  const account = accountId === undefined ? only : accounts.find(({ id }) => id === accountId)
  if (account === undefined) {
    throw accountId === undefined
      ? new Fault(
          'NoSuchEntity',
          'There is no account yet. Make one with: keyreeve account create --name NAME --email ADDRESS --root-access-key',
        )
      : new Fault('NoSuchEntity', `There is no account ${accountId}.`)
  }
  if (accountId === undefined && another !== undefined) {
    throw new Fault(
      'ValidationError',
      `There are ${accounts.length} accounts. Say which one with --account; keyreeve account list shows them.`,
    )
  }
  return account
}
