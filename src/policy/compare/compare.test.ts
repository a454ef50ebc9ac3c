/** Comparisons of policies: tables of known answers, and every answer against the engine's decisions about all requests of a small world. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ContextValue } from '../context.ts'
import { parsePolicy } from '../parse.ts'
import { callersFor, OWNER, principalKeys, type Stranger } from './callers.ts'
import { areEqual, grantsAccess, newAccess, type PolicyKind } from './compare.ts'
import { allowedByEngine } from './engine.ts'

const documentOf = (...Statement: readonly object[]) => parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }))
type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' }
const TRUST = { Effect: 'Allow', Action: 'sts:AssumeRole' }
const all = { Effect: 'Allow', Action: '*', Resource: '*' }
const when = (Condition: Condition) => ({ ...READ, Condition })
const home = (Resource: string) => ({ ...READ, Resource: `arn:aws:s3:::home/${Resource}` })
const trusting = (Principal: unknown, Condition: Condition = {}) => ({ ...TRUST, Principal, Condition })
const account = (id: string) => trusting({ AWS: id })
const key = (operator: string, name: string, ...values: readonly string[]) => when({ [operator]: { [name]: values } })

type Row = readonly [name: string, existing: readonly object[], updated: readonly object[], more: string, less: string]

// oxfmt-ignore
const IDENTITY: readonly Row[] = [
  ['the same',                          [READ],                                             [READ],                                              'no',  'no'],
  ['one action more',                   [READ],                                             [{ ...READ, Action: ['s3:GetObject', 's3:PutObject'] }], 'yes', 'no'],
  ['case of an action',                 [READ],                                             [{ ...READ, Action: 'S3:getobject' }],               'no',  'no'],
  ['case of a resource',                [READ],                                             [{ ...READ, Resource: 'arn:aws:s3:::Bucket/*' }],    'yes', 'yes'],
  ['split into two',                    [{ ...READ, Action: ['s3:A', 's3:B'] }],            [{ ...READ, Action: 's3:A' }, { ...READ, Action: 's3:B' }], 'no', 'no'],
  ['one character',                     [{ ...READ, Action: 's3:?' }],                      [{ ...READ, Action: 's3:*' }],                       'yes', 'no'],
  ['everything, written otherwise',     [all],                                              [{ ...all, Action: '*:*' }],                         'no',  'no'],
  ['a star that ends a segment runs on', [{ ...READ, Resource: 'arn:aws:logs:*:*:/g/*' }],   [{ ...READ, Resource: 'arn:aws:logs:r:1:log-group:/g/x' }], 'no', 'yes'],
  ['any other wildcard does not',        [{ ...READ, Resource: 'arn:aws:logs:*1:?:/g/*' }],  [{ ...READ, Resource: 'arn:aws:logs:r1:1:log-group:/g/x' }], 'yes', 'yes'],
  ['a short ARN is completed, or runs on', [{ ...READ, Resource: 'arn:aws:sqs:*:q' }],       [{ ...READ, Resource: ['arn:aws:sqs:r:1:q', 'arn:aws:sqs:r:q:x'] }], 'no', 'yes'],
  ['segments are no mere text',         [{ ...READ, Resource: 'arn:aws:s3:*:*:b' }],        [{ ...READ, Resource: 'arn:aws:s3:::b' }],           'no',  'yes'],
  ['a deny takes away',                 [all],                                              [all, { ...READ, Effect: 'Deny' }],                  'no',  'yes'],
  ['NotAction',                         [{ ...all, Action: ['iam:*', 's3:*'] }],            [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'yes', 'yes'],
  ['NotResource',                       [READ],                                             [{ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::bucket/*' }], 'yes', 'yes'],
  ['a condition less',                  [key('StringEquals', 'aws:RequestedRegion', 'a')],  [READ],                                              'yes', 'no'],
  ['networks that add up',              [key('IpAddress', 'aws:SourceIp', '10.0.0.0/9', '10.128.0.0/9')], [key('IpAddress', 'aws:SourceIp', '10.0.0.0/8')], 'no', 'no'],
  ['a network that is larger',          [key('IpAddress', 'aws:SourceIp', '10.0.0.0/9')],   [key('IpAddress', 'aws:SourceIp', '10.0.0.0/8')],    'yes', 'no'],
  ['IPv6',                              [key('IpAddress', 'aws:SourceIp', '2001:db8::/32')], [key('IpAddress', 'aws:SourceIp', '2001:db8::/33')], 'no', 'yes'],
  ['numbers',                           [key('NumericLessThan', 's3:max-keys', '10')],      [key('NumericLessThanEquals', 's3:max-keys', '10')], 'yes', 'no'],
  ['numbers, far behind the point',     [key('NumericLessThan', 's3:max-keys', '0.10000000000000000001')], [key('NumericLessThanEquals', 's3:max-keys', '0.1')], 'no', 'yes'],
  ['dates in two forms',                [key('DateLessThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z')], [key('DateLessThan', 'aws:CurrentTime', '1577836800')], 'no', 'no'],
  ['truth, and the key that is absent', [key('Bool', 'aws:MultiFactorAuthPresent', 'true')], [key('BoolIfExists', 'aws:MultiFactorAuthPresent', 'true')], 'yes', 'no'],
  ['transport is one or the other',     [key('Bool', 'aws:SecureTransport', 'true'), key('StringEquals', 'aws:SecureTransport', 'false')], [key('Null', 'aws:SecureTransport', 'false')], 'unknown', 'no'],
  ['case of a value',                   [key('StringEquals', 'aws:UserAgent', 'a')],        [key('StringEqualsIgnoreCase', 'aws:UserAgent', 'A')], 'yes', 'no'],
  ['ArnLike is no StringLike',          [key('ArnLike', 'aws:SourceArn', 'arn:aws:s3:::*')], [key('StringLike', 'aws:SourceArn', 'arn:*s3*')],   'yes', 'no'],
  ['all values of a set',               [key('ForAllValues:StringEquals', 'aws:TagKeys', 'a')], [key('ForAllValues:StringEquals', 'aws:TagKeys', 'a', 'b')], 'yes', 'no'],
  ['any value of a set',                [key('ForAnyValue:StringEquals', 'aws:TagKeys', 'a')], [key('ForAllValues:StringEquals', 'aws:TagKeys', 'a')], 'yes', 'yes'],
  ['a set of empty texts is none',      [{ ...READ, Effect: 'Deny' }],                      [when({ 'ForAnyValue:StringLike': { 'aws:TagKeys': '*' }, 'ForAllValues:StringEquals': { 'aws:TagKeys': '' } })], 'no', 'no'],
  ['and absent, to Null',               [{ ...READ, Effect: 'Deny' }],                      [key('Null', 'aws:TagKeys', 'true'), { ...key('ForAnyValue:StringEqualsIfExists', 'aws:TagKeys', 'a'), Effect: 'Deny' }], 'yes', 'no'],
  ['the same variable',                 [home('${aws:username}/*')],                        [home('${aws:username}/*')],                         'no',  'no'],
  ['a variable less',                   [home('${aws:username}/*')],                        [home('*')],                                         'yes', 'no'],
  ['a deny for one value of a variable', [home('${aws:username}/*'), { ...home('bob/*'), Effect: 'Deny' }], [home('${aws:username}/*')],         'yes', 'no'],
  ['an ARN that a variable stands for', [key('ArnLike', 'ecs:cluster', '${aws:PrincipalTag/cluster}')], [key('ArnLike', 'ecs:cluster', 'arn:aws:ecs:*:*:cluster/a')], 'yes', 'yes'],
  ['the same, and the beginning of one', [key('ArnLike', 'ecs:cluster', '${aws:PrincipalTag/cluster}*')], [key('ArnLike', 'ecs:cluster', '${aws:PrincipalTag/cluster}*')], 'no', 'no'],
  ['a default',                         [home("${aws:username, 'x'}/*")],                   [home('${aws:username}/*')],                         'unknown', 'yes'],
]

const X_ROLE = 'arn:aws:iam::111122223333:role/x'
const X_SESSION = 'arn:aws:sts::111122223333:assumed-role/x/s'

// oxfmt-ignore
const RESOURCE: readonly Row[] = [
  ['a number and its root are one',     [account('111122223333')],                          [account('arn:aws:iam::111122223333:root')],         'no',  'no'],
  ['everybody',                         [account('111122223333')],                          [account('*')],                                      'yes', 'no'],
  ['a role of the account',             [account('111122223333')],                          [account('arn:aws:iam::111122223333:role/x')],       'no',  'yes'],
  ['a session of the role',             [account('arn:aws:iam::111122223333:role/x')],      [account('arn:aws:sts::111122223333:assumed-role/x/s')], 'no', 'yes'],
  ['a deny spares nobody with a boundary', [account('*'), { ...TRUST, Effect: 'Deny', NotPrincipal: { AWS: ['111122223333', X_ROLE, X_SESSION] } }], [account(X_SESSION)], 'yes', 'yes'],
  ['a service',                         [trusting({ Service: 'ec2.amazonaws.com' })],       [trusting({ Service: ['ec2.amazonaws.com', 'ecs.amazonaws.com'] })], 'yes', 'no'],
  ['an ARN by condition',               [account('111122223333')],                          [trusting('*', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } })], 'no', 'yes'],
  ['an account by condition',           [account('111122223333')],                          [trusting('*', { StringEquals: { 'aws:PrincipalAccount': '111122223333' } })], 'no', 'no'],
  ['an account that contradicts',       [],                                                 [trusting({ AWS: '111122223333' }, { StringEquals: { 'aws:PrincipalAccount': '444455556666' } })], 'no', 'no'],
  ['an external id',                    [trusting({ AWS: '111122223333' }, { StringEquals: { 'sts:ExternalId': 'a' } })], [account('111122223333')], 'yes', 'no'],
]

/** Nobody but the roles that a variable names, and services: as AWS's data perimeters are written. */
const perimeter = (operator: string, key: string, value: string) => ({
  ...trusting('*', {
    StringNotEqualsIfExists: { 'aws:PrincipalAccount': '111122223333' },
    BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    [operator]: { [key]: value },
  }),
  Effect: 'Deny',
})
const roleOf = (variable: string) => perimeter('ArnNotLikeIfExists', 'aws:PrincipalArn', `arn:aws:iam::${variable}:role/x`)

