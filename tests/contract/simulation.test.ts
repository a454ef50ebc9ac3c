/** The policy simulator, context keys and authorization details through the AWS SDK for JavaScript: what a client reads from the wire. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { withoutId } from '../denial-text.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '123456789012'
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:alice`
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const SENDER = document({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:*:*:${aws:username}' })

let server: TestServer
let root: Credentials
let iam: Iam.IAMClient

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('simulation', ACCOUNT))
  iam = server.iam(root)
  await iam.send(new Iam.CreateUserCommand({ UserName: 'alice' }))
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'Inline', PolicyDocument: SENDER }))
  await iam.send(new Iam.AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }))
})
after(() => server.close())

test('SimulatePrincipalPolicy: what a client reads', async () => {
  const ActionNames = ['sqs:SendMessage', 'sqs:DeleteQueue']
  const { EvaluationResults, IsTruncated } = await iam.send(
    new Iam.SimulatePrincipalPolicyCommand({ PolicySourceArn: ALICE, ActionNames, ResourceArns: [QUEUE] }),
  )
  const statement = {
    SourcePolicyId: 'user_alice_Inline',
    SourcePolicyType: 'IAM Policy',
    StartPosition: { Line: 1, Column: 38 },
    EndPosition: { Line: 1, Column: SENDER.length - 1 },
  }
  const shared = { EvalResourceName: QUEUE, MissingContextValues: [], EvalDecisionDetails: {} }
  const beneath = { EvalResourceName: QUEUE, MissingContextValues: [] }
  assert.equal(IsTruncated, false)
  assert.deepEqual(EvaluationResults, [
    {
      ...shared,
      EvalActionName: 'sqs:SendMessage',
      EvalDecision: 'allowed',
      MatchedStatements: [statement],
      ResourceSpecificResults: [{ ...beneath, EvalResourceDecision: 'allowed', MatchedStatements: [statement] }],
    },
    {
      ...shared,
      EvalActionName: 'sqs:DeleteQueue',
      EvalDecision: 'implicitDeny',
      MatchedStatements: [],
      ResourceSpecificResults: [{ ...beneath, EvalResourceDecision: 'implicitDeny', MatchedStatements: [] }],
    },
  ])
})

test('SimulateCustomPolicy: pages, context and boundary', async () => {
  const condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }
  const input: Iam.SimulateCustomPolicyCommandInput = {
    PolicyInputList: [document({ Effect: 'Allow', Action: '*', Resource: '*', Condition: condition })],
    PermissionsBoundaryPolicyInputList: [document({ Effect: 'Allow', Action: 's3:Get*', Resource: '*' })],
    ActionNames: ['s3:GetObject', 's3:PutObject', 's3:GetBucketAcl'],
    ContextEntries: [{ ContextKeyName: 'aws:SourceIp', ContextKeyType: 'ip', ContextKeyValues: ['10.1.1.1'] }],
  }
  const seen: (readonly [string | undefined, string | undefined, boolean | undefined])[] = []
  for await (const { EvaluationResults = [] } of Iam.paginateSimulateCustomPolicy({ client: iam, pageSize: 2 }, input)) {
    for (const { EvalActionName, EvalDecision, PermissionsBoundaryDecisionDetail: boundary } of EvaluationResults)
      seen.push([EvalActionName, EvalDecision, boundary?.AllowedByPermissionsBoundary])
  }
  assert.deepEqual(seen, [
    ['s3:GetObject', 'allowed', true],
    ['s3:PutObject', 'implicitDeny', false],
    ['s3:GetBucketAcl', 'allowed', true],
  ])
  const { EvaluationResults: [without] = [] } = await iam.send(
    new Iam.SimulateCustomPolicyCommand({ ...input, ContextEntries: [] }),
  )
  assert.deepEqual([without?.EvalDecision, without?.MissingContextValues], ['implicitDeny', ['aws:SourceIp']])
})

test('a refusal is InvalidInputException, a source that does not exist NoSuchEntityException', async () => {
  const simulate = (PolicySourceArn: string) =>
    iam.send(new Iam.SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['s3:GetObject'] }))
  await assert.rejects(simulate('arn:aws:iam::aws:policy/IAMReadOnlyAccess'), Iam.InvalidInputException)
  await assert.rejects(simulate(`arn:aws:iam::${ACCOUNT}:role/nobody`), Iam.NoSuchEntityException)
})

test('who may simulate whom is a matter of permission on the simulated', async () => {
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'alice' }))
  assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
  const alice = server.iam({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey })
  const self = { PolicySourceArn: ALICE, ActionNames: ['sqs:SendMessage'] }
  const denied = document({ Effect: 'Deny', Action: 'iam:Simulate*', Resource: `arn:aws:iam::${ACCOUNT}:user/alice` })
  const { EvaluationResults } = await alice.send(new Iam.SimulatePrincipalPolicyCommand(self))
  assert.equal(EvaluationResults?.length, 1)
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'Blind', PolicyDocument: denied }))
  await assert.rejects(alice.send(new Iam.SimulatePrincipalPolicyCommand(self)), (error) => {
    assert.ok(error instanceof Error)
    assert.equal(
      withoutId(error.message),
      `User: ${ALICE} is not authorized to perform: iam:SimulatePrincipalPolicy on resource: ${ALICE} with an explicit deny in an identity-based policy`,
    )
    return true
  })
  await iam.send(new Iam.DeleteUserPolicyCommand({ UserName: 'alice', PolicyName: 'Blind' }))
})

test('context keys, service access, preferences', async () => {
  const { ContextKeyNames } = await iam.send(new Iam.GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn: ALICE }))
  assert.deepEqual(ContextKeyNames, ['aws:username'])
  const custom = await iam.send(new Iam.GetContextKeysForCustomPolicyCommand({ PolicyInputList: [SENDER] }))
  assert.deepEqual(custom.ContextKeyNames, ['aws:username'])
  const { PoliciesGrantingServiceAccess } = await iam.send(
    new Iam.ListPoliciesGrantingServiceAccessCommand({ Arn: ALICE, ServiceNamespaces: ['sqs', 'iam', 's3'] }),
  )
  assert.deepEqual(PoliciesGrantingServiceAccess, [
    {
      ServiceNamespace: 'sqs',
      Policies: [{ PolicyName: 'Inline', PolicyType: 'INLINE', EntityType: 'USER', EntityName: 'alice' }],
    },
    {
      ServiceNamespace: 'iam',
      Policies: [
        { PolicyName: 'IAMReadOnlyAccess', PolicyType: 'MANAGED', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' },
      ],
    },
    { ServiceNamespace: 's3', Policies: [] },
  ])
  await iam.send(new Iam.SetSecurityTokenServicePreferencesCommand({ GlobalEndpointTokenVersion: 'v2Token' }))
  const { SummaryMap } = await iam.send(new Iam.GetAccountSummaryCommand({}))
  assert.equal(SummaryMap?.GlobalEndpointTokenVersion, 2)
})

test('GetAccountAuthorizationDetails: pages over all kinds, documents URL-encoded', async () => {
  const users: Iam.UserDetail[] = []
  const policies: Iam.ManagedPolicyDetail[] = []
  for await (const page of Iam.paginateGetAccountAuthorizationDetails({ client: iam, pageSize: 1 }, {})) {
    users.push(...(page.UserDetailList ?? []))
    policies.push(...(page.Policies ?? []))
  }
  assert.deepEqual(
    users.map(({ UserName, GroupList, Tags }) => [UserName, GroupList, Tags]),
    [['alice', [], []]],
  )
  assert.equal(decodeURIComponent(users[0]?.UserPolicyList?.[0]?.PolicyDocument ?? ''), SENDER)
  assert.deepEqual(
    policies.map(({ PolicyName, AttachmentCount }) => [PolicyName, AttachmentCount]),
    [['IAMReadOnlyAccess', 1]],
  )
})
