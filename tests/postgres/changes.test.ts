/** What decides holds on the next request: each change is made on one server, and asked for at once on both, of two over one PostgreSQL. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'
import { type Cluster, startCluster } from './cluster.ts'

const HERE = '111122223333'
const ROUNDS = 3

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (more: object = {}) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more })
const deny = (more: object = {}) => ({ ...allow(more), Effect: 'Deny' })
const ALL = policy(allow())
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess'
const QUEUES = 'arn:aws:iam::aws:policy/AmazonSQSFullAccess'
const NONE = policy(allow(), deny({ Action: 'iam:ListUsers' }))

type Keys = {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
}
const credentials = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken }: Keys = {}): Credentials => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  ...(SessionToken !== undefined && { sessionToken: SessionToken }),
})

suite('changes on PostgreSQL', () => {
  let cluster: Cluster
  let servers: readonly [TestServer, TestServer]
  let iam: Iam.IAMClient
  let organizations: Organizations.OrganizationsClient
  let root: Credentials
  let PolicyArn: string
  let alice: Credentials
  let session: Credentials
  let member: Credentials
  let memberId: string
  let rootId: string
  let unitId: string
  let controlId: string

  before(async () => {
    cluster = await startCluster()
    const shared = { database: await cluster.database('changes'), key: randomBytes(32).toString('base64') }
    servers = [await startTestServer(shared), await startTestServer(shared)]
    ;({ root } = await servers[0].account('changes', HERE))
    iam = servers[0].iam(root)
    const send = iam.send.bind(iam)
    await send(new Iam.CreateUserCommand({ UserName: 'alice' }))
    await send(new Iam.CreateGroupCommand({ GroupName: 'staff' }))
    PolicyArn = (await send(new Iam.CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: ALL }))).Policy?.Arn ?? ''
    await send(new Iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: NONE }))
    alice = credentials((await send(new Iam.CreateAccessKeyCommand({ UserName: 'alice' }))).AccessKey)
    await send(
      new Iam.CreateRoleCommand({
        RoleName: 'r',
        AssumeRolePolicyDocument: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: HERE } }),
      }),
    )
    await send(new Iam.PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'all', PolicyDocument: ALL }))
    await send(
      new Iam.PutUserPolicyCommand({
        UserName: 'alice',
        PolicyName: 'assume',
        PolicyDocument: policy(allow({ Action: 'sts:*' })),
      }),
    )
    session = await assumed()
    organizations = servers[0].organizations(root)
    const organize = organizations.send.bind(organizations)
    await organize(new Organizations.CreateOrganizationCommand({}))
    const made = await organize(new Organizations.CreateAccountCommand({ AccountName: 'member', Email: 'member@example.org' }))
    memberId = made.CreateAccountStatus?.AccountId ?? ''
    rootId = (await organize(new Organizations.ListRootsCommand({}))).Roots?.[0]?.Id ?? ''
    await organize(new Organizations.EnablePolicyTypeCommand({ RootId: rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }))
    unitId =
      (await organize(new Organizations.CreateOrganizationalUnitCommand({ ParentId: rootId, Name: 'unit' }))).OrganizationalUnit
        ?.Id ?? ''
    const control = await organize(
      new Organizations.CreatePolicyCommand({
        Name: 'c',
        Description: '',
        Type: 'SERVICE_CONTROL_POLICY',
        Content: policy(deny({ Action: 'iam:ListUsers' })),
      }),
    )
    controlId = control.Policy?.PolicySummary?.Id ?? ''
    member = await servers[1].admin('session', { accountId: memberId, durationSeconds: 3_600 })
  })
  after(async () => {
    for (const server of servers) await server.close()
    await cluster.stop()
  })

  const assumed = async (): Promise<Credentials> =>
    credentials(
      (
        await servers[0]
          .sts(alice)
          .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${HERE}:role/r`, RoleSessionName: 'session' }))
      ).Credentials,
    )

  /** What each of the servers says to the same call, at once. */
  async function told(
    who: Credentials,
    call: (server: TestServer) => Promise<unknown> = (server) => server.iam(who).send(new Iam.ListUsersCommand({})),
  ): Promise<readonly string[]> {
    const results = await Promise.allSettled(servers.toReversed().map(call))
    return results.map((result) =>
      result.status === 'fulfilled' ? 'done' : result.reason instanceof Error ? result.reason.name : 'unknown',
    )
  }
  const both = (name: string) => [name, name]

  type Step = () => Promise<unknown>
  /** What lets the caller in, what keeps it out, and how it is told. */
  type Row = readonly [name: string, who: () => Credentials, on: readonly Step[], off: readonly Step[], refusal?: string]
  const user = { UserName: 'alice' }
  const staff = { GroupName: 'staff' }
  const role = { RoleName: 'r', PolicyName: 'all' }
  const blue = policy(allow({ Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } } }))
  const version =
    (VersionId: string): Step =>
    () =>
      iam.send(new Iam.SetDefaultPolicyVersionCommand({ PolicyArn, VersionId }))
  const key =
    (Status: Iam.StatusType): Step =>
    () =>
      iam.send(new Iam.UpdateAccessKeyCommand({ ...user, AccessKeyId: alice.accessKeyId, Status }))
  const putGroup: Step = () => iam.send(new Iam.PutGroupPolicyCommand({ ...staff, PolicyName: 'all', PolicyDocument: ALL }))
  const join: Step = () => iam.send(new Iam.AddUserToGroupCommand({ ...staff, ...user }))
  const leave: Step = () => iam.send(new Iam.RemoveUserFromGroupCommand({ ...staff, ...user }))
  const attach: Step = () => iam.send(new Iam.AttachUserPolicyCommand({ ...user, PolicyArn }))
  const bind =
    (PermissionsBoundary: string): Step =>
    () =>
      iam.send(new Iam.PutUserPermissionsBoundaryCommand({ ...user, PermissionsBoundary }))
  const putRole =
    (PolicyDocument: string): Step =>
    () =>
      iam.send(new Iam.PutRolePolicyCommand({ ...role, PolicyDocument }))
  const tag: Step = () => iam.send(new Iam.TagRoleCommand({ ...role, Tags: [{ Key: 'team', Value: 'blue' }] }))
  // oxfmt-ignore
  const ROWS: readonly Row[] = [
    ['membership of a group',  () => alice,   [putGroup, join],       [leave]],
    ['a policy of a group',    () => alice,   [join, putGroup],       [() => iam.send(new Iam.DeleteGroupPolicyCommand({ ...staff, PolicyName: 'all' }))]],
    ['a version of a policy',  () => alice,   [attach, version('v1')], [version('v2')]],
    ['a permissions boundary', () => alice,   [version('v1'), bind(ADMINISTRATOR)], [bind(QUEUES)]],
    ['a key',                  () => alice,   [bind(ADMINISTRATOR), key('Active')], [key('Inactive')], 'InvalidClientTokenId'],
    ['a policy of a role, for a session that is there', () => session, [putRole(ALL)], [() => iam.send(new Iam.DeleteRolePolicyCommand(role))]],
    ['a tag',                  () => session, [putRole(blue), tag],   [() => iam.send(new Iam.UntagRoleCommand({ ...role, TagKeys: ['team'] }))]],
  ]
  for (const [name, who, on, off, refusal = 'AccessDenied'] of ROWS) {
    test(name, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const step of on) await step()
        assert.deepEqual(await told(who()), both('done'))
        for (const step of off) await step()
        assert.deepEqual(await told(who()), both(refusal))
      }
      for (const step of on) await step()
    })
  }

  test('controls of an organization, by attachment, by place and by type', async () => {
    const target = (TargetId: string) => ({ PolicyId: controlId, TargetId })
    const move = (SourceParentId: string, DestinationParentId: string) =>
      organizations.send(new Organizations.MoveAccountCommand({ AccountId: memberId, SourceParentId, DestinationParentId }))
    for (let round = 0; round < ROUNDS; round += 1) {
      assert.deepEqual(await told(member), both('done'))
      await organizations.send(new Organizations.AttachPolicyCommand(target(memberId)))
      assert.deepEqual(await told(member), both('AccessDenied'))
      await organizations.send(new Organizations.DetachPolicyCommand(target(memberId)))
      assert.deepEqual(await told(member), both('done'))
      await organizations.send(new Organizations.AttachPolicyCommand(target(unitId)))
      assert.deepEqual(await told(member), both('done'))
      await move(rootId, unitId)
      assert.deepEqual(await told(member), both('AccessDenied'))
      await organizations.send(
        new Organizations.UpdatePolicyCommand({ PolicyId: controlId, Content: policy(deny({ Action: 'iam:ListRoles' })) }),
      )
      assert.deepEqual(await told(member), both('done'))
      await organizations.send(
        new Organizations.UpdatePolicyCommand({ PolicyId: controlId, Content: policy(deny({ Action: 'iam:ListUsers' })) }),
      )
      assert.deepEqual(await told(member), both('AccessDenied'))
      await move(unitId, rootId)
      assert.deepEqual(await told(member), both('done'))
      await organizations.send(new Organizations.DetachPolicyCommand(target(unitId)))
    }
  })

  test('a trust policy, a role that is gone, and an account that is closed', async () => {
    const assume = (server: TestServer) =>
      server.sts(alice).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${HERE}:role/r`, RoleSessionName: 'session' }))
    assert.deepEqual(await told(alice, assume), both('done'))
    await iam.send(
      new Iam.UpdateAssumeRolePolicyCommand({
        RoleName: 'r',
        PolicyDocument: policy({ Effect: 'Deny', Action: 'sts:AssumeRole', Principal: { AWS: HERE } }),
      }),
    )
    assert.deepEqual(await told(alice, assume), both('AccessDenied'))
    const identity = (who: Credentials) => (server: TestServer) => server.sts(who).send(new GetCallerIdentityCommand({}))
    assert.deepEqual(await told(session, identity(session)), both('done'))
    await iam.send(new Iam.DeleteRolePolicyCommand({ RoleName: 'r', PolicyName: 'all' }))
    await iam.send(new Iam.DeleteRoleCommand({ RoleName: 'r' }))
    assert.deepEqual(await told(session, identity(session)), both('InvalidClientTokenId'))
    assert.deepEqual(await told(member, identity(member)), both('done'))
    await organizations.send(new Organizations.CloseAccountCommand({ AccountId: memberId }))
    assert.deepEqual(await told(member, identity(member)), both('InvalidClientTokenId'))
  })
})
