/** Who may assume which role, through all the server's steps: trust policies, identity policies, sessions and what limits them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Opened } from '../../src/server/open.ts'
import { type Answered, answerTo, type Called, queryRequest } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import type { Credentials } from '../server.ts'

const ACCOUNT = '111122223333'
const OTHER = '444455556666'
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const roleOf = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`

let opened: Opened
let root: Credentials
let alice: Credentials
let bob: Credentials

before(async () => {
  opened = await openTestContext()
  root = await createAccount(opened, 'trusting', ACCOUNT)
  const other = await createAccount(opened, 'other', OTHER)
  alice = await newUser('alice')
  bob = await newUser('bob')
  await done(root, 'PutUserPolicy', {
    UserName: 'bob',
    PolicyName: 'p',
    PolicyDocument: allow({ Action: 'sts:*', Resource: '*' }),
  })
  const roles: readonly (readonly [Credentials, string, object])[] = [
    [root, 'names-alice', { Principal: { AWS: ALICE }, Action: 'sts:AssumeRole' }],
    [root, 'account', { Principal: { AWS: ACCOUNT }, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
    [
      other,
      'external',
      { Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': 'agreed' } } },
    ],
    [
      root,
      'all-at-once',
      {
        Principal: { AWS: ALICE },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: { StringEquals: { 'sts:ExternalId': 'agreed' } },
      },
    ],
    [
      root,
      'tagged',
      {
        Principal: { AWS: ALICE },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: { StringEquals: { 'aws:RequestTag/k': 'v' } },
      },
    ],
    [
      root,
      'mfa',
      { Principal: { AWS: ALICE }, Action: 'sts:AssumeRole', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
    ],
  ]
  for (const [credentials, RoleName, statement] of roles) {
    await done(credentials, 'CreateRole', { RoleName, Path: '/', AssumeRolePolicyDocument: allow(statement) })
  }
  await done(root, 'PutRolePolicy', {
    RoleName: 'names-alice',
    PolicyName: 'p',
    PolicyDocument: allow({ Action: ['iam:GetRole', 'iam:GetUser', 'sts:AssumeRole', 'sts:TagSession'], Resource: '*' }),
  })
})
after(() => opened.close())

const allow = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...statement } })

function call(credentials: Credentials, service: Called, action: string, input: object): Promise<Answered> {
  return answerTo(queryRequest(service, action, input, { credentials }), opened.context)
}

async function done(credentials: Credentials, action: string, input: object): Promise<string> {
  const { status, body } = await call(credentials, 'iam', action, input)
  assert.equal(status, 200, body)
  return body
}

async function newUser(UserName: string): Promise<Credentials> {
  await done(root, 'CreateUser', { UserName })
  return credentialsIn(await done(root, 'CreateAccessKey', { UserName }))
}

function credentialsIn(body: string): Credentials {
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(body) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(body) ?? []
  const [, sessionToken] = /<SessionToken>([^<]+)/.exec(body) ?? []
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
}

const assume = (credentials: Credentials, RoleArn: string, more: object = {}): Promise<Answered> =>
  call(credentials, 'sts', 'AssumeRole', { RoleArn, RoleSessionName: 'session', ...more })

async function sessionOf(credentials: Credentials, RoleArn: string, more: object = {}): Promise<Credentials> {
  const { status, body } = await assume(credentials, RoleArn, more)
  assert.equal(status, 200, body)
  return credentialsIn(body)
}

test('a role is assumed where trust and, unless it names the caller, identity policies allow', async () => {
  const code = { SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/alice`, TokenCode: '123456' }
  // oxfmt-ignore
  const rows: readonly (readonly [Credentials, string, object, string])[] = [
    [alice, roleOf(ACCOUNT, 'names-alice'),   {},                              ''],
    [bob,   roleOf(ACCOUNT, 'names-alice'),   {},                              'because no role trust policy allows the sts:AssumeRole action'],
    [alice, roleOf(ACCOUNT, 'account'),       {},                              'because no identity-based policy allows the sts:AssumeRole action'],
    [bob,   roleOf(ACCOUNT, 'account'),       {},                              ''],
    [bob,   roleOf(ACCOUNT, 'account'),       { Tags: [{ Key: 'k', Value: '' }] }, ''],
    [alice, roleOf(ACCOUNT, 'names-alice'),   { Tags: [{ Key: 'k', Value: '' }] }, 'because no role trust policy allows the sts:TagSession action'],
    [alice, roleOf(ACCOUNT, 'names-alice'),   { SourceIdentity: 'me' },        'because no role trust policy allows the sts:SetSourceIdentity action'],
    [bob,   roleOf(OTHER, 'external'),        { ExternalId: 'agreed' },        ''],
    [bob,   roleOf(OTHER, 'external'),        { ExternalId: 'guessed' },       `on resource: ${roleOf(OTHER, 'external')}`],
    [bob,   roleOf(OTHER, 'external'),        {},                              `on resource: ${roleOf(OTHER, 'external')}`],
    [alice, roleOf(OTHER, 'external'),        { ExternalId: 'agreed' },        `on resource: ${roleOf(OTHER, 'external')}`],
    // A condition holds for the actions that have its key: sts:TagSession has no external id, sts:SetSourceIdentity no tags.
    [alice, roleOf(ACCOUNT, 'all-at-once'),   { ExternalId: 'agreed' },        ''],
    [alice, roleOf(ACCOUNT, 'all-at-once'),   { ExternalId: 'agreed', Tags: [{ Key: 'k', Value: 'v' }] }, 'because no role trust policy allows the sts:TagSession action'],
    [alice, roleOf(ACCOUNT, 'all-at-once'),   { ExternalId: 'agreed', SourceIdentity: 'me' }, 'because no role trust policy allows the sts:SetSourceIdentity action'],
    [alice, roleOf(ACCOUNT, 'tagged'),        { Tags: [{ Key: 'k', Value: 'v' }] }, ''],
    [alice, roleOf(ACCOUNT, 'tagged'),        { Tags: [{ Key: 'k', Value: 'v' }], SourceIdentity: 'me' }, 'because no role trust policy allows the sts:SetSourceIdentity action'],
    [bob,   roleOf(ACCOUNT, 'missing'),       {},                              'because no role trust policy allows the sts:AssumeRole action'],
    [bob,   roleOf(ACCOUNT, 'path/account'),  {},                              'because no role trust policy allows the sts:AssumeRole action'],
    [alice, roleOf(ACCOUNT, 'mfa'),           {},                              'because no role trust policy allows the sts:AssumeRole action'],
    [alice, roleOf(ACCOUNT, 'mfa'),           code,                            'Please verify your MFA serial number is valid and associated with this user.'],
    [root,  roleOf(ACCOUNT, 'account'),       {},                              'Roles may not be assumed by root accounts.'],
  ]
  for (const [credentials, role, more, end] of rows) {
    const { status, message } = await assume(credentials, role, more)
    assert.deepEqual(
      [status, message.slice(message.length - end.length)],
      [end === '' ? 200 : 403, end],
      `${role} ${JSON.stringify(more)}`,
    )
    assert.ok(end !== '' || message === '', message)
  }
})

test('a session may what its role may, and session policies allow', async () => {
  const role = roleOf(ACCOUNT, 'names-alice')
  const session = await sessionOf(alice, role)
  const limited = await sessionOf(alice, role, { Policy: allow({ Action: 'iam:GetUser', Resource: '*' }) })
  // A trust policy says nothing of IAM's own actions: GetRole is for identity policies to allow.
  // oxfmt-ignore
  const rows: readonly (readonly [Credentials, string, object, number])[] = [
    [session, 'GetRole',    { RoleName: 'account' },  200],
    [session, 'GetUser',    { UserName: 'bob' },      200],
    [session, 'CreateUser', { UserName: 'carol' },    403],
    [limited, 'GetRole',    { RoleName: 'account' },  403],
    [limited, 'GetUser',    { UserName: 'bob' },      200],
    [alice,   'GetRole',    { RoleName: 'names-alice' }, 403],
  ]
  for (const [credentials, action, input, status] of rows)
    assert.equal((await call(credentials, 'iam', action, input)).status, status, action)
  const { body } = await call(session, 'sts', 'GetCallerIdentity', {})
  assert.ok(body.includes(`<Arn>arn:aws:sts::${ACCOUNT}:assumed-role/names-alice/session</Arn>`), body)
  const chained = await assume(session, roleOf(ACCOUNT, 'account'), { DurationSeconds: 3_601 })
  assert.equal(
    chained.message,
    'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
  )
  await sessionOf(session, roleOf(ACCOUNT, 'account'))
})

test('a namesake of a deleted user is not trusted, and a session ends with its role', async () => {
  const carol = await newUser('carol')
  const trust = allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/carol` }, Action: 'sts:AssumeRole' })
  await done(root, 'CreateRole', { RoleName: 'carols', AssumeRolePolicyDocument: trust })
  const session = await sessionOf(carol, roleOf(ACCOUNT, 'carols'))
  await done(root, 'DeleteAccessKey', { UserName: 'carol', AccessKeyId: carol.accessKeyId })
  await done(root, 'DeleteUser', { UserName: 'carol' })
  assert.equal((await assume(await newUser('carol'), roleOf(ACCOUNT, 'carols'))).status, 403)
  assert.equal((await call(session, 'sts', 'GetCallerIdentity', {})).status, 200)
  await done(root, 'DeleteRole', { RoleName: 'carols' })
  assert.equal((await call(session, 'sts', 'GetCallerIdentity', {})).code, 'InvalidClientTokenId')
})
