/** aws_organizations_organization, _organizational_unit, _policy, _policy_attachment, _account, _delegated_administrator, _resource_policy. */
import assert from 'node:assert/strict'
import type { Organizations, PolicyType } from '@aws-sdk/client-organizations'
import { changeTags, type Config, type Lifecycle, set, tagList, tagMap, type Tags } from './lifecycle.ts'

/** The answer; undefined where it is refused with this error, which the provider takes for "gone". */
async function unless<T>(name: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === name) return undefined
    throw error
  }
}

async function rootOf(client: Organizations): Promise<{ readonly id: string; readonly types: readonly string[] }> {
  const { Roots } = await client.listRoots({})
  const [root] = Roots ?? []
  const enabled = root?.PolicyTypes?.filter(({ Status }) => Status === 'ENABLED') ?? []
  return { id: root?.Id ?? '', types: enabled.map(({ Type = '' }) => Type).toSorted() }
}

type Organization = { readonly feature_set: string; readonly enabled_policy_types: readonly PolicyType[] }

export const organization = (client: Organizations): Lifecycle<Organization> => ({
  configs: [
    { feature_set: 'ALL', enabled_policy_types: ['SERVICE_CONTROL_POLICY'] },
    { feature_set: 'ALL', enabled_policy_types: ['RESOURCE_CONTROL_POLICY', 'SERVICE_CONTROL_POLICY'] },
    { feature_set: 'ALL', enabled_policy_types: [] },
  ],
  async create({ enabled_policy_types: types }) {
    const { Organization: made } = await client.createOrganization({ FeatureSet: 'ALL' })
    const { id } = await rootOf(client)
    for (const type of types) await client.enablePolicyType({ RootId: id, PolicyType: type })
    return made?.Id ?? ''
  },
  async read(id): Promise<Config | undefined> {
    const answer = await unless('AWSOrganizationsNotInUseException', client.describeOrganization({}))
    if (answer === undefined) return undefined
    assert.equal(answer.Organization?.Id, id)
    const { Accounts } = await client.listAccounts({})
    assert.equal(Accounts?.[0]?.Id, answer.Organization?.MasterAccountId)
    const { EnabledServicePrincipals } = await client.listAWSServiceAccessForOrganization({})
    assert.deepEqual(EnabledServicePrincipals, [])
    return { feature_set: answer.Organization?.FeatureSet, enabled_policy_types: (await rootOf(client)).types }
  },
  async update(id, before, after) {
    const { id: RootId } = await rootOf(client)
    for (const PolicyType of before.enabled_policy_types.filter((type) => !after.enabled_policy_types.includes(type)))
      await client.disablePolicyType({ RootId, PolicyType })
    for (const PolicyType of after.enabled_policy_types.filter((type) => !before.enabled_policy_types.includes(type)))
      await client.enablePolicyType({ RootId, PolicyType })
    return id
  },
  async destroy() {
    await client.deleteOrganization({})
  },
})

type Unit = { readonly name: string; readonly parent_id: string; readonly tags?: Tags }

export const organizationalUnit = (client: Organizations, parent_id: string): Lifecycle<Unit> => ({
  configs: [
    { name: 'tf-unit', parent_id, tags: { a: 'b' } },
    { name: 'tf-unit renamed', parent_id, tags: { A: 'c' } },
  ],
  async create({ name: Name, parent_id: ParentId, tags }) {
    const { OrganizationalUnit } = await client.createOrganizationalUnit({ Name, ParentId, ...set({ Tags: tagList(tags) }) })
    return OrganizationalUnit?.Id ?? ''
  },
  async read(id) {
    const answer = await unless(
      'OrganizationalUnitNotFoundException',
      client.describeOrganizationalUnit({ OrganizationalUnitId: id }),
    )
    if (answer === undefined) return undefined
    const { Parents } = await client.listParents({ ChildId: id })
    assert.deepEqual((await client.listAccountsForParent({ ParentId: id })).Accounts, [])
    const { Tags: tags } = await client.listTagsForResource({ ResourceId: id })
    return set({ name: answer.OrganizationalUnit?.Name, parent_id: Parents?.[0]?.Id, tags: tagMap(tags) })
  },
  async update(id, before, after) {
    await client.updateOrganizationalUnit({ OrganizationalUnitId: id, Name: after.name })
    await retag(client, id, [before.tags, after.tags])
    return id
  },
  async destroy(id) {
    await client.deleteOrganizationalUnit({ OrganizationalUnitId: id })
  },
})

