/** Organizations without the wire: refusals in their order, shapes, pages, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  CreateAccountResponse,
  CreateOrganizationResponse,
  CreateOrganizationalUnitResponse,
  CreatePolicyResponse,
  DescribeAccountResponse,
  DescribePolicyResponse,
  ListAccountsResponse,
  ListChildrenResponse,
  ListCreateAccountStatusResponse,
  ListParentsResponse,
  ListPoliciesForTargetResponse,
  ListPoliciesResponse,
  ListRootsResponse,
  ListTagsForResourceResponse,
  ListTargetsForPolicyResponse,
} from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { describeAccount, listAccounts, listAccountsForParent, listChildren, listParents, moveAccount } from './accounts.ts'
import { attachPolicy, detachPolicy, listTargetsForPolicy } from './attachments.ts'
import { loadControls } from './controls.rows.ts'
import { entities } from './entities.ts'
import { createAccount, describeCreateAccountStatus, listCreateAccountStatus } from './new-account.ts'
import { createOrganization, deleteOrganization, describeOrganization, listRoots } from './organization.ts'
import { createPolicy, deletePolicy, describePolicy, listPolicies, updatePolicy } from './policies.ts'
import { disablePolicyType, enablePolicyType, listPoliciesForTarget } from './policy-types.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import {
  createOrganizationalUnit,
  deleteOrganizationalUnit,
  describeOrganizationalUnit,
  listOrganizationalUnitsForParent,
  updateOrganizationalUnit,
} from './units.ts'

const SCP = 'SERVICE_CONTROL_POLICY'
const RCP = 'RESOURCE_CONTROL_POLICY'
const DENY = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iam:*', Resource: '*' }] })
const NO_UNIT = 'ou-zzzz-zzzzzzzz'
const NO_ACCOUNT = '000011112222'
const NO_POLICY = 'p-zzzzzzzzzz'
let harness: Harness
let organizationId: string
let root: string

before(async () => {
  harness = await openHarness()
  const { Organization } = await harness.call<CreateOrganizationResponse>(createOrganization, {})
  organizationId = Organization?.Id ?? ''
  root = (await harness.call<ListRootsResponse>(listRoots, {})).Roots?.[0]?.Id ?? ''
})
after(() => harness.close())

const unitIn = async (ParentId: string, Name: string): Promise<string> =>
  (await harness.call<CreateOrganizationalUnitResponse>(createOrganizationalUnit, { ParentId, Name })).OrganizationalUnit?.Id ??
  ''
const accountNamed = async (name: string): Promise<string> =>
  (await harness.call<CreateAccountResponse>(createAccount, { AccountName: name, Email: `${name}@example.org` }))
    .CreateAccountStatus?.AccountId ?? ''
const policyNamed = async (Name: string): Promise<string> =>
  (await harness.call<CreatePolicyResponse>(createPolicy, { Name, Description: 'd', Type: SCP, Content: DENY })).Policy
    ?.PolicySummary?.Id ?? ''
const missing = (what: string): string => `You specified ${what} that doesn't exist.`

test('a new organization has one root, its management account, and no type of policy', async () => {
  assert.match(organizationId, /^o-[a-z0-9]{10}$/)
  assert.match(root, /^r-[a-z0-9]{4}$/)
  const arn = `arn:aws:organizations::${ACCOUNT}`
  assert.deepEqual(await harness.call(describeOrganization, {}), {
    Organization: {
      Id: organizationId,
      Arn: `${arn}:organization/${organizationId}`,
      FeatureSet: 'ALL',
      MasterAccountArn: `${arn}:account/${organizationId}/${ACCOUNT}`,
      MasterAccountId: ACCOUNT,
      MasterAccountEmail: `${ACCOUNT}@example.com`,
      AvailablePolicyTypes: [{ Type: SCP, Status: 'ENABLED' }],
    },
  })
  assert.deepEqual(await harness.call(listRoots, {}), {
    Roots: [{ Id: root, Arn: `${arn}:root/${organizationId}/${root}`, Name: 'Root', PolicyTypes: [] }],
  })
  await assertRefusals(harness, createOrganization, [
    [{}, 'AlreadyInOrganizationException', 'The AWS account is already a member of an organization.'],
  ])
})

test('who is in no organization, or only a member of one, is refused', async () => {
  const stranger = harness.rootOf(OTHER_ACCOUNT)
  const member = harness.rootOf(await accountNamed('refused'))
  const NOT_IN_USE = 'Your account is not a member of an organization.'
  const NOT_YOURS = "You don't have permissions to access this resource."
  for (const operation of [listRoots, listAccounts, deleteOrganization, listCreateAccountStatus])
    await assertRefusals(harness, operation, [[{}, 'AWSOrganizationsNotInUseException', NOT_IN_USE, stranger]])
  // What can be delegated is refused by the decision (tests/contract, organizations-matrix.txt); what cannot, here too.
  await assertRefusals(harness, deleteOrganization, [[{}, 'AccessDeniedException', NOT_YOURS, member]])
  await assertRefusals(harness, deleteOrganization, [
    [
      {},
      'OrganizationNotEmptyException',
      'To delete an organization, you must first remove all member accounts (except the management account).',
    ],
  ])
})

test('units: refusals in their order, names, depth, deletion', async () => {
  const unit = await unitIn(root, 'unit')
  await unitIn(root, 'taken')
  const DUPLICATE = 'An OU with the same name already exists.'
  // oxfmt-ignore
  await assertRefusals(harness, createOrganizationalUnit, [
    [{ ParentId: NO_UNIT, Name: 'unit' }, 'ParentNotFoundException',              missing('a parent')],
    [{ ParentId: root, Name: 'unit' },    'DuplicateOrganizationalUnitException', DUPLICATE],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, updateOrganizationalUnit, [
    [{ OrganizationalUnitId: NO_UNIT, Name: 'x' },  'OrganizationalUnitNotFoundException',  missing('an organizational unit')],
    [{ OrganizationalUnitId: unit, Name: 'taken' }, 'DuplicateOrganizationalUnitException', DUPLICATE],
  ])
  await harness.call(updateOrganizationalUnit, { OrganizationalUnitId: unit, Name: 'renamed' })
  assert.deepEqual(await harness.call(describeOrganizationalUnit, { OrganizationalUnitId: unit }), {
    OrganizationalUnit: {
      Id: unit,
      Arn: `arn:aws:organizations::${ACCOUNT}:ou/${organizationId}/${unit}`,
      Name: 'renamed',
      Path: `${organizationId}/${root}/${unit}/`,
    },
  })
  let deepest = unit
  for (const Name of ['2', '3', '4', '5']) deepest = await unitIn(deepest, Name)
  await harness.refused(createOrganizationalUnit, { ParentId: deepest, Name: '6' }, { code: 'ConstraintViolationException' })
  assert.deepEqual(await harness.call(listOrganizationalUnitsForParent, { ParentId: deepest }), { OrganizationalUnits: [] })
  await harness.refused(deleteOrganizationalUnit, { OrganizationalUnitId: unit }, { code: 'OrganizationalUnitNotEmptyException' })
  await harness.call(deleteOrganizationalUnit, { OrganizationalUnitId: deepest })
  await harness.refused(
    describeOrganizationalUnit,
    { OrganizationalUnitId: deepest },
    { code: 'OrganizationalUnitNotFoundException' },
  )
})

test('accounts are made, listed page by page, and moved', async () => {
  const made = await accountNamed('Made')
  const { Account } = await harness.call<DescribeAccountResponse>(describeAccount, { AccountId: made })
  assert.deepEqual(
    [Account?.Name, Account?.Email, Account?.JoinedMethod, Account?.State],
    ['Made', 'Made@example.org', 'CREATED', 'ACTIVE'],
  )
  assert.deepEqual(Account?.Paths, [`${organizationId}/${root}/${made}/`])
  const reserved = { AccountName: 'R', Email: 'reserved@example.org', RoleName: 'AWSServiceRoleForNobody' }
  await harness.refused(createAccount, reserved, { code: 'InvalidInputException' })
  const again = await harness.call<CreateAccountResponse>(createAccount, { AccountName: 'Again', Email: 'MADE@example.org' })
  assert.deepEqual(
    [again.CreateAccountStatus?.State, again.CreateAccountStatus?.FailureReason, again.CreateAccountStatus?.AccountId],
    ['FAILED', 'EMAIL_ALREADY_EXISTS', undefined],
  )
  const CreateAccountRequestId = again.CreateAccountStatus?.Id
  assert.deepEqual(await harness.call(describeCreateAccountStatus, { CreateAccountRequestId }), again)
  const failed = await harness.call<ListCreateAccountStatusResponse>(listCreateAccountStatus, { States: ['FAILED'] })
  assert.deepEqual(failed.CreateAccountStatuses, [again.CreateAccountStatus])
  await harness.refused(
    describeCreateAccountStatus,
    { CreateAccountRequestId: 'car-aaaaaaaa' },
    { code: 'CreateAccountStatusNotFoundException' },
  )
})

test('accounts are moved, and the lists follow', async () => {
  const made = await accountNamed('mover')
  const unit = await unitIn(root, 'destination')
  const at = { AccountId: made, SourceParentId: root, DestinationParentId: unit }
  // oxfmt-ignore
  await assertRefusals(harness, moveAccount, [
    [{ ...at, AccountId: NO_ACCOUNT },        'AccountNotFoundException',           missing('an account')],
    [{ ...at, DestinationParentId: NO_UNIT }, 'DestinationParentNotFoundException', missing('a destination parent')],
    [{ ...at, SourceParentId: unit },         'SourceParentNotFoundException',      missing('a source parent')],
    [{ ...at, DestinationParentId: root },    'DuplicateAccountException',          'That account is already present in the specified destination.'],
  ])
  await harness.call(moveAccount, at)
  assert.deepEqual((await harness.call<ListParentsResponse>(listParents, { ChildId: made })).Parents, [
    { Id: unit, Type: 'ORGANIZATIONAL_UNIT' },
  ])
  assert.deepEqual((await harness.call<ListParentsResponse>(listParents, { ChildId: unit })).Parents, [
    { Id: root, Type: 'ROOT' },
  ])
  assert.deepEqual((await harness.call<ListChildrenResponse>(listChildren, { ParentId: unit, ChildType: 'ACCOUNT' })).Children, [
    { Id: made, Type: 'ACCOUNT' },
  ])
  assert.deepEqual(
    (await harness.call<ListAccountsResponse>(listAccountsForParent, { ParentId: unit })).Accounts?.map(({ Id }) => Id),
    [made],
  )
  await harness.refused(deleteOrganizationalUnit, { OrganizationalUnitId: unit }, { code: 'OrganizationalUnitNotEmptyException' })
  await harness.refused(listParents, { ChildId: NO_ACCOUNT }, { code: 'ChildNotFoundException' })
})

test('ListAccounts answers page by page', async () => {
  const first = await harness.call<ListAccountsResponse>(listAccounts, { MaxResults: 2 })
  const second = await harness.call<ListAccountsResponse>(listAccounts, { MaxResults: 2, NextToken: first.NextToken })
  const all = await harness.call<ListAccountsResponse>(listAccounts, {})
  assert.deepEqual([...(first.Accounts ?? []), ...(second.Accounts ?? [])], all.Accounts)
  assert.deepEqual([first.Accounts?.length, second.NextToken, all.Accounts?.length], [2, undefined, 4])
  await harness.refused(listAccounts, { NextToken: 'bad' }, { code: 'InvalidInputException' })
})

test('policies: types, refusals in their order, attachments', async () => {
  const content = { Name: 'deny', Description: '', Type: SCP, Content: DENY }
  const unit = await unitIn(root, 'guarded')
  const early = await policyNamed('early')
  await harness.refused(attachPolicy, { PolicyId: early, TargetId: unit }, { code: 'PolicyTypeNotEnabledException' })
  await harness.refused(enablePolicyType, { RootId: 'r-zzzz', PolicyType: SCP }, { code: 'RootNotFoundException' })
  for (const PolicyType of [SCP, RCP]) await harness.call(enablePolicyType, { RootId: root, PolicyType })
  await harness.refused(enablePolicyType, { RootId: root, PolicyType: SCP }, { code: 'PolicyTypeAlreadyEnabledException' })
  const idsOn = async (TargetId: string, Filter: string) =>
    (await harness.call<ListPoliciesForTargetResponse>(listPoliciesForTarget, { TargetId, Filter })).Policies?.map(({ Id }) => Id)
  for (const target of [root, unit, ACCOUNT])
    assert.deepEqual([await idsOn(target, SCP), await idsOn(target, RCP)], [['p-FullAWSAccess'], ['p-RCPFullAWSAccess']])

  const UNFIT = 'The provided policy document does not meet the requirements of the specified policy type.'
  const NAMESAKE = 'A policy with the same name already exists.'
  // oxfmt-ignore
  await assertRefusals(harness, createPolicy, [
    [{ ...content, Name: 'FullAWSAccess', Content: '{' }, 'DuplicatePolicyException',                       NAMESAKE],
    [{ ...content, Content: 'x'.repeat(10_241) },         'ConstraintViolationException',                   'You have exceeded the maximum size of the policy content.'],
    [{ ...content, Type: RCP, Content: 'x'.repeat(5_121) }, 'ConstraintViolationException',                 'You have exceeded the maximum size of the policy content.'],
    [{ ...content, Content: '{' },                        'MalformedPolicyDocumentException',               UNFIT],
    [{ ...content, Type: RCP },                           'MalformedPolicyDocumentException',               UNFIT],
  ])
  const id = await policyNamed('deny')
  await harness.refused(updatePolicy, { PolicyId: 'p-FullAWSAccess', Name: 'x' }, { code: 'InvalidInputException' })
  await harness.refused(updatePolicy, { PolicyId: id, Name: 'FullAWSAccess' }, { code: 'DuplicatePolicyException' })
  await harness.call(updatePolicy, { PolicyId: id, Description: 'changed' })
  assert.deepEqual(await harness.call<DescribePolicyResponse>(describePolicy, { PolicyId: id }), {
    Policy: {
      PolicySummary: {
        Id: id,
        Arn: `arn:aws:organizations::${ACCOUNT}:policy/${organizationId}/service_control_policy/${id}`,
        Name: 'deny',
        Description: 'changed',
        Type: SCP,
        AwsManaged: false,
      },
      Content: DENY,
    },
  })
  const { Policies } = await harness.call<ListPoliciesResponse>(listPolicies, { Filter: SCP })
  assert.deepEqual(
    Policies?.find(({ Id }) => Id === 'p-FullAWSAccess'),
    {
      Id: 'p-FullAWSAccess',
      Arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
      Name: 'FullAWSAccess',
      Description: 'Allows access to every operation',
      Type: SCP,
      AwsManaged: true,
    },
  )

  await harness.call(attachPolicy, { PolicyId: id, TargetId: unit })
  // oxfmt-ignore
  await assertRefusals(harness, attachPolicy, [
    [{ PolicyId: NO_POLICY, TargetId: NO_UNIT }, 'PolicyNotFoundException',             missing('a policy')],
    [{ PolicyId: id, TargetId: NO_UNIT },        'TargetNotFoundException',             missing('a target')],
    [{ PolicyId: id, TargetId: unit },           'DuplicatePolicyAttachmentException',  'The selected policy is already attached to the specified target.'],
  ])
  for (const name of ['3', '4', '5', '6', '7', '8', '9', '10'])
    await harness.call(attachPolicy, { PolicyId: await policyNamed(name), TargetId: unit })
  await harness.refused(attachPolicy, { PolicyId: early, TargetId: unit }, { code: 'ConstraintViolationException' })
  assert.deepEqual((await harness.call<ListTargetsForPolicyResponse>(listTargetsForPolicy, { PolicyId: id })).Targets, [
    {
      TargetId: unit,
      Arn: `arn:aws:organizations::${ACCOUNT}:ou/${organizationId}/${unit}`,
      Name: 'guarded',
      Type: 'ORGANIZATIONAL_UNIT',
    },
  ])
  await harness.refused(deletePolicy, { PolicyId: id }, { code: 'PolicyInUseException' })
  // oxfmt-ignore
  await assertRefusals(harness, detachPolicy, [
    [{ PolicyId: NO_POLICY, TargetId: root },            'PolicyNotFoundException',      missing('a policy')],
    [{ PolicyId: id, TargetId: NO_UNIT },                'TargetNotFoundException',      missing('a target')],
    [{ PolicyId: id, TargetId: root },                   'PolicyNotAttachedException',   "The policy isn't attached to the specified target in the specified root."],
    [{ PolicyId: 'p-RCPFullAWSAccess', TargetId: root }, 'InvalidInputException',        'You cannot detach the policy RCPFullAWSAccess.'],
    [{ PolicyId: 'p-FullAWSAccess', TargetId: root },    'ConstraintViolationException', 'You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.'],
  ])
  await harness.call(detachPolicy, { PolicyId: id, TargetId: unit })
  await harness.call(deletePolicy, { PolicyId: id })

  await harness.call(disablePolicyType, { RootId: root, PolicyType: SCP })
  await harness.refused(disablePolicyType, { RootId: root, PolicyType: SCP }, { code: 'PolicyTypeNotEnabledException' })
  assert.deepEqual(await idsOn(unit, SCP), [])
  await harness.call(enablePolicyType, { RootId: root, PolicyType: SCP })
  assert.deepEqual(await idsOn(unit, SCP), ['p-FullAWSAccess'])
  await harness.call(deleteOrganizationalUnit, { OrganizationalUnitId: unit })
})

test('what binds an account: one level for each step from the root, nothing for the management account', async () => {
  const member = await accountNamed('leaf')
  const unit = await unitIn(root, 'branch')
  await harness.call(moveAccount, { AccountId: member, SourceParentId: root, DestinationParentId: unit })
  const controls = await harness.store.read((tx) => loadControls(tx, member))
  assert.equal(controls?.path, `${organizationId}/${root}/${unit}/`)
  assert.deepEqual(
    controls.scps?.map((level) => level.map(({ name }) => name)),
    [['FullAWSAccess'], ['FullAWSAccess'], ['FullAWSAccess']],
  )
  assert.deepEqual(
    controls.rcps?.map((level) => level.length),
    [1, 1, 1],
  )
  assert.deepEqual(await harness.store.read((tx) => loadControls(tx, ACCOUNT)), {
    organizationId,
    managementAccountId: ACCOUNT,
    targets: [root, ACCOUNT],
    path: `${organizationId}/${root}/`,
  })
  assert.equal(await harness.store.read((tx) => loadControls(tx, OTHER_ACCOUNT)), undefined)
})

const SYSTEM_TAG = 'You specified a tag key that is a system tag. System tag keys are reserved for AWS.'
test('tags of the root, units, accounts and policies', async () => {
  const unit = await unitIn(root, 'tagged')
  const policy = await policyNamed('tagged')
  for (const ResourceId of [root, unit, ACCOUNT, policy]) {
    await harness.call(tagResource, {
      ResourceId,
      Tags: [
        { Key: 'b', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
    })
    await harness.call(untagResource, { ResourceId, TagKeys: ['b'] })
    assert.deepEqual((await harness.call<ListTagsForResourceResponse>(listTagsForResource, { ResourceId })).Tags, [
      { Key: 'a', Value: '2' },
    ])
  }
  const twice = [
    { Key: 'k', Value: '1' },
    { Key: 'k', Value: '2' },
  ]
  // oxfmt-ignore
  await assertRefusals(harness, tagResource, [
    [{ ResourceId: NO_UNIT, Tags: twice },         'TargetNotFoundException', missing('a target')],
    [{ ResourceId: 'p-FullAWSAccess', Tags: [] },  'InvalidInputException',   'You cannot tag a policy that AWS manages.'],
    [{ ResourceId: unit, Tags: [{ Key: 'AWS:k', Value: '' }] }, 'InvalidInputException', SYSTEM_TAG],
    [{ ResourceId: unit, Tags: twice },            'InvalidInputException',   'Duplicate tag keys found. Tag keys must be unique.'],
  ])
  await assertRefusals(harness, untagResource, [[{ ResourceId: unit, TagKeys: ['aws:k'] }, 'InvalidInputException', SYSTEM_TAG]])
})

test('what must be allowed', async () => {
  assert.deepEqual(harness.checks(createPolicy, { Name: 'n', Description: '', Type: SCP, Content: DENY }), {
    action: 'organizations:CreatePolicy',
    resource: { kind: 'new policy', name: SCP },
    context: { 'organizations:PolicyType': SCP },
  })
  assert.deepEqual(harness.checks(attachPolicy, { PolicyId: 'p', TargetId: 't' }), [
    { action: 'organizations:AttachPolicy', resource: { kind: 'policy', name: 'p' } },
    { action: 'organizations:AttachPolicy', resource: { kind: 'policy target', name: 't\np' } },
  ])
  await harness.store.read(async (tx) => {
    const entity = async (kind: string, name: string, account = ACCOUNT) => entities[kind]?.(tx, account, name)
    assert.deepEqual(await entity('policy target', `${root}\np-FullAWSAccess`), {
      arn: `arn:aws:organizations::${ACCOUNT}:root/${organizationId}/${root}`,
      context: { 'aws:ResourceTag/a': '2', 'organizations:PolicyType': SCP },
    })
    assert.deepEqual(await entity('target', NO_UNIT), {
      arn: `arn:aws:organizations::${ACCOUNT}:ou/${organizationId}/${NO_UNIT}`,
      missing: true,
    })
    assert.deepEqual(await entity('policy', NO_POLICY, OTHER_ACCOUNT), { arn: '*', missing: true })
  })
})

test('DeleteOrganization leaves nothing behind', async () => {
  const as = harness.rootOf(OTHER_ACCOUNT)
  await harness.call(createOrganization, { FeatureSet: 'CONSOLIDATED_BILLING' }, { as })
  const { Roots } = await harness.call<ListRootsResponse>(listRoots, {}, { as })
  await harness.refused(
    enablePolicyType,
    { RootId: Roots?.[0]?.Id, PolicyType: SCP },
    { code: 'PolicyTypeNotAvailableForOrganizationException' },
    { as },
  )
  await harness.call(deleteOrganization, {}, { as })
  await harness.refused(describeOrganization, {}, { code: 'AWSOrganizationsNotInUseException' }, { as })
  await harness.call(createOrganization, {}, { as })
})
