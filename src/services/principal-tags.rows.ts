/** Tags of users and roles, by unique id, as STS reads them. */
import type { ReadTx } from '../store/store.ts'

type Tags = readonly { readonly Key: string; readonly Value: string }[]

const OF_USER = 'SELECT tags FROM iam_user WHERE account = $1 AND id = $2'
const OF_ROLE = 'SELECT tags FROM iam_role WHERE account = $1 AND id = $2'

/** None where there is no such principal (any more). */
export async function principalTags(tx: ReadTx, account: string, kind: 'user' | 'role', id: string): Promise<Tags> {
  const row = await tx.get<{ readonly tags: string }>(kind === 'user' ? OF_USER : OF_ROLE, account, id)
  if (row === undefined) return []
  const tags: Tags = JSON.parse(row.tags)
  return tags
}