// oxfmt-ignore
const PERIMETERS: readonly Row[] = [
  ['a perimeter around an account that is let in', [account('111122223333')],               [account('111122223333'), roleOf('${aws:ResourceAccount}')], 'no', 'no'],
  ['a perimeter around everybody',      [account('*')],                                     [account('*'), roleOf('${aws:ResourceAccount}')],    'no',  'yes'],
  ['accounts by a variable',            [account('*')],                                     [account('*'), perimeter('StringNotEqualsIfExists', 'aws:PrincipalAccount', '${aws:ResourceAccount}')], 'no', 'yes'],
  ['the account of the ARN itself',     [trusting('*', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/a' } })], [trusting('*', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::${aws:PrincipalAccount}:user/a' } })], 'no', 'unknown'],
]

/** A document without statements is none: one that allows nothing. */
const NOTHING = { Effect: 'Deny', Action: '*', Principal: '*' }
const orNothing = (statements: readonly object[]) => documentOf(...(statements.length === 0 ? [NOTHING] : statements))

for (const [kind, rows] of [
  ['identity', IDENTITY],
  ['resource', RESOURCE],
  ['resource', PERIMETERS],
] as const) {
  for (const [name, one, two, more, less] of rows) {
    test(`${kind}: ${name}`, () => {
      const [existing, updated] = [orNothing(one), orNothing(two)]
      assert.deepEqual([newAccess(existing, updated, kind).answer, newAccess(updated, existing, kind).answer], [more, less])
    })
  }
}

