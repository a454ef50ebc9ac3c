/** Last accessed information through the real client: from calls that were made to the reports that tell of them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import {
  CreateAccountCommand,
  CreateOrganizationCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
} from '@aws-sdk/client-organizations'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '123456789012'
const JOB = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let server: TestServer
let root: Credentials
before(async () => {
  // A strict log writes what it has before the answer.
  server = await startTestServer({ audit: 'strict' })
  ;({ root } = await server.account('accessed', ACCOUNT))
})
after(() => server.close())

type Made = {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
}
const credentialsOf = (made: Made | undefined): Credentials => ({
  accessKeyId: made?.AccessKeyId ?? '',
  secretAccessKey: made?.SecretAccessKey ?? '',
  ...(made?.SessionToken !== undefined && { sessionToken: made.SessionToken }),
})
const allow = (...Action: readonly string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } })

async function newUser(iam: Iam.IAMClient, UserName: string, ...actions: readonly string[]): Promise<Credentials> {
  await iam.send(new Iam.CreateUserCommand({ UserName }))
  await iam.send(new Iam.PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: allow(...actions) }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }))
  return credentialsOf(AccessKey)
}

async function report(iam: Iam.IAMClient, Arn: string, Granularity: Iam.AccessAdvisorUsageGranularityType = 'SERVICE_LEVEL') {
  const { JobId = '' } = await iam.send(new Iam.GenerateServiceLastAccessedDetailsCommand({ Arn, Granularity }))
  assert.match(JobId, JOB)
  const {
    JobStatus,
    JobCreationDate,
    JobCompletionDate,
    ServicesLastAccessed = [],
  } = await iam.send(new Iam.GetServiceLastAccessedDetailsCommand({ JobId }))
  assert.equal(JobStatus, 'COMPLETED')
  assert.ok(JobCreationDate instanceof Date && JobCompletionDate instanceof Date)
  return { JobId, services: new Map(ServicesLastAccessed.map((service) => [service.ServiceNamespace, service])) }
}

test('what a user called is what its report tells, refused calls and calls that wrote included', async () => {
  const iam = server.iam(root)
  const alice = await newUser(iam, 'alice', 'iam:CreateGroup', 'iam:Get*', 'sts:*', 's3:*')
  const started = Date.now()
  await server.sts(alice, 'eu-west-1').send(new GetCallerIdentityCommand({}))
  const mine = server.iam(alice)
  await assert.rejects(mine.send(new Iam.ListUsersCommand({})), { name: 'AccessDenied' })
  await mine.send(new Iam.CreateGroupCommand({ GroupName: 'made' }))
  // The change is durable at its answer; that it was attempted is written with the next group.
  await mine.send(new Iam.GetGroupCommand({ GroupName: 'made' }))
  const Arn = `arn:aws:iam::${ACCOUNT}:user/alice`
  const { services } = await report(iam, Arn, 'ACTION_LEVEL')
  assert.deepEqual([...services.keys()], ['iam', 's3', 'sts'])
  const sts = services.get('sts')
  assert.equal(sts?.LastAuthenticatedEntity, Arn)
  assert.equal(sts.LastAuthenticatedRegion, 'eu-west-1')
  assert.equal(sts.TotalAuthenticatedEntities, 1)
  assert.ok(sts.LastAuthenticated !== undefined && sts.LastAuthenticated.getTime() >= started - 1_000)
  assert.deepEqual(services.get('s3'), { ServiceName: 'Amazon S3', ServiceNamespace: 's3', TotalAuthenticatedEntities: 0 })
  const used = (services.get('iam')?.TrackedActionsLastAccessed ?? []).filter(
    ({ LastAccessedTime }) => LastAccessedTime !== undefined,
  )
  assert.deepEqual(
    used.map(({ ActionName, LastAccessedEntity, LastAccessedRegion }) => [ActionName, LastAccessedEntity, LastAccessedRegion]),
    [
      ['CreateGroup', Arn, 'us-east-1'],
      ['GetGroup', Arn, 'us-east-1'],
    ],
  )
})

test('a role by its sessions, a policy by who has it; a job is its maker’s', async () => {
  const iam = server.iam(root)
  const bob = await newUser(iam, 'bob', 'sts:AssumeRole', 'iam:*')
  const trust = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/bob` }, Action: 'sts:AssumeRole' },
  }
  const { Role } = await iam.send(
    new Iam.CreateRoleCommand({ RoleName: 'deploy', Path: '/x/', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  )
  const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName: 'shared', PolicyDocument: allow('iam:*') }))
  const [PolicyArn = '', RoleArn = ''] = [Policy?.Arn, Role?.Arn]
  await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn }))
  await iam.send(new Iam.AttachUserPolicyCommand({ UserName: 'bob', PolicyArn }))
  const assume = async (): Promise<Iam.IAMClient> => {
    const { Credentials: made } = await server.sts(bob).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ci' }))
    return server.iam(credentialsOf(made))
  }
  const session = await assume()
  await session.send(new Iam.ListUsersCommand({}))
  assert.equal((await report(iam, RoleArn)).services.get('iam')?.LastAuthenticatedEntity, RoleArn)

  const { JobId, services } = await report(session, PolicyArn)
  assert.deepEqual([...services.keys()], ['iam'])
  const asked = new Iam.GetServiceLastAccessedDetailsWithEntitiesCommand({ JobId, ServiceNamespace: 'iam' })
  const { EntityDetailsList = [] } = await session.send(asked)
  assert.deepEqual(
    EntityDetailsList.map(({ EntityInfo, LastAuthenticated }) => [
      EntityInfo?.Arn,
      EntityInfo?.Type,
      EntityInfo?.Path,
      LastAuthenticated !== undefined,
    ]),
    [
      [RoleArn, 'ROLE', '/x/', true],
      [`arn:aws:iam::${ACCOUNT}:user/bob`, 'USER', '/', false],
    ],
  )
  const refused = { name: 'NoSuchEntityException', message: `The job with id ${JobId} cannot be found.` }
  for (const other of [iam, server.iam(bob), await assume()]) await assert.rejects(other.send(asked), refused)
})

test('an organization: which account came last', async () => {
  const organizations = server.organizations(root)
  const { Organization } = await organizations.send(new CreateOrganizationCommand({}))
  const { Roots = [] } = await organizations.send(new ListRootsCommand({}))
  const [{ Id: rootId = '' } = {}] = Roots
  const { CreateAccountStatus } = await organizations.send(
    new CreateAccountCommand({ AccountName: 'member', Email: 'member@example.org' }),
  )
  const member = CreateAccountStatus?.AccountId ?? ''
  const EntityPath = `${Organization?.Id}/${rootId}`
  const iam = server.iam(root)
  const access = async () => {
    const { JobId } = await iam.send(new Iam.GenerateOrganizationsAccessReportCommand({ EntityPath }))
    return iam.send(
      new Iam.GetOrganizationsAccessReportCommand({ JobId, SortKey: 'LAST_AUTHENTICATED_TIME_DESCENDING', MaxItems: 1 }),
    )
  }
  const failed = await access()
  assert.deepEqual([failed.JobStatus, failed.ErrorDetails?.Code], ['FAILED', 'PolicyTypeNotEnabledException'])
  await organizations.send(new EnablePolicyTypeCommand({ RootId: rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }))
  const made = await server.admin('session', { accountId: member, durationSeconds: 900 })
  await server.sts(made, 'eu-north-1').send(new GetCallerIdentityCommand({}))
  const {
    JobStatus,
    NumberOfServicesAccessible = 0,
    NumberOfServicesNotAccessed = 0,
    AccessDetails = [],
    IsTruncated,
  } = await access()
  assert.deepEqual([JobStatus, NumberOfServicesAccessible - NumberOfServicesNotAccessed, IsTruncated], ['COMPLETED', 1, true])
  const [{ LastAuthenticatedTime, ...first } = {}] = AccessDetails
  assert.ok(LastAuthenticatedTime instanceof Date)
  assert.deepEqual(first, {
    ServiceName: 'AWS Security Token Service',
    ServiceNamespace: 'sts',
    Region: 'eu-north-1',
    EntityPath: `${EntityPath}/${member}`,
    TotalAuthenticatedEntities: 1,
  })
})

test('malformed input is refused by the model', async () => {
  const iam = server.iam(root)
  await assert.rejects(iam.send(new Iam.GetServiceLastAccessedDetailsCommand({ JobId: 'short' })), { name: 'ValidationError' })
  await assert.rejects(
    iam.send(new Iam.GenerateOrganizationsAccessReportCommand({ EntityPath: 'o-abcdefghij/ou-abcd-abcdefgh' })),
    { name: 'ValidationError' },
  )
})
