/** Terraform's resources of AWS Organizations, in the order of the provider's calls. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Organizations } from '@aws-sdk/client-organizations'
import { startTestServer, type TestServer } from '../../server.ts'
import { assertLifecycle } from './lifecycle.ts'
import * as resources from './organizations.ts'

let server: TestServer
let client: Organizations

before(async () => {
  server = await startTestServer()
  const { root } = await server.account('terraform', '123456789012')
  client = new Organizations({ endpoint: server.endpoint, region: 'us-east-1', credentials: root, maxAttempts: 1 })
})
after(async () => {
  client.destroy()
  await server.close()
})

test('aws_organizations_organization', () => assertLifecycle(resources.organization(client)))

test('what is in an organization', async (context) => {
  await client.createOrganization({ FeatureSet: 'ALL' })
  const { Roots } = await client.listRoots({})
  const RootId = Roots?.[0]?.Id ?? ''
  await client.enablePolicyType({ RootId, PolicyType: 'SERVICE_CONTROL_POLICY' })
  const { OrganizationalUnit } = await client.createOrganizationalUnit({ ParentId: RootId, Name: 'target' })
  const unitId = OrganizationalUnit?.Id ?? ''
  const Content = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] })
  const { Policy } = await client.createPolicy({ Name: 'attached', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content })
  const policyId = Policy?.PolicySummary?.Id ?? ''
  assert.ok(unitId !== '' && policyId !== '')
  await context.test('aws_organizations_organizational_unit', () => assertLifecycle(resources.organizationalUnit(client, RootId)))
  await context.test('aws_organizations_policy', () => assertLifecycle(resources.policy(client)))
  await context.test('aws_organizations_policy_attachment', () =>
    assertLifecycle(resources.policyAttachment(client, policyId, unitId)),
  )
  await context.test('aws_organizations_account', () => assertLifecycle(resources.account(client, RootId, unitId)))
  const { CreateAccountStatus } = await client.createAccount({ AccountName: 'delegate', Email: 'delegate@example.com' })
  await context.test('aws_organizations_delegated_administrator', () =>
    assertLifecycle(resources.delegatedAdministrator(client, CreateAccountStatus?.AccountId ?? '')),
  )
  await context.test('aws_organizations_resource_policy', () =>
    assertLifecycle(resources.resourcePolicy(client, CreateAccountStatus?.AccountId ?? '')),
  )
})
