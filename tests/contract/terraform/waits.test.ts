/** What infrastructure tools wait for and ask by: codes, HTTP statuses and words that they test for, and the answers to their first questions. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../../server.ts'
import { documentOf, hasCode } from './lifecycle.ts'

const ACCOUNT = '123456789012'
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/tf`
const NONE = `arn:aws:iam::${ACCOUNT}:policy/none`
const DOCUMENT = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] })
const trust = (Principal: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] })
const EC2 = trust({ Service: 'ec2.amazonaws.com' })

let server: TestServer
let root: Credentials
let iam: IAM
const settings = (credentials: Credentials) => ({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('waits', ACCOUNT))
  iam = new IAM(settings(root))
  await iam.createUser({ UserName: 'tf', Path: '/users/', Tags: [{ Key: 'a', Value: 'b' }] })
  await iam.createGroup({ GroupName: 'tf' })
  await iam.addUserToGroup({ GroupName: 'tf', UserName: 'tf' })
  await iam.createAccessKey({ UserName: 'tf' })
  await iam.createRole({ RoleName: 'tf', Path: '/roles/', AssumeRolePolicyDocument: trust({ AWS: ACCOUNT }) })
  await iam.createPolicy({ PolicyName: 'tf', PolicyDocument: DOCUMENT })
  await iam.attachRolePolicy({ RoleName: 'tf', PolicyArn: POLICY })
  await iam.createInstanceProfile({ InstanceProfileName: 'tf' })
  await iam.addRoleToInstanceProfile({ InstanceProfileName: 'tf', RoleName: 'tf' })
  await iam.createServiceLinkedRole({ AWSServiceName: 'ecs.amazonaws.com' })
  await iam.createAccountAlias({ AccountAlias: 'tf-waits' })
})
after(async () => {
  iam.destroy()
  await server.close()
})

type Row = readonly [what: string, call: () => Promise<unknown>, code: Parameters<typeof hasCode>[1], words?: RegExp]
// oxfmt-ignore
const ROWS: readonly Row[] = [
  ['a role that trusts a user not yet there',     () => iam.createRole({ RoleName: 'new', AssumeRolePolicyDocument: trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/later` }) }), 'MalformedPolicyDocument', /Invalid principal in policy/],
  ['a trust policy changed to such a one',        () => iam.updateAssumeRolePolicy({ RoleName: 'tf', PolicyDocument: trust({ AWS: `arn:aws:iam::${ACCOUNT}:role/later` }) }), 'MalformedPolicyDocument', /Invalid principal in policy/],
  ['a policy that is no JSON',                    () => iam.createPolicy({ PolicyName: 'new', PolicyDocument: '{' }),                            'MalformedPolicyDocument'],
  ['a role in a profile, before there is one',    () => iam.addRoleToInstanceProfile({ InstanceProfileName: 'tf', RoleName: 'later' }),          'NoSuchEntity', /The role with name later/],
  ['a second role in a profile',                  () => iam.addRoleToInstanceProfile({ InstanceProfileName: 'tf', RoleName: 'tf' }),             'LimitExceeded'],
  ['a policy on a role that is not there',        () => iam.attachRolePolicy({ RoleName: 'later', PolicyArn: POLICY }),                          'NoSuchEntity'],
  ['a policy that is not there, on a role',       () => iam.attachRolePolicy({ RoleName: 'tf', PolicyArn: NONE }),                               'NoSuchEntity'],
  ['an inline policy of nobody',                  () => iam.putRolePolicy({ RoleName: 'later', PolicyName: 'p', PolicyDocument: DOCUMENT }),     'NoSuchEntity'],
  ['a user twice',                                () => iam.createUser({ UserName: 'TF' }),                                                      'EntityAlreadyExists'],
  ['a group twice',                               () => iam.createGroup({ GroupName: 'Tf' }),                                                    'EntityAlreadyExists'],
  ['a role twice',                                () => iam.createRole({ RoleName: 'tF', AssumeRolePolicyDocument: EC2 }),                       'EntityAlreadyExists'],
  ['a policy twice, under another path',          () => iam.createPolicy({ PolicyName: 'tf', Path: '/other/', PolicyDocument: DOCUMENT }),       'EntityAlreadyExists'],
  ['a profile twice',                             () => iam.createInstanceProfile({ InstanceProfileName: 'tf' }),                                'EntityAlreadyExists'],
  ['a service-linked role twice',                 () => iam.createServiceLinkedRole({ AWSServiceName: 'ecs.amazonaws.com' }),                    'InvalidInput', /has been taken in this account/],
  ['a service-linked role as if it were ours',    () => iam.deleteRole({ RoleName: 'AWSServiceRoleForECS' }),                                    'UnmodifiableEntity'],
  ['a role that is in a profile',                 () => iam.deleteRole({ RoleName: 'tf' }),                                                      'DeleteConflict'],
  ['a policy that is attached',                   () => iam.deletePolicy({ PolicyArn: POLICY }),                                                 'DeleteConflict'],
  ['the default version of a policy',             () => iam.deletePolicyVersion({ PolicyArn: POLICY, VersionId: 'v1' }),                         'DeleteConflict'],
  ['a profile that holds a role',                 () => iam.deleteInstanceProfile({ InstanceProfileName: 'tf' }),                                'DeleteConflict'],
  ['a user that has keys',                        () => iam.deleteUser({ UserName: 'tf' }),                                                      'DeleteConflict'],
  ['a group that has members',                    () => iam.deleteGroup({ GroupName: 'tf' }),                                                    'DeleteConflict'],
  ['a version that is gone',                      () => iam.getPolicyVersion({ PolicyArn: POLICY, VersionId: 'v9' }),                            'NoSuchEntity'],
]

for (const [what, call, code, words] of ROWS) {
  test(`${code}: ${what}`, async () => {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof Error && hasCode(error, code), String(error))
      if (words !== undefined) assert.match(error.message, words)
      return true
    })
  })
}

test('an alias of another account is taken', async () => {
  const { root: other } = await server.account('other')
  const theirs = new IAM(settings(other))
  await assert.rejects(theirs.createAccountAlias({ AccountAlias: 'tf-waits' }), (error) => hasCode(error, 'EntityAlreadyExists'))
  theirs.destroy()
})

/** aws-sdk-go-base asks GetUser, GetCallerIdentity and ListRoles(1), in this order, and swallows ValidationError and AccessDenied. */
test('the account is found, whoever asks', async () => {
  const { AccessKey } = await iam.createAccessKey({ UserName: 'tf' })
  assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
  await iam.putUserPolicy({
    UserName: 'tf',
    PolicyName: 'assume',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
    }),
  })
  const user = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  const { Credentials: session } = await new STS(settings(user)).assumeRole({
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/roles/tf`,
    RoleSessionName: 'tf',
  })
  assert.ok(session?.AccessKeyId !== undefined && session.SecretAccessKey !== undefined && session.SessionToken !== undefined)
  const role = { accessKeyId: session.AccessKeyId, secretAccessKey: session.SecretAccessKey, sessionToken: session.SessionToken }

  assert.equal((await iam.getUser({})).User?.Arn, `arn:aws:iam::${ACCOUNT}:root`)
  await assert.rejects(new IAM(settings(user)).getUser({}), { name: 'AccessDenied', $fault: 'client' })
  await assert.rejects(new IAM(settings(role)).getUser({}), (error) => {
    assert.ok(error instanceof Error)
    assert.match(error.name, /^(?:ValidationError|AccessDenied)$/)
    return true
  })
  for (const credentials of [root, user, role])
    assert.equal((await new STS(settings(credentials)).getCallerIdentity({})).Account, ACCOUNT)
  assert.equal((await iam.listRoles({ MaxItems: 1 })).Roles?.length, 1)
  await assert.rejects(
    new STS(settings(user)).assumeRole({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/later`, RoleSessionName: 'tf' }),
    {
      name: 'AccessDenied',
      message: /^User: \S+:user\/users\/tf is not authorized to perform: sts:AssumeRole on resource: \S+:role\/later/,
    },
  )
})

