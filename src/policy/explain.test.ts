/** Explanations: what matched, what nearly matched, and the sentence that says why not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policySet } from './combine.ts'
import { compileText } from './compile.ts'
import { contextOf, type ContextValue } from './context.ts'
import { explain, type Part } from './explain.ts'

const ACCOUNT = '111122223333'
const caller = {
  type: 'user',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  id: 'AIDAALICE',
  uniqueId: 'AIDAALICE',
} as const
const GET = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' }
const setOf = (statements: readonly object[], kind: 'identity' | 'resource' = 'identity') =>
  policySet([
    compileText(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind, { id: kind, name: kind, type: 'inline' }),
  ])

function part(statements: readonly object[], keys: Readonly<Record<string, ContextValue>> = {}): Part {
  const check = {
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::bucket/key',
    resourceAccountId: ACCOUNT,
    context: contextOf(keys),
  }
  const [first] = explain(check, caller, { identity: setOf(statements) }).parts
  assert.ok(first)
  return first
}

// oxfmt-ignore
const MISSES: readonly (readonly [name: string, statement: object, keys: Readonly<Record<string, ContextValue>>, text: string])[] = [
  ['an address',      { ...GET, Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }, { 'aws:SourceIp': '192.0.2.1' },
    'action and resource match; the condition aws:SourceIp failed: 192.0.2.1 is not in 203.0.113.0/24'],
  ['two networks',    { ...GET, Condition: { NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.0.2.0/24'] } } }, { 'aws:SourceIp': '192.0.2.1' },
    'action and resource match; the condition aws:SourceIp failed: 192.0.2.1 is in 192.0.2.0/24'],
  ['a missing key',   { ...GET, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }, {},
    'action and resource match; the condition aws:MultiFactorAuthPresent failed: the request has no such key'],
  ['a key that is',   { ...GET, Condition: { Null: { 'aws:TokenIssueTime': 'true' } } }, { 'aws:TokenIssueTime': '1' },
    'action and resource match; the condition aws:TokenIssueTime failed: the request has the key'],
  ['a variable',      { ...GET, Condition: { StringEquals: { 'aws:PrincipalTag/t': '${aws:username}' } } }, { 'aws:PrincipalTag/t': 'x', 'aws:username': 'alice' },
    'action and resource match; the condition aws:PrincipalTag/t failed: x is not ${aws:username} (aws:username = alice)'],
  ['several values',  { ...GET, Condition: { StringEquals: { 'aws:TagKeys': 'a' } } }, { 'aws:TagKeys': ['a', 'b'] },
    'action and resource match; the condition aws:TagKeys failed: the key has several values, and `StringEquals` compares one'],
  ['one of all',      { ...GET, Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'c'] } } }, { 'aws:TagKeys': ['a', 'b'] },
    'action and resource match; the condition aws:TagKeys failed: b is not a or c'],
  ['none of any',     { ...GET, Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': 'c*' } } }, { 'aws:TagKeys': ['a', ''] },
    'action and resource match; the condition aws:TagKeys failed: none of a and "" is like c*'],
  ['all of any',      { ...GET, Condition: { 'ForAnyValue:StringNotLike': { 'aws:TagKeys': ['a*', 'c*'] } } }, { 'aws:TagKeys': ['ab', 'ac'] },
    'action and resource match; the condition aws:TagKeys failed: each of ab and ac is like a*'],
  ['one of any',      { ...GET, Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'c' } } }, { 'aws:TagKeys': ['a'] },
    'action and resource match; the condition aws:TagKeys failed: a is not c'],
  ['empty texts',     { ...GET, Condition: { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'c' } } }, { 'aws:TagKeys': [''] },
    'action and resource match; the condition aws:TagKeys failed: the key has no value but the empty text'],
  ['none of all',     { ...GET, Condition: { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['a', 'c'] } } }, { 'aws:TagKeys': ['b', 'a'] },
    'action and resource match; the condition aws:TagKeys failed: a is a'],
  ['any of no key',   { ...GET, Condition: { 'ForAnyValue:Null': { 'aws:TagKeys': 'true' } } }, {},
    'action and resource match; the condition aws:TagKeys failed: `ForAnyValue:Null` never holds'],
  ['a key of nothing', { ...GET, Condition: { Null: { 'aws:TagKeys': 'false' } } }, { 'aws:TagKeys': [''] },
    'action and resource match; the condition aws:TagKeys failed: the key has no value but the empty text'],
  ['a wildcard that is none', { ...GET, Condition: { StringEquals: { 'aws:PrincipalTag/t': 'a*' } } }, { 'aws:PrincipalTag/t': 'ab' },
    'action and resource match; the condition aws:PrincipalTag/t failed: ab is not a* (to `StringEquals` a wildcard is a sign like any other)'],
  ['a sign that is meant', { ...GET, Condition: { StringEquals: { 'aws:PrincipalTag/t': 'a${*}' } } }, { 'aws:PrincipalTag/t': 'ab' },
    'action and resource match; the condition aws:PrincipalTag/t failed: ab is not a${*}'],
  ['a variable that is none', { ...GET, Condition: { NumericEquals: { 'aws:MultiFactorAuthAge': '${aws:EpochTime}' } } }, { 'aws:MultiFactorAuthAge': '5' },
    'action and resource match; the condition aws:MultiFactorAuthAge failed: 5 does not equal ${aws:EpochTime} (`NumericEquals` fills in no variables)'],
  ['no value at all', { ...GET, Condition: { StringEquals: { 'aws:PrincipalTag/t': [] } } }, { 'aws:PrincipalTag/t': 'a' },
    'action and resource match; the condition aws:PrincipalTag/t failed: a is not among no values'],
  ['a number',        { ...GET, Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '10' } } }, { 'aws:MultiFactorAuthAge': '11' },
    'action and resource match; the condition aws:MultiFactorAuthAge failed: 11 is not less than 10'],
  ['the resource',    { ...GET, Resource: 'arn:aws:s3:::${aws:username}/*' }, {},
    'action matches; the resource failed: arn:aws:s3:::bucket/key is not among arn:aws:s3:::${aws:username}/* (aws:username = no value)'],
  ['NotResource',     { Effect: 'Allow', Action: 's3:*', NotResource: ['arn:aws:s3:::bucket/*'] }, {},
    'action matches; the resource failed: arn:aws:s3:::bucket/key is excluded by arn:aws:s3:::bucket/*'],
  ['the action',      { ...GET, Action: ['s3:PutObject', 's3:List*'] }, {},
    'resource matches; the action failed: s3:GetObject is not among s3:PutObject and s3:List*'],
]
for (const [name, statement, keys, text] of MISSES) {
  test(`near miss: ${name}`, () => {
    const { verdict, matched, nearMisses } = part([statement], keys)
    assert.equal(verdict, 'silent')
    assert.deepEqual(matched, [])
    assert.deepEqual(
      nearMisses.map((miss) => miss.text),
      [text],
    )
  })
}

test('explain: the nearest first; actions of other services are not near', () => {
  const { nearMisses } = part([
    { ...GET, Action: 'sqs:SendMessage' },
    { ...GET, Action: 's3:PutObject' },
    { ...GET, Resource: 'arn:aws:s3:::other/*' },
    { ...GET, Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
  ])
  assert.deepEqual(
    nearMisses.map(({ statement }) => statement.index),
    [3, 2, 1],
  )
})

test('explain: what would allow comes before what would deny, and a deny is near by its conditions alone', () => {
  const mfa = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }
  const { nearMisses } = part([
    { ...GET, Effect: 'Deny', ...mfa },
    { ...GET, Effect: 'Deny', Action: 's3:PutObject' },
    { ...GET, Effect: 'Deny', Resource: 'arn:aws:s3:::other/*' },
    { ...GET, Action: 's3:PutObject' },
  ])
  assert.deepEqual(
    nearMisses.map(({ statement }) => statement.index),
    [3, 0],
  )
})

test('explain: matches, denials before allows, and what was looked at', () => {
  const check = {
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::bucket/key',
    resourceAccountId: ACCOUNT,
    context: contextOf({ 'aws:SourceIp': '192.0.2.1' }),
  }
  const identity = setOf([
    GET,
    { ...GET, Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' }, Bool: { 'aws:Other': 'true' } } },
    { ...GET, Effect: 'Deny' },
  ])
  const resourcePolicy = {
    kind: 'resource',
    policies: setOf([{ ...GET, Principal: { AWS: 'arn:aws:iam::111122223333:user/bob' } }], 'resource'),
  } as const
  const { decision, parts, context } = explain({ ...check, resourcePolicy }, caller, { identity })
  assert.equal(decision.decision, 'explicitDeny')
  assert.deepEqual(
    parts.map(({ policyType, verdict, matched }) => [policyType, verdict, matched.map(({ statement }) => statement.index)]),
    [
      ['resource', 'silent', []],
      ['identity', 'denies', [2, 0]],
    ],
  )
  assert.equal(
    parts[0]?.nearMisses[0]?.text,
    'action and resource match; the principal failed: arn:aws:iam::111122223333:user/alice is not meant by Principal arn:aws:iam::111122223333:user/bob',
  )
  assert.deepEqual(
    [...context],
    [
      ['aws:sourceip', '192.0.2.1'],
      ['aws:other', undefined],
    ],
  )
})

test('explain: a policy that cannot be compiled is named with its problem', () => {
  const identity = policySet([compileText('{', 'identity', { id: 'bad', name: 'bad', type: 'inline' })])
  const check = { action: 's3:GetObject', resource: '*', resourceAccountId: ACCOUNT, context: contextOf({}) }
  const [only] = explain(check, caller, { identity }).parts
  assert.equal(only?.verdict, 'broken')
  assert.deepEqual(
    only?.problems.map(({ policy }) => policy.id),
    ['bad'],
  )
  assert.match(only?.problems[0]?.problem ?? '', /line 1/)
})
