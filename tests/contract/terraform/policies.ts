/** aws_iam_policy, aws_iam_{user,group,role}_policy_attachment, aws_iam_policy_attachment, and the inline policies of users, groups and roles. */
import assert from 'node:assert/strict'
import type { AttachedPolicy, IAM } from '@aws-sdk/client-iam'
import { changeTags, type Config, documentOf, type Lifecycle, orGone, set, tagList, tagMap, type Tags } from './lifecycle.ts'

const document = (...Action: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
})
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } }],
})

type Policy = {
  readonly name: string
  readonly path: string
  readonly description: string
  readonly policy: object
  readonly tags?: Tags
}
const POLICY: Policy = { name: 'tf-policy', path: '/tf/', description: '', policy: document('s3:Get0') }

/** Eight changes: the provider deletes the oldest version before it makes a sixth one. An absent description is the empty text to it, and sent. */
export const policy = (iam: IAM): Lifecycle<Policy> => ({
  configs: [
    { ...POLICY, tags: { Name: 'policy' } },
    ...Array.from({ length: 8 }, (_, number) => ({ ...POLICY, policy: document(`s3:Get${number + 1}`) })),
  ],
  async create({ name: PolicyName, path: Path, description: Description, policy: made, tags }) {
    const { Policy: found } = await iam.createPolicy({
      PolicyName,
      Path,
      Description,
      PolicyDocument: JSON.stringify(made),
      ...set({ Tags: tagList(tags) }),
    })
    return found?.Arn ?? ''
  },
  async read(PolicyArn) {
    const answer = await orGone(iam.getPolicy({ PolicyArn }))
    if (answer === undefined) return undefined
    const { Policy: found } = answer
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: found?.DefaultVersionId })
    return set({
      name: found?.PolicyName,
      path: found?.Path,
      description: found?.Description ?? '',
      policy: documentOf(PolicyVersion?.Document),
      tags: tagMap(found?.Tags),
    })
  },
  async update(PolicyArn, before, after) {
    const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn })
    const oldest = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion === false).at(-1)
    if (Versions.length >= 5) await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest?.VersionId })
    const PolicyDocument = JSON.stringify(after.policy)
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: false })
    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: PolicyVersion?.VersionId })
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagPolicy({ PolicyArn, TagKeys }),
      tag: (Tags) => iam.tagPolicy({ PolicyArn, Tags }),
    })
    return PolicyArn
  },
  async destroy(PolicyArn) {
    const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn })
    assert.equal(Versions.length, 5)
    for (const { VersionId, IsDefaultVersion } of Versions)
      if (IsDefaultVersion === false) await iam.deletePolicyVersion({ PolicyArn, VersionId })
    await iam.deletePolicy({ PolicyArn })
  },
})

type Attachment = { readonly owner: string; readonly policy_arn: string }
type AttachmentCalls = {
  readonly make: () => Promise<unknown>
  readonly attach: (PolicyArn: string) => Promise<unknown>
  readonly list: () => Promise<{ readonly AttachedPolicies?: readonly AttachedPolicy[] | undefined }>
  readonly detach: (PolicyArn: string) => Promise<unknown>
  readonly unmake: () => Promise<unknown>
}

/** The id is owner and policy. The provider pages through all attachments, and forgets one that it does not find. */
function attachment(owner: string, { make, attach, list, detach, unmake }: AttachmentCalls): Lifecycle<Attachment> {
  return {
    configs: [{ owner, policy_arn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' }],
    async create({ policy_arn: arn }) {
      await make()
      await attach(arn)
      return arn
    },
    async read(id) {
      const answer = await orGone(list())
      const found = answer?.AttachedPolicies?.find(({ PolicyArn }) => PolicyArn === id)
      return found && { owner, policy_arn: found.PolicyArn }
    },
    async destroy(_id, { policy_arn: arn }) {
      await detach(arn)
      assert.equal(await orGone(detach(arn)), undefined)
      await unmake()
    },
  }
}

export const rolePolicyAttachment = (iam: IAM, RoleName = 'tf-attached'): Lifecycle<Attachment> =>
  attachment(RoleName, {
    make: () => iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST }),
    attach: (PolicyArn) => iam.attachRolePolicy({ RoleName, PolicyArn }),
    list: () => iam.listAttachedRolePolicies({ RoleName }),
    detach: (PolicyArn) => iam.detachRolePolicy({ RoleName, PolicyArn }),
    unmake: () => iam.deleteRole({ RoleName }),
  })
export const userPolicyAttachment = (iam: IAM, UserName = 'tf-attached'): Lifecycle<Attachment> =>
  attachment(UserName, {
    make: () => iam.createUser({ UserName }),
    attach: (PolicyArn) => iam.attachUserPolicy({ UserName, PolicyArn }),
    list: () => iam.listAttachedUserPolicies({ UserName }),
    detach: (PolicyArn) => iam.detachUserPolicy({ UserName, PolicyArn }),
    unmake: () => iam.deleteUser({ UserName }),
  })
