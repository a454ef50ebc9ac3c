/** Rounds of calls that run at the same time, over so few names that they meet: the same name, the same quota slot, delete against attach. */
import fc from 'fast-check'
import type { RaceCall } from './explain.ts'

/** Stands for an access key by its place among the keys that its user has when the round begins. */
export const KEY_PLACE = 'key '
const DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}'
const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}'

/** The user at the edge of its quotas (see account.ts); its groups and policies are the fillings. */
export const FULL = 'full'
export const FILLING_GROUPS = ['q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7', 'q8', 'q9', 'q10', 'q11']
export const FILLING_POLICIES = [
  'ReadOnlyAccess',
  'PowerUserAccess',
  'SecurityAudit',
  'IAMFullAccess',
  'IAMReadOnlyAccess',
  'AmazonS3FullAccess',
  'AmazonS3ReadOnlyAccess',
  'AmazonSQSFullAccess',
  'AmazonSNSFullAccess',
  'AmazonEC2FullAccess',
  'AmazonSQSReadOnlyAccess',
].map((name) => `arn:aws:iam::aws:policy/${name}`)

export const FIRST_ENTITIES: readonly RaceCall[] = [
  { action: 'CreateUser', input: { UserName: 'u1' } },
  { action: 'CreateGroup', input: { GroupName: 'g1' } },
  { action: 'CreateRole', input: { RoleName: 'r1', AssumeRolePolicyDocument: TRUST } },
  { action: 'CreatePolicy', input: { PolicyName: 'p1', PolicyDocument: DOCUMENT } },
  { action: 'CreateInstanceProfile', input: { InstanceProfileName: 'i1' } },
]

type Values = Readonly<Record<string, fc.Arbitrary<string | boolean | readonly unknown[]>>>

function calls(actions: readonly string[], values: Values): fc.Arbitrary<RaceCall> {
  return fc.record(
    { action: fc.constantFrom(...actions), input: fc.record(values, { noNullPrototype: true }) },
    { noNullPrototype: true },
  )
}
const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)

/** Every kind of call, on the account given. */
function raceCall(accountId: string): fc.Arbitrary<RaceCall> {
  const own = (name: string): string => `arn:aws:iam::${accountId}:policy/${name}`
  const UserName = oneOf('u1', 'U1', 'u2', FULL)
  const GroupName = oneOf('g1', 'G1', 'g2')
  const RoleName = oneOf('r1', 'R1', 'r2')
  const PolicyArn = oneOf(own('p1'), own('p2'))
  const PermissionsBoundary = PolicyArn
  const VersionId = oneOf('v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7')
  const PolicyName = oneOf('p1', 'p2')
  const PolicyDocument = fc.constant(DOCUMENT)
  const InstanceProfileName = oneOf('i1')
  const full = fc.constant(FULL)
  return fc.oneof(
    calls(
      ['CreateUser', 'DeleteUser', 'GetUser', 'CreateAccessKey', 'ListAttachedUserPolicies', 'DeleteUserPermissionsBoundary'],
      { UserName },
    ),
    calls(['UpdateUser'], { UserName: oneOf('u1', 'u2'), NewUserName: oneOf('u1', 'u2', 'U1') }),
    calls(['CreateGroup', 'DeleteGroup', 'GetGroup', 'ListAttachedGroupPolicies'], { GroupName }),
    calls(['UpdateGroup'], { GroupName: oneOf('g1', 'g2'), NewGroupName: oneOf('g1', 'g2', 'G2') }),
    calls(['CreateRole'], { RoleName, AssumeRolePolicyDocument: fc.constant(TRUST) }),
    calls(['DeleteRole', 'ListAttachedRolePolicies', 'DeleteRolePermissionsBoundary'], { RoleName }),
    calls(['CreateInstanceProfile', 'DeleteInstanceProfile'], { InstanceProfileName }),
    calls(['AddRoleToInstanceProfile', 'RemoveRoleFromInstanceProfile'], { InstanceProfileName, RoleName }),
    calls(['CreatePolicy'], { PolicyName, PolicyDocument }),
    calls(['CreatePolicyVersion'], { PolicyArn, PolicyDocument, SetAsDefault: fc.boolean() }),
    calls(['DeletePolicyVersion', 'SetDefaultPolicyVersion'], { PolicyArn, VersionId }),
    calls(['DeletePolicy'], { PolicyArn }),
    calls(['AddUserToGroup', 'RemoveUserFromGroup'], { UserName, GroupName }),
    calls(['AddUserToGroup', 'RemoveUserFromGroup'], { UserName: full, GroupName: oneOf(...FILLING_GROUPS.slice(-3)) }),
    calls(['AttachUserPolicy', 'DetachUserPolicy'], { UserName, PolicyArn }),
    calls(['AttachUserPolicy', 'DetachUserPolicy'], { UserName: full, PolicyArn: oneOf(...FILLING_POLICIES.slice(-3)) }),
    calls(['AttachGroupPolicy', 'DetachGroupPolicy'], { GroupName, PolicyArn }),
    calls(['AttachRolePolicy', 'DetachRolePolicy'], { RoleName, PolicyArn }),
    calls(['PutUserPermissionsBoundary'], { UserName, PermissionsBoundary }),
    calls(['PutRolePermissionsBoundary'], { RoleName, PermissionsBoundary }),
    calls(['PutUserPolicy'], { UserName, PolicyName, PolicyDocument }),
    calls(['PutGroupPolicy'], { GroupName, PolicyName, PolicyDocument }),
    calls(['PutRolePolicy'], { RoleName, PolicyName, PolicyDocument }),
    calls(['DeleteUserPolicy'], { UserName, PolicyName }),
    calls(['DeleteGroupPolicy'], { GroupName, PolicyName }),
    calls(['DeleteRolePolicy'], { RoleName, PolicyName }),
    calls(['CreateAccessKey'], { UserName: full }),
    calls(['DeleteAccessKey'], { UserName, AccessKeyId: oneOf(`${KEY_PLACE}0`, `${KEY_PLACE}1`) }),
    calls(['TagUser'], { UserName: full, Tags: oneOf('x', 'y', 'z').map((Key) => [{ Key, Value: '' }]) }),
    calls(['UntagUser'], { UserName: full, TagKeys: oneOf('x', 'y', 'z').map((key) => [key]) }),
    calls(['GetAccountSummary'], {}),
  )
}

/** Calls of one kind several times at once, then whatever comes: a quota slot is fought for at once. */
export function raceRounds(accountId: string): fc.Arbitrary<readonly (readonly RaceCall[])[]> {
  const call = raceCall(accountId)
  const mixed = fc.array(call, { minLength: 2, maxLength: 6 })
  const same = fc.tuple(call, fc.integer({ min: 2, max: 4 }), fc.array(call, { maxLength: 2 }))
  const crowded = same.map(([one, times, others]) => [...Array.from({ length: times }, () => one), ...others])
  return fc.array(fc.oneof({ weight: 2, arbitrary: mixed }, { weight: 1, arbitrary: crowded }), { minLength: 1, maxLength: 5 })
}
