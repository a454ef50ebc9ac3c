/** Who can: answers by example, and against the engine on all requests of a small world. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AskedResource } from './arn-match.ts'
import type { Caller } from './caller.ts'
import { policySet, type PolicySet } from './combine.ts'
import { compileText, type DocumentKind } from './compile.ts'
import { contextOf, type ContextValue } from './context.ts'
import { decide } from './evaluate.ts'
import type { Policies } from './question.ts'
import { type Ability, type Deed, type Requirement, type Subject, whoCan } from './who-can.ts'

const ACCOUNT = '111122223333'
const alice: Caller = {
  type: 'user',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  id: 'AIDAALICE',
  userArn: `arn:aws:iam::${ACCOUNT}:user/alice`,
}
const app: Caller = {
  type: 'assumed-role',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/one`,
  id: 'AROAAPP:one',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/app`,
}
const stranger: Caller = { type: 'user', accountId: '444455556666', arn: 'arn:aws:iam::444455556666:user/eve', id: 'AIDAEVE' }

const setOf = (kind: DocumentKind, ...statements: readonly object[]): PolicySet =>
  policySet([
    compileText(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind, { id: kind, name: kind, type: 'inline' }),
  ])
const identity = (...statements: readonly object[]): Policies => ({ identity: setOf('identity', ...statements) })
const BUCKET = 'arn:aws:s3:::home/alice/x'
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const deed: Deed = { action: 's3:GetObject', resource: BUCKET, resourceAccountId: ACCOUNT }
const ip = (address: string) => ({ IpAddress: { 'aws:SourceIp': address } })
const owner = { StringEquals: { 'aws:ResourceTag/owner': '${aws:username}' } }

/** `k in v`: the conditions that are still asked, list by list; `unless` after a bar. */
function asked({ when, unless }: Pick<Ability, 'when' | 'unless'>): string {
  const one = ({ conditions, isResourceOpen }: Requirement): string =>
    [...conditions.map(({ key }) => key.text), ...(isResourceOpen ? ['resource'] : [])].join(' and ')
  return [when.map((list) => list.map(one).join(' and ')).join(' or '), unless.map(one).join(' or ')].join(' | ')
}

