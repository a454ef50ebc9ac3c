/** Central root access without the wire: who may see and change its features, and when. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import {
  disableRootCredentialsManagement,
  disableRootSessions,
  enableRootCredentialsManagement,
  enableRootSessions,
  listOrganizationsFeatures,
  rootFeatureOperations,
} from './root-features.ts'

const MEMBER = '777788889999'
const ORGANIZATION = 'o-exampleorgid'
let harness: Harness

before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const NOT_FOUND = 'No organization is associated with your account.'
const NOT_ADMINISTRATOR =
  'The account is not the management account or a delegated administrator account for centralized root access.'

test('an organization with all features that trusts IAM is needed, in this order', async () => {
  for (const operation of rootFeatureOperations)
    await assertRefusals(harness, operation, [[{}, 'OrganizationNotFoundException', NOT_FOUND]])
  await runSql(
    harness,
    [
      `INSERT INTO organization (account, id, feature_set, root_id, root_tags, policy_types, created_at) VALUES ($1, $2, 'CONSOLIDATED_BILLING', 'r-root', '[]', '[]', 0)`,
      ACCOUNT,
      ORGANIZATION,
    ],
    ...[ACCOUNT, MEMBER, OTHER_ACCOUNT].map(
      (id) =>
        [
          `INSERT INTO organization_member (account, member, parent_id, joined_method, joined_at, tags) VALUES ($1, $2, 'r-root', 'CREATED', 0, '[]')`,
          ACCOUNT,
          id,
        ] as const,
    ),
    [
      `INSERT INTO organization_delegate (account, member, service_principal, delegated_at) VALUES ($1, $2, $3, 0)`,
      ACCOUNT,
      MEMBER,
      'iam.amazonaws.com',
    ],
    [
      `INSERT INTO organization_delegate (account, member, service_principal, delegated_at) VALUES ($1, $2, $3, 0)`,
      ACCOUNT,
      OTHER_ACCOUNT,
      'config.amazonaws.com',
    ],
  )
  const billing = 'Your organization does not have all features enabled.'
  for (const operation of rootFeatureOperations)
    await assertRefusals(harness, operation, [
      [{}, 'AccountNotManagementOrDelegatedAdministratorException', NOT_ADMINISTRATOR, harness.rootOf(OTHER_ACCOUNT)],
      [{}, 'OrganizationNotInAllFeaturesModeException', billing],
    ])
  await runSql(harness, [`UPDATE organization SET feature_set = 'ALL' WHERE account = $1`, ACCOUNT])
  for (const operation of rootFeatureOperations)
    await assertRefusals(harness, operation, [
      [{}, 'ServiceAccessNotEnabledException', 'Trusted access is not enabled for IAM in AWS Organizations.'],
    ])
  await runSql(harness, [
    `INSERT INTO organization_service (account, service_principal, enabled_at) VALUES ($1, 'iam.amazonaws.com', 0)`,
    ACCOUNT,
  ])
})

test('the management account enables, its delegate sees and disables', async () => {
  const as = harness.rootOf(MEMBER)
  const answer = (...EnabledFeatures: readonly string[]) => ({ OrganizationId: ORGANIZATION, EnabledFeatures })
  assert.deepEqual(await harness.call(listOrganizationsFeatures, {}), answer())
  assert.deepEqual(await harness.call(enableRootSessions, {}), answer('RootSessions'))
  assert.deepEqual(await harness.call(enableRootSessions, {}), answer('RootSessions'))
  const both = answer('RootCredentialsManagement', 'RootSessions')
  assert.deepEqual(await harness.call(enableRootCredentialsManagement, {}), both)
  assert.deepEqual(await harness.call(listOrganizationsFeatures, {}, { as }), both)
  for (const operation of [enableRootSessions, enableRootCredentialsManagement])
    await assertRefusals(harness, operation, [
      [{}, 'CallerIsNotManagementAccountException', 'The account is not the management account of the organization.', as],
    ])
  assert.deepEqual(await harness.call(disableRootSessions, {}, { as }), answer('RootCredentialsManagement'))
  assert.deepEqual(await harness.call(disableRootCredentialsManagement, {}), answer())
})

test('what must be allowed', () => {
  assert.deepEqual(harness.checks(enableRootSessions, {}), { action: 'iam:EnableOrganizationsRootSessions', resource: '*' })
})
