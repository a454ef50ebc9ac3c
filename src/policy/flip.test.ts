/** What would flip a refusal: where it has to be said, and that it says no more than was asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Caller } from './caller.ts'
import { policySet, type PolicySet } from './combine.ts'
import { compileText } from './compile.ts'
import { contextOf } from './context.ts'
import { type Check, decide, type Policies } from './evaluate.ts'
import { type Flip, flipOf } from './flip.ts'
import { checkDocument } from './put.ts'

const ACCOUNT = '111122223333'
const ALICE: Caller = {
  type: 'user',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  id: 'AIDAALICE',
  uniqueId: 'AIDAALICE',
}
const ROOT: Caller = { type: 'root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, id: ACCOUNT }
const WORKFLOW: Caller = {
  type: 'web-identity',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/tokens.example.com`,
  id: 'tokens.example.com:audience:repo',
  providerArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/tokens.example.com`,
}
const allow = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource })
type Kind = 'identity' | 'scp' | 'trust' | 'resource'
const setOf = (statements: readonly object[], kind: Kind = 'identity'): PolicySet =>
  policySet([
    compileText(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind, { id: kind, name: kind, type: 'inline' }),
  ])
const NOTHING = policySet([])
const EVERYTHING = setOf([allow('*')])

const GET: Check = {
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::bucket/key',
  resourceAccountId: ACCOUNT,
  context: contextOf({}),
}
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`
const ASSUME: Check = { ...GET, action: 'sts:AssumeRole', resource: ROLE, resourcePolicy: { kind: 'trust', policies: NOTHING } }
const TOKEN: Check = {
  ...ASSUME,
  action: 'sts:AssumeRoleWithWebIdentity',
  context: contextOf({ 'tokens.example.com:aud': 'audience', 'tokens.example.com:sub': 'repo' }),
}

/** Where each addition goes, and its statement. */
function told(flip: Flip): unknown {
  if (flip.kind !== 'add') return `${flip.kind} ${flip.policyType}`
  return flip.additions.map(({ policyType, level, document, reach }) => {
    assert.equal(reach, 'exact')
    return [`${policyType} ${level}`, JSON.parse(document).Statement]
  })
}

/** With the key that says who asks. */
const KEYED: Check = { ...GET, context: contextOf({ 'aws:PrincipalArn': ALICE.arn }) }
const ofAlice = { Condition: { StringEquals: { 'aws:PrincipalArn': ALICE.arn } } }
const exactly = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/key' }
const forAlice = { ...exactly, ...ofAlice }
// oxfmt-ignore
const CASES: readonly (readonly [name: string, check: Check, caller: Caller, policies: Policies, flip: unknown])[] = [
  ['nothing allows',          GET,  ALICE, { identity: NOTHING },                                            [['identity 0', [exactly]]]],
  ['the boundary is silent',  GET,  ALICE, { identity: EVERYTHING, boundary: setOf([allow('sqs:*')]) },        [['boundary 0', [exactly]]]],
  ['two are silent',          GET,  ALICE, { identity: NOTHING, session: NOTHING },                            [['identity 0', [exactly]], ['session 0', [exactly]]]],
  ['two scopes are silent',   GET,  ALICE, { identity: EVERYTHING, session: EVERYTHING, scopes: [EVERYTHING, NOTHING, setOf([allow('sqs:*')])] }, [['session 2', [exactly]], ['session 3', [exactly]]]],
  ['a session and its scope', GET,  ALICE, { identity: EVERYTHING, session: NOTHING, scopes: [NOTHING] },       [['session 0', [exactly]], ['session 1', [exactly]]]],
  ['a scope of the root user', GET, ROOT,  { scopes: [NOTHING] },                                               [['session 1', [exactly]]]],
  ['the second level',        KEYED, ALICE, { identity: EVERYTHING, scps: [EVERYTHING, setOf([allow('sqs:*')], 'scp'), EVERYTHING] }, [['scp 1', [forAlice]]]],
  ['signs of wildcards',      { ...GET, resource: 'arn:aws:s3:::bucket/a*b?$c' }, ALICE, { identity: NOTHING }, [['identity 0', [{ ...exactly, Resource: 'arn:aws:s3:::bucket/a${*}b${?}${$}c' }]]]],
  ['no resource',             { ...GET, resource: '*' }, ALICE, { identity: NOTHING },                          [['identity 0', [{ ...exactly, Resource: '*' }]]]],
  ['a trust policy',          ASSUME, ALICE, { identity: EVERYTHING },                                          [['trust 0', [{ Effect: 'Allow', Principal: { AWS: ALICE.arn }, Action: 'sts:AssumeRole' }]]]],
  ['another account',         { ...GET, resourceAccountId: '444455556666' }, ALICE, { identity: NOTHING },      [['resource 0', [{ Effect: 'Allow', Principal: { AWS: ALICE.arn }, Action: 's3:GetObject', Resource: exactly.Resource }]], ['identity 0', [exactly]]]],
  ['a token',                 TOKEN, WORKFLOW, {},
    [['trust 0', [{ Effect: 'Allow', Principal: { Federated: WORKFLOW.arn }, Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'tokens.example.com:aud': 'audience', 'tokens.example.com:sub': 'repo' } } }]]]],
  ['a deny',                  GET,  ALICE, { identity: setOf([allow('*'), { Effect: 'Deny', Action: 's3:*', Resource: '*' }]) }, 'denied identity'],
  ['a broken policy',         GET,  ALICE, { identity: policySet([compileText('{', 'identity', { id: 'x', name: 'x', type: 'inline' })]) }, 'denied identity'],
]
for (const [name, check, caller, policies, expected] of CASES) {
  test(`flip: ${name}`, () => {
    assert.notEqual(decide(check, caller, policies).decision, 'allowed')
    assert.deepEqual(told(flipOf(check, caller, policies)), expected)
  })
}

