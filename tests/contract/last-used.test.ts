/** Keys and roles remember when they were last used, shortly after the use. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '123456789012'
let server: TestServer
let root: Credentials
before(async () => {
  // A strict log writes what it has before the answer.
  server = await startTestServer({ audit: 'strict' })
  ;({ root } = await server.account('used', ACCOUNT))
})
after(() => server.close())

type Made = { readonly AccessKeyId?: string | undefined; readonly SecretAccessKey?: string | undefined }
const credentialsOf = (made: Made | undefined): Credentials => ({
  accessKeyId: made?.AccessKeyId ?? '',
  secretAccessKey: made?.SecretAccessKey ?? '',
})

test('a key and a role', async () => {
  const iam = server.iam(root)
  await iam.send(new Iam.CreateUserCommand({ UserName: 'alice' }))
  const { AccessKey: key } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'alice' }))
  const alice = credentialsOf(key)
  const unused = await iam.send(new Iam.GetAccessKeyLastUsedCommand({ AccessKeyId: alice.accessKeyId }))
  assert.deepEqual(unused.AccessKeyLastUsed, { ServiceName: 'N/A', Region: 'N/A' })

  const trust = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` }, Action: 'sts:AssumeRole' },
  }
  const { Role } = await iam.send(
    new Iam.CreateRoleCommand({ RoleName: 'deploy', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  )
  const { Credentials: made } = await server
    .sts(alice, 'eu-west-1')
    .send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'ci' }))
  const session = { ...credentialsOf(made), sessionToken: made?.SessionToken ?? '' }
  const used = await iam.send(new Iam.GetAccessKeyLastUsedCommand({ AccessKeyId: alice.accessKeyId }))
  assert.equal(used.AccessKeyLastUsed?.ServiceName, 'sts')
  assert.equal(used.AccessKeyLastUsed.Region, 'eu-west-1')
  assert.deepEqual((await iam.send(new Iam.GetRoleCommand({ RoleName: 'deploy' }))).Role?.RoleLastUsed, {})

  await server.sts(session, 'eu-north-1').send(new GetCallerIdentityCommand({}))
  const { Role: after } = await iam.send(new Iam.GetRoleCommand({ RoleName: 'deploy' }))
  assert.equal(after?.RoleLastUsed?.Region, 'eu-north-1')
  assert.ok(after.RoleLastUsed.LastUsedDate instanceof Date)
})

test('whoever asks when a key was used is told of the call before', async () => {
  const grouped = await startTestServer()
  try {
    const iam = grouped.iam((await grouped.account('grouped')).root)
    await iam.send(new Iam.CreateUserCommand({ UserName: 'bob' }))
    const { AccessKey: key } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'bob' }))
    await grouped.sts(credentialsOf(key)).send(new GetCallerIdentityCommand({}))
    const used = await iam.send(new Iam.GetAccessKeyLastUsedCommand({ AccessKeyId: key?.AccessKeyId }))
    assert.equal(used.AccessKeyLastUsed?.ServiceName, 'sts')
  } finally {
    await grouped.close()
  }
})
