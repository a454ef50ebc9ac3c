/** GetScopedCredentials, AcquireRole and account properties through the AWS SDKs: each decided by policies, from the next request on. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetScopedCredentialsCommand,
  type GetScopedCredentialsCommandInput,
} from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '111122223333'
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess'
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (Action: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })

let server: TestServer
let root: Credentials
let session: Credentials

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('scoping', ACCOUNT))
  const iam = server.iam(root)
  const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } })
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust }))
  await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: ADMINISTRATOR }))
  const user = await newUser('alice', document(allow('sts:AssumeRole')))
  const { Credentials: given } = await server
    .sts(user)
    .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/worker`, RoleSessionName: 'job' }))
  session = credentialsOf(given)
})
after(() => server.close())

type Given = { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined }
function credentialsOf(given: Given | undefined): Credentials {
  assert.ok(given?.AccessKeyId && given.SecretAccessKey && given.SessionToken)
  return { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken }
}

async function newUser(UserName: string, PolicyDocument: string): Promise<Credentials> {
  const iam = server.iam(root)
  await iam.send(new Iam.CreateUserCommand({ UserName }))
  await iam.send(new Iam.PutUserPolicyCommand({ UserName, PolicyName: 'inline', PolicyDocument }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }))
  assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

async function denied(call: Promise<unknown>, message: RegExp, name = /^AccessDenied/): Promise<void> {
  await assert.rejects(
    call,
    (error) => error instanceof Error && (assert.match(error.name, name), assert.match(error.message, message), true),
  )
}

const scope = async (from: Credentials, input: GetScopedCredentialsCommandInput): Promise<Credentials> =>
  credentialsOf((await server.sts(from).send(new GetScopedCredentialsCommand(input))).Credentials)

test('scoped credentials are the same session with less, each time again, and never with more', async () => {
  const first = await scope(session, { Policy: document(allow(['iam:ListUsers', 'iam:ListRoles', 'sts:GetScopedCredentials'])) })
  const { Arn, UserId } = await server.sts(session).send(new GetCallerIdentityCommand({}))
  const same = await server.sts(first).send(new GetCallerIdentityCommand({}))
  assert.deepEqual([same.Arn, same.UserId], [Arn, UserId])
  await server.iam(first).send(new Iam.ListUsersCommand({}))
  await denied(
    server.iam(first).send(new Iam.ListGroupsCommand({})),
    /because no session policy allows the iam:ListGroups action/,
  )
  const second = await scope(first, { Policy: document(allow('iam:*')), ScopedSessionDescription: 'a sub-agent' })
  await server.iam(second).send(new Iam.ListRolesCommand({}))
  await denied(
    server.iam(second).send(new Iam.ListGroupsCommand({})),
    /because no session policy allows the iam:ListGroups action/,
  )
  await denied(scope(second, { DurationSeconds: 60 }), /because no session policy allows the sts:GetScopedCredentials action/)
  await server.iam(session).send(new Iam.ListGroupsCommand({}))
})

test('the refusal of a scoped session is explained by the scope that does not allow it', async () => {
  const first = await scope(session, { Policy: document(allow(['sts:GetScopedCredentials', 'iam:Get*'])) })
  const second = await scope(first, { Policy: document(allow('iam:List*')) })
  for (const [client, action, missing] of [
    [second, 'iam:ListGroups', [1]],
    [second, 'iam:GetGroup', [2]],
    [second, 'iam:CreateGroup', [1, 2]],
  ] as const) {
    const iam = server.iam(client)
    const GroupName = 'g'
    const call = {
      'iam:ListGroups': () => iam.send(new Iam.ListGroupsCommand({})),
      'iam:GetGroup': () => iam.send(new Iam.GetGroupCommand({ GroupName })),
      'iam:CreateGroup': () => iam.send(new Iam.CreateGroupCommand({ GroupName })),
    }[action]
    await denied(call(), new RegExp(`because no session policy allows the ${action} action`))
    const { denials } = await server.admin('listDenials', { accountId: ACCOUNT, limit: 1 })
    const { parts, flip, policyType } = await server.admin('explainDenial', { id: denials[0]?.id ?? '' })
    assert.equal(policyType, 'session')
    const silent = parts.filter(({ verdict }) => verdict === 'silent').map(({ policyType: type, level }) => `${type} ${level}`)
    assert.deepEqual(
      silent,
      missing.map((level) => `session ${level}`),
    )
    assert.equal(flip.kind === 'add' && flip.additions.length, missing.length)
  }
})

test('long-term keys cannot be scoped down, and nothing outlasts its session', async () => {
  const key = await newUser('bob', document(allow('*')))
  await denied(scope(key, { DurationSeconds: 900 }), /temporary security credentials/, /^InvalidSubjectCredentials/)
  await denied(scope(session, { DurationSeconds: 7_200 }), /remaining lifetime/, /^InsufficientSessionLifetime/)
  await denied(scope(session, {}), /At least one of Policy or DurationSeconds/, /^ValidationError/)
})

const TemplateArn = 'arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1'
const acquire = (RoleName: string) =>
  new Iam.AcquireRoleCommand({
    TemplateArn,
    ReplacementValues: { AWSServiceName: { Values: ['lambda.amazonaws.com'] }, RoleName: { Values: [RoleName] } },
  })

test('AcquireRole is allowed by what it does: make the role, or get the one that is there', async () => {
  const makes = server.iam(
    await newUser(
      'maker',
      document(allow(['iam:CreateRole', 'iam:AttachRolePolicy'], { Condition: { Null: { 'iam:RoleTemplateARN': 'false' } } })),
    ),
  )
  const reads = server.iam(await newUser('reader', document(allow('iam:GetRole'))))
  await denied(reads.send(acquire('builder')), /no identity-based policy allows the iam:CreateRole action/)
  const { Role } = await makes.send(acquire('builder'))
  assert.deepEqual(Role?.SourceRoleTemplate, { TemplateArn, TemplateMinorVersion: 0 })
  await denied(makes.send(acquire('builder')), /no identity-based policy allows the iam:GetRole action/)
  assert.equal((await reads.send(acquire('builder'))).Role?.RoleId, Role?.RoleId)
  const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } })
  await denied(makes.send(new Iam.CreateRoleCommand({ RoleName: 'plain', AssumeRolePolicyDocument: trust })), /iam:CreateRole/)
  await denied(reads.send(new Iam.GetRoleTemplateVersionCommand({ TemplateArn })), /iam:GetRoleTemplateVersion/)
  const { RoleTemplateVersion } = await server.iam(root).send(new Iam.GetRoleTemplateVersionCommand({ TemplateArn }))
  assert.equal(RoleTemplateVersion?.TemplateName, 'PowerUserRoleTemplate')
})

test('account properties go over the wire as maps, and a policy may keep a namespace from being set', async () => {
  const Condition = { 'ForAnyValue:StringEquals': { 'iam:AccountPropertyNamespaces': 'RoleManager' } }
  const kept = document(allow('iam:*'), { Effect: 'Deny', Action: 'iam:PutAccountProperties', Resource: '*', Condition })
  const put = (client: Iam.IAMClient) =>
    client.send(new Iam.PutAccountPropertiesCommand({ Properties: { 'RoleManager/Enabled': 'true' } }))
  await denied(put(server.iam(await newUser('kept', kept))), /explicit deny/)
  await put(server.iam(root))
  const { Properties } = await server.iam(root).send(new Iam.GetAccountPropertiesCommand({}))
  assert.deepEqual(Properties, { 'RoleManager/Enabled': 'true' })
})
