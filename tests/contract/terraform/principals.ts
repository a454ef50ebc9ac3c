/** aws_iam_user, aws_iam_group, aws_iam_group_membership, aws_iam_user_group_membership, aws_iam_role, aws_iam_instance_profile, aws_iam_service_linked_role. */
import assert from 'node:assert/strict'
import type { IAM } from '@aws-sdk/client-iam'
import { changeTags, documentOf, type Lifecycle, orGone, set, tagList, tagMap, type Tags } from './lifecycle.ts'

const BOUNDARY = 'arn:aws:iam::aws:policy/PowerUserAccess'
const OTHER_BOUNDARY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

type User = {
  readonly name: string
  readonly path: string
  readonly permissions_boundary?: string
  readonly tags?: Tags
}

export const user = (iam: IAM): Lifecycle<User> => ({
  configs: [
    { name: 'tf-user', path: '/' },
    { name: 'tf-user', path: '/', tags: { Name: 'x', empty: '' }, permissions_boundary: BOUNDARY },
    { name: 'tf-renamed', path: '/system/', tags: { Name: 'y' }, permissions_boundary: OTHER_BOUNDARY },
    { name: 'tf-Renamed', path: '/system/' },
  ],
  async create({ name: UserName, path: Path, tags, permissions_boundary: PermissionsBoundary }) {
    const { User: made } = await iam.createUser({ UserName, Path, ...set({ PermissionsBoundary, Tags: tagList(tags) }) })
    return made?.UserName ?? ''
  },
  async read(UserName) {
    const answer = await orGone(iam.getUser({ UserName }))
    if (answer === undefined) return undefined
    const { User: found } = answer
    return set({
      name: found?.UserName,
      path: found?.Path,
      permissions_boundary: found?.PermissionsBoundary?.PermissionsBoundaryArn,
      tags: tagMap(found?.Tags),
    })
  },
  async update(id, before, after) {
    if (before.name !== after.name || before.path !== after.path)
      await iam.updateUser({ UserName: id, NewUserName: after.name, NewPath: after.path })
    const UserName = after.name
    if (after.permissions_boundary !== undefined)
      await iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary: after.permissions_boundary })
    else if (before.permissions_boundary !== undefined) await iam.deleteUserPermissionsBoundary({ UserName })
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagUser({ UserName, TagKeys }),
      tag: (Tags) => iam.tagUser({ UserName, Tags }),
    })
    return UserName
  },
  async destroy(UserName) {
    const { Groups } = await iam.listGroupsForUser({ UserName })
    assert.deepEqual(Groups, [])
    await iam.deleteUser({ UserName })
  },
})

type Group = { readonly name: string; readonly path: string }

export const group = (iam: IAM): Lifecycle<Group> => ({
  configs: [
    { name: 'tf-group', path: '/' },
    { name: 'tf-group2', path: '/teams/' },
  ],
  create: async ({ name, path }) => (await iam.createGroup({ GroupName: name, Path: path })).Group?.GroupName ?? '',
  async read(GroupName) {
    const answer = await orGone(iam.getGroup({ GroupName }))
    return answer && { name: answer.Group?.GroupName, path: answer.Group?.Path }
  },
  async update(GroupName, _before, { name, path }) {
    await iam.updateGroup({ GroupName, NewGroupName: name, NewPath: path })
    return name
  },
  async destroy(GroupName) {
    await iam.deleteGroup({ GroupName })
  },
})

type Membership = { readonly group: string; readonly users: readonly string[] }

/** The group and the users are resources of their own, and go when it has gone. */
export const groupMembership = (iam: IAM): Lifecycle<Membership> => ({
  configs: [
    { group: 'tf-members', users: ['tf-one', 'tf-two'] },
    { group: 'tf-members', users: ['tf-three', 'tf-two'] },
  ],
  async create({ group: GroupName, users }) {
    await iam.createGroup({ GroupName })
    for (const UserName of ['tf-one', 'tf-two', 'tf-three']) await iam.createUser({ UserName })
    for (const UserName of users) await iam.addUserToGroup({ GroupName, UserName })
    return GroupName
  },
  async read(GroupName) {
    const answer = await orGone(iam.getGroup({ GroupName }))
    return answer && { group: GroupName, users: answer.Users?.map(({ UserName }) => UserName).toSorted() }
  },
  async update(GroupName, before, after) {
    for (const UserName of before.users.filter((name) => !after.users.includes(name)))
      await iam.removeUserFromGroup({ GroupName, UserName })
    for (const UserName of after.users.filter((name) => !before.users.includes(name)))
      await iam.addUserToGroup({ GroupName, UserName })
    return GroupName
  },
  async destroy(GroupName, { users }) {
    // One is gone already: the provider goes on.
    const [first = '', ...others] = users
    await iam.removeUserFromGroup({ GroupName, UserName: first })
    await iam.deleteUser({ UserName: first })
    assert.equal(await orGone(iam.removeUserFromGroup({ GroupName, UserName: first })), undefined)
    for (const UserName of others) await iam.removeUserFromGroup({ GroupName, UserName })
    for (const UserName of ['tf-one', 'tf-two', 'tf-three']) await orGone(iam.deleteUser({ UserName }))
    await iam.deleteGroup({ GroupName })
  },
})

