/** Questions made by chance: small alphabets, so that patterns, principals and conditions often match. */
import fc from 'fast-check'
import type { Caller, CallerType, Context, Documents, Question, Values } from './question.ts'
import type { Statement } from './statement.ts'

const HOME = '111122223333'
const OTHER = '444455556666'

const CALLERS: Readonly<Record<CallerType, Caller>> = {
  root: { type: 'root', accountId: HOME, arn: `arn:aws:iam::${HOME}:root`, id: HOME },
  user: { type: 'user', accountId: HOME, arn: `arn:aws:iam::${HOME}:user/team/ana`, id: 'AIDAANA', uniqueId: 'AIDAANA' },
  'assumed-role': {
    type: 'assumed-role',
    accountId: HOME,
    arn: `arn:aws:sts::${HOME}:assumed-role/app/one`,
    id: 'AROAAPP:one',
    roleArn: `arn:aws:iam::${HOME}:role/team/app`,
    uniqueId: 'AROAAPP',
  },
  'federated-user': {
    type: 'federated-user',
    accountId: HOME,
    arn: `arn:aws:sts::${HOME}:federated-user/visitor`,
    id: `${HOME}:visitor`,
    userArn: `arn:aws:iam::${HOME}:user/team/ana`,
    uniqueId: 'AIDAANA',
  },
  'web-identity': {
    type: 'web-identity',
    accountId: HOME,
    arn: `arn:aws:iam::${HOME}:oidc-provider/id.example.com`,
    id: 'id.example.com:app:ana',
    providerArn: `arn:aws:iam::${HOME}:oidc-provider/id.example.com`,
  },
  saml: {
    type: 'saml',
    accountId: HOME,
    arn: `arn:aws:iam::${HOME}:saml-provider/corp`,
    id: 'corp:ana',
    providerArn: `arn:aws:iam::${HOME}:saml-provider/corp`,
  },
  service: { type: 'service', accountId: HOME, arn: 'sns.amazonaws.com', id: 'sns.amazonaws.com' },
  anonymous: { type: 'anonymous', accountId: '', arn: 'anonymous', id: 'anonymous' },
}
const ofAccount = (type: CallerType): boolean => ['root', 'user', 'assumed-role', 'federated-user'].includes(type)

const AWS_PRINCIPALS: readonly string[] = [
  HOME,
  `arn:aws:iam::${HOME}:root`,
  OTHER,
  `arn:aws:iam::${HOME}:user/team/ana`,
  `arn:aws:iam::${HOME}:user/team/Ana`,
  `arn:aws:iam::${HOME}:role/team/app`,
  `arn:aws:iam::${HOME}:role/app`,
  `arn:aws:sts::${HOME}:assumed-role/app/one`,
  `arn:aws:sts::${HOME}:assumed-role/app/two`,
  `arn:aws:sts::${HOME}:federated-user/visitor`,
  'AIDAANA',
  'AROAAPP',
]
const FEDERATED_PRINCIPALS: readonly string[] = [
  `arn:aws:iam::${HOME}:oidc-provider/id.example.com`,
  `arn:aws:iam::${HOME}:saml-provider/corp`,
  'accounts.google.com',
]

const ACTIONS = ['s3:GetObject', 's3:PutObject', 'sqs:SendMessage', 'iam:PassRole', 's3:Get']
const ACTION_PATTERNS = [
  ...ACTIONS,
  '*',
  's3:*',
  'S3:Get*',
  's3:?etObject',
  's3:*Object',
  's3:*t*',
  'SQS:sendmessage',
  'sqs:*',
  'iam:pass?ole',
]
const TRUST_ACTIONS = ['sts:AssumeRole', 'sts:TagSession', 'sts:*', 'sts:Assume*', 'STS:AssumeRole']

