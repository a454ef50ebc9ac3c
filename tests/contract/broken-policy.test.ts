/** A policy that cannot be read denies everything, and the operator is told: once in the log, every time in the metrics. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Sts from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const ALL = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })

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

/** A session of a role that may do everything, limited by a policy that may be deleted. */
async function limitedSession(iam: Iam.IAMClient, accountId: string, PolicyArn: string): Promise<Credentials> {
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: accountId } },
  })
  const { Role } = await iam.send(new Iam.CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument }))
  await iam.send(new Iam.PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'all', PolicyDocument: ALL }))
  await iam.send(new Iam.CreateUserCommand({ UserName: 'alice' }))
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'all', PolicyDocument: ALL }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'alice' }))
  const asked = { RoleArn: Role?.Arn, RoleSessionName: 'one', PolicyArns: [{ arn: PolicyArn }] }
  const session = await server.sts(credentials(AccessKey)).send(new Sts.AssumeRoleCommand(asked))
  return credentials(session.Credentials)
}

test('a session policy that is gone is told of', async () => {
  const { accountId, root } = await server.account('broken')
  const iam = server.iam(root)
  const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument: ALL }))
  const PolicyArn = Policy?.Arn ?? ''
  const limited = server.iam(await limitedSession(iam, accountId, PolicyArn))
  const listUsers = () => limited.send(new Iam.ListUsersCommand({}))
  await listUsers()
  await iam.send(new Iam.DeletePolicyCommand({ PolicyArn }))
  await assert.rejects(listUsers(), { name: 'AccessDenied' })
  await assert.rejects(listUsers(), { name: 'AccessDenied' })
  const lines = server.log
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter(({ message }) => message === 'a policy cannot be read and denies everything')
  assert.deepEqual(
    lines.map(({ level, policy, name, type }) => ({ level, policy, name, type })),
    [{ level: 'error', policy: PolicyArn, name: 'limit', type: 'managed' }],
  )
  assert.match(String(lines[0]?.['problem']), /expected a value but found the end of the text/)
  const page = await (await fetch(`${server.endpoint}/_keyreeve/metrics`)).text()
  assert.ok(page.split('\n').includes('keyreeve_broken_policy_denials_total 2'), page)
})
