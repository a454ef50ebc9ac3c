/** What counts once counts once however many ask at the same moment, on whatever server: one-time codes, SAML assertions, e-mail addresses of accounts. */
import assert from 'node:assert/strict'
import { IAM } from '@aws-sdk/client-iam'
import { Organizations } from '@aws-sdk/client-organizations'
import { STS } from '@aws-sdk/client-sts'
import { codeAt, fromBase32, stepAt } from '../../src/services/totp.ts'
import { openProvider } from '../saml-provider.ts'
import type { Credentials, TestServer } from '../server.ts'

export const TRIES = 6
export const settings = (server: TestServer, credentials: Credentials) => ({
  endpoint: server.endpoint,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
})

/** Runs a call on both servers in turn; the names of what the losers heard. */
export async function contend(
  call: (server: TestServer, rival: number) => Promise<unknown>,
  servers: readonly [TestServer, TestServer],
): Promise<readonly string[]> {
  const settled = await Promise.allSettled(
    Array.from({ length: TRIES }, (_, rival) => call(servers[rival % 2 === 0 ? 0 : 1], rival)),
  )
  return settled.flatMap((one) =>
    one.status === 'rejected' ? [one.reason instanceof Error ? one.reason.name : String(one.reason)] : [],
  )
}
export const losers = (count: number, name: string): readonly string[] => Array.from({ length: count }, () => name)

export async function assertClaims(first: TestServer, second: TestServer = first): Promise<void> {
  const servers = [first, second] as const
  const { accountId, root } = await first.account('claims')
  await assertCode(servers, root)
  await assertAssertion(servers, { accountId, root })
  await assertOrganization(servers, root)
  const account = { name: 'twin', email: 'twin@example.com', rootAccessKey: false }
  assert.equal((await contend((server) => server.admin('createAccount', account), servers)).length, TRIES - 1)
}

async function assertCode(servers: readonly [TestServer, TestServer], root: Credentials): Promise<void> {
  const iam = new IAM(settings(servers[0], root))
  await iam.createUser({ UserName: 'alice' })
  const { VirtualMFADevice: device } = await iam.createVirtualMFADevice({ VirtualMFADeviceName: 'alice' })
  const seed = fromBase32(Buffer.from(device?.Base32StringSeed ?? []).toString())
  const code = (off: number): string => codeAt(seed, stepAt(Date.now()) + off)
  const SerialNumber = device?.SerialNumber
  await iam.enableMFADevice({ UserName: 'alice', SerialNumber, AuthenticationCode1: code(-1), AuthenticationCode2: code(0) })
  const { AccessKey } = await iam.createAccessKey({ UserName: 'alice' })
  const alice = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  iam.destroy()
  const clients = servers.map((server) => new STS(settings(server, alice)))
  // Both codes that enabled the device are used up.
  const TokenCode = code(1)
  const lost = await contend(
    (server) => Promise.resolve(clients[servers.indexOf(server)]?.getSessionToken({ SerialNumber, TokenCode })),
    servers,
  )
  for (const client of clients) client.destroy()
  assert.deepEqual(lost, losers(TRIES - 1, 'AccessDenied'), 'a one-time code')
}

async function assertAssertion(
  servers: readonly [TestServer, TestServer],
  { accountId, root }: { readonly accountId: string; readonly root: Credentials },
): Promise<void> {
  const idp = openProvider()
  const PrincipalArn = `arn:aws:iam::${accountId}:saml-provider/idp`
  const RoleArn = `arn:aws:iam::${accountId}:role/federated`
  const statement = { Effect: 'Allow', Principal: { Federated: PrincipalArn }, Action: 'sts:AssumeRoleWithSAML' }
  const iam = new IAM(settings(servers[0], root))
  await iam.createSAMLProvider({ Name: 'idp', SAMLMetadataDocument: idp.metadata })
  await iam.createRole({
    RoleName: 'federated',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
  })
  iam.destroy()
  const SAMLAssertion = await idp.respond('jane@example.com', { Role: [`${RoleArn},${PrincipalArn}`], RoleSessionName: ['jane'] })
  const clients = servers.map((server) => new STS(settings(server, { accessKeyId: 'AKIANOTHING', secretAccessKey: 'nothing' })))
  const lost = await contend(
    (server) => Promise.resolve(clients[servers.indexOf(server)]?.assumeRoleWithSAML({ RoleArn, PrincipalArn, SAMLAssertion })),
    servers,
  )
  for (const client of clients) client.destroy()
  assert.deepEqual(lost, losers(TRIES - 1, 'InvalidIdentityTokenException'), 'a SAML assertion')
}

