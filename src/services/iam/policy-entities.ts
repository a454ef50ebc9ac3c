/** Which users, groups and roles have a managed policy, or are bounded by it. */
import type { EntityType, ListEntitiesForPolicyRequest } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { listAttachedTo, listBoundedBy, type PolicyUser } from './attachments.rows.ts'
import { noSuchEntity } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import { findManagedPolicy } from './policies.ts'
import { policyCheck } from './policy-arn.ts'

/** Users, groups and roles share the page: MaxItems counts them together. */
export const listEntitiesForPolicy = readOperation('iam', 'ListEntitiesForPolicy', {
  authorize: ({ PolicyArn }) => policyCheck('iam:ListEntitiesForPolicy', PolicyArn),
  async handle(tx, input, { accountId }) {
    const policy = await findManagedPolicy(tx, accountId, input.PolicyArn)
    if (policy === undefined) throw noSuchEntity.notAttachable(input.PolicyArn)
    const after = startOf('policy entities', input) ?? ''
    const users = (await usersOf(tx, accountId, input))
      .filter((user) => keyOf(user) > after && isAsked(user, input))
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    const { items, ...page } = pageOf('policy entities', users.slice(0, rowsFor(input)), input, keyOf)
    const of = (kind: PolicyUser['kind']): readonly PolicyUser[] => items.filter((user) => user.kind === kind)
    return {
      PolicyGroups: of('group').map(({ id, name }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: of('user').map(({ id, name }) => ({ UserName: name, UserId: id })),
      PolicyRoles: of('role').map(({ id, name }) => ({ RoleName: name, RoleId: id })),
      ...page,
    }
  },
})

const keyOf = ({ kind, name }: PolicyUser): string => `${kind}/${nameKey(name)}`

/** Without a filter AWS also lists those whose boundary the policy is (reported in 2025). Whoever is both stands here once. */
async function usersOf(
  tx: ReadTx,
  accountId: string,
  { PolicyArn, PolicyUsageFilter }: ListEntitiesForPolicyRequest,
): Promise<readonly PolicyUser[]> {
  const attached = PolicyUsageFilter === 'PermissionsBoundary' ? [] : await listAttachedTo(tx, accountId, PolicyArn)
  const bounded = PolicyUsageFilter === 'PermissionsPolicy' ? [] : await listBoundedBy(tx, accountId, PolicyArn)
  return [...new Map([...attached, ...bounded].map((user) => [user.id, user])).values()]
}

const FILTERS: Readonly<Record<PolicyUser['kind'], EntityType>> = { user: 'User', group: 'Group', role: 'Role' }

/** The filters LocalManagedPolicy and AWSManagedPolicy, which the model shares with another operation, match nobody. */
const isAsked = (
  { kind, path }: PolicyUser,
  { EntityFilter, PathPrefix = DEFAULT_PATH }: ListEntitiesForPolicyRequest,
): boolean => path.startsWith(PathPrefix) && (EntityFilter === undefined || EntityFilter === FILTERS[kind])

export const policyEntityOperations = [listEntitiesForPolicy]
