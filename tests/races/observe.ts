/** What an account says of itself: through every list, entity by entity, and in GetAccountAuthorizationDetails. */
import assert from 'node:assert/strict'
import type * as Iam from '@aws-sdk/client-iam'
import { call, type Clients } from './account.ts'
import { emptyState, type Owner, type Policy, type State, type User } from './state.ts'

type Lists = <T>(action: string, member: string, input?: object) => Promise<readonly T[]>

/** The account as its lists say. The next version of a policy cannot be seen: it is taken from what is likely. */
export async function observe(clients: Clients, likely: State): Promise<State> {
  const state = emptyState()
  const list: Lists = async <T>(action: string, member: string, input: object = {}) =>
    ((await call(clients, action, input))[member] ?? []) as readonly T[]
  for (const { UserName = '' } of await list<Iam.User>('ListUsers', 'Users')) {
    const { User }: { readonly User?: Iam.User } = await call(clients, 'GetUser', { UserName })
    state.users.set(UserName.toLowerCase(), await userOf(list, UserName, User))
  }
  for (const { GroupName = '' } of await list<Iam.Group>('ListGroups', 'Groups'))
    state.groups.set(GroupName.toLowerCase(), await ownerOf(list, 'Group', { GroupName }))
  for (const { RoleName = '' } of await list<Iam.Role>('ListRoles', 'Roles')) {
    const { Role }: { readonly Role?: Iam.Role } = await call(clients, 'GetRole', { RoleName })
    const boundary = Role?.PermissionsBoundary?.PermissionsBoundaryArn
    state.roles.set(RoleName.toLowerCase(), { ...(await ownerOf(list, 'Role', { RoleName })), boundary })
  }
  await observePolicies(list, state, likely)
  return state
}

async function observePolicies(list: Lists, state: State, likely: State): Promise<void> {
  for (const { PolicyName = '', Arn } of await list<Iam.Policy>('ListPolicies', 'Policies', { Scope: 'Local' })) {
    const policy = policyOf(await list<Iam.PolicyVersion>('ListPolicyVersions', 'Versions', { PolicyArn: Arn }))
    state.policies.set(PolicyName, { ...policy, next: likely.policies.get(PolicyName)?.next ?? 0 })
  }
  for (const { InstanceProfileName = '', Roles } of await list<Iam.InstanceProfile>('ListInstanceProfiles', 'InstanceProfiles'))
    state.profiles.set(InstanceProfileName, Roles?.[0]?.RoleName?.toLowerCase())
}

async function ownerOf(list: Lists, kind: 'User' | 'Group' | 'Role', input: Readonly<Record<string, string>>): Promise<Owner> {
  const attached = await list<Iam.AttachedPolicy>(`ListAttached${kind}Policies`, 'AttachedPolicies', input)
  return {
    name: input[`${kind}Name`] ?? '',
    attached: new Set(attached.map(({ PolicyArn = '' }) => PolicyArn)),
    inline: new Set(await list<string>(`List${kind}Policies`, 'PolicyNames', input)),
    boundary: undefined,
  }
}

async function userOf(list: Lists, UserName: string, user: Iam.User | undefined): Promise<User> {
  const input = { UserName }
  const keys = await list<Iam.AccessKeyMetadata>('ListAccessKeys', 'AccessKeyMetadata', input)
  const groups = await list<Iam.Group>('ListGroupsForUser', 'Groups', input)
  return {
    ...(await ownerOf(list, 'User', input)),
    boundary: user?.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: new Set((user?.Tags ?? []).map(({ Key = '' }) => Key)),
    keys: new Set(keys.map(({ AccessKeyId = '' }) => AccessKeyId)),
    groups: new Set(groups.map(({ GroupName = '' }) => GroupName.toLowerCase())),
  }
}