type Row = readonly [name: string, subject: Subject, can: Ability['can'], conditions: string, deed?: Partial<Deed>]
// oxfmt-ignore
const ROWS: readonly Row[] = [
  ['nobody said anything',        { caller: alice, policies: identity({ ...READ, Action: 'sqs:*' }) },                         'never',     ' | '],
  ['allowed',                     { caller: alice, policies: identity(READ) },                                                 'always',    ' | '],
  ['from an address',             { caller: alice, policies: identity({ ...READ, Condition: ip('192.0.2.0/24') }) },           'sometimes', 'aws:SourceIp | '],
  ['an address that is known',    { caller: alice, policies: identity({ ...READ, Condition: ip('192.0.2.0/24') }), known: { 'aws:SourceIp': '192.0.2.1' } }, 'always', ' | '],
  ['another address',             { caller: alice, policies: identity({ ...READ, Condition: ip('192.0.2.0/24') }), known: { 'aws:SourceIp': '192.0.3.1' } }, 'never', ' | '],
  ['the deed knows better',       { caller: alice, policies: identity({ ...READ, Condition: ip('192.0.2.0/24') }), known: { 'aws:SourceIp': '192.0.3.1' } }, 'always', ' | ', { known: { 'AWS:sourceip': '192.0.2.1' } }],
  ['without a key, for sure',     { caller: alice, policies: identity({ ...READ, Condition: { Null: { 'aws:TokenIssueTime': 'true' } } }), known: { 'aws:TokenIssueTime': undefined } }, 'always', ' | '],
  ['denied',                      { caller: alice, policies: identity(READ, { ...READ, Effect: 'Deny' }) },                    'never',     ' | '],
  ['denied without transport',    { caller: alice, policies: identity(READ, { ...READ, Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }) }, 'sometimes', ' | aws:SecureTransport'],
  ['two ways',                    { caller: alice, policies: identity({ ...READ, Condition: ip('192.0.2.0/24') }, { ...READ, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }) }, 'sometimes', 'aws:SourceIp or aws:MultiFactorAuthPresent | '],
  ['conditions that contradict',  { caller: alice, policies: identity({ ...READ, Condition: { StringEquals: { 'k:a': 'x' }, StringNotEquals: { 'k:a': 'x' } } }) }, 'never', ' | '],
  ['conditions of which one holds', { caller: alice, policies: identity({ ...READ, Condition: { Null: { 'k:a': 'true' } } }, { ...READ, Condition: { Null: { 'k:a': 'false' } } }) }, 'always', ' | '],
  ['boundary',                    { caller: alice, policies: { ...identity(READ), boundary: setOf('boundary', { ...READ, Condition: ip('192.0.2.0/24') }) } }, 'sometimes', 'aws:SourceIp | '],
  ['session',                     { caller: app, policies: { ...identity(READ), session: setOf('session', { ...READ, Action: 's3:Put*' }) } }, 'never', ' | '],
  ['scoped down',                 { caller: app, policies: { ...identity(READ), scopes: [setOf('session', READ), setOf('session', { ...READ, Condition: ip('192.0.2.0/24') })] } }, 'sometimes', 'aws:SourceIp | '],
  ['scoped down to other things', { caller: app, policies: { ...identity(READ), scopes: [setOf('session', { ...READ, Action: 's3:Put*' })] } }, 'never', ' | '],
  ['two levels of SCPs',          { caller: alice, policies: { ...identity(READ), scps: [setOf('scp', READ), setOf('scp', { ...READ, Condition: ip('192.0.2.0/24') })] } }, 'sometimes', 'aws:SourceIp | '],
  ['own home by name',            { caller: alice, policies: identity({ ...READ, Resource: 'arn:aws:s3:::home/${aws:username}/*' }), known: { 'aws:username': 'alice' } }, 'always', ' | '],
  ['the home of another',         { caller: alice, policies: identity({ ...READ, Resource: 'arn:aws:s3:::home/${aws:username}/*' }), known: { 'aws:username': 'bob' } }, 'never', ' | '],
  ['a home, name not known',      { caller: alice, policies: identity({ ...READ, Resource: 'arn:aws:s3:::home/${aws:PrincipalTag/home}/*' }) }, 'maybe', 'resource | '],
  ['a tag of the resource',       { caller: alice, policies: identity({ ...READ, Condition: owner }), known: { 'aws:username': 'alice' } }, 'sometimes', 'aws:ResourceTag/owner | '],
  ['root',                        { caller: { type: 'root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, id: ACCOUNT }, policies: {} }, 'always', ' | '],
  ['a policy that cannot be read', { caller: alice, policies: identity(READ, { ...READ, Effect: 'Perhaps' }) },                'never',     ' | '],
]
for (const [name, subject, can, conditions, more] of ROWS) {
  test(`who can: ${name}`, () => {
    const [ability] = whoCan({ ...deed, ...more }, [subject])
    assert.ok(ability)
    assert.deepEqual([ability.can, asked(ability)], [can, conditions])
    if (ability.witness !== undefined) {
      const check = { ...deed, context: contextOf(ability.witness) }
      assert.equal(decide(check, subject.caller, subject.policies).decision, 'allowed')
    }
  })
}

test('who can: of several, also by the policy of the resource', () => {
  const subjects = [
    { name: 'alice', caller: alice, policies: identity({ ...READ, Action: 'sqs:*' }) },
    { name: 'app', caller: app, policies: identity(READ) },
    { name: 'eve', caller: stranger, policies: identity(READ) },
    {
      name: 'service',
      caller: { type: 'service', accountId: '', arn: 'sns.amazonaws.com', id: 'sns.amazonaws.com' },
      policies: {},
    },
  ] as const
  const bucket = (...statements: readonly object[]) =>
    whoCan({ ...deed, resourcePolicy: { kind: 'resource', policies: setOf('resource', ...statements) } }, subjects)
  const answers = (...statements: readonly object[]) => bucket(...statements).map(({ who, can }) => `${who.name} ${can}`)
  const everyone = { ...READ, Principal: '*' }
  assert.deepEqual(answers({ ...READ, Principal: { AWS: alice.arn } }), [
    'alice always',
    'app always',
    'eve never',
    'service never',
  ])
  assert.deepEqual(answers({ ...everyone, Condition: ip('192.0.2.0/24') }), [
    'alice sometimes',
    'app always',
    'eve sometimes',
    'service sometimes',
  ])
  assert.deepEqual(
    answers(everyone, { ...everyone, Effect: 'Deny', Condition: { StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT } } }),
    ['alice always', 'app always', 'eve never', 'service never'],
  )
})

test('who can: what is too complex is unknown, not never', () => {
  const stars = Array.from({ length: 24 }, (_, index) => `*${'ab'.repeat(index + 1)}*${'ba'.repeat(index + 1)}*a?b${index}*`)
  const [ability] = whoCan(deed, [
    { caller: alice, policies: identity(...stars.map((star) => ({ ...READ, Condition: { StringLike: { 'k:a': star } } }))) },
  ])
  assert.equal(ability?.can, 'unknown')
})

test('who can: denies in more ways than can be looked at are told, and a request that none of them meets', () => {
  const denies = Array.from({ length: 16 }, (_, index) => ({
    ...READ,
    Effect: 'Deny',
    Condition: { Bool: { [`k:${index}`]: 'true' } },
  }))
  const of = (policies: Policies) => whoCan(deed, [{ caller: alice, policies }])[0]
  const guarded = of({ ...identity(READ), scps: [setOf('scp', READ, ...denies)] })
  assert.deepEqual([guarded?.can, guarded?.when, guarded?.unless.length], ['sometimes', [[]], 16])
  assert.equal(of({ ...identity(READ), scps: [setOf('scp', READ, ...denies, { ...READ, Effect: 'Deny' })] })?.can, 'never')
  assert.equal(of({ ...identity({ ...READ, Action: 'sqs:*' }), scps: [setOf('scp', READ, ...denies)] })?.can, 'never')
})

// A small world: every value of three keys.
const VALUES: readonly (ContextValue | undefined)[] = [
  undefined,
  '',
  'a',
  'b',
  'ab',
  '1',
  '15',
  ['a'],
  ['a', 'b'],
  ['ab', 'b'],
  ['', 'a'],
]
const KEYS = ['k:one', 'k:two'] as const
const TEXTS = ['a', 'b', 'a*', '*', '?', '${k:two}', 'a${k:name}'] as const
const operator = fc.constantFrom(
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'Null',
  'NumericLessThan',
)
const condition = fc
  .tuple(
    operator,
    fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom('', 'IfExists'),
    fc.constantFrom(...KEYS),
    fc.uniqueArray(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 2 }),
  )
  .map(([name, set, ifExists, key, texts]) => ({
    [`${set}${name}${name === 'Null' ? '' : ifExists}`]: {
      [key]: name === 'Null' ? ['true'] : name === 'NumericLessThan' ? ['10'] : texts,
    },
  }))
const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
    Action: fc.constantFrom('s:a', 's:*', '*', 's:*', '*', 's:b'),
    Resource: fc.constantFrom('*', '*', 'arn:aws:s:::a', 'arn:aws:s:::${k:one}', 'arn:aws:s:::b'),
    one: fc.option(condition, { freq: 2 }),
    two: fc.option(condition, { freq: 2 }),
  })
  .map(({ one, two, ...rest }) => ({ ...rest, Condition: { ...one, ...two } }))
