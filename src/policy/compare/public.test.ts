/** Whose policies are public: the rules of AWS's guides, one row each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePolicy } from '../parse.ts'
import { isPublic } from './public.ts'

const documentOf = (...Statement: readonly object[]) => parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }))
type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' }
const trusting = (Principal: unknown, Condition: Condition = {}) => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Principal,
  Condition,
})

type PublicRow = readonly [name: string, statements: readonly object[], expected: string]
const get = (Principal: unknown, Condition: Condition = {}, Effect = 'Allow') => ({ ...READ, Effect, Principal, Condition })
const onlyIf = (operator: string, name: string, ...values: readonly string[]) => get('*', { [operator]: { [name]: values } })
const account1 = { AWS: '111122223333' }
const POINTS = 'arn:aws:s3:us-west-2:123456789012:accesspoint/*'

// oxfmt-ignore
const PUBLIC: readonly PublicRow[] = [
  ['everybody',                   [get('*')],                                                                            'yes'],
  ['an account',                  [get(account1)],                                                                       'no'],
  ['a service',                   [get({ Service: 'sns.amazonaws.com' })],                                               'no'],
  ['everybody but one',           [{ ...READ, NotPrincipal: account1 }],                                                 'yes'],
  ['who does not sign',           [onlyIf('Null', 'aws:PrincipalArn', 'true')],                                          'yes'],
  ['an organization',             [onlyIf('StringEquals', 'aws:PrincipalOrgID', 'o-1')],                                 'no'],
  ['any organization',            [onlyIf('StringLike', 'aws:PrincipalOrgID', 'o-*')],                                   'yes'],
  ['one and any organization',    [onlyIf('StringLike', 'aws:PrincipalOrgID', 'o-', 'o-*')],                             'yes'],
  ['not an organization',         [onlyIf('StringNotEquals', 'aws:PrincipalOrgID', 'o-1')],                              'yes'],
  ['the organization of the resource', [onlyIf('StringEquals', 'aws:PrincipalOrgID', '${aws:ResourceOrgID}')],           'yes'],
  ['a variable that is its own value', [onlyIf('StringEquals', 'aws:SourceVpc', '${aws:SourceVpc}')],                    'yes'],
  ['a VPC',                       [onlyIf('StringEquals', 'aws:SourceVpc', 'vpc-91237329')],                             'no'],
  ['any VPC',                     [onlyIf('StringLike', 'aws:SourceVpc', 'vpc-*')],                                      'yes'],
  ['the VPC of an instance',      [onlyIf('StringEquals', 'aws:Ec2InstanceSourceVpc', 'vpc-91237329')],                  'no'],
  ['if it has one',               [onlyIf('StringEqualsIfExists', 'aws:PrincipalOrgID', 'o-1')],                         'yes'],
  ['a network',                   [onlyIf('IpAddress', 'aws:SourceIp', '192.0.2.0/24')],                                 'no'],
  ['half of all networks',        [onlyIf('IpAddress', 'aws:SourceIp', '0.0.0.0/1')],                                    'yes'],
  ['a role by its ARN',           [onlyIf('ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/x')],         'no'],
  ['roles of an account',         [onlyIf('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/*')],           'yes'],
  ['topics of an account',        [onlyIf('ArnLike', 'aws:SourceArn', 'arn:aws:sns:us-east-1:111122223333:*')],          'yes'],
  ['access points of an account', [onlyIf('StringLike', 's3:DataAccessPointArn', POINTS)],                               'no'],
  ['access points of a variable', [onlyIf('StringLike', 's3:DataAccessPointArn', `${POINTS}\${aws:userid}`)],            'yes'],
  ['a name that any user may have', [onlyIf('StringEquals', 'aws:username', 'bob')],                                     'yes'],
  ['an address in any VPC',       [onlyIf('IpAddress', 'aws:VpcSourceIp', '10.0.0.0/16')],                               'yes'],
  ['what acts as a service',      [onlyIf('Bool', 'aws:PrincipalIsAWSService', 'true')],                                 'no'],
  ['what does not act as one',    [onlyIf('Bool', 'aws:PrincipalIsAWSService', 'false')],                                'yes'],
  ['denied to who is no service', [get('*'), get('*', { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } }, 'Deny')], 'no'],
  ['via a mount target',          [onlyIf('Bool', 'elasticfilesystem:AccessedViaMountTarget', 'true')],                  'no'],
  ['without a mount target',      [onlyIf('Bool', 'elasticfilesystem:AccessedViaMountTarget', 'false')],                 'yes'],
  ['roles of any account',        [onlyIf('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/x')],                      'yes'],
  ['an account by condition',     [onlyIf('StringEquals', 'aws:PrincipalAccount', '111122223333')],                      'no'],
  ['the account of nobody',       [onlyIf('StringEquals', 'aws:PrincipalAccount', 'anonymous')],                         'yes'],
  ['the id of nobody',            [onlyIf('StringEquals', 'aws:userid', 'anonymous')],                                   'yes'],
  ['a tag anybody may have',      [onlyIf('StringEquals', 'aws:PrincipalTag/team', 'blue')],                             'yes'],
  ['denied to others',            [get('*'), { ...get('*', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'Deny') }], 'no'],
  ['denied without transport',    [get('*'), { ...get('*', { Bool: { 'aws:SecureTransport': 'false' } }, 'Deny') }],     'yes'],
  ['a provider that all know',    [trusting({ Federated: 'accounts.google.com' })],                                      'yes'],
  ['anybody whom it authenticated', [trusting({ Federated: 'cognito-identity.amazonaws.com' }, { 'ForAnyValue:StringEquals': { 'cognito-identity.amazonaws.com:amr': 'authenticated' } })], 'yes'],
  ['a client of that provider',   [trusting({ Federated: 'accounts.google.com' }, { StringEquals: { 'accounts.google.com:aud': 'me' } })], 'no'],
]
for (const [name, statements, expected] of PUBLIC) {
  test(`public: ${name}`, () => {
    assert.equal(isPublic(documentOf(...statements)).answer, expected)
  })
}

test('in the policy of an access point a set of access points is public', () => {
  const set = documentOf(onlyIf('StringLike', 's3:DataAccessPointArn', POINTS))
  const one = documentOf(onlyIf('StringEquals', 's3:DataAccessPointArn', POINTS.replace('*', 'mine')))
  assert.deepEqual(
    [set, one].map((document) => isPublic(document, { isAccessPoint: true }).answer),
    ['yes', 'no'],
  )
})
