/** Condition keys are there for the actions that have them, and for no other: a policy that counts on one grants and denies what it does on AWS. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Opened } from '../../src/server/open.ts'
import { answerTo, type Called, queryRequest } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import type { Credentials } from '../server.ts'

const ACCOUNT = '111122223333'
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/limit`
const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
const TRUST = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"${ACCOUNT}"}}}`
const TAGS = [{ Key: 'team', Value: 'blue' }]

let opened: Opened
let root: Credentials
before(async () => {
  opened = await openTestContext()
  root = await createAccount(opened, 'keys', ACCOUNT)
  await done('CreatePolicy', { PolicyName: 'limit', PolicyDocument: DOCUMENT })
  await done('CreatePolicy', { PolicyName: 'tagged', PolicyDocument: DOCUMENT, Tags: TAGS })
  await done('CreateUser', { UserName: 'limited', PermissionsBoundary: BOUNDARY, Tags: TAGS })
  await done('CreateRole', { RoleName: 'limited', AssumeRolePolicyDocument: TRUST, PermissionsBoundary: BOUNDARY, Tags: TAGS })
})
after(() => opened.close())

async function done(action: string, input: object): Promise<string> {
  const { status, body } = await answerTo(queryRequest('iam', action, input, { credentials: root }), opened.context)
  assert.equal(status, 200, body)
  return body
}

/** A new user with one policy of its own. */
async function userWith(UserName: string, ...statements: readonly object[]): Promise<Credentials> {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await done('CreateUser', { UserName })
  await done('PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument })
  const body = await done('CreateAccessKey', { UserName })
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(body) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(body) ?? []
  return { accessKeyId, secretAccessKey }
}

async function isLetIn(credentials: Credentials, service: Called, action: string, input: object): Promise<boolean> {
  const { code } = await answerTo(queryRequest(service, action, input, { credentials }), opened.context)
  assert.notEqual(code, 'ValidationError', action)
  return code !== 'AccessDenied'
}

const USER = { UserName: 'limited' }
const ROLE = { RoleName: 'limited' }
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
/** Whether the action has `iam:PermissionsBoundary` (Service Authorization Reference), that of the user or role that is named. */
// oxfmt-ignore
const BOUNDED: readonly (readonly [has: boolean, service: Called, action: string, input: object])[] = [
  [true,  'iam', 'AttachUserPolicy',     { ...USER, PolicyArn: READ_ONLY }],
  [true,  'iam', 'PutUserPolicy',        { ...USER, PolicyName: 'p', PolicyDocument: DOCUMENT }],
  [true,  'iam', 'DeleteUserPolicy',     { ...USER, PolicyName: 'p' }],
  [true,  'iam', 'GetRole',              ROLE],
  [true,  'iam', 'UpdateRole',           ROLE],
  [true,  'iam', 'UpdateAssumeRolePolicy', { ...ROLE, PolicyDocument: TRUST }],
  [false, 'iam', 'GetUser',              USER],
  [false, 'iam', 'TagUser',              { ...USER, Tags: TAGS }],
  [false, 'iam', 'CreateLoginProfile',   { ...USER, Password: 'Correct-Horse-7' }],
  [false, 'iam', 'CreateAccessKey',      USER],
  [false, 'iam', 'UpdateUser',           { ...USER, NewPath: '/moved/' }],
  [false, 'iam', 'GetRolePolicy',        { ...ROLE, PolicyName: 'p' }],
  [false, 'sts', 'AssumeRole',           { RoleArn: `arn:aws:iam::${ACCOUNT}:role/limited`, RoleSessionName: 'session' }],
]

test('a boundary of the user or role that is worked on is told to the actions that have the key', async () => {
  const Condition = { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } }
  const allowed = await userWith('allowed', { Effect: 'Allow', Action: '*', Resource: '*', Condition })
  const unlike = { StringNotEquals: { 'iam:PermissionsBoundary': BOUNDARY } }
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
  const denied = await userWith('denied', everything, { Effect: 'Deny', Action: '*', Resource: '*', Condition: unlike })
  for (const [has, service, action, input] of BOUNDED)
    for (const [name, credentials] of Object.entries({ allowed, denied }))
      assert.equal(await isLetIn(credentials, service, action, input), has, `${action} as ${name}`)
})

test('a boundary that is given at creation is not told to the tagging beside it', async () => {
  const Condition = { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } }
  const maker = await userWith('maker', { Effect: 'Allow', Action: 'iam:*', Resource: '*', Condition })
  for (const [action, name] of Object.entries({
    CreateUser: { UserName: 'made' },
    CreateRole: { RoleName: 'made', AssumeRolePolicyDocument: TRUST },
  })) {
    const input = { ...name, PermissionsBoundary: BOUNDARY }
    assert.equal(await isLetIn(maker, 'iam', action, { ...input, Tags: TAGS }), false, action)
    assert.equal(await isLetIn(maker, 'iam', action, input), true, action)
  }
})

