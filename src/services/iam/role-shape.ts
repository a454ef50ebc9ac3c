/** Roles as operations answer them. */
import { roleArn } from '../../aws/arn.ts'
import type { Role, RoleLastUsed } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { encodedDocument } from './document-encoding.ts'
import { findRoleSource, findRoleUse, type RoleRow } from './roles.rows.ts'
import { parseTags } from './tags.ts'
import { shownTrustPolicy } from './trust-policy.ts'

/** A role as an instance profile shows it. */
export async function bareRole(tx: ReadTx, accountId: string, row: RoleRow): Promise<Role> {
  return {
    Path: row.path,
    RoleName: row.name,
    RoleId: row.id,
    Arn: roleArn(accountId, row.path, row.name),
    CreateDate: new Date(row.created_at),
    AssumeRolePolicyDocument: encodedDocument(await shownTrustPolicy(tx, row.trust_policy)),
  }
}

/** A role just made: without description and maximum duration (recorded from AWS). */
export async function createdRole(tx: ReadTx, accountId: string, row: RoleRow): Promise<Role> {
  return { ...(await bareRole(tx, accountId, row)), ...attributes(row), ...(await sourceTemplate(tx, accountId, row.id)) }
}

/** A role in a list: without tags, boundary and last use (recorded from AWS). */
export async function listedRole(tx: ReadTx, accountId: string, row: RoleRow): Promise<Role> {
  return {
    ...(await bareRole(tx, accountId, row)),
    ...(row.description !== null && { Description: row.description }),
    MaxSessionDuration: row.max_session_seconds,
    ...(await sourceTemplate(tx, accountId, row.id)),
  }
}

/** A role by itself, with all that is known of it. `RoleLastUsed` is there, and empty, before the first use (recorded from AWS). */
export async function describedRole(tx: ReadTx, accountId: string, row: RoleRow): Promise<Role> {
  return {
    ...(await listedRole(tx, accountId, row)),
    ...attributes(row),
    RoleLastUsed: await lastUsed(tx, accountId, row.id),
  }
}

function attributes({ tags: column, boundary_arn: boundary }: RoleRow): Pick<Role, 'PermissionsBoundary' | 'Tags'> {
  const tags = parseTags(column)
  return {
    ...(boundary !== null && {
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
    }),
    ...(tags.length > 0 && { Tags: tags }),
  }
}

async function lastUsed(tx: ReadTx, accountId: string, roleId: string): Promise<RoleLastUsed> {
  const use = await findRoleUse(tx, accountId, roleId)
  return use === undefined ? {} : { LastUsedDate: new Date(use.used_at), Region: use.region }
}

/** For roles that AcquireRole made; absent for all others (API reference, SourceRoleTemplate). */
async function sourceTemplate(tx: ReadTx, accountId: string, roleId: string): Promise<Pick<Role, 'SourceRoleTemplate'>> {
  const source = await findRoleSource(tx, accountId, roleId)
  if (source === undefined) return {}
  return { SourceRoleTemplate: { TemplateArn: source.template_arn, TemplateMinorVersion: source.minor_version } }
}
