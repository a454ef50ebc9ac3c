/** SimulatePrincipalPolicy in a member account: its service control policies take part, unless they are left out. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import * as Sts from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const MANAGEMENT = '123456789012'
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' }

let server: TestServer
let management: Credentials
let member: Credentials
let memberId = ''
let policyArn = ''

before(async () => {
  server = await startTestServer()
  ;({ root: management } = await server.account('management', MANAGEMENT))
  const organizations = server.organizations(management)
  await organizations.send(new Organizations.CreateOrganizationCommand({ FeatureSet: 'ALL' }))
  const { Roots: [root] = [] } = await organizations.send(new Organizations.ListRootsCommand({}))
  const Type = 'SERVICE_CONTROL_POLICY'
  await organizations.send(new Organizations.EnablePolicyTypeCommand({ RootId: root?.Id, PolicyType: Type }))
  const created = await organizations.send(
    new Organizations.CreateAccountCommand({ AccountName: 'member', Email: 'member@example.com' }),
  )
  memberId = created.CreateAccountStatus?.AccountId ?? ''
  const Content = document({ Effect: 'Deny', Action: 'sqs:*', Resource: '*' })
  const { Policy } = await organizations.send(
    new Organizations.CreatePolicyCommand({ Name: 'no queues', Description: '', Type, Content }),
  )
  policyArn = Policy?.PolicySummary?.Arn ?? ''
  await organizations.send(new Organizations.AttachPolicyCommand({ PolicyId: Policy?.PolicySummary?.Id, TargetId: memberId }))
  member = await visit(await withUser(server.iam(management), 'visitor'))
  await withUser(server.iam(member), 'alice')
})
after(() => server.close())

/** A user that may do everything its account may, and its key. */
async function withUser(iam: Iam.IAMClient, UserName: string): Promise<Credentials> {
  await iam.send(new Iam.CreateUserCommand({ UserName }))
  await iam.send(new Iam.PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument: document(ALL) }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }))
  return credentialsOf(AccessKey)
}

/** The member account, by the role that the management account has in it. */
async function visit(visitor: Credentials): Promise<Credentials> {
  const RoleArn = `arn:aws:iam::${memberId}:role/OrganizationAccountAccessRole`
  const { Credentials: session } = await server
    .sts(visitor)
    .send(new Sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'visit' }))
  return { ...credentialsOf(session), sessionToken: session?.SessionToken ?? '' }
}

const credentialsOf = (
  keys: Pick<Iam.AccessKey, 'AccessKeyId' | 'SecretAccessKey'> | Sts.Credentials | undefined,
): Credentials => ({
  accessKeyId: keys?.AccessKeyId ?? '',
  secretAccessKey: keys?.SecretAccessKey ?? '',
})

/** What is decided of an action, and whether the organization allows it. */
async function simulated(
  credentials: Credentials,
  account: string,
  user: string,
  more: Partial<Iam.SimulatePrincipalPolicyCommandInput> = {},
): Promise<unknown> {
  const { EvaluationResults: [result] = [] } = await server.iam(credentials).send(
    new Iam.SimulatePrincipalPolicyCommand({
      PolicySourceArn: `arn:aws:iam::${account}:user/${user}`,
      ActionNames: ['sqs:SendMessage'],
      ...more,
    }),
  )
  return [result?.EvalDecision, result?.OrganizationsDecisionDetail?.AllowedByOrganizations]
}

// oxfmt-ignore
const CASES: readonly (readonly [name: string, more: Partial<Iam.SimulatePrincipalPolicyCommandInput>, expected: unknown])[] = [
  ['what is denied',                  {},                                                            ['implicitDeny', false]],
  ['what is not',                     { ActionNames: ['sns:Publish'] },                              ['allowed', true]],
  ['all left out',                    { PolicyExclusionList: [{ PolicyType: 'scp' }] },              ['allowed', undefined]],
]
for (const [name, more, expected] of CASES) {
  test(`a member account: ${name}`, async () => {
    assert.deepEqual(await simulated(member, memberId, 'alice', more), expected)
  })
}

test('a member account: the one that denies left out, by its ARN', async () => {
  const PolicyExclusionList = [{ PolicyArn: policyArn }]
  assert.deepEqual(await simulated(member, memberId, 'alice', { PolicyExclusionList }), ['allowed', true])
})

test('the management account is bound by none', async () => {
  assert.deepEqual(await simulated(management, MANAGEMENT, 'visitor'), ['allowed', undefined])
})
