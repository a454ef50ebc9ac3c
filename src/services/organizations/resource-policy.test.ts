/** The delegation policy without the wire: what it may say, its one row, its tags. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  CreateAccountResponse,
  CreateOrganizationResponse,
  PutResourcePolicyResponse,
} from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import {
  describeEffectivePolicy,
  listAccountsWithInvalidEffectivePolicy,
  listEffectivePolicyValidationErrors,
} from './effective-policies.ts'
import { createAccount, createGovCloudAccount } from './new-account.ts'
import { createOrganization } from './organization.ts'
import { deleteResourcePolicy, describeResourcePolicy, putResourcePolicy } from './resource-policy.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'

let harness: Harness
let organizationId: string
let member: string

before(async () => {
  harness = await openHarness()
  organizationId = (await harness.call<CreateOrganizationResponse>(createOrganization, {})).Organization?.Id ?? ''
  const made = await harness.call<CreateAccountResponse>(createAccount, { AccountName: 'member', Email: 'member@example.org' })
  member = made.CreateAccountStatus?.AccountId ?? ''
})
after(() => harness.close())

type Statement = Readonly<Record<string, unknown>>
const policy = (changes: Statement = {}, drop: readonly string[] = []): string => {
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${member}:root` },
    Action: ['organizations:Describe*', 'organizations:List*', 'organizations:CreatePolicy'],
    Resource: '*',
    ...changes,
  }
  const kept = Object.entries(statement).filter(([name]) => !drop.includes(name))
  return JSON.stringify({ Version: '2012-10-17', Statement: [Object.fromEntries(kept)] })
}

test('what cannot be delegated is refused, in this order', async () => {
  const JSON_FLAW = ['InvalidInputException', 'The provided resource policy is not valid.'] as const
  const ACTION = ['InvalidInputException', 'The resource policy contains an action that cannot be delegated.'] as const
  const RESOURCE = ['InvalidInputException', 'The resource policy contains a resource that is not supported.'] as const
  const PRINCIPAL = ['InvalidInputException', 'You specified an invalid principal in the policy.'] as const
  const arn = `arn:aws:organizations::${ACCOUNT}`
  await assertRefusals(harness, putResourcePolicy, [
    [
      { Content: '{' },
      'AWSOrganizationsNotInUseException',
      'Your account is not a member of an organization.',
      harness.rootOf(OTHER_ACCOUNT),
    ],
    [{ Content: '{' }, 'AccessDeniedException', "You don't have permissions to access this resource.", harness.rootOf(member)],
    [{ Content: '{' }, ...JSON_FLAW],
    [{ Content: policy({}, ['Principal']) }, ...JSON_FLAW],
    [{ Content: policy({ Action: 'organizations:*' }) }, ...ACTION],
    [{ Content: policy({ Action: '*' }) }, ...ACTION],
    [{ Content: policy({ Action: 'organizations:CloseAccount' }) }, ...ACTION],
    [{ Content: policy({ Action: 'organizations:PutResourcePolicy' }) }, ...ACTION],
    [{ Content: policy({ Action: 'organizations:NoSuchThing' }) }, ...ACTION],
    [{ Content: policy({ Action: 'iam:ListUsers' }) }, ...ACTION],
    [{ Content: policy({ NotAction: 'organizations:CloseAccount' }, ['Action']) }, ...ACTION],
    [{ Content: policy({ NotResource: `${arn}:account/o-x/1` }, ['Resource']) }, ...RESOURCE],
    [{ Content: policy({ Resource: 'arn:aws:iam::111122223333:role/x' }) }, ...RESOURCE],
    [{ Content: policy({ Resource: `${arn}:policy/o-otherotherot/service_control_policy/*` }) }, ...RESOURCE],
    [{ Content: policy({ Principal: { AWS: OTHER_ACCOUNT } }) }, ...PRINCIPAL],
    [{ Content: policy({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }) }, ...PRINCIPAL],
    [{ Content: policy({ Principal: { Service: 'iam.amazonaws.com' } }) }, ...PRINCIPAL],
  ])
})

test('there is one policy: put, read, put again, tagged, deleted', async () => {
  const NONE = "You specified a resource policy that doesn't exist."
  for (const operation of [describeResourcePolicy, deleteResourcePolicy])
    await assertRefusals(harness, operation, [[{}, 'ResourcePolicyNotFoundException', NONE]])
  const Content = policy({
    Resource: [`arn:aws:organizations::${ACCOUNT}:policy/${organizationId}/*`, 'arn:aws:organizations::aws:policy/*'],
  })
  const Tags = [{ Key: 'team', Value: 'blue' }]
  const put = await harness.call<PutResourcePolicyResponse>(putResourcePolicy, { Content, Tags })
  const { Id = '', Arn } = put.ResourcePolicy?.ResourcePolicySummary ?? {}
  assert.match(Id, /^rp-[a-z0-9]{8}$/)
  assert.equal(Arn, `arn:aws:organizations::${ACCOUNT}:resourcepolicy/${organizationId}/${Id}`)
  assert.deepEqual(await harness.call(describeResourcePolicy, {}), put)
  await harness.refused(putResourcePolicy, { Content, Tags }, { code: 'InvalidInputException' })
  const again = await harness.call<PutResourcePolicyResponse>(putResourcePolicy, { Content: policy() })
  assert.deepEqual(again.ResourcePolicy, { ResourcePolicySummary: { Id, Arn }, Content: policy() })
  assert.deepEqual(await harness.call(listTagsForResource, { ResourceId: Id }), { Tags })
  await harness.call(tagResource, { ResourceId: Id, Tags: [{ Key: 'cost', Value: '1' }] })
  await harness.call(untagResource, { ResourceId: Id, TagKeys: ['team'] })
  assert.deepEqual(await harness.call(listTagsForResource, { ResourceId: Id }), { Tags: [{ Key: 'cost', Value: '1' }] })
  await harness.call(deleteResourcePolicy, {})
  await harness.refused(describeResourcePolicy, {}, { code: 'ResourcePolicyNotFoundException' })
})

test('effective policies: there is none before their type is enabled', async () => {
  const type = { PolicyType: 'TAG_POLICY' }
  const NONE = 'The account has no effective policy of this type.'
  const as = harness.rootOf(member)
  // oxfmt-ignore
  await assertRefusals(harness, describeEffectivePolicy, [
    [type,                                'AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.', harness.rootOf(OTHER_ACCOUNT)],
    [{ ...type, TargetId: ACCOUNT },      'AccessDeniedException',             "You don't have permissions to access this resource.", as],
    [{ ...type, TargetId: OTHER_ACCOUNT },'TargetNotFoundException',           "You specified a target that doesn't exist."],
    [{ ...type, TargetId: member },       'EffectivePolicyNotFoundException',  NONE],
    [type,                                'EffectivePolicyNotFoundException',  NONE, as],
  ])
  await assertRefusals(harness, listEffectivePolicyValidationErrors, [
    [{ ...type, AccountId: member, NextToken: 'bad' }, 'InvalidInputException', 'You specified an invalid value for NextToken.'],
    [{ ...type, AccountId: OTHER_ACCOUNT }, 'AccountNotFoundException', "You specified an account that doesn't exist."],
    [{ ...type, AccountId: member }, 'EffectivePolicyNotFoundException', NONE],
  ])
  await assertRefusals(harness, listAccountsWithInvalidEffectivePolicy, [[type, 'EffectivePolicyNotFoundException', NONE]])
})

test('there is no GovCloud account to pair with', async () => {
  await assertRefusals(harness, createGovCloudAccount, [
    [
      { Email: 'gov@example.com', AccountName: 'gov' },
      'ConstraintViolationException',
      'The management account is not associated with an account in the AWS GovCloud (US) Region.',
    ],
  ])
})
