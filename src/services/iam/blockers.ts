/** What must be gone before a user, a group or a role may be deleted, in the order in which DeleteConflict names it. */
import type { ReadTx } from '../../store/store.ts'
import { deleteConflict } from './errors.ts'

type Blocker = {
  /** As in `Cannot delete entity, must … first.` */
  readonly firstStep: string
  /** Finds a row that belongs to the entity, by account and unique id. */
  readonly sql: string
}

const ATTACHED: Blocker = {
  firstStep: 'detach all policies',
  sql: 'SELECT 1 FROM iam_attachment WHERE account = $1 AND principal_id = $2 LIMIT 1',
}
const INLINE: Blocker = {
  firstStep: 'delete policies',
  sql: 'SELECT 1 FROM iam_inline_policy WHERE account = $1 AND principal_id = $2 LIMIT 1',
}

/** The texts are recorded from AWS (reports of 2015 to 2022); their order is inferred. AWS also says, for SSH keys and service-specific credentials, `remove referenced objects`. */
export const userBlockers: readonly Blocker[] = [
  { firstStep: 'delete login profile', sql: 'SELECT 1 FROM iam_login_profile WHERE account = $1 AND user_id = $2 LIMIT 1' },
  { firstStep: 'delete access keys', sql: 'SELECT 1 FROM iam_access_key WHERE account = $1 AND user_id = $2 LIMIT 1' },
  {
    firstStep: 'delete signing certificates',
    sql: 'SELECT 1 FROM iam_signing_certificate WHERE account = $1 AND owner = $2 LIMIT 1',
  },
  { firstStep: 'remove referenced objects', sql: 'SELECT 1 FROM iam_ssh_key WHERE account = $1 AND owner = $2 LIMIT 1' },
  {
    firstStep: 'remove referenced objects',
    sql: 'SELECT 1 FROM iam_service_credential WHERE account = $1 AND owner = $2 LIMIT 1',
  },
  { firstStep: 'delete MFA device', sql: 'SELECT 1 FROM iam_enabled_mfa WHERE account = $1 AND owner = $2 LIMIT 1' },
  { firstStep: 'remove users from group', sql: 'SELECT 1 FROM iam_group_member WHERE account = $1 AND user_id = $2 LIMIT 1' },
  ATTACHED,
  INLINE,
]

export const groupBlockers: readonly Blocker[] = [
  { firstStep: 'remove users from group', sql: 'SELECT 1 FROM iam_group_member WHERE account = $1 AND group_id = $2 LIMIT 1' },
  ATTACHED,
  INLINE,
]

export const roleBlockers: readonly Blocker[] = [
  {
    firstStep: 'remove roles from instance profile',
    sql: 'SELECT 1 FROM iam_instance_profile_role WHERE account = $1 AND role_id = $2 LIMIT 1',
  },
  ATTACHED,
  INLINE,
]

export const instanceProfileBlockers: readonly Blocker[] = [
  {
    firstStep: 'remove roles from instance profile',
    sql: 'SELECT 1 FROM iam_instance_profile_role WHERE account = $1 AND profile_id = $2 LIMIT 1',
  },
]

/** Throws DeleteConflict for the first thing that is still there. */
export async function mustBeBare(tx: ReadTx, accountId: string, id: string, blockers: readonly Blocker[]): Promise<void> {
  for (const { firstStep, sql } of blockers) {
    if ((await tx.get(sql, accountId, id)) !== undefined) throw deleteConflict(firstStep)
  }
}
