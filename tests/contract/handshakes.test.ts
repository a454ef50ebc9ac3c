/** Joining and leaving through the AWS SDK: what an organization says binds an account from the moment it joins until the moment it leaves. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateUserCommand } from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const MANAGEMENT = '123456789012'
const JOINER = '210987654321'
let server: TestServer
let management: Organizations.OrganizationsClient
let joiner: Credentials

before(async () => {
  server = await startTestServer()
  management = server.organizations((await server.account('management', MANAGEMENT)).root)
  ;({ root: joiner } = await server.account('joiner', JOINER))
})
after(() => server.close())

function required(value: string | undefined): string {
  assert.ok(value !== undefined)
  return value
}

/** A service control policy on the root that forbids making users. */
async function forbidUsers(client: Organizations.OrganizationsClient): Promise<void> {
  const { Roots } = await client.send(new Organizations.ListRootsCommand({}))
  const RootId = required(Roots?.[0]?.Id)
  await client.send(new Organizations.EnablePolicyTypeCommand({ RootId, PolicyType: 'SERVICE_CONTROL_POLICY' }))
  const Content = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' },
  })
  const { Policy } = await client.send(
    new Organizations.CreatePolicyCommand({ Name: 'no users', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content }),
  )
  const PolicyId = required(Policy?.PolicySummary?.Id)
  await client.send(new Organizations.AttachPolicyCommand({ PolicyId, TargetId: RootId }))
}

async function invite(client: Organizations.OrganizationsClient): Promise<string> {
  const { Handshake } = await client.send(
    new Organizations.InviteAccountToOrganizationCommand({ Target: { Type: 'ACCOUNT', Id: JOINER } }),
  )
  return required(Handshake?.Id)
}

const bound = (error: unknown): boolean =>
  error instanceof Error && /explicit deny in a service control policy/.test(error.message)

test('service control policies bind an account that joins at once, and no longer when it has left', async () => {
  await management.send(new Organizations.CreateOrganizationCommand({}))
  await forbidUsers(management)
  const iam = server.iam(joiner)
  const member = server.organizations(joiner)
  await iam.send(new CreateUserCommand({ UserName: 'before' }))
  const HandshakeId = await invite(management)
  const { Handshakes } = await member.send(new Organizations.ListHandshakesForAccountCommand({}))
  assert.deepEqual(
    Handshakes?.map(({ Id, Action, State }) => [Id, Action, State]),
    [[HandshakeId, 'INVITE', 'OPEN']],
  )
  await member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId }))
  await assert.rejects(iam.send(new CreateUserCommand({ UserName: 'inside' })), bound)
  const { Accounts } = await management.send(new Organizations.ListAccountsCommand({}))
  assert.deepEqual(
    Accounts?.map(({ Id }) => Id),
    [MANAGEMENT, JOINER],
  )
  await member.send(new Organizations.LeaveOrganizationCommand({}))
  await iam.send(new CreateUserCommand({ UserName: 'outside' }))
  assert.equal((await management.send(new Organizations.ListAccountsCommand({}))).Accounts?.length, 1)

  const second = await invite(management)
  await member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId: second }))
  await assert.rejects(iam.send(new CreateUserCommand({ UserName: 'again' })), bound)
  await management.send(new Organizations.RemoveAccountFromOrganizationCommand({ AccountId: JOINER }))
  await iam.send(new CreateUserCommand({ UserName: 'again' }))
})

test('one organization after another, without being outside in between', async () => {
  const first = await invite(management)
  const member = server.organizations(joiner)
  await member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId: first }))
  const { root } = await server.account('elsewhere')
  const elsewhere = server.organizations(root)
  const { Organization } = await elsewhere.send(new Organizations.CreateOrganizationCommand({}))
  const second = await invite(elsewhere)
  await member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId: second }))
  const { Organization: now } = await member.send(new Organizations.DescribeOrganizationCommand({}))
  assert.equal(now?.Id, Organization?.Id)
  await server.iam(joiner).send(new CreateUserCommand({ UserName: 'moved' }))
  // What the first organization's management account remembered of the member is gone with it.
  await assert.rejects(management.send(new Organizations.DescribeAccountCommand({ AccountId: JOINER })), {
    name: 'AccountNotFoundException',
  })
  await member.send(new Organizations.LeaveOrganizationCommand({}))
})

