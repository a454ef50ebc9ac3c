/** Several accounts that write to one organization at the same time, on two servers over one PostgreSQL: each outcome is one that some order explains. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { ListUsersCommand } from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'
import { type Cluster, startCluster } from './cluster.ts'

const MANAGEMENT = '111122223333'
const JOINER = '444455556666'
const TRIES = 6

function required(value: string | undefined): string {
  assert.ok(value !== undefined)
  return value
}

/** How many calls ended with each name; `done` where one was answered. */
async function outcomes(calls: readonly Promise<unknown>[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const result of await Promise.allSettled(calls)) {
    const name = result.status === 'fulfilled' ? 'done' : result.reason instanceof Error ? result.reason.name : 'unknown'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

suite('an organization on PostgreSQL', () => {
  let cluster: Cluster
  let one: TestServer
  let other: TestServer
  let management: Organizations.OrganizationsClient
  let delegate: Organizations.OrganizationsClient
  let joiner: Credentials
  let delegateId: string
  let delegateRoot: Credentials

  before(async () => {
    cluster = await startCluster()
    const database = await cluster.database('organizations')
    const key = randomBytes(32).toString('base64')
    one = await startTestServer({ database, key })
    other = await startTestServer({ database, key })
    management = one.organizations((await one.account('management', MANAGEMENT)).root)
    ;({ root: joiner } = await one.account('joiner', JOINER))
    await management.send(new Organizations.CreateOrganizationCommand({}))
    const { CreateAccountStatus } = await management.send(
      new Organizations.CreateAccountCommand({ AccountName: 'delegate', Email: 'delegate@example.org' }),
    )
    delegateId = required(CreateAccountStatus?.AccountId)
    delegateRoot = await other.admin('session', { accountId: delegateId, durationSeconds: 3_600 })
    delegate = other.organizations(delegateRoot)
    const Statement = {
      Effect: 'Allow',
      Principal: { AWS: delegateId },
      Action: ['organizations:List*', 'organizations:CreatePolicy', 'organizations:DeletePolicy', 'organizations:AttachPolicy'],
      Resource: '*',
    }
    await management.send(
      new Organizations.PutResourcePolicyCommand({ Content: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    )
  })
  after(async () => {
    await Promise.all([one.close(), other.close()])
    await cluster.stop()
  })

  const create = (client: Organizations.OrganizationsClient, Name: string) =>
    client.send(
      new Organizations.CreatePolicyCommand({
        Name,
        Description: '',
        Type: 'SERVICE_CONTROL_POLICY',
        Content: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'sqs:*', Resource: '*' } }),
      }),
    )

  test('of policies with one name there is one, whoever makes them', async () => {
    for (let round = 1; round <= TRIES; round += 1) {
      const name = `contended-${round}`
      const calls = [management, delegate, management, delegate].map((client) => create(client, name))
      assert.deepEqual(await outcomes(calls), { done: 1, DuplicatePolicyException: 3 })
    }
  })

  test('an invitation is accepted or canceled, not both, and the member list says which', async () => {
    const member = other.organizations(joiner)
    for (let round = 1; round <= TRIES; round += 1) {
      const { Handshake } = await management.send(
        new Organizations.InviteAccountToOrganizationCommand({ Target: { Type: 'ACCOUNT', Id: JOINER } }),
      )
      const HandshakeId = required(Handshake?.Id)
      const accepting = member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId }))
      const canceling = management.send(new Organizations.CancelHandshakeCommand({ HandshakeId }))
      const counts = await outcomes([accepting, canceling])
      assert.deepEqual(counts, { done: 1, InvalidHandshakeTransitionException: 1 })
      const { Accounts } = await management.send(new Organizations.ListAccountsCommand({}))
      const joined = Accounts?.some(({ Id }) => Id === JOINER) === true
      const { Handshake: ended } = await management.send(new Organizations.DescribeHandshakeCommand({ HandshakeId }))
      assert.equal(ended?.State, joined ? 'ACCEPTED' : 'CANCELED')
      if (joined) await member.send(new Organizations.LeaveOrganizationCommand({}))
    }
  })

  test('members that leave while policies change: nobody waits for somebody who waits', async () => {
    const member = other.organizations(joiner)
    for (let round = 1; round <= TRIES; round += 1) {
      const { Handshake } = await management.send(
        new Organizations.InviteAccountToOrganizationCommand({ Target: { Type: 'ACCOUNT', Id: JOINER } }),
      )
      await member.send(new Organizations.AcceptHandshakeCommand({ HandshakeId: required(Handshake?.Id) }))
      const counts = await outcomes([
        member.send(new Organizations.LeaveOrganizationCommand({})),
        management.send(new Organizations.RemoveAccountFromOrganizationCommand({ AccountId: JOINER })),
        create(management, `ours-${round}`),
        create(delegate, `theirs-${round}`),
      ])
      // One of the two takes the account out; the other finds it gone.
      assert.equal(counts['done'], 3, JSON.stringify(counts))
      assert.equal((counts['AccountNotFoundException'] ?? 0) + (counts['AWSOrganizationsNotInUseException'] ?? 0), 1)
    }
  })

  test('an account that is closed on one server is closed on the other', async () => {
    const iam = other.iam(delegateRoot)
    await iam.send(new ListUsersCommand({}))
    await management.send(new Organizations.CloseAccountCommand({ AccountId: delegateId }))
    await assert.rejects(iam.send(new ListUsersCommand({})), { name: 'InvalidClientTokenId' })
  })
})