// oxfmt-ignore
const RESOURCES = ['arn:aws:s3:::b/home/ana', 'arn:aws:s3:::b/home/a*', 'arn:aws:s3:::b/x:y', 'arn:aws:s3:::B/home/ana', `arn:aws:sqs:eu-west-1:${HOME}:q`, `arn:aws:iam::${OTHER}:role/team/r`, 'arn:aws:logs:1:12:g:/g/s', 'arn:aws:logs:1:12:/g/s:t:s', '*']
// oxfmt-ignore
const RESOURCE_PATTERNS = [
  ...RESOURCES.slice(0, -1),
  '*', 'arn:aws:s3:*', 'arn:aws:s3:::*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/*/a??', 'arn:aws:s3:::?/*', 'arn:aws:s3:::b/*:y', 'arn:aws:s3:::b/x', 'arn:aws:s3:::',
  'arn:*:s3:::b/*', `arn:aws:sqs:*:${HOME}:q`, 'arn:aws:sqs:eu-*-1:*:*', 'arn:aws:sqs:eu-west-?', `arn:aws:iam::*:role/*`, `arn:aws:iam::${OTHER}:*`,
  'arn:aws:s3:::b/home/${aws:username}', 'arn:aws:s3:::b/*/${AWS:UserName}', "arn:aws:s3:::b/home/${aws:username, 'ana'}", "arn:aws:s3:::b/home/${k:none, 'ana'}",
  'arn:aws:s3:::b/home/a${*}', 'arn:aws:s3:::b/home/${k:none}', 'arn:aws:s3:::b/home/${aws:PrincipalTag/Team}*', 'arn:aws:*:*:${aws:PrincipalAccount}:*',
  'arn:aws:sqs:*:q', 'arn:aws:s*:b/*', 'arn:aws:s3:*:x:y', 'arn:aws:s3:::b/x:*:z', 'arn:aws:logs:*:*:/g/*', 'arn:aws:logs:*1:*:/g/*', 'arn:aws:logs:?:*2:*:s',
]

type Kind = 'text' | 'number' | 'date' | 'boolean' | 'address' | 'arn' | 'bytes'
// oxfmt-ignore
const KEYS: readonly { readonly key: string; readonly values: readonly Values[] }[] = [
  { key: 'aws:username',           values: ['ana', 'Ana', 'a*', 'bob'] },
  { key: 'aws:PrincipalTag/Team',  values: ['blue', 'Blue', '', 'bl'] },
  { key: 'k:many',                 values: [['a', 'b'], ['a', 'c'], ['ana', 'blue', '10'], ['', ''], ['', 'a'], ['a'], []] },
  { key: 'k:number',               values: ['10', '9.5', '-1', '10.0', 'ten', '010'] },
  { key: 'k:date',                 values: ['2026-03-01T10:00:00Z', '2026-03-01T12:00:00+02:00', '1772359200', '2026-03-01', 'March'] },
  { key: 'k:boolean',              values: ['true', 'false'] },
  { key: 'k:address',              values: ['203.0.113.7', '203.0.114.7', '255.255.255.255', '2001:db8::7', '2001:DB8:0:0:0:0:0:7', 'nowhere'] },
  { key: 'k:arn',                  values: ['arn:aws:sns:eu-west-1:111122223333:t', 'arn:aws:sns:eu-west-1:111122223333:t:u', 'arn:aws:sns:us-east-1:444455556666:T', 'sns'] },
  { key: 'k:bytes',                values: ['QUJD', 'QUI='] },
  { key: 'k:absent',               values: [] },
]
// oxfmt-ignore
const POLICY_VALUES: Readonly<Record<Kind, readonly (string | number | boolean)[]>> = {
  text:    ['ana', 'Ana', 'a*', '*', '?na', 'blue', 'BLUE', '', 'b?ue', 'a', 'b', '*a*', '10', '${aws:username}', '${aws:PrincipalTag/team}', "${k:absent, 'blue'}", '${k:absent}', 'a${*}', '${?}na'],
  number:  ['10', '9.5', '-1', 10, 9.5, '11', '010'],
  date:    ['2026-03-01T10:00:00Z', '2026-03-01T10:00Z', '2026-03-01', '2026-03', '1772359200', 1772359200, '2026-03-01T10:00:00.5Z', '2026-02-28T23:00:00-11:00'],
  boolean: ['true', 'false', true, false],
  address: ['203.0.113.0/24', '203.0.113.7', '203.0.113.99/24', '0.0.0.0/0', '128.0.0.0/1', '2001:db8::/32', '2001:db8::7', '::/0', '203.0.113.7/32', '2001:0DB8:0:0::0:7/128'],
  arn:     ['arn:aws:sns:eu-west-1:111122223333:t', 'arn:aws:sns:*:111122223333:*', 'arn:aws:sns:*:*:?', 'arn:aws:sns:*:t', 'arn:*:sns:eu-*:1111*:t*', 'arn:aws:sns:us-east-1:444455556666:${aws:username}', 'arn:aws:sns:us-east-1:444455556666:t'],
  bytes:   ['QUJD', 'QUI=', 'QUI'],
}
// oxfmt-ignore
const OPERATORS: Readonly<Record<Exclude<Kind, 'bytes'>, readonly string[]>> = {
  text:    ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  number:  ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
  date:    ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  boolean: ['Bool'],
  address: ['IpAddress', 'NotIpAddress'],
  arn:     ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
}

const oneOrMore = <T>(values: readonly T[]): fc.Arbitrary<T | T[]> =>
  fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }))

const spelling = (key: string): fc.Arbitrary<string> => fc.constantFrom(key, key, key.toUpperCase())
const conditionKey = fc.constantFrom(...KEYS).chain(({ key }) => spelling(key))

