/** Scenarios in texts: callers by their ARNs, and every kind of policy, trust and session policies among them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerKeys, callerNamed } from './caller-keys.ts'
import { decide } from './evaluate.ts'
import { explain } from './explain.ts'
import { prepare, type Scenario } from './scenario.ts'
import { simulate } from './simulate.ts'

const ACCOUNT = '111122223333'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/app`
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`

// oxfmt-ignore
const CALLERS: readonly (readonly [name: string, type: string, accountId: string, principalArn: string | undefined, principalType: string | undefined])[] = [
  [ALICE,                                                   'user',           ACCOUNT, ALICE, 'User'],
  [ROLE,                                                    'assumed-role',   ACCOUNT, ROLE, 'AssumedRole'],
  [`arn:aws:sts::${ACCOUNT}:assumed-role/app/one`,          'assumed-role',   ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/app`, 'AssumedRole'],
  [`arn:aws:sts::${ACCOUNT}:federated-user/bob`,            'federated-user', ACCOUNT, `arn:aws:sts::${ACCOUNT}:federated-user/bob`, 'FederatedUser'],
  [`arn:aws:iam::${ACCOUNT}:root`,                          'root',           ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, 'Account'],
  [`arn:aws:iam::${ACCOUNT}:saml-provider/corp`,            'saml',           '',      undefined, undefined],
  [`arn:aws:iam::${ACCOUNT}:oidc-provider/idp.example.com`, 'web-identity',   '',      undefined, undefined],
  ['states.amazonaws.com',                                  'service',        '',      undefined, undefined],
  ['anonymous',                                             'anonymous',      '',      undefined, 'Anonymous'],
]
for (const [name, type, accountId, principalArn, principalType] of CALLERS) {
  test(`the caller ${name}`, () => {
    const caller = callerNamed(name)
    assert.deepEqual([caller.type, caller.accountId], [type, accountId])
    const keys = callerKeys(caller)
    assert.deepEqual([keys.get('aws:principalarn'), keys.get('aws:principaltype')], [principalArn, principalType])
  })
}

test('what names nobody is refused', () => {
  for (const name of ['', 'alice', 'arn:aws:iam::1:user/a', 'arn:aws:s3:::bucket', `arn:aws:iam::${ACCOUNT}:group/g`])
    assert.throws(() => callerNamed(name), { name: 'InputError', member: 'caller', message: /names no caller/ })
  const both = { caller: ALICE, action: 'sts:AssumeRole', resource: ROLE, trust: {}, resourcePolicy: {} }
  assert.throws(() => prepare(both), { name: 'InputError', member: 'resourcePolicy', message: /has no other/ })
})

const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement })
const allow = (Action: string, more: object = {}) => policy({ Effect: 'Allow', Action, Resource: '*', ...more })
const trust = (more: object = {}) => policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT }, ...more })
const assume: Scenario = { caller: ALICE, action: 'sts:AssumeRole', resource: ROLE }
const read: Scenario = { caller: ROLE, action: 's3:GetObject', resource: 'arn:aws:s3:::b/x', identity: [allow('s3:*')] }
const decrypt: Scenario = {
  ...read,
  action: 'kms:Decrypt',
  resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234`,
  identity: [allow('kms:*')],
}
const keyPolicy = (AWS: string) => policy({ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' })
const externalId = { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }

// oxfmt-ignore
const ROWS: readonly (readonly [name: string, scenario: Scenario, decision: string, policyType?: string])[] = [
  ['identity policy alone',                { ...assume, identity: [allow('sts:*')] },                                   'allowed',      'identity'],
  ['the trust policy must allow',          { ...assume, identity: [allow('sts:*')], trust: trust({ Principal: { AWS: '444455556666' } }) }, 'implicitDeny', 'trust'],
  ['trust in the account and a policy',    { ...assume, identity: [allow('sts:*')], trust: trust() },                   'allowed',      'identity'],
  ['trust in the account alone',           { ...assume, trust: trust() },                                               'implicitDeny', 'identity'],
  ['trust in the user',                    { ...assume, trust: trust({ Principal: { AWS: ALICE } }) },                  'allowed',      'trust'],
  ['an external id that is missing',       { ...assume, identity: [allow('sts:*')], trust: trust(externalId) },         'implicitDeny', 'trust'],
  ['an external id',                       { ...assume, identity: [allow('sts:*')], trust: trust(externalId), context: { 'sts:externalID': 'x' } }, 'allowed', 'identity'],
  ['from another account without a policy', { ...assume, caller: 'arn:aws:iam::444455556666:user/eve', trust: trust({ Principal: { AWS: '444455556666' } }) }, 'implicitDeny', 'identity'],
  ['a service',                            { ...assume, caller: 'states.amazonaws.com', trust: trust({ Principal: { Service: 'states.amazonaws.com' } }) }, 'allowed', 'trust'],
  ['a session without session policy',     read,                                                                        'allowed',      'identity'],
  ['a session policy that allows',         { ...read, session: [allow('s3:Get*')] },                                    'allowed',      'identity'],
  ['a session policy that does not',       { ...read, session: [allow('s3:Put*')] },                                    'implicitDeny', 'session'],
  ['a session policy that denies',         { ...read, session: [allow('*'), policy({ Effect: 'Deny', Action: 's3:*', Resource: '*' })] }, 'explicitDeny', 'session'],
  ['a session without policies',           { ...read, session: [] },                                                    'implicitDeny', 'session'],
  ['a boundary',                           { ...read, boundary: allow('sqs:*') },                                       'implicitDeny', 'boundary'],
  ['a level of SCPs',                      { ...read, scps: [[allow('*')], [allow('sqs:*')]] },                         'implicitDeny', 'scp'],
  ['an RCP',                               { ...read, rcps: [[policy({ Effect: 'Deny', Action: 's3:*', Resource: '*', Principal: '*' })]] }, 'explicitDeny', 'rcp'],
  ['an endpoint',                          { ...read, endpoint: policy({ Effect: 'Allow', Action: 's3:Put*', Resource: '*', Principal: '*' }) }, 'implicitDeny', 'endpoint'],
  ['the policy of the resource',           { ...read, identity: [], resourcePolicy: policy({ Effect: 'Allow', Action: 's3:*', Resource: '*', Principal: { AWS: ROLE } }) }, 'allowed', 'resource'],
  ['a key policy that says nothing',       { ...decrypt, resourcePolicy: keyPolicy('444455556666') },                   'implicitDeny', 'resource'],
  ['a key policy, also to the root user',  { ...decrypt, caller: `arn:aws:iam::${ACCOUNT}:root`, resourcePolicy: keyPolicy('444455556666') }, 'implicitDeny', 'resource'],
  ['a key policy that trusts the account', { ...decrypt, resourcePolicy: keyPolicy(ACCOUNT) },                          'allowed',      'identity'],
  ['a key policy that names the role',     { ...decrypt, identity: [], resourcePolicy: keyPolicy(ROLE) },               'allowed',      'resource'],
  ['a key about the principal',            { ...read, identity: [allow('s3:*', { Condition: { ArnLike: { 'aws:PrincipalArn': ROLE } } })] }, 'allowed', 'identity'],
  ['one that the scenario knows better',   { ...read, identity: [allow('s3:*', { Condition: { StringEquals: { 'aws:PrincipalTag/a': 'b' } } })], context: { 'aws:PrincipalTag/a': 'b' } }, 'allowed', 'identity'],
  ['a key that it says is absent',         { ...read, identity: [allow('s3:*', { Condition: { Null: { 'aws:PrincipalArn': 'true' } } })], context: { 'AWS:principalArn': undefined } }, 'allowed', 'identity'],
  ['a key of two spellings has both values', { ...read, identity: [allow('s3:*', { Condition: { StringEquals: { 'aws:RequestTag/a': 'b' } } })], context: { 'aws:RequestTag/a': 'c', 'aws:RequestTag/A': 'b' } }, 'implicitDeny', 'identity'],
  ['the account of nobody',                { ...read, caller: 'anonymous', resourcePolicy: policy({ Effect: 'Allow', Action: 's3:*', Resource: '*', Principal: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': 'anonymous' } } }) }, 'allowed', 'resource'],
  ['a text',                               { ...read, identity: [JSON.stringify(allow('s3:*'))] },                      'allowed',      'identity'],
  ['one policy, not a list of one',        { ...read, identity: allow('s3:*'), session: JSON.stringify(allow('s3:*')) }, 'allowed',      'identity'],
  ['a text that is no policy',             { ...read, identity: [allow('s3:*'), '{'] },                                 'explicitDeny', 'identity'],
]
for (const [name, scenario, decision, policyType] of ROWS) {
  test(`scenario: ${name}`, () => {
    const { check, caller, policies } = prepare(scenario)
    const made = decide(check, caller, policies)
    assert.deepEqual([made.decision, made.policyType], [decision, policyType])
    assert.equal(simulate(check, caller, policies).decision.decision, decision)
    assert.equal(explain(check, caller, policies).decision.decision, decision)
  })
}

test('the simulation tells what trust and session policies say by themselves', () => {
  const { check, caller, policies } = prepare({ ...assume, identity: [allow('sts:*')], session: [allow('s3:*')], trust: trust() })
  assert.deepEqual(
    [...simulate(check, caller, policies).verdicts],
    [
      ['trust', 'allowed'],
      ['identity', 'allowed'],
      ['session', 'implicitDeny'],
    ],
  )
})

test('a scenario without an action, or with a resource that is no text, is refused', () => {
  for (const member of ['action', 'resource'])
    assert.throws(() => prepare({ ...read, [member]: member === 'action' ? undefined : 5 }), { name: 'InputError', member })
})

test('keys of the context are given in any case, and stand over those of the caller', () => {
  const valueOf = (context: Scenario['context'], key: string) =>
    prepare({ ...read, ...(context && { context }) }).check.context.value(key)
  assert.equal(valueOf(undefined, 'aws:principalarn'), ROLE)
  assert.equal(valueOf({ 'AWS:principalARN': 'arn:other' }, 'aws:principalarn'), 'arn:other')
  assert.equal(valueOf({ 'aws:PrincipalArn': undefined }, 'aws:principalarn'), undefined)
  assert.deepEqual(valueOf({ 'aws:RequestTag/Team': 'red', 'aws:RequestTag/team': 'blue' }, 'aws:requesttag/team'), [
    'red',
    'blue',
  ])
  assert.throws(() => prepare({ ...read, context: { 'aws:SecureTransport': true as unknown as string } }), {
    name: 'InputError',
    member: 'context.aws:SecureTransport',
  })
})
