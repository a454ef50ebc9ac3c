/** What `explain` suggests is put with AWS's own clients: the call is let through then, and nobody and nothing else is. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import * as Sts from '@aws-sdk/client-sts'
import type { ShownAddition } from '../../src/server/admin-contract.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '111122223333'
const OTHER = '444455556666'

let server: TestServer
let root: Credentials
let other: Credentials

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('own', ACCOUNT))
  ;({ root: other } = await server.account('other', OTHER))
})
after(() => server.close())

const allow = (Action: string, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })
const documentOf = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const statementsOf = (text: string): readonly object[] => JSON.parse(text).Statement

async function newUser(owner: Credentials, UserName: string, ...statements: readonly object[]): Promise<Credentials> {
  const iam = server.iam(owner)
  await iam.send(new Iam.CreateUserCommand({ UserName }))
  if (statements.length > 0)
    await iam.send(new Iam.PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: documentOf(...statements) }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

const newRole = (owner: Credentials, RoleName: string, ...statements: readonly object[]) =>
  server.iam(owner).send(new Iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: documentOf(...statements) }))
const assume = (caller: Credentials, accountId: string, role: string) =>
  server
    .sts(caller)
    .send(new Sts.AssumeRoleCommand({ RoleArn: `arn:aws:iam::${accountId}:role/${role}`, RoleSessionName: 'visit' }))

/** The request id of a refusal. */
async function refused(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => assert.fail('the call was allowed'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Error && error.name.startsWith('AccessDenied'), String(error))
  return String(Reflect.get(Object(Reflect.get(error, '$metadata')), 'requestId'))
}

/** What is suggested where a call is refused: all of it exact, in these types of policies. */
async function suggested(call: Promise<unknown>, types: readonly string[]): Promise<readonly ShownAddition[]> {
  const { flip } = await server.admin('explainDenial', { id: await refused(call) })
  assert.ok(flip.kind === 'add')
  assert.deepEqual(
    flip.additions.map(({ policyType, reach }) => [policyType, reach]),
    types.map((type) => [type, 'exact']),
  )
  return flip.additions
}

const first = ([addition]: readonly ShownAddition[]): ShownAddition => {
  assert.ok(addition)
  return addition
}

test('in a policy of the user', async () => {
  const alice = server.iam(await newUser(root, 'alice'))
  const getUser = (UserName: string) => alice.send(new Iam.GetUserCommand({ UserName }))
  const { document, attachedTo } = first(await suggested(getUser('alice'), ['identity']))
  assert.deepEqual(attachedTo, [`arn:aws:iam::${ACCOUNT}:user/alice`])
  await server
    .iam(root)
    .send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'suggested', PolicyDocument: document }))
  await getUser('alice')
  await refused(getUser('alice2'))
  await refused(alice.send(new Iam.ListUsersCommand({})))
})

test('in the permissions boundary, and in a policy of the user too', async () => {
  const iam = server.iam(root)
  const bounded = server.iam(await newUser(root, 'bounded'))
  const { Policy } = await iam.send(
    new Iam.CreatePolicyCommand({ PolicyName: 'bound', PolicyDocument: documentOf(allow('sts:*')) }),
  )
  await iam.send(new Iam.PutUserPermissionsBoundaryCommand({ UserName: 'bounded', PermissionsBoundary: Policy?.Arn }))
  const getUser = (UserName: string) => bounded.send(new Iam.GetUserCommand({ UserName }))
  const [own, bound] = await suggested(getUser('bounded'), ['identity', 'boundary'])
  assert.ok(own && bound)
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'bounded', PolicyName: 'suggested', PolicyDocument: own.document }))
  await refused(getUser('bounded'))
  const PolicyDocument = documentOf(allow('sts:*'), ...statementsOf(bound.document))
  await iam.send(new Iam.CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, PolicyDocument, SetAsDefault: true }))
  await getUser('bounded')
  await refused(getUser('alice'))
})