const FOREIGN: Check = { ...GET, resourceAccountId: '444455556666' }
const ABROAD: Check = { ...FOREIGN, context: contextOf({ 'aws:PrincipalArn': ROOT.arn }) }
const toRoot = { Effect: 'Allow', Principal: { AWS: ROOT.arn }, Action: 's3:GetObject', Resource: exactly.Resource }
const SUBJECT = { 'tokens.example.com:sub': 'repo:${aws:username}*' }
const ODD_TOKEN: Check = { ...TOKEN, context: contextOf(SUBJECT) }
const anyResource = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
// oxfmt-ignore
const ODD: readonly (readonly [name: string, check: Check, caller: Caller, statement: object, reach: string])[] = [
  ['a resource that is no ARN',           { ...GET, resource: 'access key AKIAX' },   ALICE, anyResource, 'wider'],
  ['an ARN cut short',                    { ...GET, resource: 'arn:aws:s3' },         ALICE, anyResource, 'wider'],
  ['a sign before the fifth colon',       { ...GET, resource: 'arn:aws:s3:::b:k'.replace('s3', 's*') }, ALICE, anyResource, 'wider'],
  ['a variable before the fifth colon',   { ...GET, resource: 'arn:aws:${aws:username}:::b' }, ALICE, { ...anyResource, Resource: 'arn:aws:${$}{aws:username}:::b' }, 'exact'],
  ['a subject that reads like a variable', ODD_TOKEN, WORKFLOW, { Effect: 'Allow', Principal: { Federated: WORKFLOW.arn }, Action: TOKEN.action,
    Condition: { StringEquals: { 'tokens.example.com:sub': 'repo:${$}{aws:username}*' } } }, 'exact'],
  ['a root user, not its account',        ABROAD,  ROOT, { ...toRoot, Condition: { StringEquals: { 'aws:PrincipalArn': ROOT.arn } } }, 'exact'],
  ['a root user without the key',         FOREIGN, ROOT, toRoot, 'wider'],
]
for (const [name, check, caller, statement, reach] of ODD) {
  test(`flip: ${name}`, () => {
    const flip = flipOf(check, caller, {})
    assert.ok(flip.kind === 'add')
    const [first] = flip.additions
    assert.deepEqual([JSON.parse(first?.document ?? '{}').Statement, first?.reach], [[statement], reach])
  })
}

test('flip: a service control policy is about everybody where no key says who asks', () => {
  const flip = flipOf(GET, ALICE, { identity: EVERYTHING, scps: [NOTHING] })
  assert.deepEqual(flip.kind === 'add' && flip.additions.map(({ reach, document }) => [reach, JSON.parse(document).Statement]), [
    ['wider', [exactly]],
  ])
})

test('flip: as many additions as there are levels', () => {
  const scps = Array.from({ length: 40 }, () => NOTHING)
  const flip = flipOf(GET, ALICE, { identity: EVERYTHING, scps })
  assert.equal(flip.kind === 'add' && flip.additions.length, 40)
})

test('flip: IAM takes what is suggested, for whatever may be asked of it', () => {
  const resources = [
    'user/a',
    'group/g',
    'role/p/r',
    'policy/p',
    'mfa/m',
    'access-report/o-x/r-y',
    'delegation-request/d',
    'oidc-provider/i.example',
  ]
  for (const resource of [
    ...resources.map((name) => `arn:aws:iam::${ACCOUNT}:${name}`),
    'arn:aws:iam::aws:role-template/s/T:1',
    'serial 1',
    'arn:aws-cn:iam::1:user/a',
  ]) {
    const flip = flipOf({ ...GET, action: 'iam:GetUser', resource }, ALICE, { identity: NOTHING })
    assert.equal(flip.kind, 'add')
    for (const { document } of flip.kind === 'add' ? flip.additions : [])
      assert.equal(checkDocument(document, 'identity'), undefined, document)
  }
})

test('flip: whatever the resource is called, what is added grants it and no other', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?', '$', '{', '}', '/', ':'), minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(name, name, (one, other) => {
      fc.pre(one !== other)
      const check = { ...GET, resource: `arn:aws:s3:::b/${one}` }
      const flip = flipOf(check, ALICE, { identity: NOTHING })
      assert.equal(flip.kind, 'add')
      const [addition] = flip.kind === 'add' ? flip.additions : []
      const added = setOf(JSON.parse(addition?.document ?? '').Statement)
      assert.equal(decide(check, ALICE, { identity: added }).decision, 'allowed')
      assert.notEqual(decide({ ...check, resource: `arn:aws:s3:::b/${other}` }, ALICE, { identity: added }).decision, 'allowed')
    }),
  )
})