export const groupPolicyAttachment = (iam: IAM, GroupName = 'tf-attached'): Lifecycle<Attachment> =>
  attachment(GroupName, {
    make: () => iam.createGroup({ GroupName }),
    attach: (PolicyArn) => iam.attachGroupPolicy({ GroupName, PolicyArn }),
    list: () => iam.listAttachedGroupPolicies({ GroupName }),
    detach: (PolicyArn) => iam.detachGroupPolicy({ GroupName, PolicyArn }),
    unmake: () => iam.deleteGroup({ GroupName }),
  })

type Everywhere = {
  readonly policy_arn: string
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly roles: readonly string[]
}

/** aws_iam_policy_attachment owns every attachment of a policy. */
export const policyAttachment = (iam: IAM): Lifecycle<Everywhere> => {
  const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
  const [UserName, GroupName, RoleName] = ['tf-attach-user', 'tf-attach-group', 'tf-attach-role']
  return {
    configs: [{ policy_arn: PolicyArn, users: [UserName], groups: [GroupName], roles: [RoleName] }],
    async create() {
      await iam.createUser({ UserName })
      await iam.createGroup({ GroupName })
      await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST })
      await iam.attachUserPolicy({ UserName, PolicyArn })
      await iam.attachRolePolicy({ RoleName, PolicyArn })
      await iam.attachGroupPolicy({ GroupName, PolicyArn })
      return 'tf'
    },
    async read() {
      const { PolicyUsers = [], PolicyGroups = [], PolicyRoles = [] } = await iam.listEntitiesForPolicy({ PolicyArn })
      if (PolicyUsers.length + PolicyGroups.length + PolicyRoles.length === 0) return undefined
      return {
        policy_arn: PolicyArn,
        users: PolicyUsers.map((one) => one.UserName),
        groups: PolicyGroups.map((one) => one.GroupName),
        roles: PolicyRoles.map((one) => one.RoleName),
      }
    },
    async destroy() {
      await iam.detachUserPolicy({ UserName, PolicyArn })
      await iam.detachRolePolicy({ RoleName, PolicyArn })
      await iam.detachGroupPolicy({ GroupName, PolicyArn })
      await iam.deleteUser({ UserName })
      await iam.deleteGroup({ GroupName })
      await iam.deleteRole({ RoleName })
    },
  }
}

type Inline = { readonly name: string; readonly policy: object }
type InlineCalls = {
  readonly make: () => Promise<unknown>
  readonly put: (PolicyName: string, PolicyDocument: string) => Promise<unknown>
  readonly get: (PolicyName: string) => Promise<{ readonly PolicyDocument?: string | undefined }>
  readonly remove: (PolicyName: string) => Promise<unknown>
  readonly unmake: () => Promise<unknown>
}

/** The three resources of inline policies differ in their calls only. */
function inline({ make, put, get, remove, unmake }: InlineCalls): Lifecycle<Inline> {
  const write = ({ name, policy: made }: Inline): Promise<unknown> => put(name, JSON.stringify(made, null, 2))
  return {
    configs: [
      { name: 'tf-inline', policy: document('sqs:SendMessage') },
      { name: 'tf-inline', policy: document('sqs:SendMessage', 'sqs:ReceiveMessage') },
    ],
    async create(config) {
      await make()
      await write(config)
      return config.name
    },
    async read(name): Promise<Config | undefined> {
      const answer = await orGone(get(name))
      return answer && { name, policy: documentOf(answer.PolicyDocument) }
    },
    async update(name, _before, after) {
      await write(after)
      return name
    },
    async destroy(name) {
      await remove(name)
      assert.equal(await orGone(remove(name)), undefined)
      await unmake()
    },
  }
}

export const userPolicy = (iam: IAM, UserName = 'tf-inline-user'): Lifecycle<Inline> =>
  inline({
    make: () => iam.createUser({ UserName }),
    put: (PolicyName, PolicyDocument) => iam.putUserPolicy({ UserName, PolicyName, PolicyDocument }),
    get: (PolicyName) => iam.getUserPolicy({ UserName, PolicyName }),
    remove: (PolicyName) => iam.deleteUserPolicy({ UserName, PolicyName }),
    unmake: () => iam.deleteUser({ UserName }),
  })
export const groupPolicy = (iam: IAM, GroupName = 'tf-inline-group'): Lifecycle<Inline> =>
  inline({
    make: () => iam.createGroup({ GroupName }),
    put: (PolicyName, PolicyDocument) => iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument }),
    get: (PolicyName) => iam.getGroupPolicy({ GroupName, PolicyName }),
    remove: (PolicyName) => iam.deleteGroupPolicy({ GroupName, PolicyName }),
    unmake: () => iam.deleteGroup({ GroupName }),
  })
export const rolePolicy = (iam: IAM, RoleName = 'tf-inline-role'): Lifecycle<Inline> =>
  inline({
    make: () => iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST }),
    put: (PolicyName, PolicyDocument) => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument }),
    get: (PolicyName) => iam.getRolePolicy({ RoleName, PolicyName }),
    remove: (PolicyName) => iam.deleteRolePolicy({ RoleName, PolicyName }),
    unmake: () => iam.deleteRole({ RoleName }),
  })
