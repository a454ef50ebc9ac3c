/** What credentials of GetFederationToken can do: what both their issuer and their session policies allow, and never IAM (STS API reference). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CheckNoPublicAccessCommand, ValidatePolicyCommand } from '@aws-sdk/client-accessanalyzer'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetFederationTokenCommand } from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '111122223333'
const allow = (Action: readonly string[], more: object = { Resource: '*' }): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, ...more } })
let server: TestServer
let bob: Credentials

before(async () => {
  server = await startTestServer()
  const { root } = await server.account('federation', ACCOUNT)
  const iam = server.iam(root)
  await iam.send(new CreateUserCommand({ UserName: 'bob' }))
  const PolicyDocument = allow(['sts:*', 'iam:*', 'access-analyzer:ValidatePolicy'])
  await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument }))
  const trust = allow(['sts:AssumeRole'], { Principal: { AWS: ACCOUNT } })
  await iam.send(new CreateRoleCommand({ RoleName: 'open', AssumeRolePolicyDocument: trust }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
  bob = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
})
after(() => server.close())

async function federate(Policy?: string): Promise<Credentials> {
  const { Credentials: made } = await server.sts(bob).send(new GetFederationTokenCommand({ Name: 'visitor', Policy }))
  assert.ok(made?.AccessKeyId !== undefined && made.SecretAccessKey !== undefined && made.SessionToken !== undefined)
  return { accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey, sessionToken: made.SessionToken }
}
const validate = (as: Credentials) =>
  server
    .accessAnalyzer(as)
    .send(new ValidatePolicyCommand({ policyType: 'IDENTITY_POLICY', policyDocument: allow(['s3:GetObject']) }))
const check = (as: Credentials) =>
  server.accessAnalyzer(as).send(
    new CheckNoPublicAccessCommand({
      policyDocument: allow(['sqs:SendMessage'], { Resource: '*', Principal: { AWS: ACCOUNT } }),
      resourceType: 'AWS::SQS::Queue',
    }),
  )

test('a federated user has what both its issuer and its session policies allow', async () => {
  const both = await federate(allow(['access-analyzer:ValidatePolicy', 'access-analyzer:CheckNoPublicAccess']))
  await validate(both)
  await assert.rejects(check(both), { name: 'AccessDeniedException' })
  await assert.rejects(validate(await federate(allow(['access-analyzer:CheckNoPublicAccess']))), {
    name: 'AccessDeniedException',
  })
  await assert.rejects(validate(await federate()), { name: 'AccessDeniedException' })
})

test('IAM does not know its credentials, and it assumes no role', async () => {
  const visitor = await federate(allow(['iam:*', 'sts:*']))
  const { Arn } = await server.sts(visitor).send(new GetCallerIdentityCommand({}))
  assert.equal(Arn, `arn:aws:sts::${ACCOUNT}:federated-user/visitor`)
  await assert.rejects(server.iam(visitor).send(new ListUsersCommand({})), {
    name: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid',
  })
  const role = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/open`, RoleSessionName: 'visitor' }
  await assert.rejects(server.sts(visitor).send(new AssumeRoleCommand(role)), { name: 'AccessDenied' })
})
