/** Trusted access and delegated administrators without the wire: refusals in their order, lists, what goes with them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  CreateAccountResponse,
  ListAWSServiceAccessForOrganizationResponse,
  ListDelegatedAdministratorsResponse,
} from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import {
  deregisterDelegatedAdministrator,
  listDelegatedAdministrators,
  listDelegatedServicesForAccount,
  registerDelegatedAdministrator,
} from './delegates.ts'
import { DELEGATED_READS, delegationPolicy } from './delegation.ts'
import { createAccount } from './new-account.ts'
import { createOrganization, deleteOrganization } from './organization.ts'
import { disableAwsServiceAccess, enableAwsServiceAccess, listAwsServiceAccess } from './service-access.ts'

const IAM = 'iam.amazonaws.com'
const RAM = 'ram.amazonaws.com'
const CONFIG = 'config.amazonaws.com'
let harness: Harness
let member: string

before(async () => {
  harness = await openHarness()
  await harness.call(createOrganization, {})
  member = await newMember('member')
})
after(() => harness.close())

async function newMember(name: string): Promise<string> {
  const made = await harness.call<CreateAccountResponse>(createAccount, { AccountName: name, Email: `${name}@example.org` })
  return made.CreateAccountStatus?.AccountId ?? ''
}

const services = async (): Promise<readonly (string | undefined)[] | undefined> =>
  (await harness.call<ListAWSServiceAccessForOrganizationResponse>(listAwsServiceAccess, {})).EnabledServicePrincipals?.map(
    ({ ServicePrincipal }) => ServicePrincipal,
  )

const NOT_IN_USE = 'Your account is not a member of an organization.'
const NOT_YOURS = "You don't have permissions to access this resource."
const UNKNOWN = 'You specified an unrecognized service principal.'

test('trusted access is given and taken; the service must be known', async () => {
  const stranger = harness.rootOf(OTHER_ACCOUNT)
  for (const operation of [enableAwsServiceAccess, disableAwsServiceAccess])
    await assertRefusals(harness, operation, [
      [{ ServicePrincipal: 'x' }, 'AWSOrganizationsNotInUseException', NOT_IN_USE, stranger],
      [{ ServicePrincipal: 'x' }, 'AccessDeniedException', NOT_YOURS, harness.rootOf(member)],
      [{ ServicePrincipal: 'x' }, 'InvalidInputException', UNKNOWN],
    ])
  assert.deepEqual(await services(), [])
  for (const ServicePrincipal of [RAM, CONFIG, CONFIG]) await harness.call(enableAwsServiceAccess, { ServicePrincipal })
  assert.deepEqual(await services(), [CONFIG, RAM])
  await harness.call(disableAwsServiceAccess, { ServicePrincipal: CONFIG })
  await harness.call(disableAwsServiceAccess, { ServicePrincipal: CONFIG })
  assert.deepEqual(await services(), [RAM])
  const page = await harness.call(listAwsServiceAccess, { MaxResults: 1 })
  assert.deepEqual(page, {
    EnabledServicePrincipals: [{ ServicePrincipal: RAM, DateEnabled: new Date(harness.now()) }],
  })
})

test('delegated administrators are registered, listed, and taken away', async () => {
  await harness.call(enableAwsServiceAccess, { ServicePrincipal: IAM })
  const on = { AccountId: member, ServicePrincipal: IAM }
  const second = await newMember('second')
  const closed = await newMember('closed')
  await runSql(harness, [`UPDATE account SET status = 'SUSPENDED' WHERE id = $1`, closed])
  // oxfmt-ignore
  await assertRefusals(harness, registerDelegatedAdministrator, [
    [{ ...on, AccountId: ACCOUNT },           'ConstraintViolationException', 'You cannot register the management account as a delegated administrator.'],
    [{ ...on, AccountId: OTHER_ACCOUNT },     'AccountNotFoundException',     "You specified an account that doesn't exist."],
    [{ ...on, ServicePrincipal: 'x' },        'InvalidInputException',        UNKNOWN],
    [{ ...on, ServicePrincipal: RAM },        'InvalidInputException',        'The service does not support delegated administrators.'],
    [{ ...on, ServicePrincipal: CONFIG },     'ConstraintViolationException', 'You must enable service access before you register a delegated administrator.'],
    [{ ...on, AccountId: closed },            'ConstraintViolationException', 'You cannot register a suspended account as a delegated administrator.'],
  ])
  assert.equal(await delegation(), '')
  await harness.call(registerDelegatedAdministrator, on)
  // oxfmt-ignore
  await assertRefusals(harness, registerDelegatedAdministrator, [
    [on,                            'AccountAlreadyRegisteredException', 'The provided account is already a delegated administrator for your organization.'],
    [{ ...on, AccountId: second },  'ConstraintViolationException',      'The service already has a delegated administrator.'],
  ])
  await harness.call(enableAwsServiceAccess, { ServicePrincipal: CONFIG })
  harness.advance(1_000)
  await harness.call(registerDelegatedAdministrator, { ...on, ServicePrincipal: CONFIG })
  const listed = await harness.call<ListDelegatedAdministratorsResponse>(listDelegatedAdministrators, {})
  assert.deepEqual(
    listed.DelegatedAdministrators?.map(({ Id, Status, DelegationEnabledDate }) => [Id, Status, DelegationEnabledDate]),
    [[member, 'ACTIVE', new Date(harness.now() - 1_000)]],
  )
  assert.deepEqual(await harness.call(listDelegatedAdministrators, { ServicePrincipal: RAM }), { DelegatedAdministrators: [] })
  assert.deepEqual(await harness.call(listDelegatedServicesForAccount, { AccountId: member }), {
    DelegatedServices: [
      { ServicePrincipal: CONFIG, DelegationEnabledDate: new Date(harness.now()) },
      { ServicePrincipal: IAM, DelegationEnabledDate: new Date(harness.now() - 1_000) },
    ],
  })
  const policy = JSON.parse(await delegation())
  assert.deepEqual(policy.Statement, [
    { Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${member}:root`] }, Action: DELEGATED_READS, Resource: '*' },
  ])
  const NOT_REGISTERED = 'The provided account is not a registered delegated administrator for your organization.'
  // oxfmt-ignore
  await assertRefusals(harness, deregisterDelegatedAdministrator, [
    [{ ...on, AccountId: OTHER_ACCOUNT }, 'AccountNotFoundException',      "You specified an account that doesn't exist."],
    [{ ...on, ServicePrincipal: 'x' },    'InvalidInputException',         UNKNOWN],
    [{ ...on, AccountId: second },        'AccountNotRegisteredException', NOT_REGISTERED],
  ])
  for (const ServicePrincipal of [IAM, CONFIG])
    await harness.call(deregisterDelegatedAdministrator, { AccountId: member, ServicePrincipal })
  await assertRefusals(harness, listDelegatedServicesForAccount, [
    [{ AccountId: OTHER_ACCOUNT }, 'AccountNotFoundException', "You specified an account that doesn't exist."],
    [{ AccountId: member }, 'AccountNotRegisteredException', NOT_REGISTERED],
  ])
  assert.equal(await delegation(), '')
})

const delegation = (): Promise<string> => harness.store.read((tx) => delegationPolicy(tx, ACCOUNT))

test('what must be allowed', () => {
  const context = { 'organizations:ServicePrincipal': IAM }
  assert.deepEqual(harness.checks(enableAwsServiceAccess, { ServicePrincipal: IAM }), {
    action: 'organizations:EnableAWSServiceAccess',
    resource: { kind: 'everything', name: '*' },
    context,
  })
  assert.deepEqual(harness.checks(registerDelegatedAdministrator, { AccountId: member, ServicePrincipal: IAM }), {
    action: 'organizations:RegisterDelegatedAdministrator',
    resource: { kind: 'target', name: member },
    context,
  })
})

test('an organization of consolidated billing trusts no service', async () => {
  const other = harness.rootOf(OTHER_ACCOUNT)
  await harness.call(createOrganization, { FeatureSet: 'CONSOLIDATED_BILLING' }, { as: other })
  await assertRefusals(harness, enableAwsServiceAccess, [
    [
      { ServicePrincipal: IAM },
      'ConstraintViolationException',
      'This operation requires an organization that has all features enabled.',
      other,
    ],
  ])
  await harness.call(deleteOrganization, {}, { as: other })
})