test('who calls in a witness has the account that a variable stands for', () => {
  const named = { ...trusting('*'), Resource: 'arn:aws:s3:::${aws:PrincipalAccount}' }
  const answer = newAccess(orNothing([]), documentOf(named), 'resource')
  assert.ok(answer.answer === 'yes')
  const { caller, context, resource } = answer.witness
  assert.equal(context['aws:principalaccount'], caller.caller.accountId)
  assert.equal(resource, `arn:aws:s3:::${caller.caller.accountId}`)
})

test('equality says who allows more', () => {
  assert.equal(areEqual(documentOf(READ), documentOf(READ, READ), 'identity').answer, 'yes')
  const answer = areEqual(documentOf(READ), documentOf(all), 'identity')
  assert.ok(answer.answer === 'no')
  assert.equal(answer.allowedBy, 'other')
})

type Granted = readonly [actions: readonly string[], resources: readonly string[], statements: readonly number[] | 'no']
// oxfmt-ignore
const GRANTED: readonly Granted[] = [
  [['s3:PutObject'],             [],                                    'no'],
  [['s3:GetObject', 'iam:*'],    [],                                    [0]],
  [['S3:get*'],                  ['arn:aws:s3:::bucket/x'],             [0]],
  [[],                           ['arn:aws:s3:::other/*'],              [1]],
  [['s3:GetObject'],             ['arn:aws:s3:::other/*'],              'no'],
  [[],                           ['arn:aws:s3:::bucket/secret'],        'no'],
]
for (const [actions, resources, expected] of GRANTED) {
  test(`grants ${actions.join()} on ${resources.join()}: ${String(expected)}`, () => {
    const deny = { Effect: 'Deny', NotAction: 'sqs:*', Resource: 'arn:aws:s3:::bucket/secret' }
    const list = { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::other/*' }
    const answer = grantsAccess(documentOf(READ, list, deny), { actions, resources }, 'identity')
    assert.deepEqual(answer.answer === 'yes' ? answer.statements : answer.answer, expected)
  })
}

test('what cannot be told is unknown', () => {
  const stars = Array.from({ length: 24 }, (_, index) => `*${'ab'.repeat(index + 1)}*${'ba'.repeat(index + 1)}*a?b${index}*`)
  const wide = documentOf({ ...READ, Action: stars.map((star) => `s3:${star}`) })
  assert.equal(newAccess(wide, documentOf({ ...READ, Action: `s3:*${'abba'.repeat(9)}*` }), 'identity').answer, 'unknown')
  assert.equal(newAccess(documentOf(account('1')), documentOf(account('111122223333')), 'resource').answer, 'unknown')
  assert.equal(newAccess(documentOf(READ), documentOf(account('*')), 'identity').answer, 'unknown')
})

test('many values are compared, many sets of them are not', () => {
  const networks = Array.from({ length: 2000 }, (_, index) => `10.${index % 256}.${index >> 8}.0/24`)
  const known = documentOf(key('IpAddress', 'aws:SourceIp', ...networks))
  assert.equal(newAccess(known, documentOf(key('IpAddress', 'aws:SourceIp', '10.255.6.0/25')), 'identity').answer, 'no')
  assert.equal(newAccess(known, documentOf(key('IpAddress', 'aws:SourceIp', '10.255.7.0/25')), 'identity').answer, 'yes')
  const tags = Array.from({ length: 300 }, (_, index) => `tag${index}`)
  const any = documentOf(...tags.map((tag) => key('ForAnyValue:StringEquals', 'aws:TagKeys', tag)))
  const answer = newAccess(any, documentOf(key('ForAllValues:StringEquals', 'aws:TagKeys', ...tags)), 'identity')
  assert.deepEqual(answer, { answer: 'unknown', why: 'more than 20000 classes of one part of the request' })
})

// A small world: all of its requests can be asked one after the other.
const TEXTS = ['a', 'b', 'c', 'aa', 'ab', 'ba', 'abc'] as const
const GLOBS = ['a', 'b', 'ab', 'a*', '*b', '?', '*', 'a?', '*a*'] as const
const ACTIONS = ['s:a', 's:ab', 's:b', 't:a', 't:c'] as const
const RESOURCES = [
  '*',
  'arn:p:s:r:1:x:a',
  'arn:p:t::1:2:b',
  ...['a', 'b', 'ab', 'c'].flatMap((name) => [`arn:p:s:r:1:${name}`, `arn:p:t::1:${name}`]),
] as const
const CONTEXT_VALUES: readonly (ContextValue | undefined)[] = [
  undefined,
  '',
  '1',
  '2',
  '15',
  ...TEXTS,
  ['a'],
  ['a', 'b'],
  ['ab', 'b'],
  ['', 'a'],
  [''],
]
/** With many callers fewer values will do. */
const FEWER_VALUES: readonly (ContextValue | undefined)[] = [undefined, 'a', 'ab', '15', ['a', 'b']]
const OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'NumericLessThan',
  'NumericNotEquals',
  'Null',
] as const
const PRINCIPALS = [
  '*',
  '111122223333',
  'arn:aws:iam::111122223333:user/a',
  'arn:aws:iam::111122223333:role/r',
  'arn:aws:sts::111122223333:assumed-role/r/s',
] as const
const KEYS = ['k:one', 'k:two'] as const

const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
const conditionOf = (isVariable: boolean) =>
  fc.option(
    fc
      .tuple(
        fc.constantFrom(...OPERATORS),
        fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
        fc.constantFrom('', '', 'IfExists'),
        fc.constantFrom(...KEYS),
        some(['', ...GLOBS]),
      )
      .map(([operator, set, ifExists, name, texts]) => ({
        [`${set}${operator}${operator === 'Null' ? '' : ifExists}`]: {
          [name]: VALUES[operator] ?? (isVariable ? [...texts, '${k:two}a'] : texts),
        },
      })),
  )
const VALUES: Readonly<Record<string, readonly string[]>> = { NumericLessThan: ['2'], NumericNotEquals: ['2'], Null: ['false'] }
/** Conditions about who calls: their keys follow from the caller. */
const whoOf = fc.option(
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('ArnLike', 'ArnNotLike', 'StringLike'),
        some(['arn:aws:iam::1111*:role/*', 'arn:*:user/?', '*r', 'arn:aws:iam::*:root']),
      )
      .map(([operator, texts]) => ({
        [operator]: { 'aws:PrincipalArn': texts },
      })),
    fc
      .tuple(fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike'), some(['111122223333', '4*', '444455556666']))
      .map(([operator, texts]) => ({
        [operator]: { 'aws:PrincipalAccount': texts },
      })),
  ),
)
const statementOf = (kind: PolicyKind, isVariable: boolean) =>
  fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      action: fc.tuple(fc.constantFrom('Action', 'Action', 'NotAction'), some(['s:*', '*', 's:a', 's:a*', '?:a', 't:?'])),
      resource: fc.tuple(
        fc.constantFrom('Resource', 'Resource', 'NotResource'),
        some([
          '*',
          ...GLOBS.map((glob) => `arn:p:s:*:1:${glob}`),
          'arn:p:?::*:a',
          'arn:p:*:a',
          'arn:p:s:*r:b',
          'arn:p:t*:2:b',
          'arn:p:s:*:1:x:?',
          ...(isVariable ? ['arn:p:s:r:1:${k:one}', 'arn:p:t::1:${k:one}b'] : []),
        ]),
      ),
      principal: fc.tuple(fc.constantFrom('Principal', 'Principal', 'NotPrincipal'), some(PRINCIPALS)),
      condition: conditionOf(isVariable),
      more: conditionOf(false),
      who: whoOf,
    })
    .map(({ Effect, action, resource, principal, condition, more, who }) => ({
      Effect,
      [action[0]]: action[1],
      [resource[0]]: resource[1],
      ...(kind === 'resource' && { [principal[0]]: { AWS: principal[1] } }),
      Condition: { ...(kind === 'identity' && more), ...condition, ...(kind === 'resource' && who) },
    }))