type Block = Readonly<Record<string, Readonly<Record<string, unknown>>>>
const blockOf = (operator: string, key: string, values: unknown): Block => ({ [operator]: { [key]: values } })

const comparison = fc
  .constantFrom('text', 'number', 'date', 'boolean', 'address', 'arn')
  .chain((kind) =>
    fc
      .tuple(
        fc.constantFrom(...OPERATORS[kind]),
        fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
        fc.constantFrom('', '', 'IfExists'),
        fc.oneof({ weight: 4, arbitrary: keyOf(kind) }, { weight: 1, arbitrary: conditionKey }),
        oneOrMore(POLICY_VALUES[kind]),
      )
      .map(([operator, set, ifExists, key, values]) => blockOf(`${set}${operator}${ifExists}`, key, values)),
  )
function keyOf(kind: Kind): fc.Arbitrary<string> {
  return kind === 'text' ? fc.constantFrom('aws:username', 'aws:PrincipalTag/Team', 'k:many') : fc.constant(`k:${kind}`)
}
// The bytes of a key that is no base64 text are not documented: only the key of bytes is asked for.
const bytes = fc
  .tuple(
    fc.constantFrom('BinaryEquals', 'BinaryEqualsIfExists'),
    fc.constantFrom('k:bytes', 'k:absent'),
    oneOrMore(POLICY_VALUES.bytes.slice(0, 2)),
  )
  .map(([operator, key, values]) => blockOf(operator, key, values))
const presence = fc
  .tuple(fc.constantFrom('Null', 'Null', 'ForAllValues:Null', 'ForAnyValue:Null'), conditionKey, oneOrMore(POLICY_VALUES.boolean))
  .map(([operator, key, values]) => blockOf(operator, key, values))
const condition = fc
  .array(fc.oneof({ weight: 6, arbitrary: comparison }, { weight: 1, arbitrary: bytes }, { weight: 1, arbitrary: presence }), {
    maxLength: 2,
  })
  .map((blocks): Block => Object.assign({}, ...blocks))

const context: fc.Arbitrary<Context> = fc
  .tuple(
    ...KEYS.map(({ key, values }) =>
      fc.oneof(
        fc.constant(undefined),
        fc.tuple(spelling(key), fc.constantFrom(undefined, ...values)),
        fc.tuple(fc.constant(key), fc.constantFrom(...values, undefined)),
      ),
    ),
  )
  .map((entries) => {
    const found: [string, Values][] = []
    for (const [key, value] of entries.filter((entry) => entry !== undefined)) if (value !== undefined) found.push([key, value])
    return Object.fromEntries(found)
  })

type Part = Partial<Statement>
/** Every third time a bare asterisk, so that other parts of a statement come to decide. */
const either = <A extends string, B extends string>(name: A, negated: B, values: readonly string[]): fc.Arbitrary<Part> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<Part>({ [name]: '*' }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(name, name, name, negated), oneOrMore(values))
        .map(([element, value]): Part => ({ [element]: value })),
    },
  )

const action = either('Action', 'NotAction', ACTION_PATTERNS)
const trustAction = oneOrMore(TRUST_ACTIONS).map((value): Part => ({ Action: value }))
const resource = either('Resource', 'NotResource', RESOURCE_PATTERNS)

/** Principals of a resource's policy. What `{"AWS": "*"}` is to a caller without an account, and a NotPrincipal that names only part of a caller, is not documented. */
function principal(type: CallerType, trust: boolean): fc.Arbitrary<Part> {
  const named = fc.record(
    {
      AWS: oneOrMore(ofAccount(type) || type === 'anonymous' ? [...AWS_PRINCIPALS, '*'] : AWS_PRINCIPALS),
      Service: oneOrMore(['sns.amazonaws.com', 'states.amazonaws.com']),
      Federated: oneOrMore(FEDERATED_PRINCIPALS),
    },
    { requiredKeys: [] },
  )
  const some = named.filter((entries) => Object.keys(entries).length > 0)
  const positive = fc.oneof(fc.constant<'*'>('*'), some, some).map((value): Part => ({ Principal: value }))
  // A trust policy may not have a NotPrincipal.
  return trust
    ? positive
    : fc.oneof({ weight: 6, arbitrary: positive }, { weight: 1, arbitrary: fc.constantFrom(...exceptions(type)) })
}

