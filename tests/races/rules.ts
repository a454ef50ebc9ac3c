/** What each operation does to the state, and when it refuses: the IAM API Reference in a few lines each, written without looking at our handlers. */
import assert from 'node:assert/strict'
import { newOwner, newUser, type Owner, type Policy, type State, type User } from './state.ts'

export class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** IAM User Guide, "IAM and AWS STS quotas". */
const KEYS = 2
const VERSIONS = 5
const GROUPS = 10
const ATTACHED = 10
const TAGS = 50

export type Input = Readonly<Record<string, string | boolean | readonly unknown[] | undefined>>
/** Changes the state, throws `Refused`, or fails an assertion where the answer was another one. */
type Rule = (state: State, input: Input, answer: Record<string, unknown>) => void

const text = (input: Input, name: string): string => String(input[name])
const keyOf = (input: Input, name: string): string => text(input, name).toLowerCase()
const policyName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
const isAws = (arn: string): boolean => arn.startsWith('arn:aws:iam::aws:')
const refuseIf = (wrong: boolean, code: string): void => {
  if (wrong) throw new Refused(code)
}

function must<T>(map: ReadonlyMap<string, T>, key: string): T {
  const found = map.get(key)
  if (found === undefined) throw new Refused('NoSuchEntity')
  return found
}
const user = (state: State, input: Input): User => must(state.users, keyOf(input, 'UserName'))
const group = (state: State, input: Input): Owner => must(state.groups, keyOf(input, 'GroupName'))
const role = (state: State, input: Input): Owner => must(state.roles, keyOf(input, 'RoleName'))
const policy = (state: State, input: Input): Policy => must(state.policies, policyName(text(input, 'PolicyArn')))
const membersOf = (state: State, groupKey: string): readonly User[] =>
  [...state.users.values()].filter(({ groups }) => groups.has(groupKey))
const owners = (state: State): readonly Owner[] => [...state.users.values(), ...state.groups.values(), ...state.roles.values()]
const isUsed = (state: State, arn: string): boolean =>
  owners(state).some(({ attached, boundary }) => attached.has(arn) || boundary === arn)

type Find = (state: State, input: Input) => Owner

const attach =
  (find: Find): Rule =>
  (state, input) => {
    const arn = text(input, 'PolicyArn')
    const { attached } = find(state, input)
    refuseIf(!isAws(arn) && !state.policies.has(policyName(arn)), 'NoSuchEntity')
    if (attached.has(arn)) return
    refuseIf(attached.size >= ATTACHED, 'LimitExceeded')
    attached.add(arn)
  }
const detach =
  (find: Find): Rule =>
  (state, input) =>
    refuseIf(!find(state, input).attached.delete(text(input, 'PolicyArn')), 'NoSuchEntity')
const putInline =
  (find: Find): Rule =>
  (state, input) => {
    find(state, input).inline.add(text(input, 'PolicyName'))
  }
const deleteInline =
  (find: Find): Rule =>
  (state, input) =>
    refuseIf(!find(state, input).inline.delete(text(input, 'PolicyName')), 'NoSuchEntity')
const putBoundary =
  (find: Find): Rule =>
  (state, input) => {
    const owner = find(state, input)
    const arn = text(input, 'PermissionsBoundary')
    refuseIf(!isAws(arn) && !state.policies.has(policyName(arn)), 'NoSuchEntity')
    owner.boundary = arn
  }
const deleteBoundary =
  (find: Find): Rule =>
  (state, input) => {
    find(state, input).boundary = undefined
  }
const listAttached =
  (find: Find): Rule =>
  (state, input, answer) => {
    const listed = (answer['AttachedPolicies'] ?? []) as { readonly PolicyArn: string }[]
    assert.deepEqual(listed.map(({ PolicyArn }) => PolicyArn).toSorted(), [...find(state, input).attached].toSorted())
  }

function rename<T extends Owner>(map: Map<string, T>, from: string, name: string): void {
  const entity = must(map, from)
  const to = name.toLowerCase()
  refuseIf(to !== from && map.has(to), 'EntityAlreadyExists')
  map.delete(from)
  entity.name = name
  map.set(to, entity)
}