test('data sources', async () => {
  const { User: user } = await iam.getUser({ UserName: 'tf' })
  assert.deepEqual([user?.Path, user?.Tags], ['/users/', [{ Key: 'a', Value: 'b' }]])
  assert.deepEqual(
    (await iam.listUsers({ PathPrefix: '/users/' })).Users?.map(({ UserName }) => UserName),
    ['tf'],
  )
  assert.deepEqual(
    (await iam.getGroup({ GroupName: 'tf' })).Users?.map(({ UserId }) => UserId),
    [user?.UserId],
  )
  assert.deepEqual(
    (await iam.listRoles({ PathPrefix: '/roles/' })).Roles?.map(({ RoleName }) => RoleName),
    ['tf'],
  )
  assert.deepEqual((await iam.listAccountAliases({})).AccountAliases, ['tf-waits'])
  assert.deepEqual(
    (await iam.listInstanceProfilesForRole({ RoleName: 'tf' })).InstanceProfiles?.map((one) => one.Roles?.[0]?.Path),
    ['/roles/'],
  )
  assert.equal((await iam.listAccessKeys({ UserName: 'tf' })).AccessKeyMetadata?.length, 2)
  // By ARN, and by name through every page of every policy there is.
  const arn = 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess'
  const { Policy: known } = await iam.getPolicy({ PolicyArn: arn })
  const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: arn, VersionId: known?.DefaultVersionId })
  assert.equal(Object(documentOf(PolicyVersion?.Document)).Version, '2012-10-17')
  const named: (string | undefined)[] = []
  let Marker: string | undefined
  do {
    const page = await iam.listPolicies(Marker === undefined ? {} : { Marker })
    named.push(
      ...(page.Policies ?? [])
        .filter(({ PolicyName }) => PolicyName === 'ViewOnlyAccess' || PolicyName === 'tf')
        .map(({ Arn }) => Arn),
    )
    Marker = page.Marker
    assert.equal(page.IsTruncated, Marker !== undefined)
  } while (Marker !== undefined)
  assert.deepEqual(named, [POLICY, arn])
})

/** aws_iam_principal_policy_simulation and aws_iam_session_context. */
test('data sources that decide, and that read a session', async () => {
  const PolicySourceArn = `arn:aws:iam::${ACCOUNT}:role/roles/tf`
  const { EvaluationResults } = await iam.simulatePrincipalPolicy({
    PolicySourceArn,
    ActionNames: ['sqs:SendMessage', 's3:GetObject'],
    ResourceArns: ['*'],
  })
  assert.deepEqual(
    EvaluationResults?.map((one) => [one.EvalActionName, one.EvalDecision]),
    [
      ['sqs:SendMessage', 'allowed'],
      ['s3:GetObject', 'implicitDeny'],
    ],
  )
  const [, RoleName] = 'arn:aws:sts::123456789012:assumed-role/tf/session'.split('/')
  assert.equal((await iam.getRole({ RoleName })).Role?.Arn, PolicySourceArn)
})
