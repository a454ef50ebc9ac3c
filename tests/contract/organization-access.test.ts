/** Delegated administrators and central root access through the AWS SDK: who is let in, and how far. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import { AssumeRootCommand, AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { withoutId } from '../denial-text.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const MANAGEMENT = '123456789012'
const IAM_PRINCIPAL = 'iam.amazonaws.com'
const task = (name: string) => ({ arn: `arn:aws:iam::aws:policy/root-task/${name}` })
let server: TestServer
let management: Credentials
let organizations: Organizations.OrganizationsClient

before(async () => {
  server = await startTestServer()
  ;({ root: management } = await server.account('management', MANAGEMENT))
  organizations = server.organizations(management)
  await organizations.send(new Organizations.CreateOrganizationCommand({}))
})
after(() => server.close())

function required(value: string | undefined): string {
  assert.ok(value !== undefined)
  return value
}

async function newMember(AccountName: string): Promise<{ readonly id: string; readonly root: Credentials }> {
  const { CreateAccountStatus } = await organizations.send(
    new Organizations.CreateAccountCommand({ AccountName, Email: `${AccountName}@members.example.com` }),
  )
  const id = required(CreateAccountStatus?.AccountId)
  return { id, root: await server.admin('session', { accountId: id, durationSeconds: 900 }) }
}

/** A user with these permissions. */
async function newUser(root: Credentials, UserName: string, statement: object): Promise<Credentials> {
  const iam = server.iam(root)
  await iam.send(new Iam.CreateUserCommand({ UserName }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  await iam.send(new Iam.PutUserPolicyCommand({ UserName, PolicyName: 'its', PolicyDocument }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: required(AccessKey?.AccessKeyId), secretAccessKey: required(AccessKey?.SecretAccessKey) }
}

const denied = (call: Promise<unknown>, message: RegExp): Promise<void> =>
  assert.rejects(
    call,
    (error) =>
      error instanceof Error && error.name.startsWith('AccessDenied') && (assert.match(withoutId(error.message), message), true),
  )

const enable = (ServicePrincipal: string) =>
  organizations.send(new Organizations.EnableAWSServiceAccessCommand({ ServicePrincipal }))

const NOT_YOURS = /^You don't have permissions to access this resource\.$/

test('a delegated administrator reads the organization as far as its own policies say, and changes nothing', async () => {
  const { id, root } = await newMember('auditor')
  const member = server.organizations(root)
  const user = server.organizations(
    await newUser(root, 'reader', { Effect: 'Allow', Action: 'organizations:List*', Resource: '*' }),
  )
  const list = new Organizations.ListAccountsCommand({})
  await denied(member.send(list), NOT_YOURS)
  await denied(user.send(list), NOT_YOURS)
  await enable('config.amazonaws.com')
  const registering = { AccountId: id, ServicePrincipal: 'config.amazonaws.com' }
  await organizations.send(new Organizations.RegisterDelegatedAdministratorCommand(registering))
  assert.deepEqual((await member.send(list)).Accounts, (await organizations.send(list)).Accounts)
  await user.send(list)
  await denied(
    user.send(new Organizations.DescribeAccountCommand({ AccountId: MANAGEMENT })),
    /is not authorized to perform: organizations:DescribeAccount/,
  )
  const { DelegatedAdministrators } = await member.send(new Organizations.ListDelegatedAdministratorsCommand({}))
  assert.deepEqual(
    DelegatedAdministrators?.map(({ Id }) => Id),
    [id],
  )
  const rootId = required((await member.send(new Organizations.ListRootsCommand({}))).Roots?.[0]?.Id)
  await denied(member.send(new Organizations.CreateOrganizationalUnitCommand({ ParentId: rootId, Name: 'mine' })), NOT_YOURS)
  await denied(
    member.send(new Organizations.EnablePolicyTypeCommand({ RootId: rootId, PolicyType: 'SERVICE_CONTROL_POLICY' })),
    NOT_YOURS,
  )
  await denied(member.send(new Organizations.RegisterDelegatedAdministratorCommand(registering)), NOT_YOURS)
  await organizations.send(new Organizations.DeregisterDelegatedAdministratorCommand(registering))
  await denied(member.send(list), NOT_YOURS)
})

test('AssumeRoot: a member’s root user for one task, and nothing else', async () => {
  const { id, root } = await newMember('tidied')
  const { AccessKey } = await server.iam(root).send(new Iam.CreateAccessKeyCommand({}))
  const rootKey = required(AccessKey?.AccessKeyId)
  const { AccessKey: other } = await server
    .iam(root)
    .send(new Iam.CreateUserCommand({ UserName: 'bystander' }))
    .then(() => server.iam(root).send(new Iam.CreateAccessKeyCommand({ UserName: 'bystander' })))
  const deleting = task('IAMDeleteRootUserCredentials')
  const operator = server.sts(
    await newUser(management, 'operator', {
      Effect: 'Allow',
      Action: 'sts:AssumeRoot',
      Resource: `arn:aws:iam::${id}:root`,
      Condition: {
        ArnEquals: {
          'sts:TaskPolicyArn': [
            deleting.arn,
            task('IAMAuditRootUserCredentials').arn,
            task('IAMCreateRootUserPassword').arn,
            task('SQSUnlockQueuePolicy').arn,
          ],
        },
      },
    }),
  )
  const assume = (TaskPolicyArn: { readonly arn: string }, TargetPrincipal = id) =>
    operator.send(new AssumeRootCommand({ TargetPrincipal, TaskPolicyArn }))
  const refused = new RegExp(
    `sts:AssumeRoot on resource: arn:aws:iam::${id}:root because no resource-based policy allows the sts:AssumeRoot action$`,
  )
  await denied(assume(deleting), refused)
  await enable(IAM_PRINCIPAL)
  await denied(assume(deleting), refused)
  await server.iam(management).send(new Iam.EnableOrganizationsRootCredentialsManagementCommand({}))
  await denied(assume(task('SQSUnlockQueuePolicy')), refused)
  await denied(assume(task('S3UnlockBucketPolicy')), refused)
  await denied(assume(deleting, MANAGEMENT), /is not authorized to perform: sts:AssumeRoot/)
  await denied(
    server.sts(management).send(new AssumeRootCommand({ TargetPrincipal: id, TaskPolicyArn: deleting })),
    /may not be called by root/,
  )
  await assert.rejects(assume({ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }), { name: 'ValidationError' })

  const { Credentials: made, SourceIdentity } = await assume(deleting)
  assert.equal(SourceIdentity, undefined)
  const left = required(made?.Expiration?.toISOString())
  assert.ok(Date.parse(left) - Date.now() <= 900_000)
  const session: Credentials = {
    accessKeyId: required(made?.AccessKeyId),
    secretAccessKey: required(made?.SecretAccessKey),
    sessionToken: required(made?.SessionToken),
  }
  const iam = server.iam(session)
  const { Arn, Account, UserId } = await server.sts(session).send(new GetCallerIdentityCommand({}))
  assert.deepEqual([Arn, Account, UserId], [`arn:aws:iam::${id}:root`, id, id])
  const { AccessKeyMetadata } = await iam.send(new Iam.ListAccessKeysCommand({}))
  assert.deepEqual(
    AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId),
    [rootKey],
  )
  await iam.send(new Iam.DeleteAccessKeyCommand({ AccessKeyId: rootKey }))
  assert.deepEqual((await iam.send(new Iam.ListAccessKeysCommand({}))).AccessKeyMetadata, [])
  const deny = /with an explicit deny in a session policy: arn:aws:iam::aws:policy\/root-task\/IAMDeleteRootUserCredentials$/
  await denied(iam.send(new Iam.ListUsersCommand({})), deny)
  await denied(
    iam.send(new Iam.DeleteAccessKeyCommand({ UserName: 'bystander', AccessKeyId: required(other?.AccessKeyId) })),
    deny,
  )
  await denied(iam.send(new Iam.CreateAccessKeyCommand({})), deny)
  await denied(iam.send(new Iam.CreateLoginProfileCommand({})), deny)
  await denied(server.organizations(session).send(new Organizations.DescribeOrganizationCommand({})), deny)
  await denied(server.sts(session).send(new GetSessionTokenCommand({})), /Cannot call GetSessionToken with session credentials/)
  await denied(
    server
      .sts(session)
      .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`, RoleSessionName: 'more' })),
    /Roles may not be assumed by root accounts/,
  )

  const { Credentials: recovering } = await assume(task('IAMCreateRootUserPassword'))
  const recovery = server.iam({
    accessKeyId: required(recovering?.AccessKeyId),
    secretAccessKey: required(recovering?.SecretAccessKey),
    sessionToken: required(recovering?.SessionToken),
  })
  await recovery.send(new Iam.CreateLoginProfileCommand({}))
  await assert.rejects(recovery.send(new Iam.CreateLoginProfileCommand({})), { name: 'EntityAlreadyExistsException' })
  await iam.send(new Iam.DeleteLoginProfileCommand({}))
  await assert.rejects(iam.send(new Iam.GetLoginProfileCommand({})), { name: 'NoSuchEntityException' })

  await organizations.send(new Organizations.DisableAWSServiceAccessCommand({ ServicePrincipal: IAM_PRINCIPAL }))
  await denied(assume(deleting), refused)
})

test('IAM’s delegated administrator assumes root too, unless a service control policy of its own forbids it', async () => {
  const { id: target } = await newMember('target')
  const { id, root } = await newMember('security')
  await enable(IAM_PRINCIPAL)
  await server.iam(management).send(new Iam.EnableOrganizationsRootCredentialsManagementCommand({}))
  const user = await newUser(root, 'operator', {
    Effect: 'Allow',
    Action: ['sts:AssumeRoot', 'iam:ListOrganizationsFeatures'],
    Resource: '*',
  })
  const features = () => server.iam(user).send(new Iam.ListOrganizationsFeaturesCommand({}))
  const assume = () =>
    server.sts(user).send(new AssumeRootCommand({ TargetPrincipal: target, TaskPolicyArn: task('IAMAuditRootUserCredentials') }))
  await denied(assume(), /is not authorized to perform: sts:AssumeRoot/)
  await assert.rejects(features(), { name: 'AccountNotManagementOrDelegatedAdministratorException' })
  await organizations.send(
    new Organizations.RegisterDelegatedAdministratorCommand({ AccountId: id, ServicePrincipal: IAM_PRINCIPAL }),
  )
  assert.deepEqual((await features()).EnabledFeatures, ['RootCredentialsManagement'])
  const { Credentials: made } = await assume()
  const audit = server.iam({
    accessKeyId: required(made?.AccessKeyId),
    secretAccessKey: required(made?.SecretAccessKey),
    sessionToken: required(made?.SessionToken),
  })
  await audit.send(new Iam.GetAccountSummaryCommand({}))
  await assert.rejects(audit.send(new Iam.GetLoginProfileCommand({})), { name: 'NoSuchEntityException' })
  await denied(audit.send(new Iam.DeleteLoginProfileCommand({})), /explicit deny in a session policy/)

  const { Roots } = await organizations.send(new Organizations.ListRootsCommand({}))
  const RootId = required(Roots?.[0]?.Id)
  await organizations.send(new Organizations.EnablePolicyTypeCommand({ RootId, PolicyType: 'SERVICE_CONTROL_POLICY' }))
  const { Policy } = await organizations.send(
    new Organizations.CreatePolicyCommand({
      Name: 'no root',
      Description: '',
      Type: 'SERVICE_CONTROL_POLICY',
      Content: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { Bool: { 'aws:AssumedRoot': 'true' } },
        },
      }),
    }),
  )
  await organizations.send(
    new Organizations.AttachPolicyCommand({ PolicyId: required(Policy?.PolicySummary?.Id), TargetId: target }),
  )
  // A member's own service control policies bind its root user, whoever assumed it.
  await denied(audit.send(new Iam.GetAccountSummaryCommand({})), /explicit deny in a service control policy/)
})

test('a delegation policy lets a member manage policies, as far as it and the member’s own policies say', async () => {
  const { id, root } = await newMember('delegate')
  const member = server.organizations(root)
  const { Organization } = await organizations.send(new Organizations.DescribeOrganizationCommand({}))
  const organizationId = required(Organization?.Id)
  const Type = 'SERVICE_CONTROL_POLICY'
  const Content = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' },
  })
  const create = (Name: string, type: Organizations.PolicyType = Type) =>
    new Organizations.CreatePolicyCommand({ Name, Description: '', Type: type, Content })
  await denied(member.send(create('early')), NOT_YOURS)
  const arn = `arn:aws:organizations::${MANAGEMENT}`
  const put = (statement: object) =>
    organizations.send(
      new Organizations.PutResourcePolicyCommand({ Content: JSON.stringify({ Version: '2012-10-17', Statement: statement }) }),
    )
  const Principal = { AWS: id }
  await put([
    { Effect: 'Allow', Principal, Action: ['organizations:Describe*', 'organizations:List*'], Resource: '*' },
    {
      Effect: 'Allow',
      Principal,
      Action: [
        'organizations:CreatePolicy',
        'organizations:UpdatePolicy',
        'organizations:DeletePolicy',
        'organizations:AttachPolicy',
        'organizations:DetachPolicy',
      ],
      Resource: [`${arn}:account/${organizationId}/${id}`, `${arn}:policy/${organizationId}/service_control_policy/*`],
      Condition: { StringLikeIfExists: { 'organizations:PolicyType': [Type] } },
    },
  ])
  const { Policy } = await member.send(create('of the delegate'))
  const PolicyId = required(Policy?.PolicySummary?.Id)
  await denied(member.send(create('another type', 'RESOURCE_CONTROL_POLICY')), NOT_YOURS)
  await server.iam(root).send(new Iam.CreateUserCommand({ UserName: 'before' }))
  await member.send(new Organizations.AttachPolicyCommand({ PolicyId, TargetId: id }))
  await denied(
    server.iam(root).send(new Iam.CreateUserCommand({ UserName: 'after' })),
    /explicit deny in a service control policy/,
  )
  await denied(member.send(new Organizations.AttachPolicyCommand({ PolicyId, TargetId: MANAGEMENT })), NOT_YOURS)
  await denied(member.send(new Organizations.CloseAccountCommand({ AccountId: id })), NOT_YOURS)
  await denied(member.send(new Organizations.DeleteResourcePolicyCommand({})), NOT_YOURS)
  await member.send(new Organizations.DescribeResourcePolicyCommand({}))
  const { id: otherId, root: other } = await newMember('unnamed')
  await denied(server.organizations(other).send(new Organizations.ListRootsCommand({})), NOT_YOURS)
  assert.notEqual(otherId, id)
  await member.send(new Organizations.DetachPolicyCommand({ PolicyId, TargetId: id }))
  await put({ Effect: 'Deny', Principal, Action: 'organizations:List*', Resource: '*' })
  await denied(member.send(new Organizations.DeletePolicyCommand({ PolicyId })), NOT_YOURS)
  await organizations.send(new Organizations.DeleteResourcePolicyCommand({}))
  await organizations.send(new Organizations.DeletePolicyCommand({ PolicyId }))
})

test('nobody of a closed account gets in, by key, by session, or by a role', async () => {
  const { id, root } = await newMember('ended')
  const key = await newUser(root, 'worker', { Effect: 'Allow', Action: '*', Resource: '*' })
  const user = server.iam(key)
  const visitor = server.sts(await newUser(management, 'visitor', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }))
  const visit = () =>
    visitor.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`, RoleSessionName: 'visit' }),
    )
  const { Credentials: made } = await visit()
  const inside = server.iam({
    accessKeyId: required(made?.AccessKeyId),
    secretAccessKey: required(made?.SecretAccessKey),
    sessionToken: required(made?.SessionToken),
  })
  const list = new Iam.ListUsersCommand({})
  for (const client of [user, inside, server.iam(root)]) await client.send(list)
  await organizations.send(new Organizations.CloseAccountCommand({ AccountId: id }))
  for (const client of [user, inside, server.iam(root)]) await assert.rejects(client.send(list), { name: 'InvalidClientTokenId' })
  await assert.rejects(server.sts(key).send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' })
  await denied(visit(), /is not authorized to perform: sts:AssumeRole/)
  await assert.rejects(server.admin('session', { accountId: id, durationSeconds: 900 }), /is closed/)
  const { Account } = await organizations.send(new Organizations.DescribeAccountCommand({ AccountId: id }))
  assert.equal(Account?.State, 'SUSPENDED')
})
