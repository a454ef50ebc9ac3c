/** Who may have policies: users, groups and roles, so that one code serves the operations of all three. */
import type { ReadTx } from '../../store/store.ts'
import type { EntityRef } from '../operation.ts'
import { mustFindGroup } from './groups.rows.ts'
import {
  GROUP_POLICY_SIZE,
  POLICIES_PER_GROUP,
  POLICIES_PER_ROLE,
  POLICIES_PER_USER,
  ROLE_POLICY_SIZE,
  USER_POLICY_SIZE,
} from './quotas.ts'
import { mustFindModifiableRole, mustFindRole } from './roles.rows.ts'
import { mustFindUser } from './users.rows.ts'

export type OwnerRow = { readonly id: string; readonly name: string }
type Find = (tx: ReadTx, accountId: string, name: string) => Promise<OwnerRow>

/** A kind of owner. `Named` is the part of an input or an output that names one: `{ UserName }`. */
export type OwnerKind<Named> = {
  readonly kind: 'user' | 'group' | 'role'
  readonly nameOf: (input: Named) => string
  readonly named: (name: string) => Named
  /** By name; throws NoSuchEntity. */
  readonly mustFind: Find
  /** By name, to change its policies; throws NoSuchEntity, and UnmodifiableEntity for service-linked roles. */
  readonly mustFindModifiable: Find
  /** Managed policies that one may have, and AWS's name for that quota. */
  readonly attached: { readonly quota: string; readonly limit: number }
  /** Characters of all its inline policies together, without white space. */
  readonly inlineSize: number
}

export const USER: OwnerKind<{ readonly UserName: string }> = {
  kind: 'user',
  nameOf: ({ UserName }) => UserName,
  named: (UserName) => ({ UserName }),
  mustFind: mustFindUser,
  mustFindModifiable: mustFindUser,
  attached: { quota: 'PoliciesPerUser', limit: POLICIES_PER_USER },
  inlineSize: USER_POLICY_SIZE,
}

export const GROUP: OwnerKind<{ readonly GroupName: string }> = {
  kind: 'group',
  nameOf: ({ GroupName }) => GroupName,
  named: (GroupName) => ({ GroupName }),
  mustFind: mustFindGroup,
  mustFindModifiable: mustFindGroup,
  attached: { quota: 'PoliciesPerGroup', limit: POLICIES_PER_GROUP },
  inlineSize: GROUP_POLICY_SIZE,
}

export const ROLE: OwnerKind<{ readonly RoleName: string }> = {
  kind: 'role',
  nameOf: ({ RoleName }) => RoleName,
  named: (RoleName) => ({ RoleName }),
  mustFind: mustFindRole,
  mustFindModifiable: mustFindModifiableRole,
  attached: { quota: 'PoliciesPerRole', limit: POLICIES_PER_ROLE },
  inlineSize: ROLE_POLICY_SIZE,
}

/** An owner as a check names it. */
export const ownerRef = <Named>({ kind, nameOf }: OwnerKind<Named>, input: Named): EntityRef => ({ kind, name: nameOf(input) })