/** A whole naming of the caller, or of somebody else. */
function exceptions(type: CallerType): readonly Part[] {
  const { arn, roleArn, userArn } = CALLERS[type]
  const whole = [
    arn,
    `arn:aws:iam::${HOME}:root`,
    ...(roleArn === undefined ? [] : [roleArn]),
    ...(userArn === undefined ? [] : [userArn]),
  ]
  // A role without its session is not spared; that an account, or a user, is named alone is not settled.
  const others: Part[] = [
    ...(roleArn === undefined ? [] : [{ NotPrincipal: { AWS: [roleArn, HOME] } }]),
    { NotPrincipal: { AWS: [OTHER] } },
    { NotPrincipal: { Service: 'states.amazonaws.com' } },
  ]
  return ofAccount(type) ? [...others, { NotPrincipal: { AWS: whole } }] : others
}

function documentOf(...parts: readonly fc.Arbitrary<Part>[]): fc.Arbitrary<string> {
  const effect = fc.constantFrom<Part[]>({ Effect: 'Allow' }, { Effect: 'Allow' }, { Effect: 'Allow' }, { Effect: 'Deny' })
  const conditions = fc
    .oneof(fc.constant<Block>({}), condition)
    .map((block): Part => (Object.keys(block).length === 0 ? {} : { Condition: block }))
  // "NotPrincipal must be used with Effect Deny": with Allow it is not supported.
  const statement = fc
    .tuple(effect, ...parts, conditions)
    .map((elements): Part => Object.assign({}, ...elements))
    .map((whole): Part => (whole.NotPrincipal === undefined ? whole : { ...whole, Effect: 'Deny' }))
  const version = fc.constantFrom<object[]>(
    { Version: '2012-10-17' },
    { Version: '2012-10-17' },
    { Version: '2012-10-17' },
    { Version: '2008-10-17' },
    {},
  )
  const statements = fc.oneof(statement, fc.array(statement, { minLength: 1, maxLength: 3 }))
  return fc.tuple(version, statements).map(([start, Statement]) => JSON.stringify({ ...start, Statement }))
}

const plain = documentOf(action, resource)
const everybody: fc.Arbitrary<Part> = fc.constant({ Principal: '*' })
const some = (document: fc.Arbitrary<string>): fc.Arbitrary<string[]> => fc.array(document, { minLength: 1, maxLength: 2 })
const levels = (document: fc.Arbitrary<string>): fc.Arbitrary<string[][]> =>
  fc.array(fc.array(document, { maxLength: 2 }), { minLength: 1, maxLength: 2 })
/** Present so many times in ten; shrinks to absent. */
const present = <T>(tenths: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 10 - tenths, arbitrary: fc.constant(undefined) },
    { weight: tenths, arbitrary: value },
  )

type Texts = readonly string[]
const NEVER = fc.constant(undefined)

/** The policies that can apply to such a caller. A root user cannot assume roles, so it is never asked of a trust policy. */
function documents(type: CallerType, trust: boolean): fc.Arbitrary<Documents> {
  const ordinary = ofAccount(type) && type !== 'root'
  const attached = trust ? documentOf(trustAction, principal(type, trust)) : documentOf(action, resource, principal(type, trust))
  const own = trust ? documentOf(fc.oneof(trustAction, action), resource) : plain
  const all = documentOf(trust ? fc.oneof(trustAction, action) : action, resource, everybody)
  return fc
    .record({
      identity: ordinary ? present(8, some(own)) : NEVER,
      boundary: ordinary
        ? present(
            3,
            own.map((text): Texts => [text]),
          )
        : NEVER,
      session: ordinary && type !== 'user' ? present(type === 'federated-user' ? 7 : 3, some(own)) : NEVER,
      scps: ofAccount(type) ? present(2, levels(own)) : NEVER,
      rcps: present(2, levels(all)),
      endpoint: present(1, some(all)),
      resource: present(ordinary ? 6 : 8, some(attached)).map(
        (texts) => texts && { kind: trust ? ('trust' as const) : ('resource' as const), documents: texts },
      ),
    })
    .map((record): Documents => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)))
}

/** A question with all that decides it. */
export const question: fc.Arbitrary<Question> = fc
  .tuple(
    fc.constantFrom<CallerType[]>(
      'user',
      'user',
      'assumed-role',
      'assumed-role',
      'federated-user',
      'root',
      'web-identity',
      'saml',
      'service',
      'anonymous',
    ),
    fc.boolean(),
  )
  .chain(([type, wantsTrust]) => {
    const trust = type === 'web-identity' || type === 'saml' || (wantsTrust && type !== 'root')
    return fc.record({
      action: trust ? fc.constantFrom('sts:AssumeRole', 'sts:TagSession') : fc.constantFrom(...ACTIONS),
      resource: trust ? fc.constant(`arn:aws:iam::${OTHER}:role/team/r`) : fc.constantFrom(...RESOURCES),
      resourceAccountId: fc.constantFrom(HOME, HOME, OTHER),
      context,
      caller: fc.constant(CALLERS[type]),
      policies: documents(type, trust),
    })
  })