type Role = {
  readonly name: string
  readonly path: string
  readonly assume_role_policy: object
  readonly description?: string
  readonly max_session_duration: number
  readonly permissions_boundary?: string
  readonly inline_policy: Readonly<Record<string, object>>
  readonly managed_policy_arns: readonly string[]
  readonly tags?: Tags
}

const trust = (Service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Sid: '', Principal: { Service } }],
})
/** With all that an encoding could change. */
const allow = (Action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: 'arn:aws:s3:::a+b/*~ (c) %41 é' }],
})
const ROLE: Role = {
  name: 'tf-role',
  path: '/',
  assume_role_policy: trust('ec2.amazonaws.com'),
  max_session_duration: 3600,
  inline_policy: {},
  managed_policy_arns: [],
}

export const role = (iam: IAM): Lifecycle<Role> => ({
  configs: [
    ROLE,
    {
      ...ROLE,
      description: 'of Terraform: é & <x>',
      max_session_duration: 7200,
      permissions_boundary: BOUNDARY,
      inline_policy: { one: allow('s3:Get*'), two: allow('s3:*') },
      managed_policy_arns: ['arn:aws:iam::aws:policy/IAMReadOnlyAccess', 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess'],
      tags: { Name: 'role', 'aws-like': 'a=b' },
    },
    {
      ...ROLE,
      assume_role_policy: trust('lambda.amazonaws.com'),
      description: 'another',
      inline_policy: { two: allow('s3:List*') },
      managed_policy_arns: ['arn:aws:iam::aws:policy/IAMReadOnlyAccess'],
      tags: { Name: 'Role' },
    },
  ],
  async create(config) {
    const { Role: made } = await iam.createRole({
      RoleName: config.name,
      Path: config.path,
      AssumeRolePolicyDocument: JSON.stringify(config.assume_role_policy),
      MaxSessionDuration: config.max_session_duration,
    })
    return made?.RoleName ?? ''
  },
  read: (RoleName) => readRole(iam, RoleName),
  async update(RoleName, before, after) {
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: JSON.stringify(after.assume_role_policy) })
    if (before.description !== after.description) await iam.updateRoleDescription({ RoleName, Description: after.description })
    if (before.max_session_duration !== after.max_session_duration)
      await iam.updateRole({ RoleName, MaxSessionDuration: after.max_session_duration })
    if (after.permissions_boundary !== undefined)
      await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: after.permissions_boundary })
    else await iam.deleteRolePermissionsBoundary({ RoleName })
    for (const PolicyName of Object.keys(before.inline_policy)) await iam.deleteRolePolicy({ RoleName, PolicyName })
    for (const [PolicyName, document] of Object.entries(after.inline_policy))
      await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) })
    for (const PolicyArn of before.managed_policy_arns) await iam.detachRolePolicy({ RoleName, PolicyArn })
    for (const PolicyArn of after.managed_policy_arns) await iam.attachRolePolicy({ RoleName, PolicyArn })
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagRole({ RoleName, TagKeys }),
      tag: (Tags) => iam.tagRole({ RoleName, Tags }),
    })
    return RoleName
  },
  async destroy(RoleName) {
    assert.deepEqual((await iam.listInstanceProfilesForRole({ RoleName })).InstanceProfiles, [])
    const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName })
    for (const { PolicyArn } of AttachedPolicies) await iam.detachRolePolicy({ RoleName, PolicyArn })
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName })
    for (const PolicyName of PolicyNames) await iam.deleteRolePolicy({ RoleName, PolicyName })
    await iam.deleteRole({ RoleName })
  },
})

async function readInlinePolicies(iam: IAM, RoleName: string): Promise<Readonly<Record<string, unknown>>> {
  const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName })
  const policies = []
  for (const PolicyName of PolicyNames)
    policies.push([PolicyName, documentOf((await iam.getRolePolicy({ RoleName, PolicyName })).PolicyDocument)] as const)
  return Object.fromEntries(policies)
}