test('a tag of the same key in other letters does not stand in for the tag that is asked for', async () => {
  const Condition = { StringEquals: { 'aws:RequestTag/team': 'blue' } }
  const tagger = await userWith('tagger', {
    Effect: 'Allow',
    Action: ['iam:CreatePolicy', 'iam:TagPolicy'],
    Resource: '*',
    Condition,
  })
  const create = (PolicyName: string, ...tags: readonly (readonly [string, string])[]) =>
    isLetIn(tagger, 'iam', 'CreatePolicy', {
      PolicyName,
      PolicyDocument: DOCUMENT,
      Tags: tags.map(([Key, Value]) => ({ Key, Value })),
    })
  assert.equal(await create('blue', ['Team', 'blue']), true)
  assert.equal(await create('red', ['team', 'red']), false)
  assert.equal(await create('both', ['team', 'red'], ['Team', 'blue']), false)
  assert.equal(await create('both', ['team', 'blue'], ['Team', 'red']), false)
})

test('tags that something is made with are those of the resource already', async () => {
  const Condition = { StringEquals: { 'aws:ResourceTag/team': 'blue' } }
  const maker = await userWith('tagMaker', { Effect: 'Allow', Action: 'iam:*', Resource: '*', Condition })
  for (const [action, input] of Object.entries({
    CreateUser: { UserName: 'coloured' },
    CreateRole: { RoleName: 'coloured', AssumeRolePolicyDocument: TRUST },
    CreatePolicy: { PolicyName: 'coloured', PolicyDocument: DOCUMENT },
    CreateInstanceProfile: { InstanceProfileName: 'coloured' },
    CreateVirtualMFADevice: { VirtualMFADeviceName: 'coloured' },
  })) {
    assert.equal(await isLetIn(maker, 'iam', action, input), false, action)
    assert.equal(await isLetIn(maker, 'iam', action, { ...input, Tags: [{ Key: 'team', Value: 'red' }] }), false, action)
    assert.equal(await isLetIn(maker, 'iam', action, { ...input, Tags: TAGS }), true, action)
  }
  // What is there has its own tags, whatever a request would give it.
  await done('CreateUser', { UserName: 'plain' })
  assert.equal(await isLetIn(maker, 'iam', 'TagUser', { UserName: 'plain', Tags: TAGS }), false)
})

test('iam:ResourceTag is of users and roles, aws:ResourceTag of all that has tags', async () => {
  const tagged = (prefix: string): object => ({
    Effect: 'Allow',
    Action: 'iam:*',
    Resource: '*',
    Condition: { StringEquals: { [`${prefix}:ResourceTag/team`]: 'blue' } },
  })
  const byAny = await userWith('byAny', tagged('aws'))
  const byOwn = await userWith('byOwn', tagged('iam'))
  const policy = { PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/tagged` }
  for (const credentials of [byAny, byOwn]) {
    assert.equal(await isLetIn(credentials, 'iam', 'ListUserTags', USER), true)
    assert.equal(await isLetIn(credentials, 'iam', 'ListRoleTags', ROLE), true)
  }
  assert.equal(await isLetIn(byAny, 'iam', 'ListPolicyTags', policy), true)
  assert.equal(await isLetIn(byOwn, 'iam', 'ListPolicyTags', policy), false)
})

test('what is done with a service-specific credential knows the service that it is for', async () => {
  const body = await done('CreateServiceSpecificCredential', { ...USER, ServiceName: 'bedrock.amazonaws.com' })
  const [, ServiceSpecificCredentialId = ''] = /<ServiceSpecificCredentialId>([^<]+)/.exec(body) ?? []
  const Condition = { StringEquals: { 'iam:ServiceSpecificCredentialServiceName': 'bedrock.amazonaws.com' } }
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
  const denied = await userWith('noBedrock', everything, { Effect: 'Deny', Action: '*', Resource: '*', Condition })
  const input = { ...USER, ServiceSpecificCredentialId }
  for (const action of ['UpdateServiceSpecificCredential', 'ResetServiceSpecificCredential', 'DeleteServiceSpecificCredential'])
    assert.equal(
      await isLetIn(denied, 'iam', action, { ...input, ...(action.startsWith('Update') && { Status: 'Inactive' }) }),
      false,
      action,
    )
  // Somebody else's credential is none of this user: nothing of it is told.
  await done('CreateUser', { UserName: 'another' })
  assert.equal(await isLetIn(denied, 'iam', 'ResetServiceSpecificCredential', { ...input, UserName: 'another' }), true)
  const allowed = await userWith('bedrock', { Effect: 'Allow', Action: 'iam:*', Resource: '*', Condition })
  assert.equal(await isLetIn(allowed, 'iam', 'DeleteServiceSpecificCredential', input), true)
})
