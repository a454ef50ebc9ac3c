/** Management policies without the wire: what they may say, where they are attached, what they come to. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  CreateAccountResponse,
  CreateOrganizationalUnitResponse,
  CreatePolicyResponse,
  DescribeEffectivePolicyResponse,
  ListPoliciesResponse,
  ListRootsResponse,
} from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { moveAccount } from './accounts.ts'
import { attachPolicy, detachPolicy } from './attachments.ts'
import {
  describeEffectivePolicy,
  listAccountsWithInvalidEffectivePolicy,
  listEffectivePolicyValidationErrors,
} from './effective-policies.ts'
import { checkManagementPolicy } from './management-policies.ts'
import { createAccount } from './new-account.ts'
import { createOrganization, listRoots } from './organization.ts'
import { createPolicy, deletePolicy, listPolicies, updatePolicy } from './policies.ts'
import { disablePolicyType, enablePolicyType } from './policy-types.ts'
import { disableAwsServiceAccess, enableAwsServiceAccess } from './service-access.ts'
import { createOrganizationalUnit } from './units.ts'

let harness: Harness
let root: string
let unit: string
let member: string
const UNFIT = 'The provided policy document does not meet the requirements of the specified policy type.'
const TYPE = { PolicyType: 'TAG_POLICY' }

before(async () => {
  harness = await openHarness()
  await harness.call(createOrganization, {})
  root = (await harness.call<ListRootsResponse>(listRoots, {})).Roots?.[0]?.Id ?? ''
  const made = await harness.call<CreateOrganizationalUnitResponse>(createOrganizationalUnit, { ParentId: root, Name: 'unit' })
  unit = made.OrganizationalUnit?.Id ?? ''
  const account = await harness.call<CreateAccountResponse>(createAccount, { AccountName: 'member', Email: 'member@example.org' })
  member = account.CreateAccountStatus?.AccountId ?? ''
  await harness.call(moveAccount, { AccountId: member, SourceParentId: root, DestinationParentId: unit })
})
after(() => harness.close())

const tagPolicy = (settings: object): string => JSON.stringify({ tags: { project: settings } })
const assigned = (value: unknown): object => ({ tag_key: { '@@assign': value } })
const enforced = (...types: readonly string[]): object => ({ enforced_for: { '@@assign': types } })

test('what a management policy may say', () => {
  const deep = (depth: number): object => (depth === 0 ? { '@@assign': 'x' } : { a: deep(depth - 1) })
  // oxfmt-ignore
  const refused: readonly (readonly [content: unknown, type?: Parameters<typeof checkManagementPolicy>[1]])[] = [
    ['{'], [null], [[]], ['x'], [{}], [{ plans: {} }], [{ tags: {}, plans: {} }], [{ tags: 'x' }], [{ tags: { '@@assign': 'x' } }],
    [{ tags: { project: { tag_key: 'Project' } } }],
    [{ tags: { project: { tag_key: { '@@replace': 'Project' } } } }],
    [{ tags: { project: { tag_key: { '@@assign': { a: 'b' } } } } }],
    [{ tags: { project: { tag_key: { '@@assign': null } } } }],
    [{ tags: { project: { tag_value: { '@@append': 'x' } } } }],
    [{ tags: { project: { tag_value: { '@@append': [['x']] } } } }],
    [{ tags: { project: { tag_value: { '@@append': ['x'], more: { '@@append': ['x'] } } } } }],
    [{ tags: { project: { tag_value: { '@@operators_allowed_for_child_policies': ['@@some'] } } } }],
    [{ tags: { project: { colour: { '@@assign': 'x' } } } }],
    [{ services: { default: { opt_out_policy: { '@@assign': 'perhaps' } } } }, 'AISERVICES_OPT_OUT_POLICY'],
    [{ services: { default: { policy: { '@@assign': 'optOut' } } } }, 'AISERVICES_OPT_OUT_POLICY'],
    [{ plans: deep(20) }, 'BACKUP_POLICY'],
  ]
  for (const [content, type = 'TAG_POLICY'] of refused) {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    assert.equal(checkManagementPolicy(text, type), UNFIT, text)
  }
  for (const types of [['iam:policy'], ['ec2:instance', 'IAM:*'], ['organizations:account'], ['*']])
    assert.match(checkManagementPolicy(tagPolicy(enforced(...types)), 'TAG_POLICY') ?? '', /does not enforce tag policies/)
  // oxfmt-ignore
  const taken: readonly (readonly [content: object, type: Parameters<typeof checkManagementPolicy>[1]])[] = [
    [{ tags: { project: { ...assigned('Project'), ...enforced('ec2:instance') } } }, 'TAG_POLICY'],
    [{ services: { default: { opt_out_policy: { '@@operators_allowed_for_child_policies': ['@@none'], '@@assign': 'optOut' } } } }, 'AISERVICES_OPT_OUT_POLICY'],
    [{ plans: {} },                                                                            'BACKUP_POLICY'],
    [{ chatbot: { platforms: { slack: { client: { '@@assign': 'enabled' } } } } },             'CHATBOT_POLICY'],
    [{ ec2_attributes: { serial_console_access: { status: { '@@assign': 'disabled' } } } },    'DECLARATIVE_POLICY_EC2'],
    [{ securityhub: { enable_in_regions: { '@@append': ['us-east-1'] } } },                    'SECURITYHUB_POLICY'],
    [{ s3_attributes: { public_access_block_configuration: { '@@assign': 'all' } } },          'S3_POLICY'],
  ]
  for (const [content, type] of taken) assert.equal(checkManagementPolicy(JSON.stringify(content), type), undefined, type)
})

const policyNamed = async (Name: string, Content: string, Type = 'TAG_POLICY'): Promise<string> =>
  (await harness.call<CreatePolicyResponse>(createPolicy, { Name, Description: '', Type, Content })).Policy?.PolicySummary?.Id ??
  ''
const effective = async (TargetId: string): Promise<unknown> => {
  const answer = await harness.call<DescribeEffectivePolicyResponse>(describeEffectivePolicy, { ...TYPE, TargetId })
  assert.deepEqual([answer.EffectivePolicy?.TargetId, answer.EffectivePolicy?.PolicyType], [TargetId, 'TAG_POLICY'])
  return JSON.parse(answer.EffectivePolicy?.PolicyContent ?? '')
}

test('policies are attached, inherited and detached; the management account is reached too', async () => {
  await harness.call(enablePolicyType, { RootId: root, ...TYPE })
  await harness.refused(describeEffectivePolicy, { ...TYPE, TargetId: member }, { code: 'EffectivePolicyNotFoundException' })
  const high = await policyNamed('high', tagPolicy({ ...assigned('Project'), tag_value: { '@@assign': ['a'] } }))
  const low = await policyNamed('low', tagPolicy({ tag_value: { '@@append': ['b'] } }))
  await assertRefusals(harness, createPolicy, [
    [{ Name: 'bad', Description: '', Type: 'TAG_POLICY', Content: '{}' }, 'MalformedPolicyDocumentException', UNFIT],
  ])
  await harness.call(attachPolicy, { PolicyId: high, TargetId: root })
  await harness.call(attachPolicy, { PolicyId: low, TargetId: unit })
  assert.deepEqual(await effective(member), { tags: { project: { tag_key: 'Project', tag_value: ['a', 'b'] } } })
  assert.deepEqual(await effective(ACCOUNT), { tags: { project: { tag_key: 'Project', tag_value: ['a'] } } })
  await harness.call(updatePolicy, { PolicyId: low, Content: tagPolicy({ tag_value: { '@@append': ['c'] } }) })
  assert.deepEqual(await effective(member), { tags: { project: { tag_key: 'Project', tag_value: ['a', 'c'] } } })
  const own = await harness.call(describeEffectivePolicy, TYPE, { as: harness.rootOf(member) })
  assert.deepEqual(own, await harness.call(describeEffectivePolicy, { ...TYPE, TargetId: member }))
  const errors = await harness.call(listEffectivePolicyValidationErrors, { ...TYPE, AccountId: member })
  assert.deepEqual([errors['AccountId'], errors['EffectivePolicyValidationErrors']], [member, []])
  assert.deepEqual(await harness.call(listAccountsWithInvalidEffectivePolicy, TYPE), { ...TYPE, Accounts: [] })
  const listed = await harness.call<ListPoliciesResponse>(listPolicies, { Filter: 'TAG_POLICY' })
  assert.deepEqual(
    listed.Policies?.map(({ AwsManaged, Type }) => [AwsManaged, Type]),
    [
      [false, 'TAG_POLICY'],
      [false, 'TAG_POLICY'],
    ],
  )
  // No policy of these types must stay.
  await harness.call(detachPolicy, { PolicyId: high, TargetId: root })
  await harness.call(detachPolicy, { PolicyId: low, TargetId: unit })
  await harness.refused(describeEffectivePolicy, { ...TYPE, TargetId: member }, { code: 'EffectivePolicyNotFoundException' })
  for (const PolicyId of [high, low]) await harness.call(deletePolicy, { PolicyId })
  await harness.call(disablePolicyType, { RootId: root, ...TYPE })
})

test('sizes and numbers are those of the type', async () => {
  const Type = 'AISERVICES_OPT_OUT_POLICY'
  const Content = JSON.stringify({ services: { default: { opt_out_policy: { '@@assign': 'optOut' } } } })
  await harness.call(enablePolicyType, { RootId: root, PolicyType: Type })
  const ids: string[] = []
  for (const name of ['1', '2', '3', '4', '5', '6']) ids.push(await policyNamed(name, Content, Type))
  for (const PolicyId of ids.slice(1)) await harness.call(attachPolicy, { PolicyId, TargetId: unit })
  await assertRefusals(harness, attachPolicy, [
    [
      { PolicyId: ids[0], TargetId: unit },
      'ConstraintViolationException',
      'You have attached the maximum number of policies to the specified target.',
    ],
  ])
  await assertRefusals(harness, createPolicy, [
    [
      { Name: 'long', Description: '', Type, Content: Content.padEnd(2_501) },
      'ConstraintViolationException',
      'You have exceeded the maximum size of the policy content.',
    ],
  ])
})

test('policies of Security Hub need trusted access, and keep it', async () => {
  const type = { RootId: root, PolicyType: 'SECURITYHUB_POLICY' }
  const service = { ServicePrincipal: 'securityhub.amazonaws.com' }
  const code = 'ConstraintViolationException'
  await harness.refused(enablePolicyType, type, {
    code,
    message: 'You must enable service access before you enable the policy type.',
  })
  await harness.call(enableAwsServiceAccess, service)
  await harness.call(enablePolicyType, type)
  await harness.refused(disableAwsServiceAccess, service, {
    code,
    message: 'You must disable the policy type of the service before you disable service access.',
  })
  await harness.call(disablePolicyType, type)
  await harness.call(disableAwsServiceAccess, service)
})