async function readRole(iam: IAM, RoleName: string) {
  const answer = await orGone(iam.getRole({ RoleName }))
  if (answer === undefined) return undefined
  const { Role: found } = answer
  assert.match(found?.Arn ?? '', /^arn:aws:iam::\d{12}:role\//, 'the provider waits until the ARN is no unique id')
  const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName })
  return set({
    name: found?.RoleName,
    path: found?.Path,
    assume_role_policy: documentOf(found?.AssumeRolePolicyDocument),
    description: found?.Description,
    max_session_duration: found?.MaxSessionDuration,
    permissions_boundary: found?.PermissionsBoundary?.PermissionsBoundaryArn,
    inline_policy: await readInlinePolicies(iam, RoleName),
    managed_policy_arns: AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn).toSorted(),
    tags: tagMap(found?.Tags),
  })
}

type Profile = { readonly name: string; readonly path: string; readonly role?: string; readonly tags?: Tags }

export const instanceProfile = (iam: IAM): Lifecycle<Profile> => ({
  configs: [
    { name: 'tf-profile', path: '/ec2/', role: 'tf-first', tags: { Name: 'p' } },
    { name: 'tf-profile', path: '/ec2/', role: 'tf-second', tags: { Name: 'q', more: '1' } },
    { name: 'tf-profile', path: '/ec2/' },
  ],
  async create({ name: InstanceProfileName, path: Path, role: RoleName, tags }) {
    for (const name of ['tf-first', 'tf-second'])
      await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust('ec2.amazonaws.com')) })
    await iam.createInstanceProfile({ InstanceProfileName, Path, ...set({ Tags: tagList(tags) }) })
    // The waiter: found at the first call.
    await iam.getInstanceProfile({ InstanceProfileName })
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName })
    return InstanceProfileName
  },
  async read(InstanceProfileName) {
    const answer = await orGone(iam.getInstanceProfile({ InstanceProfileName }))
    if (answer === undefined) return undefined
    const { InstanceProfile: found } = answer
    const RoleName = found?.Roles?.[0]?.RoleName
    if (RoleName !== undefined) await iam.getRole({ RoleName })
    return set({ name: found?.InstanceProfileName, path: found?.Path, role: RoleName, tags: tagMap(found?.Tags) })
  },
  async update(InstanceProfileName, before, after) {
    if (before.role !== undefined) await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: before.role })
    if (after.role !== undefined) await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: after.role })
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagInstanceProfile({ InstanceProfileName, TagKeys }),
      tag: (Tags) => iam.tagInstanceProfile({ InstanceProfileName, Tags }),
    })
    return InstanceProfileName
  },
  async destroy(InstanceProfileName) {
    assert.equal(await orGone(iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: 'tf-first' })), undefined)
    await iam.deleteInstanceProfile({ InstanceProfileName })
    for (const RoleName of ['tf-first', 'tf-second']) await iam.deleteRole({ RoleName })
  },
})

type LinkedRole = {
  readonly aws_service_name: string
  readonly custom_suffix?: string
  readonly description?: string
  readonly tags?: Tags
}

/** Its description may be edited (IAM User Guide, "Update a service-linked role"), and it may be tagged. */
export const serviceLinkedRole = (iam: IAM): Lifecycle<LinkedRole> => ({
  configs: [
    { aws_service_name: 'autoscaling.amazonaws.com', custom_suffix: 'tf' },
    { aws_service_name: 'autoscaling.amazonaws.com', custom_suffix: 'tf', description: 'of Terraform', tags: { a: 'b' } },
    { aws_service_name: 'autoscaling.amazonaws.com', custom_suffix: 'tf', description: 'changed' },
  ],
  async create({ aws_service_name: AWSServiceName, custom_suffix: CustomSuffix, description: Description }) {
    const { Role: made } = await iam.createServiceLinkedRole({ AWSServiceName, ...set({ CustomSuffix, Description }) })
    return made?.Arn ?? ''
  },
  async read(arn) {
    const [, , service, RoleName = ''] = arn.slice(arn.indexOf('role/')).split('/')
    const answer = await orGone(iam.getRole({ RoleName }))
    if (answer === undefined) return undefined
    const { Role: found } = answer
    return set({
      aws_service_name: service,
      custom_suffix: RoleName.split('_')[1],
      description: found?.Description,
      tags: tagMap(found?.Tags),
    })
  },
  async update(arn, before, after) {
    const RoleName = arn.slice(arn.lastIndexOf('/') + 1)
    await iam.updateRole({ RoleName, ...set({ Description: after.description }) })
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagRole({ RoleName, TagKeys }),
      tag: (Tags) => iam.tagRole({ RoleName, Tags }),
    })
    return arn
  },
  async destroy(arn) {
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName: arn.slice(arn.lastIndexOf('/') + 1) })
    const { Status } = await iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId })
    assert.equal(Status, 'SUCCEEDED')
  },
})
