/** Organizations through the AWS SDK: an organization is made, and what its policies say binds its accounts from the next request on. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateRoleCommand,
  CreateUserCommand,
  GetUserCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  CreateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import { AssumeRoleCommand, GetAccessKeyInfoCommand } from '@aws-sdk/client-sts'
import { withoutId } from '../denial-text.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const MANAGEMENT = '123456789012'
let server: TestServer
let management: Credentials
let organizations: Organizations.OrganizationsClient
let rootId: string
let organizationId: string

before(async () => {
  server = await startTestServer()
  ;({ root: management } = await server.account('management', MANAGEMENT))
  organizations = server.organizations(management)
  const { Organization } = await organizations.send(new Organizations.CreateOrganizationCommand({}))
  organizationId = required(Organization?.Id)
  const { Roots } = await organizations.send(new Organizations.ListRootsCommand({}))
  rootId = required(Roots?.[0]?.Id)
  for (const PolicyType of ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'] as const)
    await organizations.send(new Organizations.EnablePolicyTypeCommand({ RootId: rootId, PolicyType }))
})
after(() => server.close())

function required(value: string | undefined): string {
  assert.ok(value !== undefined)
  return value
}

/** A new member account and credentials of its root user. */
async function newMember(name: string): Promise<{ readonly id: string; readonly root: Credentials }> {
  const { CreateAccountStatus } = await organizations.send(
    new Organizations.CreateAccountCommand({ AccountName: name, Email: `${name}@members.example.com` }),
  )
  assert.equal(CreateAccountStatus?.State, 'SUCCEEDED')
  const id = required(CreateAccountStatus.AccountId)
  return { id, root: await server.admin('session', { accountId: id, durationSeconds: 900 }) }
}

async function newPolicy(
  name: string,
  Type: Organizations.PolicyType,
  statement: object,
): Promise<{ readonly id: string; readonly arn: string }> {
  const Content = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  const { Policy } = await organizations.send(
    new Organizations.CreatePolicyCommand({ Name: name, Description: '', Type, Content }),
  )
  return { id: required(Policy?.PolicySummary?.Id), arn: required(Policy?.PolicySummary?.Arn) }
}

const attach = (PolicyId: string, TargetId: string) =>
  organizations.send(new Organizations.AttachPolicyCommand({ PolicyId, TargetId }))
const detach = (PolicyId: string, TargetId: string) =>
  organizations.send(new Organizations.DetachPolicyCommand({ PolicyId, TargetId }))

async function denied(call: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(
    call,
    (error) =>
      error instanceof Error && error.name.startsWith('AccessDenied') && (assert.match(withoutId(error.message), message), true),
  )
}

test('a service control policy binds a member account at once, its root user too, and not the management account', async () => {
  const { id, root } = await newMember('bound')
  const iam = server.iam(root)
  await iam.send(new CreateUserCommand({ UserName: 'first' }))
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'first',
      PolicyName: 'all',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
    }),
  )
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'first' }))
  const user = server.iam({
    accessKeyId: required(AccessKey?.AccessKeyId),
    secretAccessKey: required(AccessKey?.SecretAccessKey),
  })
  await user.send(new CreateUserCommand({ UserName: 'second' }))

  const { id: policyId, arn } = await newPolicy('no users', 'SERVICE_CONTROL_POLICY', {
    Effect: 'Deny',
    Action: 'iam:CreateUser',
    Resource: '*',
  })
  assert.equal(arn, `arn:aws:organizations::${MANAGEMENT}:policy/${organizationId}/service_control_policy/${policyId}`)
  await attach(policyId, rootId)
  const text = new RegExp(`with an explicit deny in a service control policy: ${arn}$`)
  await denied(iam.send(new CreateUserCommand({ UserName: 'third' })), text)
  await denied(user.send(new CreateUserCommand({ UserName: 'third' })), text)
  await user.send(new GetUserCommand({ UserName: 'first' }))
  await server.iam(management).send(new CreateUserCommand({ UserName: 'ours' }))

  await detach(policyId, rootId)
  await user.send(new CreateUserCommand({ UserName: 'third' }))
  await attach(policyId, id)
  await denied(user.send(new CreateUserCommand({ UserName: 'fourth' })), text)
  const Content = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'iam:ListUsers', Resource: '*' } })
  await organizations.send(new Organizations.UpdatePolicyCommand({ PolicyId: policyId, Content }))
  await user.send(new CreateUserCommand({ UserName: 'fourth' }))
  await denied(user.send(new ListUsersCommand({})), text)
  await organizations.send(new Organizations.DisablePolicyTypeCommand({ RootId: rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }))
  await user.send(new ListUsersCommand({}))
  await organizations.send(new Organizations.EnablePolicyTypeCommand({ RootId: rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }))
})