async function assertOrganization(servers: readonly [TestServer, TestServer], root: Credentials): Promise<void> {
  const clients = servers.map((server) => new Organizations(settings(server, root)))
  const [client] = clients
  assert.ok(client)
  const race = (call: (client: Organizations) => Promise<unknown>): Promise<readonly string[]> =>
    contend((server) => call(clients[servers.indexOf(server)] ?? client), servers)
  assert.deepEqual(await race((one) => one.createOrganization({})), losers(TRIES - 1, 'AlreadyInOrganizationException'))
  const { Roots } = await client.listRoots({})
  const RootId = Roots?.[0]?.Id
  assert.deepEqual(
    await race((one) => one.enablePolicyType({ RootId, PolicyType: 'SERVICE_CONTROL_POLICY' })),
    losers(TRIES - 1, 'PolicyTypeAlreadyEnabledException'),
  )
  assert.deepEqual(
    await race((one) => one.createOrganizationalUnit({ ParentId: RootId, Name: 'unit' })),
    losers(TRIES - 1, 'DuplicateOrganizationalUnitException'),
  )
  const Content = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 's3:*', Resource: '*' } })
  const policy = { Name: 'p', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content } as const
  assert.deepEqual(await race((one) => one.createPolicy(policy)), losers(TRIES - 1, 'DuplicatePolicyException'))
  const { Policies } = await client.listPolicies({ Filter: 'SERVICE_CONTROL_POLICY' })
  const PolicyId = Policies?.find(({ Name }) => Name === 'p')?.Id
  assert.deepEqual(
    await race((one) => one.attachPolicy({ PolicyId, TargetId: RootId })),
    losers(TRIES - 1, 'DuplicatePolicyAttachmentException'),
  )
  // Each is answered; all but one say later why there is no account.
  assert.deepEqual(await race((one) => one.createAccount({ AccountName: 'member', Email: 'member@example.com' })), [])
  const { CreateAccountStatuses = [] } = await client.listCreateAccountStatus({})
  const states = CreateAccountStatuses.map(({ State, FailureReason }) => FailureReason ?? State ?? '').toSorted((one, other) =>
    one < other ? -1 : 1,
  )
  assert.deepEqual(states, [...losers(TRIES - 1, 'EMAIL_ALREADY_EXISTS'), 'SUCCEEDED'])
  await assertReaching(servers, { client, PolicyId, RootId })
  for (const one of clients) one.destroy()
}

/** A policy attached and detached reaches the members while they write: they wait for one another, and nobody fails. */
async function assertReaching(
  servers: readonly [TestServer, TestServer],
  {
    client,
    PolicyId,
    RootId,
  }: { readonly client: Organizations; readonly PolicyId: string | undefined; readonly RootId: string | undefined },
): Promise<void> {
  const { Accounts } = await client.listAccounts({})
  const member = Accounts?.find(({ Name }) => Name === 'member')?.Id ?? ''
  const session = await servers[0].admin('session', { accountId: member, durationSeconds: 900 })
  const iams = servers.map((server) => new IAM(settings(server, session)))
  const members = Array.from({ length: 20 }, (_, index) => iams[index % 2]?.createUser({ UserName: `u${index}` }))
  const toggle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) {
      await client.detachPolicy({ PolicyId, TargetId: RootId })
      await client.attachPolicy({ PolicyId, TargetId: RootId })
    }
  }
  await Promise.all([...members, toggle()])
  const { Users = [] } = (await iams[1]?.listUsers({})) ?? {}
  assert.equal(Users.length, 20)
  for (const iam of iams) iam.destroy()
}
