/** The container credential endpoint in front of a real server: its token, its answers, and what its credentials may do until when. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { containerCredentials } from '../../src/server/workload/container-endpoint.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '111122223333'
const TASK = '0123456789abcdef0123456789abcdef'
const TOKEN = 'the-token-of-this-endpoint'
const HOUR = 3_600_000

let server: TestServer
let iam: Iam.IAMClient
let now = Date.now()

before(async () => {
  server = await startTestServer()
  const { root } = await server.account('containers', ACCOUNT)
  iam = server.iam(root)
})
after(() => server.close())

const trust = (statement: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole', ...statement },
  })

const makeRole = (RoleName: string, statement: object = {}) =>
  iam.send(new Iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(statement) }))

type Answer = { readonly status: number; readonly document: Readonly<Record<string, string>> }
type Ask = (
  path?: string,
  asked?: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> },
) => Promise<Answer>

/** The endpoint for a task with this role. */
async function endpointFor(name: string): Promise<Ask> {
  const { roleId } = await server.admin('taskRole', { name })
  const facts = { accountId: ACCOUNT, roleId, taskId: TASK, region: 'us-west-2', durationSeconds: 21_600 }
  const respond = containerCredentials({
    token: TOKEN,
    credentials: () => server.admin('taskCredentials', facts),
    clock: () => now,
  })
  return async (target = '/v1/credentials', { method = 'GET', headers = {} } = {}) => {
    const {
      status,
      headers: answered,
      body,
    } = await respond({
      method,
      target,
      rawHeaders: Object.entries({ Host: 'localhost:1339', Authorization: TOKEN, ...headers }).flat(),
      body: new Uint8Array(),
      remoteAddress: '127.0.0.1',
      receivedAt: now,
    })
    assert.equal(answered['content-type'], 'application/json')
    return { status, document: JSON.parse(String(body)) }
  }
}

function credentialsIn({ status, document }: Answer): Credentials {
  assert.equal(status, 200, JSON.stringify(document))
  const { AccessKeyId = '', SecretAccessKey = '', Token = '' } = document
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }
}

const arnOf = async (credentials: Credentials) => (await server.sts(credentials).send(new GetCallerIdentityCommand({}))).Arn

test('requests are refused in this order', async () => {
  await makeRole('refusing')
  const ask = await endpointFor('refusing')
  // oxfmt-ignore
  const rows = [
    ['/v1/credentials', { headers: { Host: 'rebound.example' } },              403, 'AccessDenied'],
    ['/v1/credentials', { headers: { Authorization: '' } },                    401, 'Unauthorized'],
    ['/v1/credentials', { headers: { Authorization: `${TOKEN}x` } },           401, 'Unauthorized'],
    ['/v1/credentials', { headers: { Authorization: `Bearer ${TOKEN}` } },     401, 'Unauthorized'],
    ['/elsewhere',      { headers: { Authorization: 'wrong' } },               401, 'Unauthorized'],
    ['/elsewhere',      {},                                                    404, 'NotFound'],
    ['/v1/credentials', { method: 'POST' },                                    405, 'MethodNotAllowed'],
  ] as const
  for (const [path, asked, status, code] of rows) {
    const answer = await ask(path, asked)
    assert.deepEqual([answer.status, answer.document['code']], [status, code], `${path} ${JSON.stringify(asked)}`)
    assert.equal(typeof answer.document['message'], 'string')
  }
  assert.equal((await ask('/v1/credentials?x=y')).status, 200)
})

test('the credentials are a session of the role, rotate, and end with the role', async () => {
  await makeRole('worker', {
    Condition: {
      StringEquals: { 'aws:SourceAccount': ACCOUNT },
      ArnLike: { 'aws:SourceArn': `arn:aws:ecs:us-west-2:${ACCOUNT}:task/*` },
    },
  })
  const ask = await endpointFor('worker')
  const first = await ask()
  const { RoleArn, Expiration = '' } = first.document
  assert.deepEqual(Object.keys(first.document), ['RoleArn', 'AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'])
  assert.equal(RoleArn, `arn:aws:iam::${ACCOUNT}:role/worker`)
  assert.match(Expiration, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const credentials = credentialsIn(first)
  assert.equal(await arnOf(credentials), `arn:aws:sts::${ACCOUNT}:assumed-role/worker/${TASK}`)
  assert.deepEqual(await ask(), first)
  now += HOUR + 1_000
  const renewed = credentialsIn(await ask())
  assert.notEqual(renewed.accessKeyId, credentials.accessKeyId)
  await iam.send(new Iam.DeleteRoleCommand({ RoleName: 'worker' }))
  await assert.rejects(arnOf(credentials), { name: 'InvalidClientTokenId' })
  await assert.rejects(arnOf(renewed), { name: 'InvalidClientTokenId' })
  now += HOUR + 1_000
  const gone = await ask()
  assert.deepEqual([gone.status, gone.document['code']], [403, 'AccessDenied'])
  await makeRole('worker')
  now += 5_000
  assert.equal((await ask()).status, 403, 'a later role of the same name is another one')
})

test('a trust policy that does not let the task in, by principal or by condition', async () => {
  await makeRole('ec2-only', { Principal: { Service: 'ec2.amazonaws.com' } })
  await makeRole('other-account', { Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } } })
  for (const name of ['ec2-only', 'other-account']) {
    const { status, document } = await (await endpointFor(name))()
    assert.equal(status, 403)
    assert.equal(
      document['message'],
      `User: ecs-tasks.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/${name} ` +
        'because no role trust policy allows the sts:AssumeRole action',
    )
  }
  const { records } = await server.admin('tailAudit', { accountId: ACCOUNT, limit: 1 })
  const record = JSON.parse(records[0] ?? '')
  assert.deepEqual(
    [record.eventName, record.errorCode, record.userIdentity],
    ['AssumeRole', 'AccessDenied', { type: 'AWSService', invokedBy: 'ecs-tasks.amazonaws.com' }],
  )
})

test('the administrative commands refuse what is not there or has no form', async () => {
  await assert.rejects(server.admin('taskRole', { name: 'none' }), { message: `Account ${ACCOUNT} has no role none.` })
  const facts = { accountId: ACCOUNT, roleId: 'AROANONE', region: 'us-east-1', durationSeconds: 900 }
  await assert.rejects(server.admin('taskCredentials', { ...facts, taskId: 'x' }), {
    message: 'A task id is 32 hexadecimal digits.',
  })
  assert.deepEqual(await server.admin('taskCredentials', { ...facts, taskId: TASK }), {
    refusal: 'The role AROANONE does not exist.',
  })
})
