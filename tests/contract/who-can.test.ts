/** `who-can`: the abilities of an account's principals are what the server then decides. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import type { AdminResult } from '../../src/server/admin-contract.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '111122223333'
const arnOf = (name: string): string => `arn:aws:iam::${ACCOUNT}:${name}`
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (Action: string, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })

let server: TestServer
let root: Credentials
before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('able', ACCOUNT))
  await user('always', document(allow('iam:GetUser')))
  await user(
    'office',
    document(allow('iam:Get*', { Sid: 'Office', Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })),
  )
  await user('self', document(allow('iam:GetUser', { Resource: arnOf('user/${aws:username}') })))
  await user(
    'denied',
    document(allow('iam:*'), {
      Effect: 'Deny',
      Action: 'iam:GetUser',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  )
  await user('nobody', document(allow('sqs:*')))
  await server.iam(root).send(
    new Iam.CreateRoleCommand({
      RoleName: 'deploy',
      AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { AWS: arnOf('user/always') }, Action: 'sts:AssumeRole' }),
    }),
  )
  await server
    .iam(root)
    .send(new Iam.AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }))
})
after(() => server.close())

async function user(UserName: string, PolicyDocument: string): Promise<void> {
  await server.iam(root).send(new Iam.CreateUserCommand({ UserName }))
  await server.iam(root).send(new Iam.PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
}

const told = ({ abilities }: AdminResult<'whoCan'>) => Object.fromEntries(abilities.map(({ principal, can }) => [principal, can]))
const ask = (action: string, resource: string) => server.admin('whoCan', { action, resource })

test('who may read a user', async () => {
  const result = await ask('iam:GetUser', arnOf('user/self'))
  assert.deepEqual(told(result), {
    [arnOf('root')]: 'always',
    [arnOf('user/always')]: 'always',
    [arnOf('user/office')]: 'sometimes',
    [arnOf('user/self')]: 'always',
    [arnOf('user/denied')]: 'sometimes',
    [arnOf('role/deploy')]: 'always',
  })
  assert.equal(result.asked, 7)
  const of = (name: string) => result.abilities.find(({ principal }) => principal === arnOf(name))
  assert.deepEqual(of('user/office')?.when, [
    [`aws:SourceIp IpAddress 203.0.113.0/24, statement 1 (Office) of own of ${arnOf('user/office')}`],
  ])
  assert.deepEqual(of('user/denied')?.unless, [`aws:SecureTransport Bool false, statement 2 of own of ${arnOf('user/denied')}`])
})

test('another user: whose policy is about itself may not', async () => {
  assert.equal(told(await ask('iam:GetUser', arnOf('user/always')))[arnOf('user/self')], undefined)
})

test('who may assume a role: its trust policy decides', async () => {
  assert.deepEqual(told(await ask('sts:AssumeRole', arnOf('role/deploy'))), { [arnOf('user/always')]: 'always' })
})

// oxfmt-ignore
const REFUSED: readonly (readonly [name: string, asked: { action: string; resource: string; accountId?: string }, code: string])[] = [
  ['no action',         { action: 'GetUser', resource: '*' },                               'ValidationError'],
  ['wildcards',         { action: 'iam:Get*', resource: '*' },                              'ValidationError'],
  ['no resource',       { action: 'iam:GetUser', resource: 'alice' },                       'ValidationError'],
  ['no account',        { action: 'iam:GetUser', resource: '*', accountId: '000000000001' }, 'NoSuchEntity'],
]
for (const [name, asked, code] of REFUSED) {
  test(`refused: ${name}`, () => assert.rejects(server.admin('whoCan', asked), { code }))
}
