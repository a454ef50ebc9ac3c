/** What the server reads to know a principal: who it is, its keys, and the documents that decide what it may do. */
import { groupArn, roleArn, userArn } from '../../aws/arn.ts'
import type { Tag } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { isPartnerPolicy, partnerBoundary } from './product-providers.rows.ts'
import { parseTags } from './tags.ts'

/** A user or a role, as its sessions show it. */
export type PrincipalRow = { readonly name: string; readonly path: string; readonly tags: readonly Tag[] }

export type SealedKeyRow = {
  /** Null for a key of the root user. */
  readonly user_id: string | null
  readonly status: string
  /** Sealed for the context `access-key/<id>`. */
  readonly secret: string
}

/** An access key with its sealed secret; undefined where the account has none of this id. */
export const findAccessKey = (tx: ReadTx, account: string, id: string): Promise<SealedKeyRow | undefined> =>
  tx.get('SELECT user_id, status, secret FROM iam_access_key WHERE account = $1 AND id = $2', account, id)

type OwnerRow = { readonly name: string; readonly path: string; readonly tags: string; readonly boundary_arn: string | null }

const USER = 'SELECT name, path, tags, boundary_arn FROM iam_user WHERE account = $1 AND id = $2'
const ROLE = 'SELECT name, path, tags, boundary_arn FROM iam_role WHERE account = $1 AND id = $2'
const IN_PROFILE = 'SELECT role_id FROM iam_instance_profile_role WHERE account = $1 AND profile_id = $2 AND role_id = $3'
const GROUPS = `SELECT g.id, g.name, g.path FROM iam_group_member m JOIN iam_group g ON g.account = m.account AND g.id = m.group_id
  WHERE m.account = $1 AND m.user_id = $2 ORDER BY g.name_key`
const INLINE = 'SELECT name, document FROM iam_inline_policy WHERE account = $1 AND principal_id = $2 ORDER BY name'
const ATTACHED = `SELECT a.policy_arn AS arn, p.name, v.document FROM iam_attachment a
  LEFT JOIN iam_policy p ON p.account = a.account AND p.arn = a.policy_arn
  LEFT JOIN iam_policy_version v ON v.account = p.account AND v.policy_id = p.id AND v.number = p.default_version
  WHERE a.account = $1 AND a.principal_id = $2 ORDER BY a.policy_arn`
const DOCUMENT = `SELECT v.document FROM iam_policy p
  JOIN iam_policy_version v ON v.account = p.account AND v.policy_id = p.id AND v.number = p.default_version
  WHERE p.account = $1 AND p.arn = $2`

const principalRow = (row: OwnerRow | undefined): PrincipalRow | undefined =>
  row === undefined ? undefined : { name: row.name, path: row.path, tags: parseTags(row.tags) }

/** A user by its unique id. */
export const loadUser = async (tx: ReadTx, account: string, userId: string): Promise<PrincipalRow | undefined> =>
  principalRow(await tx.get<OwnerRow>(USER, account, userId))

/** A role by its unique id. */
export const loadRole = async (tx: ReadTx, account: string, roleId: string): Promise<PrincipalRow | undefined> =>
  principalRow(await tx.get<OwnerRow>(ROLE, account, roleId))

/** Whether a role is in an instance profile, both by unique id. */
export const isInInstanceProfile = async (
  tx: ReadTx,
  account: string,
  { profileId, roleId }: { readonly profileId: string; readonly roleId: string },
): Promise<boolean> => (await tx.get(IN_PROFILE, account, profileId, roleId)) !== undefined

/** The default version of a customer managed policy; undefined where there is no such policy. */
export async function loadManagedDocument(tx: ReadTx, account: string, arn: string): Promise<string | undefined> {
  return (await tx.get<{ document: string }>(DOCUMENT, account, arn))?.document
}

export type IdentityDocuments = {
  readonly inline: readonly { readonly ownerArn: string; readonly name: string; readonly document: string }[]
  /** Customer managed policies; one that is attached twice (to a user and its group) stands here once. */
  readonly managed: readonly { readonly arn: string; readonly name: string; readonly document: string }[]
  readonly awsManagedArns: readonly string[]
  /** `document` is absent where the boundary is an AWS managed policy. A customer policy that is gone is empty text, which denies. */
  readonly boundary?: { readonly arn: string; readonly document?: string }
}

/** AWS managed policies: their documents are not in the store. */
const AWS_MANAGED = 'arn:aws:iam::aws:policy/'
/** Unique ids of roles. */
const ROLE_ID = 'AROA'

/** The documents that a user (its own and its groups') or a role has, by unique id. A principal that does not exist has none. */
export async function loadIdentityDocuments(tx: ReadTx, account: string, principalId: string): Promise<IdentityDocuments> {
  const isRole = principalId.startsWith(ROLE_ID)
  const row = await tx.get<OwnerRow>(isRole ? ROLE : USER, account, principalId)
  if (row === undefined) return { inline: [], managed: [], awsManagedArns: [] }
  const own: Owner = { id: principalId, arn: (isRole ? roleArn : userArn)(account, row.path, row.name) }
  const owners = isRole ? [own] : [own, ...(await groupsOf(tx, account, principalId))]
  const inline: IdentityDocuments['inline'][number][] = []
  const attached = new Map<string, AttachedRow>()
  for (const { id, arn } of owners) {
    const policies = await tx.all<{ name: string; document: string }>(INLINE, account, id)
    inline.push(...policies.map(({ name, document }) => ({ ownerArn: arn, name, document })))
    for (const policy of await tx.all<AttachedRow>(ATTACHED, account, id)) attached.set(policy.arn, policy)
  }
  const boundary = row.boundary_arn === null ? undefined : await boundaryOf(tx, account, row.boundary_arn)
  return { inline, ...split([...attached.values()]), ...(boundary !== undefined && { boundary }) }
}

type Owner = { readonly id: string; readonly arn: string }
type AttachedRow = { readonly arn: string; readonly name: string | null; readonly document: string | null }

async function groupsOf(tx: ReadTx, account: string, userId: string): Promise<readonly Owner[]> {
  const rows = await tx.all<{ id: string; name: string; path: string }>(GROUPS, account, userId)
  return rows.map(({ id, name, path }) => ({ id, arn: groupArn(account, path, name) }))
}

/** An attachment whose policy is gone is kept with empty text: what cannot be compiled denies. */
function split(attached: readonly AttachedRow[]): Pick<IdentityDocuments, 'managed' | 'awsManagedArns'> {
  const isAws = ({ arn }: AttachedRow): boolean => arn.startsWith(AWS_MANAGED)
  return {
    managed: attached
      .filter((row) => !isAws(row))
      .map(({ arn, name, document }) => ({ arn, name: name ?? arn, document: document ?? '' })),
    awsManagedArns: attached.filter(isAws).map(({ arn }) => arn),
  }
}

async function boundaryOf(tx: ReadTx, account: string, arn: string): Promise<NonNullable<IdentityDocuments['boundary']>> {
  if (arn.startsWith(AWS_MANAGED)) return { arn }
  const document = isPartnerPolicy(arn) ? await partnerBoundary(tx, arn) : await loadManagedDocument(tx, account, arn)
  return { arn, document: document ?? '' }
}