const retag = (client: Organizations, ResourceId: string, tags: readonly [Tags | undefined, Tags | undefined]): Promise<void> =>
  changeTags(tags, {
    untag: (TagKeys) => client.untagResource({ ResourceId, TagKeys }),
    tag: (Tags) => client.tagResource({ ResourceId, Tags }),
  })

type Policy = {
  readonly name: string
  readonly description: string
  readonly content: string
  readonly type: PolicyType
  readonly tags?: Tags
}
const content = (action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: action, Resource: '*' }] }, null, 2)

/** The description is sent even where it is empty; the content comes back as it was. */
export const policy = (client: Organizations): Lifecycle<Policy> => ({
  configs: [
    { name: 'tf-policy', description: '', content: content('s3:*'), type: 'SERVICE_CONTROL_POLICY' },
    { name: 'tf-policy2', description: 'two', content: content('sqs:*'), type: 'SERVICE_CONTROL_POLICY', tags: { a: 'b' } },
  ],
  async create({ name: Name, description: Description, content: Content, type: Type }) {
    const { Policy: made } = await client.createPolicy({ Name, Description, Content, Type })
    return made?.PolicySummary?.Id ?? ''
  },
  async read(PolicyId) {
    const answer = await unless('PolicyNotFoundException', client.describePolicy({ PolicyId }))
    if (answer === undefined) return undefined
    const { PolicySummary: summary, Content } = answer.Policy ?? {}
    assert.equal(summary?.AwsManaged, false)
    const { Tags: tags } = await client.listTagsForResource({ ResourceId: PolicyId })
    return set({
      name: summary?.Name,
      description: summary?.Description ?? '',
      content: Content,
      type: summary?.Type,
      tags: tagMap(tags),
    })
  },
  async update(PolicyId, before, { name: Name, description: Description, content: Content, tags }) {
    await client.updatePolicy({ PolicyId, Name, Description, Content })
    await retag(client, PolicyId, [before.tags, tags])
    return PolicyId
  },
  async destroy(PolicyId) {
    await client.deletePolicy({ PolicyId })
  },
})

type Attachment = { readonly policy_id: string; readonly target_id: string }

export const policyAttachment = (client: Organizations, policyId: string, targetId: string): Lifecycle<Attachment> => ({
  configs: [{ policy_id: policyId, target_id: targetId }],
  async create({ policy_id: PolicyId, target_id: TargetId }) {
    await client.attachPolicy({ PolicyId, TargetId })
    return `${TargetId}:${PolicyId}`
  },
  async read(id) {
    const [TargetId, PolicyId = ''] = id.split(':')
    const answer = await unless('PolicyNotFoundException', client.listTargetsForPolicy({ PolicyId }))
    const found = answer?.Targets?.find((one) => one.TargetId === TargetId)
    return found && { policy_id: PolicyId, target_id: found.TargetId }
  },
  async destroy(_id, { policy_id: PolicyId, target_id: TargetId }) {
    await client.detachPolicy({ PolicyId, TargetId })
  },
})

type Account = { readonly name: string; readonly email: string; readonly parent_id: string; readonly tags?: Tags }

