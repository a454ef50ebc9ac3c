/** Whose credential an operation works on where `UserName` may be left out: the named user, the caller, or the root user. */
import { rootArn } from '../../aws/arn.ts'
import type { ReadTx } from '../../store/store.ts'
import type { Call, EntityRef } from '../operation.ts'
import { mustSpecifyUserName } from './errors.ts'
import { mustFindUser, type UserRow } from './users.rows.ts'

/** The user name under which the root user's credentials stand, as AWS's credential report writes it: the model demands one. */
export const ROOT_NAME = '<root_account>'

/** A user, or the account's root user. */
export type CredentialOwner = { readonly kind: 'user'; readonly name: string } | { readonly kind: 'root' }

/** The name given, else whoever signed the request. Throws ValidationError where that is neither a user nor the root user. */
export function ownerOf({ UserName }: { readonly UserName?: string }, { principal }: Pick<Call, 'principal'>): CredentialOwner {
  if (UserName !== undefined) return { kind: 'user', name: UserName }
  if (principal.type === 'user') return { kind: 'user', name: principal.userName }
  if (principal.type === 'root') return { kind: 'root' }
  throw mustSpecifyUserName()
}

/** The owner as a check names it. */
export const ownerResource = (owner: CredentialOwner, { accountId }: Pick<Call, 'accountId'>): EntityRef | string =>
  owner.kind === 'root' ? rootArn(accountId) : { kind: 'user', name: owner.name }

/** The owner's row; null for the root user. Throws NoSuchEntity. */
export async function mustFindOwner(tx: ReadTx, accountId: string, owner: CredentialOwner): Promise<UserRow | null> {
  return owner.kind === 'root' ? null : mustFindUser(tx, accountId, owner.name)
}