const policyOf = (kind: PolicyKind, isVariable: boolean) =>
  fc.array(statementOf(kind, isVariable), { minLength: 1, maxLength: 3 }).map((statements) => documentOf(...statements))

const strangers = (kind: PolicyKind): readonly Stranger[] => {
  if (kind === 'identity') return [{ caller: OWNER, isBounded: false }]
  const entries = PRINCIPALS.map((text) => ({ text, kind: 'AWS' as const, start: 0, end: 0 }))
  const others = ['arn:aws:iam::111122229999:role/r', 'arn:aws:iam::444455556666:user/a', 'arn:aws:iam::444455557777:user/r']
  return callersFor([{ negated: true, entries, start: 0, end: 0 }], others)
}

type Document = ReturnType<typeof documentOf>

/** The keys that follow from a caller. */
const keysOf = ({ caller }: Stranger): Readonly<Record<string, string>> =>
  Object.fromEntries([...principalKeys(caller)].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

/** Every request of the small world; keys that neither document names are absent. */
function* requestsOf(documents: readonly Document[], kind: PolicyKind) {
  const valuesOf = (name: string) =>
    documents.some(({ source }) => source.includes(name)) ? (kind === 'identity' ? CONTEXT_VALUES : FEWER_VALUES) : [undefined]
  const contexts = valuesOf('k:one').flatMap((one) =>
    valuesOf('k:two').map((two) => ({ ...(one !== undefined && { 'k:one': one }), ...(two !== undefined && { 'k:two': two }) })),
  )
  const targets = ACTIONS.flatMap((action) => RESOURCES.map((resource) => ({ action, resource })))
  for (const caller of strangers(kind)) {
    const who = kind === 'identity' ? {} : keysOf(caller)
    for (const target of targets) for (const context of contexts) yield { ...target, caller, context: { ...who, ...context } }
  }
}

/** Asks the engine about all of them, until one is allowed by the second policy and not by the first. */
function findNew(existing: Document, updated: Document, kind: PolicyKind): object | undefined {
  const [before, after] = [allowedByEngine(existing, kind), allowedByEngine(updated, kind)]
  for (const request of requestsOf([existing, updated], kind)) if (after(request) && !before(request)) return request
  return undefined
}

for (const [kind, isVariable, numRuns, maxUnknown] of [
  ['identity', false, 400, 0.15],
  ['resource', false, 60, 0.15],
  ['identity', true, 120, 0.5],
] as const) {
  test(`${kind} policies ${isVariable ? 'with' : 'without'} variables, against all requests of a small world`, () => {
    let unknown = 0
    fc.assert(
      fc.property(policyOf(kind, isVariable), policyOf(kind, isVariable), (existing, updated) => {
        const answer = newAccess(existing, updated, kind)
        if (answer.answer === 'unknown') unknown += 1
        if (answer.answer === 'no') assert.equal(findNew(existing, updated, kind), undefined)
        if (answer.answer !== 'yes') return
        const { caller, context } = answer.witness
        if (kind === 'resource')
          assert.deepEqual({ ...keysOf(caller), ...context }, { ...context, ...keysOf(caller) }, 'the witness can exist')
        assert.ok(allowedByEngine(updated, kind)(answer.witness), 'the new policy allows the witness')
        assert.ok(!allowedByEngine(existing, kind)(answer.witness), 'the old one does not')
      }),
      { numRuns },
    )
    assert.ok(unknown <= numRuns * maxUnknown, `${unknown} of ${numRuns} were unknown`)
  })
}