function policyOf(versions: readonly Iam.PolicyVersion[]): Pick<Policy, 'versions' | 'chosen'> {
  const numberOf = ({ VersionId = '' }: Iam.PolicyVersion): number => Number(VersionId.slice(1))
  const chosen = versions.filter(({ IsDefaultVersion }) => IsDefaultVersion).map(numberOf)
  assert.equal(chosen.length, 1, 'one default version')
  return { versions: new Set(versions.map(numberOf)), chosen: chosen[0] ?? 0 }
}

/** One answer tells what the lists tell, and counts what is attached. */
export async function assertDetails(clients: Clients, state: State): Promise<void> {
  const input = { Filter: ['User', 'Group', 'Role', 'LocalManagedPolicy'], MaxItems: 1000 }
  const details: Partial<Iam.GetAccountAuthorizationDetailsResponse> = await call(
    clients,
    'GetAccountAuthorizationDetails',
    input,
  )
  const arns = (policies: readonly Iam.AttachedPolicy[] = []): readonly string[] =>
    policies.map(({ PolicyArn = '' }) => PolicyArn)
  const names = (policies: readonly Iam.PolicyDetail[] = []): readonly string[] =>
    policies.map(({ PolicyName = '' }) => PolicyName)
  const inDetails = [
    ...(details.UserDetailList ?? []).map((one) => [one.UserName, arns(one.AttachedManagedPolicies), names(one.UserPolicyList)]),
    ...(details.UserDetailList ?? []).map((one) => [one.UserName, one.GroupList?.map((name) => name.toLowerCase())]),
    ...(details.GroupDetailList ?? []).map((one) => [
      one.GroupName,
      arns(one.AttachedManagedPolicies),
      names(one.GroupPolicyList),
    ]),
    ...(details.RoleDetailList ?? []).map((one) => [one.RoleName, arns(one.AttachedManagedPolicies), names(one.RolePolicyList)]),
    ...(details.Policies ?? []).map((one) => [
      one.PolicyName,
      one.DefaultVersionId,
      one.AttachmentCount,
      one.PermissionsBoundaryUsageCount,
    ]),
  ]
  const owners: readonly Owner[] = [...state.users.values(), ...state.groups.values(), ...state.roles.values()]
  const inLists = [
    ...owners.map(({ name, attached, inline }) => [name, [...attached], [...inline]]),
    ...[...state.users.values()].map(({ name, groups }) => [name, [...groups]]),
    ...[...state.policies].map(([name, { chosen }]) => {
      const used = owners.filter(({ attached }) => [...attached].some((arn) => isCustomer(arn, name)))
      const bounding = owners.filter(({ boundary = '' }) => isCustomer(boundary, name))
      return [name, `v${chosen}`, used.length, bounding.length]
    }),
  ]
  assert.deepEqual(inOrder(inDetails), inOrder(inLists))
}

const isCustomer = (arn: string, name: string): boolean => arn.endsWith(`:policy/${name}`) && !arn.startsWith('arn:aws:iam::aws:')

/** Rows and the lists in them, each as a text, in one order. */
const inOrder = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row.map((value) => (Array.isArray(value) ? value.map(String).toSorted() : value)))).toSorted()

/** Every attachment, boundary, membership and profile names something that exists. */
export function assertWhole({ users, groups, roles, policies, profiles }: State): void {
  const exists = (arn: string): boolean =>
    arn.startsWith('arn:aws:iam::aws:') || policies.has(arn.slice(arn.lastIndexOf('/') + 1))
  for (const { name, attached, boundary } of [...users.values(), ...groups.values(), ...roles.values()])
    for (const arn of [...attached, ...(boundary === undefined ? [] : [boundary])]) assert.ok(exists(arn), `${name} has ${arn}`)
  for (const user of users.values()) for (const name of user.groups) assert.ok(groups.has(name), `${user.name} is in ${name}`)
  for (const [name, role] of profiles) assert.ok(role === undefined || roles.has(role), `${name} has ${role}`)
}
