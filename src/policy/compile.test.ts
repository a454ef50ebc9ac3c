/** Compiling: what is understood, and that what is not denies and says why. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readManagedPolicies } from '../protocol/model-files.ts'
import { AskedResource } from './arn-match.ts'
import { policySet } from './combine.ts'
import { compileText, type DocumentKind } from './compile.ts'
import { contextOf } from './context.ts'
import { PolicyError } from './document.ts'
import { decide } from './evaluate.ts'

const SOURCE = { id: 'p', name: 'p', type: 'inline' } as const
const compile = (Statement: object, kind: DocumentKind = 'identity', Version = '2012-10-17') =>
  compileText(JSON.stringify({ Version, Statement }), kind, SOURCE)
const ALLOW = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
const TRUST = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }

// oxfmt-ignore
const ACTIONS: readonly (readonly [element: 'Action' | 'NotAction', values: string | readonly string[], action: string, about: boolean])[] = [
  ['Action',    's3:GetObject',            's3:GetObject',    true],
  ['Action',    'S3:getOBJECT',            's3:GetObject',    true],
  ['Action',    's3:GetObject',            'S3:GETOBJECT',    true],
  ['Action',    's3:Get',                  's3:GetObject',    false],
  ['Action',    's3:Get*',                 's3:GetObject',    true],
  ['Action',    's3:?etObject',            's3:GetObject',    true],
  ['Action',    's3:*Object',              's3:GetObject',    true],
  ['Action',    's3:*',                    's3-outposts:Get', false],
  ['Action',    '*',                       's3:GetObject',    true],
  ['Action',    '*:*',                     's3:GetObject',    true],
  ['Action',    ['sqs:*', 's3:GetObject'], 's3:GetObject',    true],
  ['Action',    [],                        's3:GetObject',    false],
  ['NotAction', 's3:*',                    's3:GetObject',    false],
  ['NotAction', 's3:Put*',                 's3:GetObject',    true],
  ['NotAction', ['sqs:*', 'S3:get*'],      's3:GetObject',    false],
  ['NotAction', '*',                       's3:GetObject',    false],
]
for (const [element, values, action, about] of ACTIONS) {
  test(`${element} ${String(values)} and ${action}`, () => {
    const set = policySet([compile({ Effect: 'Allow', [element]: values, Resource: '*' })])
    assert.equal(set.about(action).allow.all.length, about ? 1 : 0)
  })
}

const condition = (values: unknown) => ({ ...ALLOW, Condition: { NumericEquals: { 'a:b': values } } })
// oxfmt-ignore
const PLACES: readonly (readonly [name: string, kind: DocumentKind, statements: object, path: string, at: string])[] = [
  ['a value',              'identity', condition('x'),                                   'Statement.Condition.NumericEquals.a:b',    '"x"'],
  ['values',               'identity', [ALLOW, condition(['1', 'x'])],                   'Statement[1].Condition.NumericEquals.a:b', '["1","x"]'],
  ['a presence',           'identity', [{ ...ALLOW, Condition: { Null: { 'a:b': 'x' } } }], 'Statement[0].Condition.Null.a:b',       '"x"'],
  ['no resource',          'identity', [ALLOW, { Effect: 'Allow', Action: 's3:*' }],     'Statement[1]',                             '{"Effect":"Allow","Action":"s3:*"}'],
  ['a principal',          'identity', { ...ALLOW, Principal: { AWS: '*' } },            'Statement.Principal',                      '{"AWS":"*"}'],
  ['NotPrincipal',         'trust',    [{ Effect: 'Deny', Action: 'sts:AssumeRole', NotPrincipal: '*' }], 'Statement[0].NotPrincipal', '"*"'],
  ['an unknown operator',  'identity', { ...ALLOW, Condition: { StringIs: { a: 'b' } } }, 'Statement.Condition.StringIs',            '"StringIs"'],
]
for (const [name, kind, Statement, path, at] of PLACES) {
  test(`compile: the place of ${name}`, () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement })
    const { error, problem } = compileText(`\n ${text}`, kind, SOURCE)
    assert.ok(error instanceof PolicyError)
    assert.deepEqual([error.path, ` ${text}`.slice(error.span.start - 1, error.span.end - 1)], [path, at])
    assert.deepEqual(error.place, { line: 2, column: error.span.start })
    assert.equal(problem, `${error.message} (line 2, column ${error.span.start})`)
  })
}

// oxfmt-ignore
const BROKEN: readonly (readonly [name: string, kind: DocumentKind, statement: object, problem: RegExp])[] = [
  ['no effect',            'identity', { Action: 's3:*', Resource: '*' },                        /Effect.*line 1, column/],
  ['unknown element',      'identity', { ...ALLOW, Actions: 'x' },                               /Actions/],
  ['unknown operator',     'identity', { ...ALLOW, Condition: { StringIs: { a: 'b' } } },        /StringIs/],
  ['unreadable value',     'identity', { ...ALLOW, Condition: { NumericEquals: { a: 'b' } } },   /`b` cannot be read/],
  ['no resource',          'identity', { Effect: 'Allow', Action: 's3:*' },                      /no resource/],
  ['a principal',          'identity', { ...ALLOW, Principal: '*' },                             /names a principal/],
  ['no principal',         'resource', ALLOW,                                                    /names no principal/],
  ['no principal, trust',  'trust',    { Effect: 'Allow', Action: 'sts:AssumeRole' },            /names no principal/],
  ['NotPrincipal, trust',  'trust',    { Effect: 'Deny', Action: 'sts:AssumeRole', NotPrincipal: '*' }, /NotPrincipal/],
]
for (const [name, kind, statement, problem] of BROKEN) {
  test(`compile: ${name} denies and says why`, () => {
    const broken = compile(statement, kind)
    assert.match(broken.problem ?? '', problem)
    const caller = { type: 'user', accountId: '1', arn: 'arn:aws:iam::1:user/a', id: 'AIDA' } as const
    const check = { action: 's3:GetObject', resource: '*', resourceAccountId: '1', context: contextOf({}) }
    const made = decide(check, caller, { identity: policySet([compile(ALLOW), broken]) })
    assert.ok(made.decision === 'explicitDeny' && made.broken === broken)
  })
}

test('compile: kinds that name nobody, kinds without resource', () => {
  assert.equal(compile(ALLOW, 'scp').problem, undefined)
  assert.equal(compile(TRUST, 'trust').problem, undefined)
  assert.equal(compile(TRUST, 'resource').problem, undefined)
  assert.equal(compile({ ...ALLOW, Principal: '*' }, 'rcp').problem, undefined)
  assert.equal(compileText('no JSON', 'identity', SOURCE).statements.length, 0)
})

test('compile: a null variable in NotResource excludes nothing', () => {
  const [statement] = compile({ Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::home/${aws:username}' }).statements
  const set = policySet([compile({ Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::home/${aws:username}' })])
  const caller = { type: 'user', accountId: '1', arn: 'arn:aws:iam::1:user/a', id: 'AIDA' } as const
  const ask = (keys: Readonly<Record<string, string>>) =>
    decide(
      { action: 's3:GetObject', resource: 'arn:aws:s3:::home/a', resourceAccountId: '1', context: contextOf(keys) },
      caller,
      { identity: set },
    ).decision
  assert.equal(statement?.patterns, undefined)
  assert.equal(ask({}), 'explicitDeny')
  assert.equal(ask({ 'aws:username': 'a' }), 'implicitDeny')
})

test('compile: what waits until it is asked refuses nothing, whatever the text', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: fc.constantFrom('*', '?', '$', '{', '}', ':', ',', "'", '/', 'a', 's3', 'arn:aws:'), maxLength: 12 }),
  )
  const texts = fc.array(text)
  const operator = fc.constantFrom(
    'StringEquals',
    'StringNotEqualsIgnoreCase',
    'StringLike',
    'ArnLike',
    'ForAnyValue:ArnNotEquals',
  )
  const caller = { type: 'user', accountId: '1', arn: 'arn:aws:iam::1:user/a', id: 'AIDA' } as const
  fc.assert(
    fc.property(
      fc.record({ actions: texts, resources: texts, name: operator, values: texts, asked: text }),
      ({ actions, resources, name, values, asked }) => {
        const policy = compile({
          Effect: 'Allow',
          Action: [...actions, '*'],
          Resource: [...resources, '*'],
          Condition: { [name]: { k: values } },
        })
        assert.equal(policy.problem, undefined)
        const check = {
          action: 's3:GetObject',
          resource: asked,
          resourceAccountId: '1',
          context: contextOf({ k: asked, a: asked }),
        }
        const made = decide(check, caller, { identity: policySet([policy]) })
        assert.notEqual(made.decision, 'explicitDeny')
        for (const { matchesResource } of policy.statements) assert.ok(matchesResource(new AskedResource(asked), check.context))
      },
    ),
    { numRuns: 500 },
  )
})

test('compile: every policy that AWS manages', () => {
  const managed = readManagedPolicies()
  const problems = managed.list.flatMap(({ arn }) => compileText(managed.document(arn) ?? '', 'identity', SOURCE).problem ?? [])
  assert.deepEqual(problems, [])
})