/** Made at once: the provider's wait ends with its first look. Closed where it is destroyed; a suspended account is gone to the provider. */
export const account = (client: Organizations, rootId: string, unitId: string): Lifecycle<Account> => ({
  configs: [
    { name: 'tf-account', email: 'tf@example.com', parent_id: rootId, tags: { a: 'b' } },
    { name: 'tf-account', email: 'tf@example.com', parent_id: unitId },
  ],
  async create({ name: AccountName, email: Email, tags }) {
    const RoleName = 'OrganizationAccountAccessRole'
    const { CreateAccountStatus: asked } = await client.createAccount({
      AccountName,
      Email,
      RoleName,
      ...set({ Tags: tagList(tags) }),
    })
    const { CreateAccountStatus: made } = await client.describeCreateAccountStatus({ CreateAccountRequestId: asked?.Id })
    assert.equal(made?.State, 'SUCCEEDED')
    return made.AccountId ?? ''
  },
  async read(AccountId) {
    const answer = await unless('AccountNotFoundException', client.describeAccount({ AccountId }))
    if (answer === undefined || answer.Account?.Status === 'SUSPENDED') return undefined
    assert.deepEqual([answer.Account?.Status, answer.Account?.JoinedMethod], ['ACTIVE', 'CREATED'])
    const { Parents } = await client.listParents({ ChildId: AccountId })
    const { Tags: tags } = await client.listTagsForResource({ ResourceId: AccountId })
    return set({ name: answer.Account?.Name, email: answer.Account?.Email, parent_id: Parents?.[0]?.Id, tags: tagMap(tags) })
  },
  async update(AccountId, before, after) {
    await client.moveAccount({ AccountId, SourceParentId: before.parent_id, DestinationParentId: after.parent_id })
    await retag(client, AccountId, [before.tags, after.tags])
    return AccountId
  },
  async destroy(AccountId) {
    await client.closeAccount({ AccountId })
  },
})

type Delegate = { readonly account_id: string; readonly service_principal: string }

export const delegatedAdministrator = (client: Organizations, accountId: string): Lifecycle<Delegate> => ({
  configs: [{ account_id: accountId, service_principal: 'access-analyzer.amazonaws.com' }],
  async create({ account_id: AccountId, service_principal: ServicePrincipal }) {
    await client.enableAWSServiceAccess({ ServicePrincipal })
    await client.registerDelegatedAdministrator({ AccountId, ServicePrincipal })
    return `${AccountId}/${ServicePrincipal}`
  },
  async read(id) {
    const [AccountId, ServicePrincipal] = id.split('/')
    const { DelegatedAdministrators } = await client.listDelegatedAdministrators({ ServicePrincipal })
    const found = DelegatedAdministrators?.find(({ Id }) => Id === AccountId)
    return found && { account_id: found.Id, service_principal: ServicePrincipal }
  },
  async destroy(_id, { account_id: AccountId, service_principal: ServicePrincipal }) {
    await client.deregisterDelegatedAdministrator({ AccountId, ServicePrincipal })
    await client.disableAWSServiceAccess({ ServicePrincipal })
  },
})

type ResourcePolicy = { readonly content: object; readonly tags?: Tags }

export const resourcePolicy = (client: Organizations, delegate: string): Lifecycle<ResourcePolicy> => {
  const allow = (Action: string) => ({
    Version: '2012-10-17',
    Statement: [{ Sid: 'tf', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${delegate}:root` }, Action, Resource: '*' }],
  })
  return {
    configs: [
      { content: allow('organizations:DescribeOrganization'), tags: { a: 'b' } },
      { content: allow('organizations:ListAccounts'), tags: { a: 'b' } },
    ],
    async create({ content: given, tags }) {
      const { ResourcePolicy: made } = await client.putResourcePolicy({
        Content: JSON.stringify(given),
        ...set({ Tags: tagList(tags) }),
      })
      return made?.ResourcePolicySummary?.Id ?? ''
    },
    async read(id) {
      const answer = await unless('ResourcePolicyNotFoundException', client.describeResourcePolicy({}))
      if (answer === undefined) return undefined
      const { ResourcePolicySummary: summary, Content = '' } = answer.ResourcePolicy ?? {}
      assert.equal(summary?.Id, id)
      const { Tags: tags } = await client.listTagsForResource({ ResourceId: id })
      return set({ content: JSON.parse(Content) as unknown, tags: tagMap(tags) })
    },
    async update(id, _before, { content: given }) {
      await client.putResourcePolicy({ Content: JSON.stringify(given) })
      return id
    },
    async destroy() {
      await client.deleteResourcePolicy({})
    },
  }
}