test('every level must allow, and an account takes the policies of where it is moved to', async () => {
  const { id, root } = await newMember('moved')
  const iam = server.iam(root)
  const { OrganizationalUnit } = await organizations.send(
    new Organizations.CreateOrganizationalUnitCommand({ ParentId: rootId, Name: 'readers' }),
  )
  const unit = required(OrganizationalUnit?.Id)
  assert.match(unit, new RegExp(`^ou-${rootId.slice(2)}-[a-z0-9]{8}$`))
  const { id: readOnly } = await newPolicy('read only', 'SERVICE_CONTROL_POLICY', {
    Effect: 'Allow',
    Action: ['iam:Get*', 'iam:List*'],
    Resource: '*',
  })
  await attach(readOnly, unit)
  await detach('p-FullAWSAccess', unit)
  await iam.send(new CreateUserCommand({ UserName: 'before' }))
  await organizations.send(
    new Organizations.MoveAccountCommand({ AccountId: id, SourceParentId: rootId, DestinationParentId: unit }),
  )
  await iam.send(new ListUsersCommand({}))
  await denied(
    iam.send(new CreateUserCommand({ UserName: 'after' })),
    /because no service control policy allows the iam:CreateUser action$/,
  )
  await organizations.send(
    new Organizations.MoveAccountCommand({ AccountId: id, SourceParentId: unit, DestinationParentId: rootId }),
  )
  await iam.send(new CreateUserCommand({ UserName: 'after' }))
})

