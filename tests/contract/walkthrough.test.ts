/** The set-up pages' walkthrough through the AWS SDK for JavaScript: administrator, group, keys, a restricted user. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { StartPolicyGenerationCommand } from '@aws-sdk/client-accessanalyzer'
import * as Iam from '@aws-sdk/client-iam'
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { withoutId } from '../denial-text.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess'
const ACCOUNT = '123456789012'
let server: TestServer
let root: Credentials
let administrator: Credentials

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('walkthrough', ACCOUNT))
})
after(() => server.close())

async function newKey(iam: Iam.IAMClient, UserName?: string): Promise<Credentials> {
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand(UserName === undefined ? {} : { UserName }))
  assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
  assert.match(AccessKey.AccessKeyId, /^AKIA[A-Z2-7]{16}$/)
  assert.match(AccessKey.SecretAccessKey, /^[A-Za-z0-9+/]{40}$/)
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

/** Asserts a refusal by name, HTTP status and, where given, message. */
async function refused(
  call: Promise<unknown>,
  expected: { readonly name: string; readonly status: number; readonly message?: string | RegExp },
) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof Error)
    const status =
      '$metadata' in error &&
      typeof error.$metadata === 'object' &&
      error.$metadata !== null &&
      'httpStatusCode' in error.$metadata
    assert.equal(error.name, expected.name)
    assert.ok(status && Reflect.get(Object(Reflect.get(error, '$metadata')), 'httpStatusCode') === expected.status, 'HTTP status')
    if (typeof expected.message === 'string') assert.equal(withoutId(error.message), expected.message)
    else if (expected.message !== undefined) assert.match(error.message, expected.message)
    return true
  })
}

test('root knows who it is', async () => {
  const { Account, Arn, UserId } = await server.sts(root).send(new GetCallerIdentityCommand({}))
  assert.deepEqual({ Account, Arn, UserId }, { Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root`, UserId: ACCOUNT })
})

test('root makes the administrators group and the administrator', async () => {
  const iam = server.iam(root)
  await iam.send(new Iam.CreateGroupCommand({ GroupName: 'Administrators' }))
  await iam.send(new Iam.AttachGroupPolicyCommand({ GroupName: 'Administrators', PolicyArn: ADMINISTRATOR_ACCESS }))
  await iam.send(new Iam.CreateUserCommand({ UserName: 'Administrator', Tags: [{ Key: 'team', Value: 'platform' }] }))
  await iam.send(new Iam.AddUserToGroupCommand({ GroupName: 'Administrators', UserName: 'Administrator' }))
  const { LoginProfile } = await iam.send(
    new Iam.CreateLoginProfileCommand({ UserName: 'Administrator', Password: 'Correct-Horse-7', PasswordResetRequired: true }),
  )
  assert.equal(LoginProfile?.PasswordResetRequired, true)
  administrator = await newKey(iam, 'Administrator')
  await newKey(iam, 'Administrator')
  await refused(newKey(iam, 'Administrator'), {
    name: 'LimitExceededException',
    status: 409,
    message: 'Cannot exceed quota for AccessKeysPerUser: 2',
  })
})

test('a new key works at once, and its user is the implicit one', async () => {
  const { Arn } = await server.sts(administrator).send(new GetCallerIdentityCommand({}))
  assert.equal(Arn, `arn:aws:iam::${ACCOUNT}:user/Administrator`)
  const { User } = await server.iam(administrator).send(new Iam.GetUserCommand({}))
  assert.equal(User?.UserName, 'Administrator')
  assert.deepEqual(User.Tags, [{ Key: 'team', Value: 'platform' }])
})

test('a restricted user may do what its policy names and is refused elsewhere in words', async () => {
  const iam = server.iam(administrator)
  await iam.send(new Iam.CreateUserCommand({ UserName: 'alice' }))
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'iam:GetUser', Resource: `arn:aws:iam::${ACCOUNT}:user/alice` }],
  }
  const PolicyDocument = JSON.stringify(policy)
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'self', PolicyDocument }))
  const key = await newKey(iam, 'alice')
  const alice = server.iam(key)
  assert.equal((await alice.send(new Iam.GetUserCommand({ UserName: 'alice' }))).User?.UserName, 'alice')
  await refused(alice.send(new Iam.GetUserCommand({ UserName: 'Administrator' })), {
    name: 'AccessDenied',
    status: 403,
    message:
      `User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: iam:GetUser on resource: ` +
      'user Administrator because no identity-based policy allows the iam:GetUser action',
  })

  await iam.send(new Iam.UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: key.accessKeyId, Status: 'Inactive' }))
  await refused(alice.send(new Iam.GetUserCommand({ UserName: 'alice' })), {
    name: 'InvalidClientTokenId',
    status: 403,
    message: 'The security token included in the request is invalid.',
  })
  await refused(iam.send(new Iam.DeleteUserCommand({ UserName: 'alice' })), { name: 'DeleteConflictException', status: 409 })
})

test('temporary credentials act as the user they were made for', async () => {
  const { Credentials: made } = await server.sts(administrator).send(new GetSessionTokenCommand({ DurationSeconds: 900 }))
  assert.ok(made?.AccessKeyId !== undefined && made.SecretAccessKey !== undefined && made.SessionToken !== undefined)
  const session = { accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey, sessionToken: made.SessionToken }
  const { Arn } = await server.sts(session, 'eu-west-1').send(new GetCallerIdentityCommand({}))
  assert.equal(Arn, `arn:aws:iam::${ACCOUNT}:user/Administrator`)
  const withoutToken = { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey }
  await refused(server.sts(withoutToken).send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId', status: 403 })
  const { Account } = await server.sts(session).send(new GetAccessKeyInfoCommand({ AccessKeyId: session.accessKeyId }))
  assert.equal(Account, ACCOUNT)
})

test('an account sees nothing of another one', async () => {
  const other = await server.account('other', '999988887777')
  const { Users } = await server.iam(other.root).send(new Iam.ListUsersCommand({}))
  assert.deepEqual(Users, [])
  await refused(server.iam(other.root).send(new Iam.GetUserCommand({ UserName: 'alice' })), {
    name: 'NoSuchEntityException',
    status: 404,
  })
})

test('a page goes on where the last one ended', async () => {
  const iam = server.iam(root)
  const names = Array.from({ length: 7 }, (_, number) => `page-${number}`)
  for (const UserName of names) await iam.send(new Iam.CreateUserCommand({ UserName, Path: '/pages/' }))
  const seen: string[] = []
  for await (const { Users } of Iam.paginateListUsers({ client: iam, pageSize: 3 }, { PathPrefix: '/pages/' })) {
    seen.push(...(Users ?? []).map((user) => user.UserName ?? ''))
  }
  assert.deepEqual(seen, names)
})

test('what the model has and the server does not is a clear refusal, tried once', async () => {
  const generation = new StartPolicyGenerationCommand({
    policyGenerationDetails: { principalArn: `arn:aws:iam::${ACCOUNT}:role/r` },
  })
  await refused(server.accessAnalyzer(root).send(generation), { name: 'NotImplemented', status: 501 })
})