const statements = fc.array(statement, { minLength: 1, maxLength: 3 })
const optional = fc.option(statements, { nil: undefined, freq: 2 })
const principal = fc.constantFrom('*', ACCOUNT, alice.arn, app.roleArn ?? '', app.arn)
const world = fc.record({
  caller: fc.constantFrom(alice, app, stranger),
  identity: statements,
  boundary: optional,
  session: optional,
  scope: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: statements }),
  scp: optional,
  resource: fc.option(fc.array(fc.tuple(statement, principal), { minLength: 1, maxLength: 2 }), { nil: undefined }),
  isNameKnown: fc.boolean(),
})

test('who can: the answer is what the engine says of every request of a small world', () => {
  const numRuns = 400
  const counts = new Map<string, number>()
  fc.assert(
    fc.property(world, ({ caller, resource, isNameKnown, ...texts }) => {
      const policies: Policies = {
        identity: setOf('identity', ...texts.identity),
        ...(texts.boundary && { boundary: setOf('boundary', ...texts.boundary) }),
        ...(texts.session && { session: setOf('session', ...texts.session) }),
        ...(texts.scope && { scopes: [setOf('session', ...texts.scope)] }),
        ...(texts.scp && { scps: [setOf('scp', ...texts.scp)] }),
      }
      const target: Deed = {
        action: 's:a',
        resource: 'arn:aws:s:::a',
        resourceAccountId: ACCOUNT,
        ...(resource && {
          resourcePolicy: {
            kind: 'resource',
            policies: setOf('resource', ...resource.map(([one, AWS]) => ({ ...one, Principal: { AWS } }))),
          },
        }),
      }
      const known = isNameKnown ? { 'k:name': 'a', 'k:two': 'ab' } : {}
      const [ability] = whoCan(target, [{ caller, policies, known }])
      assert.ok(ability)
      counts.set(ability.can, (counts.get(ability.can) ?? 0) + 1)
      for (const context of contextsOf(isNameKnown)) {
        const check = { ...target, context: contextOf(context) }
        const isAllowed = decide(check, caller, policies).decision === 'allowed'
        assert.equal(isAllowed, foretold(ability, check, isAllowed), JSON.stringify([ability.can, context]))
      }
    }),
    { numRuns },
  )
  for (const can of ['always', 'sometimes', 'never'])
    assert.ok((counts.get(can) ?? 0) > numRuns / 80, `${can}: ${counts.get(can)}`)
  assert.ok((counts.get('unknown') ?? 0) < numRuns / 20)
})

function contextsOf(isNameKnown: boolean): readonly Readonly<Record<string, ContextValue | undefined>>[] {
  if (isNameKnown) return VALUES.map((one) => ({ 'k:one': one, 'k:two': 'ab', 'k:name': 'a' }))
  const pairs = VALUES.flatMap((one) => VALUES.map((two) => ({ 'k:one': one, 'k:two': two })))
  return pairs.flatMap((pair) => [undefined, 'b'].map((name) => ({ ...pair, 'k:name': name })))
}

/** What an ability says of one request. */
function foretold(
  { can, when, unless }: Ability,
  { resource, context }: Parameters<typeof decide>[0],
  otherwise: boolean,
): boolean {
  const isMet = ({ statement: { conditions, matchesResource }, isResourceOpen, conditions: open }: Requirement): boolean =>
    conditions.every((one) => !open.includes(one.source) || one.holds(context)) &&
    (!isResourceOpen || matchesResource(new AskedResource(resource), context))
  if (can === 'unknown') return otherwise
  if (can === 'always' || can === 'never') return can === 'always'
  return when.some((list) => list.every(isMet)) && !unless.some(isMet)
}
