/** Behind a proxy: what conditions look at is the caller's address and way, as far as the operator trusts the proxy, and no further. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  type IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const CLIENT = '203.0.113.9'
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': CLIENT } } },
    { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ],
})

let trusting: TestServer
let plain: TestServer
before(async () => {
  trusting = await startTestServer({ trustedProxies: ['127.0.0.0/8'] })
  plain = await startTestServer()
})
after(async () => {
  await trusting.close()
  await plain.close()
})

async function user(server: TestServer, account: string): Promise<IAMClient> {
  const { root } = await server.account(account)
  const iam = server.iam(root)
  await iam.send(new CreateUserCommand({ UserName: 'ana' }))
  await iam.send(new PutUserPolicyCommand({ UserName: 'ana', PolicyName: 'careful', PolicyDocument: POLICY }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }))
  const key: Credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  return server.iam(key)
}

/** Adds headers on the way, as a proxy does: the signature knows nothing of them. */
function forwarded(client: IAMClient, headers: Readonly<Record<string, string>>): IAMClient {
  client.middlewareStack.add(
    (next) => (step) => {
      if (typeof step.request === 'object' && step.request !== null && 'headers' in step.request)
        Object.assign(step.request.headers ?? {}, headers)
      return next(step)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'proxy' },
  )
  return client
}

const HEADERS = { 'x-forwarded-for': `198.51.100.1, ${CLIENT}`, 'x-forwarded-proto': 'https' }
const OUTCOMES: readonly (readonly [
  name: string,
  server: () => TestServer,
  headers: Readonly<Record<string, string>>,
  passes: boolean,
])[] = [
  ['a trusted proxy with TLS', () => trusting, HEADERS, true],
  ['a trusted proxy without TLS', () => trusting, { ...HEADERS, 'x-forwarded-proto': 'http' }, false],
  ['a caller with another address', () => trusting, { ...HEADERS, 'x-forwarded-for': `${CLIENT}, 198.51.100.1` }, false],
  ['a caller who says so itself', () => plain, HEADERS, false],
]
for (const [name, server, headers, passes] of OUTCOMES) {
  test(name, async () => {
    const call = forwarded(await user(server(), name.replaceAll(' ', '-')), headers).send(new GetUserCommand({}))
    if (passes) assert.equal((await call).User?.UserName, 'ana')
    else await assert.rejects(call, { name: 'AccessDenied' })
  })
}
