/** Reference policies: what AWS's samples of them say of candidates ("CheckNoNewAccess Sample Reference Policies", aws-samples), in this project's words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyDocument } from '../document.ts'
import { parsePolicy } from '../parse.ts'
import { newAccess, type PolicyKind } from './compare.ts'
import { isPublic } from './public.ts'

type Statement = Readonly<Record<string, unknown>>
const documentOf = (...Statement: readonly Statement[]): PolicyDocument =>
  parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }))
const allow = (Action: unknown, more: Statement = { Resource: '*' }) => ({ Effect: 'Allow', Action, ...more })
const allowBut = (NotAction: unknown, Principal: unknown) => ({ Effect: 'Allow', NotAction, Principal, Resource: '*' })
const deny = (Action: unknown, more: Statement = { Resource: '*' }) => ({ Effect: 'Deny', Action, ...more })
const on = (Resource: unknown) => ({ Resource })
const when = (operator: string, key: string, value: unknown, more: Statement = { Resource: '*' }) => ({
  ...more,
  Condition: { [operator]: { [key]: value } },
})
const trust = (Principal: unknown, action = 'AssumeRole') => ({ Effect: 'Allow', Principal, Action: `sts:${action}` })
const by = (Principal: unknown, Action: unknown, more: Statement = {}) => ({
  Effect: 'Allow',
  Principal,
  Action,
  Resource: 'arn:aws:s3:::vault/*',
  ...more,
})

const ROLE = 'arn:aws:iam::111111111111:role/Chosen'
const OTHER = 'arn:aws:iam::111111111111:role/Other'
const anybody = { AWS: '*' }
const roleIs = (arn: string) => when('ArnLike', 'aws:PrincipalArn', arn, {})
const provider = (name: string) => ({ Federated: `arn:aws:iam::111111111111:${name}` })
const web = 'AssumeRoleWithWebIdentity'
const saml = 'AssumeRoleWithSAML'

type Candidate = readonly [answer: 'yes' | 'no', ...statements: readonly Statement[]]
type Reference = readonly [name: string, kind: PolicyKind, reference: readonly Statement[], candidates: readonly Candidate[]]

// oxfmt-ignore
const REFERENCES: readonly Reference[] = [
  ['who may do anything to a bucket', 'resource', [by({ AWS: [ROLE] }, 's3:*'), by(anybody, 's3:*', roleIs(ROLE))], [
    ['no',  by(anybody, 's3:GetObject', roleIs(ROLE))],
    ['no',  by({ AWS: ROLE }, 's3:PutObject')],
    ['yes', by(anybody, 's3:GetObject')],
    ['yes', by({ AWS: OTHER }, 's3:PutObject')],
    ['yes', by(anybody, 's3:PutObject', roleIs(OTHER))],
  ]],
  ['who may write to a bucket', 'resource', [by({ AWS: [ROLE] }, 's3:PutObject'), by(anybody, 's3:PutObject', roleIs(ROLE)), allowBut('s3:PutObject', '*')], [
    ['no',  by(anybody, 's3:GetObject', roleIs(OTHER))],
    ['no',  by({ AWS: ROLE }, 's3:PutObject')],
    ['no',  by(anybody, 's3:PutObject', roleIs(ROLE))],
    ['yes', by(anybody, 's3:*')],
    ['yes', by({ AWS: OTHER }, 's3:PutObject')],
    ['yes', by(anybody, 's3:PutObject', roleIs(OTHER))],
  ]],
  ['one OIDC provider', 'resource', [trust(provider('oidc-provider/mine'), web), allowBut([`sts:${saml}`, `sts:${web}`], '*')], [
    ['no',  trust(provider('oidc-provider/mine'), web)],
    ['no',  trust({ Service: 'ec2.amazonaws.com' })],
    ['yes', trust(provider('saml-provider/mine'), saml)],
    ['yes', trust({ Federated: 'graph.facebook.com' }, web)],
    ['yes', trust({ Federated: '*' }, web), deny(`sts:${web}`, { Principal: provider('oidc-provider/other') })],
  ]],
  ['one SAML provider', 'resource', [trust(provider('saml-provider/mine'), saml), allowBut([`sts:${saml}`, `sts:${web}`], '*')], [
    ['no',  trust(provider('saml-provider/mine'), saml)],
    ['yes', trust(provider('oidc-provider/mine'), web)],
    ['yes', trust(provider('saml-provider/other'), saml)],
    ['yes', trust({ Federated: '*' }, saml), deny(`sts:${saml}`, { Principal: provider('saml-provider/other') })],
  ]],
  ['some accounts', 'resource', [trust({ AWS: ['111111111111', '222222222222'] }), allowBut('sts:AssumeRole', '*')], [
    ['no',  trust({ AWS: '111111111111' })],
    ['no',  trust({ AWS: 'arn:aws:iam::222222222222:role/mine' })],
    ['no',  trust(provider('oidc-provider/mine'), web)],
    ['yes', trust({ Service: 'glue.amazonaws.com' })],
    ['yes', trust({ AWS: '333333333333' })],
    ['yes', trust({ AWS: 'arn:aws:iam::333333333333:role/mine' })],
  ]],
  ['some services', 'resource', [trust({ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }), allowBut('sts:AssumeRole', '*')], [
    ['no',  trust({ Service: 'ec2.amazonaws.com' })],
    ['no',  trust(provider('oidc-provider/mine'), web)],
    ['yes', trust({ Service: 'glue.amazonaws.com' })],
    ['yes', trust({ AWS: '111111111111' })],
    ['yes', trust({ AWS: ROLE })],
  ]],
  ['no more privileges', 'identity', [allow('*'), deny('iam:PassRole', { NotResource: 'arn:aws:iam::*:role/Passable/*' }), deny('sts:AssumeRole', { NotResource: 'arn:aws:iam::*:role/Assumable/*' }), deny(['iam:CreateUser', 'iam:PutRolePolicy'])], [
    ['no',  allow('iam:PassRole', on('arn:aws:iam::111111111111:role/Passable/mine'))],
    ['no',  allow('ec2:RunInstances')],
    ['no',  allow('sts:AssumeRole'), deny('sts:AssumeRole', { NotResource: 'arn:aws:iam::*:role/Assumable/mine' })],
    ['yes', allow('iam:PassRole', on('arn:aws:iam::111111111111:role/Elsewhere/mine'))],
    ['yes', allow('iam:PutRolePolicy', on(ROLE))],
  ]],
  ['never without a tag', 'identity', [allow('*'), deny('ec2:RunInstances', when('Null', 'aws:RequestTag/cost', 'true'))], [
    ['no',  allow('ec2:RunInstances', when('StringEquals', 'aws:RequestTag/cost', 'mine'))],
    ['no',  allow('ec2:DescribeInstanceAttribute')],
    ['no',  allow('ec2:RunInstances'), deny('ec2:RunInstances', when('StringNotEquals', 'aws:RequestTag/cost', 'mine'))],
    ['no',  allow('ec2:RunInstances', when('Null', 'aws:RequestTag/cost', 'false'))],
    ['yes', allow('ec2:RunInstances')],
    ['yes', allow('ec2:*')],
  ]],
  ['not that role', 'identity', [allow('*'), deny(['iam:DeleteRole', 'iam:PassRole'], on('arn:aws:iam::*:role/Sensitive'))], [
    ['no',  allow(['iam:DeleteRole', 'iam:PassRole'], on('arn:aws:iam::*:role/NotSensitive'))],
    ['no',  allow('iam:*'), deny('*', on('arn:aws:iam::*:role/Sensitive'))],
    ['yes', allow('iam:DeleteRole', on('arn:aws:iam::*:role/Sensitive'))],
    ['yes', allow('iam:PassRole', on('arn:aws:iam:*:*:role/*Sens*'))],
    ['yes', allow('iam:*')],
  ]],
  // "Custom policy checks allow wildcards in the Principal element for reference resource policies" (IAM User Guide).
  ['roles by a pattern', 'resource', [{ Sid: 'one', ...trust({ AWS: ['arn:aws:iam::111111111111:role/Ch*', '222222222222'], Service: 'ec2.amazonaws.com' }) }], [
    ['no',  trust({ AWS: ROLE })],
    ['no',  { ...trust(anybody), ...roleIs('arn:aws:iam::111111111111:role/Cho*') }],
    ['no',  trust({ AWS: '222222222222', Service: 'ec2.amazonaws.com' })],
    ['no',  trust(anybody), deny('*', { NotPrincipal: { AWS: '222222222222' } })],
    ['yes', trust({ AWS: OTHER })],
    ['yes', trust({ AWS: '111111111111' })],
    ['yes', trust({ Service: 'ecs.amazonaws.com' })],
  ]],
  ['a pattern beside a condition', 'resource', [{ ...trust({ AWS: 'arn:aws:iam::*:user/*' }), Condition: { ArnLike: { 'AWS:PrincipalARN': 'arn:aws:*::111111111111:*' } } }], [
    ['no',  trust({ AWS: 'arn:aws:iam::111111111111:user/me' })],
    ['yes', trust({ AWS: 'arn:aws:iam::222222222222:user/me' })],
    ['yes', trust({ AWS: ROLE })],
  ]],
  ['any service', 'resource', [trust({ Service: '*' })], [
    ['no',  trust({ Service: 'ec2.amazonaws.com' })],
    ['yes', trust({ AWS: '111111111111' })],
  ]],
]

for (const [name, kind, reference, candidates] of REFERENCES)
  for (const [number, [answer, ...statements]] of candidates.entries())
    test(`${name}, candidate ${number + 1}: ${answer}`, () => {
      assert.equal(newAccess(documentOf(...reference), documentOf(...statements), kind).answer, answer)
    })

const USER = { CanonicalUser: 'a'.repeat(64) }
const IDENTITY = { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC' }

// oxfmt-ignore
const NO_ACCOUNTS: readonly (readonly [name: string, reference: readonly Statement[], candidate: readonly Statement[], answer: string])[] = [
  ['the same identity',            [by(IDENTITY, 's3:GetObject')],     [by(IDENTITY, 's3:GetObject')],                          'no'],
  ['another identity',             [by(IDENTITY, 's3:GetObject')],     [by({ AWS: `${IDENTITY.AWS}X` }, 's3:GetObject')],       'yes'],
  ['an identity that is left out', [by(anybody, 's3:GetObject'), { ...by(IDENTITY, 's3:*'), Effect: 'Deny' }], [by(IDENTITY, 's3:GetObject')], 'yes'],
  ['an identity beside an account', [by(IDENTITY, 's3:GetObject')],    [by({ AWS: [IDENTITY.AWS, '111111111111'] }, 's3:GetObject')], 'yes'],
  ['the same canonical user',      [by(USER, 's3:*')],                 [by(USER, 's3:GetObject')],                              'no'],
  ['another canonical user',       [by(USER, 's3:*')],                 [by({ CanonicalUser: 'b'.repeat(64) }, 's3:GetObject')], 'yes'],
  ['an account for a user',        [by(USER, 's3:*')],                 [by({ AWS: '111111111111' }, 's3:GetObject')],           'yes'],
  // It may be of that account.
  ['a user for an account that is left out', [by(anybody, 's3:*'), { ...by({ AWS: '111111111111' }, 's3:*'), Effect: 'Deny' }], [by(USER, 's3:GetObject')], 'unknown'],
  ['all but a user are denied',    [by({ AWS: '222222222222' }, 's3:*')], [by({ AWS: '111111111111' }, 's3:*'), deny('s3:*', { NotPrincipal: USER })], 'unknown'],
  ['a user by its ARN',            [by(USER, 's3:*', roleIs(ROLE))],   [by(USER, 's3:*', roleIs(ROLE))],                        'unknown'],
]
for (const [name, reference, candidate, answer] of NO_ACCOUNTS)
  test(`of no account: ${name}`, () => {
    assert.equal(newAccess(documentOf(...reference), documentOf(...candidate), 'resource').answer, answer)
  })

test('origin access identities and canonical users are not the public', () => {
  const answers = [
    [by(IDENTITY, 's3:GetObject')],
    [by(USER, 's3:GetObject')],
    [by(anybody, 's3:GetObject'), { ...by(USER, 's3:*'), Effect: 'Deny' }],
  ].map((statements) => isPublic(documentOf(...statements)).answer)
  assert.deepEqual(answers, ['no', 'no', 'yes'])
})

test('patterns of principals are for references only', () => {
  const pattern = documentOf(trust({ AWS: 'arn:aws:iam::111111111111:role/Ch*' }))
  assert.equal(newAccess(documentOf(trust({ AWS: '111111111111' })), pattern, 'resource').answer, 'unknown')
})

test('any provider is one that all know', () => {
  assert.equal(isPublic(documentOf(trust({ Federated: '*' }, web))).answer, 'yes')
})
