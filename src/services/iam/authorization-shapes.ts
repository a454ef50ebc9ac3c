/** Users, groups, roles and policies with all that says what they may do, as GetAccountAuthorizationDetails answers them. */
import type {
  AttachedPolicy,
  GroupDetail,
  ManagedPolicyDetail,
  PolicyDetail,
  PolicyVersion,
  RoleDetail,
  UserDetail,
} from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { listAttached } from './attachments.rows.ts'
import { awsPolicyDocument, type ManagedPolicy } from './aws-policies.ts'
import { encodedDocument } from './document-encoding.ts'
import { type GroupRow, listGroupsOfUser } from './groups.rows.ts'
import { groupShape } from './groups.ts'
import { allInlinePolicies } from './inline-policies.rows.ts'
import { listProfilesOfRole } from './instance-profiles.rows.ts'
import { listedProfile } from './instance-profiles.ts'
import { findVersion, listVersions, type PolicyRow, type Usage } from './policies.rows.ts'
import { mustBePolicyArn } from './policy-arn.ts'
import { awsPolicy, customerPolicy, listedPolicy, versionId } from './policy-shape.ts'
import { GROUPS_PER_USER, INSTANCE_PROFILES_PER_ACCOUNT } from './quotas.ts'
import { bareRole, describedRole } from './role-shape.ts'
import type { RoleRow } from './roles.rows.ts'
import { parseTags } from './tags.ts'
import { describedUser } from './user-shape.ts'
import type { UserRow } from './users.rows.ts'

export async function userDetail(tx: ReadTx, accountId: string, row: UserRow): Promise<UserDetail> {
  const { PasswordLastUsed: _used, ...user } = describedUser(accountId, row)
  const groups = await listGroupsOfUser(tx, accountId, row.id, { after: undefined, limit: GROUPS_PER_USER })
  const inline = await inlinePolicies(tx, accountId, row.id)
  return {
    ...user,
    // Left out where it is empty, unlike all other lists here: so whoever reads it asks first (aws-samples/bulk-policy-migrator, nccgroup/PMapper).
    ...(inline.length > 0 && { UserPolicyList: inline }),
    GroupList: groups.map(({ name }) => name),
    AttachedManagedPolicies: await attachedPolicies(tx, accountId, row.id),
    Tags: parseTags(row.tags),
  }
}

export async function groupDetail(tx: ReadTx, accountId: string, row: GroupRow): Promise<GroupDetail> {
  return {
    ...groupShape(accountId, row),
    GroupPolicyList: await inlinePolicies(tx, accountId, row.id),
    AttachedManagedPolicies: await attachedPolicies(tx, accountId, row.id),
  }
}

export async function roleDetail(tx: ReadTx, accountId: string, row: RoleRow): Promise<RoleDetail> {
  const { PermissionsBoundary, RoleLastUsed } = await describedRole(tx, accountId, row)
  const profiles = await listProfilesOfRole(tx, accountId, row.id, { after: undefined, limit: INSTANCE_PROFILES_PER_ACCOUNT })
  const shapes = []
  for (const profile of profiles) shapes.push(await listedProfile(tx, accountId, profile))
  return {
    ...(await bareRole(tx, accountId, row)),
    InstanceProfileList: shapes,
    RolePolicyList: await inlinePolicies(tx, accountId, row.id),
    AttachedManagedPolicies: await attachedPolicies(tx, accountId, row.id),
    ...(PermissionsBoundary !== undefined && { PermissionsBoundary }),
    Tags: parseTags(row.tags),
    ...(RoleLastUsed !== undefined && { RoleLastUsed }),
  }
}

/** A customer managed policy with all its versions, the newest first. */
export async function customerPolicyDetail(
  tx: ReadTx,
  accountId: string,
  row: PolicyRow,
  usage: Usage,
): Promise<ManagedPolicyDetail> {
  const versions: PolicyVersion[] = []
  for (const { number } of await listVersions(tx, accountId, row.id)) {
    const version = await findVersion(tx, accountId, row, number)
    if (version === undefined) continue
    versions.push({
      Document: encodedDocument(version.document),
      VersionId: versionId(number),
      IsDefaultVersion: number === row.default_version,
      CreateDate: new Date(version.created_at),
    })
  }
  const { description } = row
  return {
    ...listedPolicy(customerPolicy(row), usage),
    ...(description !== null && { Description: description }),
    PolicyVersionList: versions,
  }
}

/** Of AWS managed policies the default version is known. */
export function awsPolicyDetail(policy: ManagedPolicy, usage: Usage): ManagedPolicyDetail {
  const version: PolicyVersion = {
    Document: encodedDocument(awsPolicyDocument(policy.arn) ?? ''),
    VersionId: policy.defaultVersionId,
    IsDefaultVersion: true,
    CreateDate: policy.updateDate,
  }
  return { ...listedPolicy(awsPolicy(policy), usage), PolicyVersionList: [version] }
}

async function inlinePolicies(tx: ReadTx, accountId: string, ownerId: string): Promise<readonly PolicyDetail[]> {
  const policies = await allInlinePolicies(tx, accountId, ownerId)
  return policies
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, document }) => ({ PolicyName: name, PolicyDocument: encodedDocument(document) }))
}

async function attachedPolicies(tx: ReadTx, accountId: string, ownerId: string): Promise<readonly AttachedPolicy[]> {
  const arns = await listAttached(tx, accountId, ownerId)
  return arns.toSorted().map((arn) => ({ PolicyName: mustBePolicyArn(arn).name, PolicyArn: arn }))
}