test('in a trust policy, which is enough in one account', async () => {
  const [carol, dave] = [await newUser(root, 'carol'), await newUser(root, 'dave')]
  const trusting = allow('sts:AssumeRole', { Resource: undefined, Principal: { AWS: OTHER } })
  await newRole(root, 'deploy', trusting)
  const { document, attachedTo } = first(await suggested(assume(carol, ACCOUNT, 'deploy'), ['trust']))
  assert.deepEqual(attachedTo, [`arn:aws:iam::${ACCOUNT}:role/deploy`])
  const PolicyDocument = documentOf(trusting, ...statementsOf(document))
  await server.iam(root).send(new Iam.UpdateAssumeRolePolicyCommand({ RoleName: 'deploy', PolicyDocument }))
  await assume(carol, ACCOUNT, 'deploy')
  await refused(assume(dave, ACCOUNT, 'deploy'))
})

test('in a trust policy and in a policy of the user, across accounts', async () => {
  const [erin, frank] = [await newUser(root, 'erin'), await newUser(root, 'frank', allow('sts:*'))]
  await newRole(other, 'guest', allow('sts:AssumeRole', { Resource: undefined, Principal: { AWS: OTHER } }))
  await newRole(other, 'guest2', allow('sts:AssumeRole', { Resource: undefined, Principal: { AWS: ACCOUNT } }))
  const [trust, own] = await suggested(assume(erin, OTHER, 'guest'), ['trust', 'identity'])
  assert.ok(trust && own)
  await server.iam(other).send(new Iam.UpdateAssumeRolePolicyCommand({ RoleName: 'guest', PolicyDocument: trust.document }))
  await refused(assume(erin, OTHER, 'guest'))
  await server
    .iam(root)
    .send(new Iam.PutUserPolicyCommand({ UserName: 'erin', PolicyName: 'suggested', PolicyDocument: own.document }))
  await assume(erin, OTHER, 'guest')
  await refused(assume(frank, OTHER, 'guest'))
  await refused(assume(erin, OTHER, 'guest2'))
})

test('in a service control policy of the one level that is silent, for the caller alone', async () => {
  const { root: management } = await server.account('management')
  const organizations = server.organizations(management)
  await organizations.send(new Organizations.CreateOrganizationCommand({}))
  const { Roots: [organizationRoot] = [] } = await organizations.send(new Organizations.ListRootsCommand({}))
  const PolicyType = 'SERVICE_CONTROL_POLICY'
  await organizations.send(new Organizations.EnablePolicyTypeCommand({ RootId: organizationRoot?.Id, PolicyType }))
  const { CreateAccountStatus } = await organizations.send(
    new Organizations.CreateAccountCommand({ AccountName: 'member', Email: 'member@example.com' }),
  )
  const TargetId = CreateAccountStatus?.AccountId ?? ''
  const member = await server.admin('session', { accountId: TargetId, durationSeconds: 900 })
  const [grace, heidi] = [await newUser(member, 'grace', allow('*')), await newUser(member, 'heidi', allow('*'))]
  const attach = async (Name: string, Content: string) => {
    const made = await organizations.send(
      new Organizations.CreatePolicyCommand({ Name, Description: '', Type: PolicyType, Content }),
    )
    await organizations.send(new Organizations.AttachPolicyCommand({ PolicyId: made.Policy?.PolicySummary?.Id, TargetId }))
  }
  await attach('sts', documentOf(allow('sts:*')))
  await organizations.send(new Organizations.DetachPolicyCommand({ PolicyId: 'p-FullAWSAccess', TargetId }))
  const listUsers = (user: Credentials) => server.iam(user).send(new Iam.ListUsersCommand({}))
  const { document, attachedTo } = first(await suggested(listUsers(grace), ['scp']))
  assert.match(attachedTo.join(), new RegExp(`:account/o-[a-z0-9]+/${TargetId}$`))
  await attach('suggested', document)
  await listUsers(grace)
  await refused(listUsers(heidi))
  await refused(server.iam(grace).send(new Iam.ListRolesCommand({})))
})
