/** Which organization an account is in. */
import type { ReadTx } from '../store/store.ts'

const OF_MEMBER = 'SELECT o.id FROM organization_member m JOIN organization o ON o.account = m.account WHERE m.member = $1'

/** `o-…`; undefined where it is in none. */
export async function organizationIdOf(tx: ReadTx, accountId: string): Promise<string | undefined> {
  return (await tx.get<{ readonly id: string }>(OF_MEMBER, accountId))?.id
}