test('the condition keys of organizations', async () => {
  const { id, root } = await newMember('keyed')
  const iam = server.iam(root)
  const { OrganizationalUnit } = await organizations.send(
    new Organizations.CreateOrganizationalUnitCommand({ ParentId: rootId, Name: 'keyed' }),
  )
  const unit = required(OrganizationalUnit?.Id)
  await organizations.send(
    new Organizations.MoveAccountCommand({ AccountId: id, SourceParentId: rootId, DestinationParentId: unit }),
  )
  const path = `${organizationId}/${rootId}/${unit}/`
  // oxfmt-ignore
  const conditions: readonly (readonly [object, boolean])[] = [
    [{ StringEquals: { 'aws:PrincipalOrgID': organizationId } },                            true],
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-aaaaaaaaaa' } },                            false],
    [{ 'ForAnyValue:StringEquals': { 'aws:PrincipalOrgPaths': path } },                     true],
    [{ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${organizationId}/*/ou-` } }, false],
    [{ StringEquals: { 'aws:ResourceOrgID': organizationId } },                             true],
    [{ 'ForAnyValue:StringEquals': { 'aws:ResourceOrgPaths': path } },                      true],
    [{ Null: { 'aws:ResourceOrgID': 'true' } },                                             false],
  ]
  const { id: policyId } = await newPolicy('keys', 'SERVICE_CONTROL_POLICY', {
    Effect: 'Deny',
    Action: 'iam:GetUser',
    Resource: '*',
    Condition: conditions[0]?.[0],
  })
  await attach(policyId, id)
  await iam.send(new CreateUserCommand({ UserName: 'someone' }))
  for (const [Condition, isMet] of conditions) {
    const Content = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Deny', Action: 'iam:GetUser', Resource: '*', Condition },
    })
    await organizations.send(new Organizations.UpdatePolicyCommand({ PolicyId: policyId, Content }))
    const call = iam.send(new GetUserCommand({ UserName: 'someone' }))
    if (isMet) await denied(call, /service control policy/)
    else assert.equal((await call).User?.UserName, 'someone', JSON.stringify(Condition))
  }
})

test('a resource control policy binds whoever calls, and the role of a new account lets the management account in', async () => {
  const { id, root } = await newMember('guarded')
  const user = server.iam(management)
  await user.send(new CreateUserCommand({ UserName: 'operator' }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
  await user.send(new PutUserPolicyCommand({ UserName: 'operator', PolicyName: 'all', PolicyDocument }))
  const { AccessKey } = await user.send(new CreateAccessKeyCommand({ UserName: 'operator' }))
  const operator = server.sts({
    accessKeyId: required(AccessKey?.AccessKeyId),
    secretAccessKey: required(AccessKey?.SecretAccessKey),
  })
  const assume = () =>
    operator.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`, RoleSessionName: 'visit' }),
    )
  const { Credentials: made } = await assume()
  const visitor = server.iam({
    accessKeyId: required(made?.AccessKeyId),
    secretAccessKey: required(made?.SecretAccessKey),
    sessionToken: required(made?.SessionToken),
  })
  await visitor.send(new CreateUserCommand({ UserName: 'made-by-visitor' }))

  const { id: policyId, arn: policyArn } = await newPolicy('no visits', 'RESOURCE_CONTROL_POLICY', {
    Effect: 'Deny',
    Principal: '*',
    Action: 'sts:*',
    Resource: '*',
  })
  await attach(policyId, id)
  // Both accounts are in the organization: the reason is told, and the policy.
  await denied(
    assume(),
    new RegExp(`role/OrganizationAccountAccessRole with an explicit deny in a resource control policy: ${policyArn}$`),
  )
  // IAM is not among the services that resource control policies bind, and an action of STS that knows no resource is about none.
  await server.iam(root).send(new ListUsersCommand({}))
  await server.sts(root).send(new GetAccessKeyInfoCommand({ AccessKeyId: root.accessKeyId }))
  await detach(policyId, id)
  await assume()
})

test('a trust policy may let a whole organization in, and nobody else', async () => {
  const { root } = await newMember('partner')
  const { root: outsider } = await server.account('outsider')
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } },
    },
  })
  await server.iam(management).send(new CreateRoleCommand({ RoleName: 'shared', AssumeRolePolicyDocument }))
  const assume = async (credentials: Credentials) => {
    const iam = server.iam(credentials)
    await iam.send(new CreateUserCommand({ UserName: 'caller' }))
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' },
    })
    await iam.send(new PutUserPolicyCommand({ UserName: 'caller', PolicyName: 'sts', PolicyDocument }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'caller' }))
    const caller = server.sts({
      accessKeyId: required(AccessKey?.AccessKeyId),
      secretAccessKey: required(AccessKey?.SecretAccessKey),
    })
    return caller.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${MANAGEMENT}:role/shared`, RoleSessionName: 'visit' }))
  }
  await assume(root)
  await denied(assume(outsider), /is not authorized to perform: sts:AssumeRole on resource: [^ ]+$/)
})

test('member accounts see their organization and lead nothing', async () => {
  const { root } = await newMember('humble')
  const member = server.organizations(root)
  const { Organization } = await member.send(new Organizations.DescribeOrganizationCommand({}))
  assert.deepEqual([Organization?.Id, Organization?.MasterAccountId], [organizationId, MANAGEMENT])
  await denied(member.send(new Organizations.ListAccountsCommand({})), /^You don't have permissions to access this resource\.$/)
  await assert.rejects(member.send(new Organizations.CreateOrganizationCommand({})), { name: 'AlreadyInOrganizationException' })
  const { root: stranger } = await server.account('stranger')
  await assert.rejects(server.organizations(stranger).send(new Organizations.ListRootsCommand({})), {
    name: 'AWSOrganizationsNotInUseException',
    message: 'Your account is not a member of an organization.',
  })
})

test('a resource control policy binds a service that fetches credentials for a workload, unless it spares services; a service control policy does not', async () => {
  const { id: accountId, root } = await newMember('workloads')
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  })
  await server.iam(root).send(new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument }))
  const { roleId } = await server.admin('taskRole', { accountId, name: 'task' })
  const taskId = '0123456789abcdef0123456789abcdef'
  const fetched = async () => {
    const delivered = await server.admin('taskCredentials', {
      accountId,
      roleId,
      taskId,
      region: 'us-east-1',
      durationSeconds: 900,
    })
    return 'refusal' in delivered ? delivered.refusal : 'credentials'
  }
  const deny = { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }
  const scp = await newPolicy('scp for workloads', 'SERVICE_CONTROL_POLICY', deny)
  await attach(scp.id, accountId)
  assert.equal(await fetched(), 'credentials')
  const everybody = await newPolicy('rcp for workloads', 'RESOURCE_CONTROL_POLICY', { ...deny, Principal: '*' })
  await attach(everybody.id, accountId)
  assert.match(await fetched(), /^User: ecs-tasks\.amazonaws\.com .* with an explicit deny in a resource control policy/)
  await detach(everybody.id, accountId)
  const people = await newPolicy('rcp that spares services', 'RESOURCE_CONTROL_POLICY', {
    ...deny,
    Principal: '*',
    Condition: { BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
  })
  await attach(people.id, accountId)
  assert.equal(await fetched(), 'credentials')
  // The confused deputy's policy as the IAM User Guide has it (aws:SourceOrgID): of services, those that act for the organization.
  const deputy = (name: string, id: string) =>
    newPolicy(name, 'RESOURCE_CONTROL_POLICY', {
      ...deny,
      Principal: '*',
      Condition: {
        StringNotEqualsIfExists: { 'aws:SourceOrgID': id },
        Null: { 'aws:SourceAccount': 'false' },
        Bool: { 'aws:PrincipalIsAWSService': 'true' },
      },
    })
  const own = await deputy('rcp for services of the organization', organizationId)
  await attach(own.id, accountId)
  assert.equal(await fetched(), 'credentials')
  const foreign = await deputy('rcp for services of another organization', 'o-anotherone')
  await attach(foreign.id, accountId)
  assert.match(await fetched(), /with an explicit deny in a resource control policy/)
})