const versionOf = (input: Input): number => Number(text(input, 'VersionId').slice(1))

export const RULES: Readonly<Record<string, Rule>> = {
  CreateUser(state, input) {
    refuseIf(state.users.has(keyOf(input, 'UserName')), 'EntityAlreadyExists')
    state.users.set(keyOf(input, 'UserName'), newUser(text(input, 'UserName')))
  },
  UpdateUser: (state, input) => rename(state.users, keyOf(input, 'UserName'), text(input, 'NewUserName')),
  DeleteUser(state, input) {
    const { keys, groups, attached, inline } = user(state, input)
    refuseIf(keys.size + groups.size + attached.size + inline.size > 0, 'DeleteConflict')
    state.users.delete(keyOf(input, 'UserName'))
  },
  GetUser: (state, input, answer) =>
    assert.equal((answer['User'] as { readonly UserName?: string } | undefined)?.UserName, user(state, input).name),
  TagUser(state, input) {
    const { tags } = user(state, input)
    const all = new Set([...tags, ...((input['Tags'] ?? []) as { readonly Key: string }[]).map(({ Key }) => Key)])
    refuseIf(all.size > TAGS, 'LimitExceeded')
    for (const key of all) tags.add(key)
  },
  UntagUser(state, input) {
    for (const key of (input['TagKeys'] ?? []) as readonly string[]) user(state, input).tags.delete(key)
  },

  CreateGroup(state, input) {
    refuseIf(state.groups.has(keyOf(input, 'GroupName')), 'EntityAlreadyExists')
    state.groups.set(keyOf(input, 'GroupName'), newOwner(text(input, 'GroupName')))
  },
  UpdateGroup(state, input) {
    const [from, to] = [keyOf(input, 'GroupName'), keyOf(input, 'NewGroupName')]
    rename(state.groups, from, text(input, 'NewGroupName'))
    for (const { groups } of membersOf(state, from)) {
      groups.delete(from)
      groups.add(to)
    }
  },
  DeleteGroup(state, input) {
    const { attached, inline } = group(state, input)
    const members = membersOf(state, keyOf(input, 'GroupName'))
    refuseIf(members.length + attached.size + inline.size > 0, 'DeleteConflict')
    state.groups.delete(keyOf(input, 'GroupName'))
  },
  GetGroup(state, input, answer) {
    group(state, input)
    const listed = ((answer['Users'] ?? []) as { readonly UserName: string }[]).map(({ UserName }) => UserName)
    assert.deepEqual(
      listed.toSorted(),
      membersOf(state, keyOf(input, 'GroupName'))
        .map(({ name }) => name)
        .toSorted(),
    )
  },
  AddUserToGroup(state, input) {
    const { groups } = user(state, input)
    group(state, input)
    const key = keyOf(input, 'GroupName')
    if (groups.has(key)) return
    refuseIf(groups.size >= GROUPS, 'LimitExceeded')
    groups.add(key)
  },
  RemoveUserFromGroup(state, input) {
    group(state, input)
    user(state, input).groups.delete(keyOf(input, 'GroupName'))
  },

  CreateRole(state, input) {
    refuseIf(state.roles.has(keyOf(input, 'RoleName')), 'EntityAlreadyExists')
    state.roles.set(keyOf(input, 'RoleName'), newOwner(text(input, 'RoleName')))
  },
  DeleteRole(state, input) {
    const { attached, inline } = role(state, input)
    const inProfile = [...state.profiles.values()].includes(keyOf(input, 'RoleName'))
    refuseIf(attached.size + inline.size > 0 || inProfile, 'DeleteConflict')
    state.roles.delete(keyOf(input, 'RoleName'))
  },
  CreateInstanceProfile(state, input) {
    const name = text(input, 'InstanceProfileName')
    refuseIf(state.profiles.has(name), 'EntityAlreadyExists')
    state.profiles.set(name, undefined)
  },
  DeleteInstanceProfile(state, input) {
    const name = text(input, 'InstanceProfileName')
    refuseIf(!state.profiles.has(name), 'NoSuchEntity')
    refuseIf(state.profiles.get(name) !== undefined, 'DeleteConflict')
    state.profiles.delete(name)
  },
  AddRoleToInstanceProfile(state, input) {
    const name = text(input, 'InstanceProfileName')
    refuseIf(!state.profiles.has(name), 'NoSuchEntity')
    role(state, input)
    refuseIf(state.profiles.get(name) !== undefined, 'LimitExceeded')
    state.profiles.set(name, keyOf(input, 'RoleName'))
  },
  RemoveRoleFromInstanceProfile(state, input) {
    const name = text(input, 'InstanceProfileName')
    refuseIf(state.profiles.get(name) !== keyOf(input, 'RoleName'), 'NoSuchEntity')
    state.profiles.set(name, undefined)
  },

  CreatePolicy(state, input) {
    const name = text(input, 'PolicyName')
    refuseIf(state.policies.has(name), 'EntityAlreadyExists')
    state.policies.set(name, { versions: new Set([1]), chosen: 1, next: 2 })
  },
  DeletePolicy(state, input) {
    const arn = text(input, 'PolicyArn')
    refuseIf(policy(state, input).versions.size > 1 || isUsed(state, arn), 'DeleteConflict')
    state.policies.delete(policyName(arn))
  },
  CreatePolicyVersion(state, input, answer) {
    const found = policy(state, input)
    refuseIf(found.versions.size >= VERSIONS, 'LimitExceeded')
    found.versions.add(found.next)
    if (input['SetAsDefault'] === true) found.chosen = found.next
    assert.equal((answer['PolicyVersion'] as { readonly VersionId?: string } | undefined)?.VersionId, `v${found.next}`)
    found.next += 1
  },
  DeletePolicyVersion(state, input) {
    const { versions, chosen } = policy(state, input)
    refuseIf(!versions.has(versionOf(input)), 'NoSuchEntity')
    refuseIf(chosen === versionOf(input), 'DeleteConflict')
    versions.delete(versionOf(input))
  },
  SetDefaultPolicyVersion(state, input) {
    const found = policy(state, input)
    refuseIf(!found.versions.has(versionOf(input)), 'NoSuchEntity')
    found.chosen = versionOf(input)
  },

  CreateAccessKey(state, input, answer) {
    const { keys } = user(state, input)
    refuseIf(keys.size >= KEYS, 'LimitExceeded')
    const made = (answer['AccessKey'] as { readonly AccessKeyId?: string } | undefined)?.AccessKeyId
    assert.ok(made !== undefined && !keys.has(made))
    keys.add(made)
  },
  DeleteAccessKey: (state, input) => refuseIf(!user(state, input).keys.delete(text(input, 'AccessKeyId')), 'NoSuchEntity'),

  AttachUserPolicy: attach(user),
  AttachGroupPolicy: attach(group),
  AttachRolePolicy: attach(role),
  DetachUserPolicy: detach(user),
  DetachGroupPolicy: detach(group),
  DetachRolePolicy: detach(role),
  PutUserPolicy: putInline(user),
  PutGroupPolicy: putInline(group),
  PutRolePolicy: putInline(role),
  DeleteUserPolicy: deleteInline(user),
  DeleteGroupPolicy: deleteInline(group),
  DeleteRolePolicy: deleteInline(role),
  PutUserPermissionsBoundary: putBoundary(user),
  PutRolePermissionsBoundary: putBoundary(role),
  DeleteUserPermissionsBoundary: deleteBoundary(user),
  DeleteRolePermissionsBoundary: deleteBoundary(role),
  ListAttachedUserPolicies: listAttached(user),
  ListAttachedGroupPolicies: listAttached(group),
  ListAttachedRolePolicies: listAttached(role),

  GetAccountSummary(state, _input, answer) {
    const { Users, Groups, Roles, Policies, InstanceProfiles } = (answer['SummaryMap'] ?? {}) as Record<string, number>
    const { users, groups, roles, policies, profiles } = state
    const sizes = [users, groups, roles, policies, profiles].map(({ size }) => size)
    assert.deepEqual([Users, Groups, Roles, Policies, InstanceProfiles], sizes)
  },
}
