/** The policy simulator: what it answers. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { EvaluationResult, SimulatePolicyResponse, Statement } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { attachGroupPolicy, attachRolePolicy } from './attachments.ts'
import { putUserPermissionsBoundary } from './boundaries.ts'
import { createGroup } from './groups.ts'
import { putGroupPolicy, putUserPolicy } from './inline-policies.ts'
import { addUserToGroup } from './membership.ts'
import { createPolicy } from './policies.ts'
import { createRole } from './roles.ts'
import { simulateCustomPolicy, simulatePrincipalPolicy } from './simulation.ts'
import { createUser } from './users.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/team/alice`
const STAFF = `arn:aws:iam::${ACCOUNT}:group/staff`
const READER = `arn:aws:iam::${ACCOUNT}:role/reader`
const QUEUES = `arn:aws:iam::${ACCOUNT}:policy/queues`
const LIMIT = `arn:aws:iam::${ACCOUNT}:policy/limit`
const S3_READER = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (Action: string, Resource = '*', more: object = {}): object => ({ Effect: 'Allow', Action, Resource, ...more })
const deny = (Action: string, Resource = '*', more: object = {}): object => ({ Effect: 'Deny', Action, Resource, ...more })
const TRUST = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } })

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createUser, { UserName: 'alice', Path: '/team/' })
  await harness.call(createGroup, { GroupName: 'staff' })
  await harness.call(addUserToGroup, { GroupName: 'staff', UserName: 'alice' })
  await harness.call(createRole, { RoleName: 'reader', AssumeRolePolicyDocument: TRUST })
  await harness.call(createPolicy, { PolicyName: 'queues', PolicyDocument: document(allow('sqs:*')) })
  await harness.call(createPolicy, { PolicyName: 'limit', PolicyDocument: document(allow('sqs:*'), deny('sqs:DeleteQueue')) })
  await harness.call(putUserPolicy, {
    UserName: 'alice',
    PolicyName: 'Inline',
    PolicyDocument: document(allow('sqs:SendMessage', 'arn:aws:sqs:*:*:${aws:username}')),
  })
  await harness.call(putGroupPolicy, {
    GroupName: 'staff',
    PolicyName: 'Topics',
    PolicyDocument: document(allow('sns:Publish', '*', { Condition: { Bool: { 'aws:SecureTransport': true } } })),
  })
  await harness.call(attachGroupPolicy, { GroupName: 'staff', PolicyArn: QUEUES })
  await harness.call(attachRolePolicy, { RoleName: 'reader', PolicyArn: S3_READER })
})
after(() => harness.close())

async function custom(input: object): Promise<readonly EvaluationResult[]> {
  const { EvaluationResults = [] } = await harness.call<SimulatePolicyResponse>(simulateCustomPolicy, input)
  return EvaluationResults
}

async function principal(
  PolicySourceArn: string,
  ActionNames: readonly string[],
  more: object = {},
): Promise<readonly EvaluationResult[]> {
  const input = { PolicySourceArn, ActionNames, ...more }
  const { EvaluationResults = [] } = await harness.call<SimulatePolicyResponse>(simulatePrincipalPolicy, input)
  return EvaluationResults
}

const decisions = (results: readonly EvaluationResult[]): readonly string[] => results.map(({ EvalDecision }) => EvalDecision)
const told = (statements: readonly Statement[] = []): readonly string[] =>
  statements.map(
    ({ SourcePolicyId, SourcePolicyType, StartPosition: from, EndPosition: to }) =>
      `${SourcePolicyId} (${SourcePolicyType}) ${from?.Line}:${from?.Column}-${to?.Line}:${to?.Column}`,
  )

test('an answer without resource has AWS’s members, and no others', async () => {
  const PolicyInputList = [document(allow('sqs:SendMessage'))]
  const [result, ...more] = await custom({ PolicyInputList, ActionNames: ['sqs:SendMessage'] })
  assert.deepEqual(more, [])
  assert.deepEqual(result, {
    EvalActionName: 'sqs:SendMessage',
    EvalResourceName: '*',
    EvalDecision: 'allowed',
    MatchedStatements: [
      {
        SourcePolicyId: 'PolicyInputList.1',
        SourcePolicyType: 'IAM Policy',
        StartPosition: { Line: 1, Column: 38 },
        EndPosition: { Line: 1, Column: 98 },
      },
    ],
    MissingContextValues: [],
  })
})

test('an answer about a resource repeats the decision beneath it', async () => {
  const queue = `arn:aws:sqs:us-east-1:${ACCOUNT}:q`
  const [result] = await custom({
    PolicyInputList: [document(allow('sns:*'))],
    ActionNames: ['sqs:SendMessage'],
    ResourceArns: [queue],
  })
  assert.deepEqual(result, {
    EvalActionName: 'sqs:SendMessage',
    EvalResourceName: queue,
    EvalDecision: 'implicitDeny',
    MatchedStatements: [],
    MissingContextValues: [],
    EvalDecisionDetails: {},
    ResourceSpecificResults: [
      { EvalResourceName: queue, EvalResourceDecision: 'implicitDeny', MatchedStatements: [], MissingContextValues: [] },
    ],
  })
})

test('of several resources the most restrictive decision stands above the others', async () => {
  const PolicyInputList = [document(allow('s3:GetObject', 'arn:aws:s3:::a/*'), deny('s3:GetObject', 'arn:aws:s3:::c/*'))]
  const ResourceArns = ['arn:aws:s3:::a/k', 'arn:aws:s3:::b/k', 'arn:aws:s3:::c/k']
  const [result] = await custom({ PolicyInputList, ActionNames: ['s3:GetObject'], ResourceArns })
  assert.equal(result?.EvalDecision, 'explicitDeny')
  assert.equal(result.EvalResourceName, 'arn:aws:s3:::${BucketName}/${ObjectName}')
  assert.deepEqual(
    result.ResourceSpecificResults?.map(({ EvalResourceDecision, MatchedStatements }) => [
      EvalResourceDecision,
      MatchedStatements?.length,
    ]),
    [
      ['allowed', 1],
      ['implicitDeny', 0],
      ['explicitDeny', 1],
    ],
  )
  assert.equal(result.MatchedStatements?.length, 2)
})

test('the policies of a user are its own and its groups’, each under its name', async () => {
  const results = await principal(ALICE, ['sqs:SendMessage', 'sns:Publish', 's3:GetObject'], {
    ResourceArns: [`arn:aws:sqs:us-east-1:${ACCOUNT}:alice`],
  })
  assert.deepEqual(decisions(results), ['allowed', 'implicitDeny', 'implicitDeny'])
  assert.deepEqual(told(results[0]?.MatchedStatements), [
    'user_alice_Inline (IAM Policy) 1:38-1:128',
    'queues (IAM Policy) 1:38-1:88',
  ])
  assert.deepEqual(results[0]?.MissingContextValues, ['aws:SecureTransport'])
  const ContextEntries = [{ ContextKeyName: 'AWS:securetransport', ContextKeyValues: ['true'], ContextKeyType: 'boolean' }]
  const [published] = await principal(ALICE, ['sns:Publish'], { ContextEntries })
  assert.equal(published?.EvalDecision, 'allowed')
  assert.match(told(published.MatchedStatements).join(), /^group_staff_Topics /)
  assert.deepEqual(published.MissingContextValues, [])
})

test('groups and roles are simulated by themselves', async () => {
  assert.deepEqual(decisions(await principal(STAFF, ['sqs:SendMessage', 's3:GetObject'])), ['allowed', 'implicitDeny'])
  const [read] = await principal(READER, ['s3:GetObject'])
  assert.match(told(read?.MatchedStatements).join(), /^AmazonS3ReadOnlyAccess \(IAM Policy\) 1:38-/)
  assert.deepEqual(decisions(await principal(READER, ['s3:PutObject'], { PolicyInputList: [document(allow('s3:PutObject'))] })), [
    'allowed',
  ])
})

test('policies may be left out', async () => {
  // oxfmt-ignore
  const table: readonly (readonly [exclusion: object, decision: string])[] = [
    [{ PolicyArn: QUEUES },                                                                                              'implicitDeny'],
    [{ PolicyType: 'user-managed' },                                                                                     'implicitDeny'],
    [{ PolicyType: 'aws-managed' },                                                                                      'allowed'],
    [{ InlinePolicyIdentifier: { PolicyName: 'Inline', AttachmentType: 'user', AttachmentName: 'a*' } },                 'allowed'],
    [{ PolicyType: 'inline', InlinePolicyIdentifier: { PolicyName: 'Topics', AttachmentType: 'group', AttachmentName: 'staff' } }, 'allowed'],
  ]
  for (const [exclusion, decision] of table)
    assert.deepEqual(
      decisions(await principal(ALICE, ['sqs:ListQueues'], { PolicyExclusionList: [exclusion] })),
      [decision],
      JSON.stringify(exclusion),
    )
  const both = [{ PolicyArn: QUEUES }, { PolicyType: 'inline' }]
  assert.deepEqual(decisions(await principal(ALICE, ['sqs:SendMessage'], { PolicyExclusionList: both })), ['implicitDeny'])
})

test('a boundary limits, and says so', async () => {
  const PolicyInputList = [document(allow('*'))]
  const boundary = (text: string) => ({
    PolicyInputList,
    ActionNames: ['sqs:DeleteQueue'],
    PermissionsBoundaryPolicyInputList: [text],
  })
  const [allowed] = await custom(boundary(document(allow('sqs:*'))))
  assert.deepEqual(
    [allowed?.EvalDecision, allowed?.PermissionsBoundaryDecisionDetail],
    ['allowed', { AllowedByPermissionsBoundary: true }],
  )
  assert.deepEqual(told(allowed?.MatchedStatements), ['PolicyInputList.1 (IAM Policy) 1:38-1:84'])
  const [implicit] = await custom(boundary(document(allow('sns:*'))))
  assert.deepEqual(
    [implicit?.EvalDecision, implicit?.PermissionsBoundaryDecisionDetail, implicit?.MatchedStatements],
    ['implicitDeny', { AllowedByPermissionsBoundary: false }, []],
  )
  const [explicit] = await custom(boundary(document(deny('sqs:*'))))
  assert.deepEqual(told(explicit?.MatchedStatements), [
    'PolicyInputList.1 (IAM Policy) 1:38-1:84',
    'PermissionsBoundaryPolicyInputList.1 (Permissions Boundary Policy) 1:38-1:87',
  ])
  await harness.call(createUser, { UserName: 'bounded' })
  await harness.call(putUserPermissionsBoundary, { UserName: 'bounded', PermissionsBoundary: LIMIT })
  const bounded = `arn:aws:iam::${ACCOUNT}:user/bounded`
  const [own] = await principal(bounded, ['sqs:DeleteQueue'], { PolicyInputList })
  assert.match(told(own?.MatchedStatements).join(), /limit \(Permissions Boundary Policy\)/)
  const without = { PolicyInputList, PolicyExclusionList: [{ PolicyType: 'permission-boundary' }] }
  assert.deepEqual(decisions(await principal(bounded, ['sqs:DeleteQueue'], without)), ['allowed'])
})

test('an organization ends the simulation where it refuses', async () => {
  const input = (...levels: readonly (readonly object[])[]) => ({
    PolicyInputList: [document(allow('*'))],
    ActionNames: ['s3:GetObject'],
    ResourceArns: ['arn:aws:s3:::b/k'],
    OrderedOrganizationPolicyInputList: levels.map((level) => ({ ServiceControlPolicyInputList: [document(...level)] })),
  })
  const [allowed] = await custom(input([allow('*')], [allow('s3:*')]))
  assert.deepEqual([allowed?.EvalDecision, allowed?.OrganizationsDecisionDetail], ['allowed', { AllowedByOrganizations: true }])
  assert.deepEqual(told(allowed?.MatchedStatements), ['PolicyInputList.1 (IAM Policy) 1:38-1:84'])
  for (const levels of [[[allow('*')], [allow('sqs:*')]], [[allow('*'), deny('s3:*')]]]) {
    assert.deepEqual(await custom(input(...levels)), [
      {
        EvalActionName: 's3:GetObject',
        EvalResourceName: 'arn:aws:s3:::b/k',
        EvalDecision: 'implicitDeny',
        MatchedStatements: [],
        MissingContextValues: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: false },
      },
    ])
  }
})

const bucketPolicy = (effect: 'Allow' | 'Deny', principal: unknown): string =>
  document({ Effect: effect, Principal: principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' })

test('a resource-based policy is told before the identity policies', async () => {
  const input = { ActionNames: ['s3:GetObject'], ResourceArns: ['arn:aws:s3:::b/k'] }
  const refusing = {
    ...input,
    PolicyInputList: [document(allow('s3:*'))],
    ResourcePolicy: bucketPolicy('Deny', '*'),
    CallerArn: ALICE,
  }
  const [denied] = await custom(refusing)
  assert.equal(denied?.EvalDecision, 'explicitDeny')
  assert.deepEqual(told(denied.MatchedStatements), [
    'ResourcePolicy (Resource Policy) 1:38-1:125',
    'PolicyInputList.1 (IAM Policy) 1:38-1:87',
  ])
  const [granted] = await principal(ALICE, ['s3:GetObject'], { ...input, ResourcePolicy: bucketPolicy('Allow', { AWS: ALICE }) })
  assert.deepEqual([granted?.EvalDecision, granted?.EvalDecisionDetails], ['allowed', {}])
  const [handed] = await principal(ALICE, ['s3:GetObject'], { ...input, ResourcePolicy: bucketPolicy('Allow', { AWS: ACCOUNT }) })
  assert.equal(handed?.EvalDecision, 'implicitDeny')
})

test('between accounts both sides must allow, and each says its part', async () => {
  const input = {
    ActionNames: ['s3:GetObject'],
    ResourceArns: ['arn:aws:s3:::b/k'],
    CallerArn: ALICE,
    ResourceOwner: `arn:aws:iam::${OTHER_ACCOUNT}:root`,
  }
  const ask = async (PolicyInputList: readonly string[], principal: string) =>
    (await custom({ ...input, PolicyInputList, ResourcePolicy: bucketPolicy('Allow', { AWS: principal }) }))[0]
  // oxfmt-ignore
  const table: readonly (readonly [policy: string, principal: string, decision: string, identity: string, resource: string])[] = [
    [document(allow('s3:*')),  ALICE,         'allowed',      'allowed',      'allowed'],
    [document(allow('sqs:*')), ALICE,         'implicitDeny', 'implicitDeny', 'allowed'],
    [document(allow('s3:*')),  OTHER_ACCOUNT, 'implicitDeny', 'allowed',      'implicitDeny'],
  ]
  for (const [policy, principal, decision, identity, resource] of table) {
    const result = await ask([policy], principal)
    assert.equal(result?.EvalDecision, decision)
    assert.deepEqual(result.EvalDecisionDetails, { 'IAM Policy': identity, 'Resource Policy': resource })
    assert.deepEqual(result.ResourceSpecificResults?.[0]?.EvalDecisionDetails, result.EvalDecisionDetails)
  }
})

test('a trust policy must allow to assume', async () => {
  const input = {
    PolicyInputList: [document(allow('sts:AssumeRole'))],
    ActionNames: ['sts:AssumeRole'],
    ResourceArns: [READER],
    CallerArn: ALICE,
  }
  assert.deepEqual(decisions(await custom({ ...input, ResourcePolicy: TRUST })), ['allowed'])
  const other = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: OTHER_ACCOUNT } })
  assert.deepEqual(decisions(await custom({ ...input, ResourcePolicy: other })), ['implicitDeny'])
})

test('keys of every statement are missing, also of other actions; the caller’s are known', async () => {
  const PolicyInputList = [
    document(
      allow('s3:ListBucket', '*', { Condition: { StringLike: { 'aws:PrincipalTag/team': 'x' } } }),
      allow('s3:GetObject', 'arn:aws:s3:::b/${aws:username}'),
    ),
  ]
  const input = { PolicyInputList, ActionNames: ['s3:ListBucket'] }
  assert.deepEqual((await custom(input))[0]?.MissingContextValues, ['aws:PrincipalTag/team', 'aws:username'])
  assert.deepEqual((await custom({ ...input, CallerArn: ALICE }))[0]?.MissingContextValues, ['aws:PrincipalTag/team'])
})

test('actions are answered as they were written, in pages; AWS answers also what it does not know', async () => {
  const ActionNames = ['SQS:sendmessage', 's3api:list-buckets', 'sqs:ListQueues']
  const input = { PolicyInputList: [document(allow('*'))], ActionNames }
  const first = await harness.call<SimulatePolicyResponse>(simulateCustomPolicy, { ...input, MaxItems: 2 })
  assert.deepEqual(
    [first.EvaluationResults?.map(({ EvalActionName }) => EvalActionName), first.IsTruncated],
    [ActionNames.slice(0, 2), true],
  )
  assert.deepEqual(decisions(first.EvaluationResults ?? []), ['allowed', 'allowed'])
  const next = await harness.call<SimulatePolicyResponse>(simulateCustomPolicy, { ...input, MaxItems: 2, Marker: first.Marker })
  assert.deepEqual(
    [next.EvaluationResults?.map(({ EvalActionName }) => EvalActionName), next.IsTruncated, next.Marker],
    [['sqs:ListQueues'], false, undefined],
  )
})

test('values of the context are of their types', async () => {
  const condition = (Condition: object, entry: object) =>
    custom({
      PolicyInputList: [document(allow('*', '*', { Condition }))],
      ActionNames: ['sqs:ListQueues'],
      ContextEntries: [entry],
    })
  const entry = (ContextKeyName: string, ContextKeyType: string, ...ContextKeyValues: readonly string[]) => ({
    ContextKeyName,
    ContextKeyType,
    ContextKeyValues,
  })
  // oxfmt-ignore
  const table: readonly (readonly [condition: object, entry: object, decision: string])[] = [
    [{ NumericLessThan: { 'aws:MultiFactorAuthAge': '10' } },          entry('aws:MultiFactorAuthAge', 'numeric', '9'),      'allowed'],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },                  entry('aws:SourceIp', 'ip', '10.1.2.3'),              'allowed'],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },  entry('aws:CurrentTime', 'date', '2025-01-01'),       'allowed'],
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'b' } },           entry('aws:TagKeys', 'stringList', 'a', 'b'),         'allowed'],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'b' } },          entry('aws:TagKeys', 'stringList', 'a', 'b'),         'implicitDeny'],
    [{ StringEquals: { 'aws:userid': 'x' } },                          { ContextKeyName: 'aws:userid', ContextKeyValues: ['x'] }, 'allowed'],
  ]
  for (const [asked, given, decision] of table)
    assert.deepEqual(decisions(await condition(asked, given)), [decision], JSON.stringify(given))
})

test('policies need not be such as IAM stores: an account may be a variable', async () => {
  const PolicyInputList = [` ${document(allow('sts:AssumeRole', 'arn:aws:iam::${aws:PrincipalAccount}:role/r'))}`]
  const [result] = await custom({ PolicyInputList, ActionNames: ['sts:AssumeRole'], ResourceArns: [READER] })
  assert.deepEqual(result?.MissingContextValues, ['aws:PrincipalAccount'])
})

test('among several resources everything names none of them', async () => {
  const ResourceArns = ['*', 'arn:aws:sqs:us-east-1:123456789012:q']
  const [result] = await custom({ PolicyInputList: [document(allow('*'))], ActionNames: ['sqs:SendMessage'], ResourceArns })
  assert.equal(result?.EvalResourceName, 'arn:aws:sqs:${Region}:${Account}:${QueueName}')
  assert.equal(result.ResourceSpecificResults?.length, 2)
})
