/** Everything that the credential report tells, read in a handful of statements however many users there are. */
import type { ReadTx } from '../../store/store.ts'

export type ReportUser = {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly created_at: number
  readonly password_used_at: number | null
}
export type ReportPassword = { readonly owner: string; readonly changed_at: number }
export type ReportKey = {
  readonly owner: string | null
  readonly status: string
  readonly created_at: number
  readonly used_at: number | null
  readonly region: string | null
  readonly service: string | null
}
export type ReportCertificate = { readonly owner: string; readonly status: string; readonly created_at: number }

export type Credentials = {
  readonly root: { readonly created_at: number; readonly password_hash: string | null }
  readonly users: readonly ReportUser[]
  readonly passwords: ReadonlyMap<string, ReportPassword>
  /** By owner: a user's unique id, or the account's number. The oldest first. */
  readonly keys: ReadonlyMap<string, readonly ReportKey[]>
  readonly certificates: ReadonlyMap<string, readonly ReportCertificate[]>
  readonly mfaOwners: ReadonlySet<string>
  /** Days; undefined where passwords do not expire. */
  readonly maxPasswordAge: number | undefined
}

const ROOT = 'SELECT created_at, password_hash FROM account WHERE id = $1'
const USERS = 'SELECT id, name, path, created_at, password_used_at FROM iam_user WHERE account = $1 ORDER BY name_key'
const PASSWORDS = 'SELECT user_id AS owner, changed_at FROM iam_login_profile WHERE account = $1'
const KEYS = `SELECT k.user_id AS owner, k.status, k.created_at, u.used_at, u.region, u.service FROM iam_access_key k
  LEFT JOIN iam_access_key_use u ON u.account = k.account AND u.key_id = k.id WHERE k.account = $1 ORDER BY k.created_at, k.id`
const CERTIFICATES = 'SELECT owner, status, created_at FROM iam_signing_certificate WHERE account = $1 ORDER BY created_at, id'
const MFA_OWNERS = 'SELECT DISTINCT owner FROM iam_enabled_mfa WHERE account = $1'
const PASSWORD_POLICY = 'SELECT policy FROM iam_password_policy WHERE account = $1'

export async function readCredentials(tx: ReadTx, account: string): Promise<Credentials> {
  const root = await tx.get<Credentials['root']>(ROOT, account)
  if (root === undefined) throw new Error(`there is no account ${account}`)
  const policy = await tx.get<{ policy: string }>(PASSWORD_POLICY, account)
  const passwords = await tx.all<ReportPassword>(PASSWORDS, account)
  const owners = await tx.all<{ owner: string }>(MFA_OWNERS, account)
  return {
    root,
    users: await tx.all<ReportUser>(USERS, account),
    passwords: new Map(passwords.map((row) => [row.owner, row])),
    keys: Map.groupBy(await tx.all<ReportKey>(KEYS, account), ({ owner }) => owner ?? account),
    certificates: Map.groupBy(await tx.all<ReportCertificate>(CERTIFICATES, account), ({ owner }) => owner),
    mfaOwners: new Set(owners.map(({ owner }) => owner)),
    maxPasswordAge: policy === undefined ? undefined : maxAgeOf(policy.policy),
  }
}

function maxAgeOf(text: string): number | undefined {
  const policy: { readonly MaxPasswordAge?: number } = JSON.parse(text)
  return policy.MaxPasswordAge
}