test('all features of an organization that began with consolidated billing', async () => {
  const { root } = await server.account('billing')
  const billing = server.organizations(root)
  await billing.send(new Organizations.CreateOrganizationCommand({ FeatureSet: 'CONSOLIDATED_BILLING' }))
  const member = server.organizations(joiner)
  await member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId: await invite(billing) }))
  const { Handshake: whole } = await billing.send(new Organizations.EnableAllFeaturesCommand({}))
  const HandshakeId = required(whole?.Id)
  await assert.rejects(billing.send(new Organizations.AcceptHandshakeCommand({ HandshakeId })), {
    name: 'InvalidHandshakeTransitionException',
  })
  const { Handshakes } = await member.send(
    new Organizations.ListHandshakesForAccountCommand({ Filter: { ActionType: 'APPROVE_ALL_FEATURES' } }),
  )
  await member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId: required(Handshakes?.[0]?.Id) }))
  await billing.send(new Organizations.AcceptHandshakeCommand({ HandshakeId }))
  await forbidUsers(billing)
  await assert.rejects(server.iam(joiner).send(new CreateUserCommand({ UserName: 'bound' })), bound)
})

test('a stranger hears nothing of a handshake', async () => {
  const HandshakeId = await invite(management)
  const { root } = await server.account('stranger')
  const stranger = server.organizations(root)
  for (const call of [
    stranger.send(new Organizations.DescribeHandshakeCommand({ HandshakeId })),
    stranger.send(new Organizations.AcceptHandshakeCommand({ HandshakeId })),
    stranger.send(new Organizations.CancelHandshakeCommand({ HandshakeId })),
  ])
    await assert.rejects(call, { name: 'HandshakeNotFoundException' })
})

test('a bill is handed over, seen from both sides, and taken back', async () => {
  const { root: payerRoot, accountId: payerId } = await server.account('payer')
  const { root: sourceRoot } = await server.account('source')
  const [payer, source] = [server.organizations(payerRoot), server.organizations(sourceRoot)]
  for (const client of [payer, source]) await client.send(new Organizations.CreateOrganizationCommand({}))
  const now = new Date()
  const StartTimestamp = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1))
  const { Handshake } = await payer.send(
    new Organizations.InviteOrganizationToTransferResponsibilityCommand({
      Type: 'BILLING',
      Target: { Type: 'EMAIL', Id: 'source@example.com' },
      StartTimestamp,
      SourceName: 'their bill',
    }),
  )
  await source.send(new Organizations.AcceptHandshakeCommand({ HandshakeId: required(Handshake?.Id) }))
  const outbound = new Organizations.ListOutboundResponsibilityTransfersCommand({ Type: 'BILLING' })
  const [transfer] = (await source.send(outbound)).ResponsibilityTransfers ?? []
  assert.deepEqual(
    [transfer?.Status, transfer?.Target?.ManagementAccountId, transfer?.StartTimestamp],
    ['ACCEPTED', payerId, StartTimestamp],
  )
  const Id = required(transfer?.Id)
  await payer.send(new Organizations.TerminateResponsibilityTransferCommand({ Id }))
  const { ResponsibilityTransfer } = await source.send(new Organizations.DescribeResponsibilityTransferCommand({ Id }))
  assert.equal(ResponsibilityTransfer?.Status, 'WITHDRAWN')
  await assert.rejects(management.send(new Organizations.DescribeResponsibilityTransferCommand({ Id })), {
    name: 'ResponsibilityTransferNotFoundException',
  })
})
