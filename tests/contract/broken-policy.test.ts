/** A policy that cannot be read denies everything, and the operator is told: once in the log, every time in the metrics. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Sts from '@aws-sdk/client-sts'
import { startTestServer, type TestServer } from '../server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const ALL = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })

test('a session policy that is gone is told of', async () => {
  const { accountId, root } = await server.account('broken')
  const iam = server.iam(root)
  const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument: ALL }))
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: accountId } },
  })
  const { Role } = await iam.send(new Iam.CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument }))
  await iam.send(new Iam.PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'all', PolicyDocument: ALL }))
  await iam.send(new Iam.CreateUserCommand({ UserName: 'alice' }))
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'all', PolicyDocument: ALL }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'alice' }))
  const sts = server.sts({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' })
  const { Credentials: session } = await sts.send(
    new Sts.AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'one', PolicyArns: [{ arn: Policy?.Arn }] }),
  )
  const limited = server.iam({
    accessKeyId: session?.AccessKeyId ?? '',
    secretAccessKey: session?.SecretAccessKey ?? '',
    sessionToken: session?.SessionToken ?? '',
  })
  const listUsers = () => limited.send(new Iam.ListUsersCommand({}))
  await listUsers()
  await iam.send(new Iam.DeletePolicyCommand({ PolicyArn: Policy?.Arn }))
  await assert.rejects(listUsers(), { name: 'AccessDenied' })
  await assert.rejects(listUsers(), { name: 'AccessDenied' })
  const lines = server.log
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter(({ message }) => message === 'a policy cannot be read and denies everything')
  assert.deepEqual(
    lines.map(({ level, policy, name, type }) => ({ level, policy, name, type })),
    [{ level: 'error', policy: Policy?.Arn, name: 'limit', type: 'managed' }],
  )
  assert.match(String(lines[0]?.['problem']), /expected a value but found the end of the text/)
  const page = await (await fetch(`${server.endpoint}/_keyreeve/metrics`)).text()
  assert.ok(page.split('\n').includes('keyreeve_broken_policy_denials_total 2'), page)
})
