/** Users as operations answer them. */
import { rootArn, userArn } from '../../aws/arn.ts'
import type { User } from '../../model/iam.gen.ts'
import { parseTags } from './tags.ts'
import type { UserRow } from './users.rows.ts'

/** A user in a list: without tags and boundary (recorded from AWS). PasswordLastUsed only where a password was used. */
export function listedUser(accountId: string, row: UserRow): User {
  return {
    Path: row.path,
    UserName: row.name,
    UserId: row.id,
    Arn: userArn(accountId, row.path, row.name),
    CreateDate: new Date(row.created_at),
    ...(row.password_used_at !== null && { PasswordLastUsed: new Date(row.password_used_at) }),
  }
}

/** A user by itself: with tags and boundary where it has them. */
export function describedUser(accountId: string, row: UserRow): User {
  const tags = parseTags(row.tags)
  return {
    ...listedUser(accountId, row),
    ...(row.boundary_arn !== null && {
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: row.boundary_arn },
    }),
    ...(tags.length > 0 && { Tags: tags }),
  }
}

/** The root user, whose unique id is the account's: without a path, and with a name only where the account has an alias (recorded from AWS). */
export function rootUser(
  accountId: string,
  { alias, created_at: createdAt }: { readonly alias: string | null; readonly created_at: number },
): User {
  return {
    ...(alias !== null && { UserName: alias }),
    UserId: accountId,
    Arn: rootArn(accountId),
    CreateDate: new Date(createdAt),
  }
}
