/** What the proof of a suggestion lets pass, and what it does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from './caller.ts'
import { callerNamed } from './caller-keys.ts'
import { isExact } from './flip-proof.ts'

const ACCOUNT = '111122223333'
const OBJECT = 'arn:aws:s3:::bucket/key'
const alice = callerNamed(`arn:aws:iam::${ACCOUNT}:user/alice`)
const role = callerNamed(`arn:aws:iam::${ACCOUNT}:role/team/app`)
const root = callerNamed(`arn:aws:iam::${ACCOUNT}:root`)
const visitor = callerNamed(`arn:aws:sts::${ACCOUNT}:federated-user/visitor`)
const service = callerNamed('sns.amazonaws.com')
const token = callerNamed(`arn:aws:iam::${ACCOUNT}:oidc-provider/t.example`)

const allow = (more: object): object => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECT, ...more })
const aws = (AWS: string | readonly string[], more: object = {}): object => allow({ Principal: { AWS }, ...more })
const where = (key: string, value: string | readonly string[]): object => ({ Condition: { StringEquals: { [key]: value } } })
const PRINCIPAL = 'aws:PrincipalArn'
const claims = { Condition: { StringEquals: { 't.example:aud': 'a', 't.example:sub': 's' } } }

type Row = readonly [name: string, statement: object, isExact: boolean, caller?: Caller]
// oxfmt-ignore
const ROWS: readonly Row[] = [
  ['what was asked',                        allow({}),                                                    true],
  ['another action',                        allow({ Action: ['s3:GetObject', 's3:PutObject'] }),          false],
  ['a pattern of actions',                  allow({ Action: 's3:GetObject*' }),                           false],
  ['all actions but one',                   { Effect: 'Allow', NotAction: 's3:PutObject', Resource: OBJECT }, false],
  ['another resource',                      allow({ Resource: [OBJECT, `${OBJECT}2`] }),                  false],
  ['a pattern of resources',                allow({ Resource: 'arn:aws:s3:::bucket/ke?' }),               false],
  ['a variable',                            allow({ Resource: 'arn:aws:s3:::bucket/${aws:username}' }),   false],
  ['all resources',                         allow({ Resource: '*' }),                                     false],
  ['an organization, about one principal',  allow(where(PRINCIPAL, alice.arn)),                            true],
  ['an organization, about two',            allow(where(PRINCIPAL, [alice.arn, root.arn])),                false],
  ['the user',                              aws(alice.arn),                                               true],
  ['the user, and another',                 aws([alice.arn, `${alice.arn}2`]),                            false],
  ['the account of the user',               aws(ACCOUNT),                                                 false],
  ['everybody',                             allow({ Principal: '*' }),                                    false],
  ['everybody that is the user',            allow({ Principal: '*', ...where(PRINCIPAL, alice.arn) }),     true],
  ['the role of a session',                 aws(role.roleArn ?? ''),                                      true,  role],
  ['the role, asked by a user',             aws(role.roleArn ?? ''),                                      false],
  ['a federated session',                   aws(visitor.arn),                                             true,  visitor],
  ['the account of the root user',          aws(root.arn),                                                false, root],
  ['the root user',                         aws(root.arn, where(PRINCIPAL, root.arn)),                     true,  root],
  ['a service',                             allow({ Principal: { Service: service.arn } }),               true,  service],
  ['two services',                          allow({ Principal: { Service: [service.arn, 'sqs.amazonaws.com'] } }), false, service],
  ['a provider',                            allow({ Principal: { Federated: token.arn } }),               false, token],
  ['an audience',                           allow({ Principal: { Federated: token.arn }, ...where('t.example:aud', 'a') }), false, token],
  ['a token',                               allow({ Principal: { Federated: token.arn }, ...claims }),    true,  token],
  ['a token, asked by another provider',    allow({ Principal: { Federated: token.arn }, ...claims }),    false, { ...token, providerArn: `${token.arn}2` }],
  ['two subjects',                          allow({ Principal: { Federated: token.arn }, ...where('t.example:sub', ['s', 't']) }), false, token],
]
for (const [name, statement, expected, caller = alice] of ROWS) {
  test(`${expected ? 'exact' : 'wider'}: ${name}`, () => {
    const document = JSON.stringify({ Version: '2012-10-17', Statement: statement })
    const kind = 'Principal' in statement ? 'resource' : 'identity'
    assert.equal(isExact(document, { action: 's3:GetObject', resource: OBJECT, caller }, kind), expected)
  })
}

test('a sign of a wildcard in the name of the resource', () => {
  const document = (Resource: string) => JSON.stringify({ Version: '2012-10-17', Statement: allow({ Resource }) })
  const meant = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/a${*}b', caller: alice }
  assert.equal(isExact(document('arn:aws:s3:::bucket/a${*}b'), meant, 'identity'), true)
  assert.equal(isExact(document('arn:aws:s3:::bucket/a*b'), meant, 'identity'), false)
})
