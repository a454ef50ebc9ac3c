/** The decision: who may do what, type of policy by type of policy (IAM User Guide, "Policy evaluation logic"). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { policySet, type PolicySet } from './combine.ts'
import { compileText, type DocumentKind } from './compile.ts'
import { contextOf } from './context.ts'
import { denialText } from './denial.ts'
import { type Caller, type Check, decide, type Decision, type Policies, type PolicyType } from './evaluate.ts'
import { questionOf } from './question.ts'
import { isMet } from './search.ts'
import { readTrace } from './trace.ts'

const HERE = '111122223333'
const THERE = '444455556666'
const BUCKET = 'arn:aws:s3:::bucket/key'
const user: Caller = {
  type: 'user',
  accountId: HERE,
  arn: `arn:aws:iam::${HERE}:user/alice`,
  id: 'AIDAALICE',
  userArn: `arn:aws:iam::${HERE}:user/alice`,
  uniqueId: 'AIDAALICE',
}
const role: Caller = {
  type: 'assumed-role',
  accountId: HERE,
  arn: `arn:aws:sts::${HERE}:assumed-role/deploy/ci`,
  id: 'AROADEPLOY:ci',
  roleArn: `arn:aws:iam::${HERE}:role/x/deploy`,
  uniqueId: 'AROADEPLOY',
}
const federated: Caller = {
  type: 'federated-user',
  accountId: HERE,
  arn: `arn:aws:sts::${HERE}:federated-user/bob`,
  id: `${HERE}:bob`,
  userArn: user.arn,
  uniqueId: 'AIDAALICE',
}
const root: Caller = { type: 'root', accountId: HERE, arn: `arn:aws:iam::${HERE}:root`, id: HERE }
const service: Caller = { type: 'service', accountId: HERE, arn: 'states.amazonaws.com', id: 'states.amazonaws.com' }
const anonymous: Caller = { type: 'anonymous', accountId: '000000000000', arn: 'anonymous', id: 'anonymous' }
const web: Caller = {
  type: 'web-identity',
  accountId: HERE,
  arn: `arn:aws:iam::${HERE}:oidc-provider/issuer`,
  id: 'x',
  providerArn: `arn:aws:iam::${HERE}:oidc-provider/issuer`,
}

function policy(
  kind: DocumentKind | 'endpoint',
  Effect: 'Allow' | 'Deny',
  Principal?: unknown,
  Action = 's3:GetObject',
): PolicySet {
  const Statement = { Effect, Action, ...(kind !== 'trust' && { Resource: '*' }), ...(Principal !== undefined && { Principal }) }
  return policySet([
    compileText(JSON.stringify({ Version: '2012-10-17', Statement }), kind, {
      id: kind,
      name: kind,
      type: kind === 'boundary' || kind === 'identity' ? 'managed' : kind,
      arn: `arn:${kind}`,
    }),
  ])
}
const allow = policy('identity', 'Allow')
const deny = policy('identity', 'Deny')
const silent = policy('identity', 'Allow', undefined, 'sqs:*')
const named = (Principal: unknown) => ({ kind: 'resource' as const, policies: policy('resource', 'Allow', Principal) })
const refusing = (Principal: unknown) => ({ kind: 'resource' as const, policies: policy('resource', 'Deny', Principal) })
const trusting = (Principal: unknown) => ({ kind: 'trust' as const, policies: policy('trust', 'Allow', Principal) })
const notNamed = (Effect: 'Allow' | 'Deny', NotPrincipal: unknown) => ({
  kind: 'resource' as const,
  policies: policySet([
    compileText(
      JSON.stringify({ Version: '2012-10-17', Statement: { Effect, NotPrincipal, Action: 's3:*', Resource: '*' } }),
      'resource',
      { id: 'n', name: 'n', type: 'resource' },
    ),
  ]),
})
const broken = compileText('{', 'resource', { id: 'x', name: 'x', type: 'resource' })
const LINKED = `arn:aws:iam::${HERE}:role/aws-service-role/states.amazonaws.com/AWSServiceRoleForStates`
const linked: Caller = { ...role, roleArn: LINKED }
/** A path may have colons: whoever creates roles can make these. */
const DISGUISED = `arn:aws:iam::${HERE}:role/x:role/aws-service-role/r`
const disguised: Caller = { ...role, roleArn: DISGUISED }
const own = { AWS: HERE }

type Row = readonly [
  name: string,
  caller: Caller,
  policies: Policies,
  resource: Partial<Check>,
  decision: Decision['decision'],
  policyType: PolicyType | 'root',
]
// oxfmt-ignore
const TABLE: readonly Row[] = [
  ['nothing grants',                                user, {},                                              {},                                    'implicitDeny', 'identity'],
  ['identity grants',                               user, { identity: allow },                             {},                                    'allowed',      'identity'],
  ['a deny beats an allow',                         user, { identity: policySet([...allow.policies, ...deny.policies]) }, {},                     'explicitDeny', 'identity'],
  ['a silent boundary stops',                       user, { identity: allow, boundary: silent },           {},                                    'implicitDeny', 'boundary'],
  ['a boundary alone grants nothing',               user, { boundary: allow },                             {},                                    'implicitDeny', 'identity'],
  ['a boundary that denies',                        user, { identity: allow, boundary: deny },             {},                                    'explicitDeny', 'boundary'],
  ['a silent session policy stops',                 role, { identity: allow, session: silent },            {},                                    'implicitDeny', 'session'],
  ['every scope allows',                            role, { identity: allow, scopes: [allow, allow] },     {},                                    'allowed',      'identity'],
  ['one silent scope stops',                        role, { identity: allow, session: allow, scopes: [allow, silent] }, {},                       'implicitDeny', 'session'],
  ['a scope that denies',                           role, { identity: allow, scopes: [allow, deny] },      {},                                    'explicitDeny', 'session'],
  ['a scope alone grants nothing',                  role, { scopes: [allow] },                             {},                                    'implicitDeny', 'identity'],
  ['identity and scope are silent',                 role, { identity: silent, scopes: [silent] },          {},                                    'implicitDeny', 'identity'],
  ['a scope binds the root user',                   root, { scopes: [silent] },                            {},                                    'implicitDeny', 'session'],
  ['a scope without policies',                      root, { scopes: [policySet([])] },                     {},                                    'implicitDeny', 'session'],
  ['a scope that cannot be compiled',               root, { scopes: [allow, policySet([broken])] },        {},                                    'explicitDeny', 'session'],
  ['a scope binds whom the resource names',         role, { scopes: [silent] },                            { resourcePolicy: named({ AWS: role.arn }) },      'implicitDeny', 'session'],
  ['a scope binds where everyone may',              role, { scopes: [silent] },                            { resourcePolicy: named('*') },                    'implicitDeny', 'session'],
  ['one silent level of SCPs stops',                user, { identity: allow, scps: [allow, silent] },      {},                                    'implicitDeny', 'scp'],
  ['all levels of SCPs allow',                      user, { identity: allow, scps: [allow, allow] },       {},                                    'allowed',      'identity'],
  ['an SCP binds the root user',                    root, { scps: [silent] },                              {},                                    'implicitDeny', 'scp'],
  ['the root user needs no grant',                  root, {},                                              {},                                    'allowed',      'root'],
  ['an RCP binds',                                  user, { identity: allow, rcps: [policy('rcp', 'Deny', '*')] }, {},                            'explicitDeny', 'rcp'],
  ['a silent endpoint policy stops',                user, { identity: allow, endpoint: silent },           {},                                    'implicitDeny', 'endpoint'],
  ['resource names the user',                       user, { boundary: silent },                            { resourcePolicy: named({ AWS: user.arn }) },      'allowed', 'resource'],
  ['resource names the user by id',                 user, {},                                              { resourcePolicy: named({ AWS: 'AIDAALICE' }) },   'allowed', 'resource'],
  ['resource names another user',                   user, {},                                              { resourcePolicy: named({ AWS: `${user.arn}x` }) }, 'implicitDeny', 'identity'],
  ['resource names the role, boundary silent',      role, { boundary: silent },                            { resourcePolicy: named({ AWS: role.roleArn }) },  'implicitDeny', 'boundary'],
  ['resource names the role, session silent',       role, { session: silent },                             { resourcePolicy: named({ AWS: role.roleArn }) },  'implicitDeny', 'session'],
  ['resource names the role',                       role, {},                                              { resourcePolicy: named({ AWS: role.roleArn }) },  'allowed', 'resource'],
  ['resource names the session',                    role, { boundary: silent, session: silent },           { resourcePolicy: named({ AWS: role.arn }) },      'allowed', 'resource'],
  ['resource names everyone',                       role, { boundary: silent, session: silent },           { resourcePolicy: named('*') },                    'allowed', 'resource'],
  ['resource names the account',                    user, {},                                              { resourcePolicy: named(own) },                    'implicitDeny', 'identity'],
  ['resource names the account, identity grants',   user, { identity: allow },                             { resourcePolicy: named(own) },                    'allowed', 'identity'],
  ['resource denies',                               user, { identity: allow },                             { resourcePolicy: refusing('*') },                 'explicitDeny', 'resource'],
  ['federated user, its session named',             federated, {},                                         { resourcePolicy: named({ AWS: federated.arn }) }, 'allowed', 'resource'],
  ['federated user, its issuer named',              federated, { session: silent },                        { resourcePolicy: named({ AWS: user.arn }) },      'implicitDeny', 'session'],
  ['federated user without session policy',         federated, { identity: allow },                        {},                                    'implicitDeny', 'session'],
  ['federated user with one',                       federated, { identity: allow, session: allow },        {},                                    'allowed',      'identity'],
  ['cross account, only identity',                  user, { identity: allow },                             { resourceAccountId: THERE },          'implicitDeny', 'resource'],
  ['cross account, only resource',                  user, {},                                              { resourceAccountId: THERE, resourcePolicy: named({ AWS: user.arn }) }, 'implicitDeny', 'identity'],
  ['cross account, both',                           user, { identity: allow },                             { resourceAccountId: THERE, resourcePolicy: named({ AWS: user.arn }) }, 'allowed', 'identity'],
  ['cross account, everyone, no identity',          user, {},                                              { resourceAccountId: THERE, resourcePolicy: named('*') },               'implicitDeny', 'identity'],
  ['trust policy names nobody, same account',       user, { identity: allow },                             { resourcePolicy: trusting({ AWS: `${user.arn}x` }) }, 'implicitDeny', 'trust'],
  ['trust policy names the user',                   user, {},                                              { resourcePolicy: trusting({ AWS: user.arn }) },       'allowed', 'trust'],
  ['trust policy names the account',                user, {},                                              { resourcePolicy: trusting(own) },                     'implicitDeny', 'identity'],
  ['service principal',                             service, {},                                           { resourcePolicy: trusting({ Service: 'states.amazonaws.com' }) }, 'allowed', 'trust'],
  ['another service principal',                     service, {},                                           { resourcePolicy: trusting({ Service: 'lambda.amazonaws.com' }) }, 'implicitDeny', 'trust'],
  ['web identity',                                  web, {},                                               { resourcePolicy: trusting({ Federated: web.arn }) },  'allowed', 'trust'],
  ['web identity is no account principal',          web, {},                                               { resourcePolicy: trusting(own) },                     'implicitDeny', 'trust'],
  ['a closer grant behind the account\'s',          user, {},                                              { resourcePolicy: named({ AWS: [HERE, user.arn] }) }, 'allowed', 'resource'],
  ['a closer grant in a later statement',           user, {},                                              { resourcePolicy: { kind: 'resource', policies: policySet([...named(own).policies.policies, ...named('*').policies.policies]) } }, 'allowed', 'resource'],
  ['NotPrincipal allows everybody else',            user, {},                                              { resourcePolicy: notNamed('Allow', { AWS: `${user.arn}x` }) }, 'allowed', 'resource'],
  ['NotPrincipal denies whom it names by half',     user, { identity: allow },                             { resourcePolicy: notNamed('Deny', { AWS: user.arn }) },        'explicitDeny', 'resource'],
  ['NotPrincipal spares whom it names',             user, { identity: allow },                             { resourcePolicy: notNamed('Deny', { AWS: [HERE, user.arn] }) }, 'allowed', 'identity'],
  ['NotPrincipal denies whoever has a boundary',    user, { identity: allow, boundary: allow },            { resourcePolicy: notNamed('Deny', { AWS: [HERE, user.arn] }) }, 'explicitDeny', 'resource'],
  ['a key policy that names nobody',                user, { identity: allow },                             { resourcePolicy: { ...named({ AWS: THERE }), mandatory: true } }, 'implicitDeny', 'resource'],
  ['a key policy that names the account',           user, { identity: allow },                             { resourcePolicy: { ...named(own), mandatory: true } },         'allowed', 'identity'],
  ['a key policy that names the user',              user, {},                                              { resourcePolicy: { ...named({ AWS: user.arn }), mandatory: true } }, 'allowed', 'resource'],
  ['root, behind a key policy that names nobody',   root, {},                                              { resourcePolicy: { ...named({ AWS: THERE }), mandatory: true } }, 'implicitDeny', 'resource'],
  ['root, of another account',                      root, {},                                              { resourceAccountId: THERE, resourcePolicy: named(own) },       'allowed', 'root'],
  ['root, within a session policy',                 root, { session: silent },                             {},                                    'implicitDeny', 'session'],
  ['federated by root, its session allows',         { ...federated, userArn: root.arn }, { session: allow }, {},                                     'allowed', 'root'],
  ['federated by root, its session is silent',      { ...federated, userArn: root.arn }, { session: silent }, {},                                    'implicitDeny', 'session'],
  ['federated, cross account, session silent',      federated, { identity: allow, session: silent },       { resourceAccountId: THERE, resourcePolicy: named({ AWS: federated.arn }) }, 'implicitDeny', 'session'],
  ['role, cross account, boundary silent',          role, { identity: allow, boundary: silent },           { resourceAccountId: THERE, resourcePolicy: named({ AWS: role.arn }) }, 'implicitDeny', 'boundary'],
  ['a service-linked role under SCPs',              linked, { identity: allow, scps: [deny] },             {},                                    'allowed', 'identity'],
  ['a service-linked role under RCPs',              linked, { identity: allow, rcps: [policy('rcp', 'Deny', '*')] }, {},                          'allowed', 'identity'],
  ['SCPs bind a role with such a path of its own',  disguised, { identity: allow, scps: [silent] },         {},                                    'implicitDeny', 'scp'],
  ['RCPs too',                                      disguised, { identity: allow, rcps: [policy('rcp', 'Deny', '*')] }, {},                       'explicitDeny', 'rcp'],
  ['RCPs, where the resource has such a path',      role, { identity: allow, rcps: [policy('rcp', 'Deny', '*')] }, { resource: DISGUISED },         'explicitDeny', 'rcp'],
  ['RCPs, to assume a service-linked role',         service, { rcps: [policy('rcp', 'Deny', '*')] },       { resource: LINKED, resourcePolicy: trusting({ Service: 'states.amazonaws.com' }) }, 'allowed', 'trust'],
  ['a service under SCPs',                          service, { scps: [deny] },                             { resourcePolicy: named({ Service: 'states.amazonaws.com' }) }, 'allowed', 'resource'],
  ['kms:RetireGrant under RCPs',                    user, { identity: policy('identity', 'Allow', undefined, 'kms:*'), rcps: [policy('rcp', 'Deny', '*', '*')] }, { action: 'kms:RetireGrant' }, 'allowed', 'identity'],
  ['a service under RCPs',                          service, { rcps: [policy('rcp', 'Deny', '*')] },       { resourcePolicy: named({ Service: 'states.amazonaws.com' }) }, 'explicitDeny', 'rcp'],
  ['no RCP allows',                                 user, { identity: allow, rcps: [policy('rcp', 'Allow', '*', 'sqs:*')] }, {},                  'implicitDeny', 'rcp'],
  ['an SCP level without policies',                 user, { identity: allow, scps: [allow, policySet([])] }, {},                                  'implicitDeny', 'scp'],
  ['a deny of an SCP before one of identity',       user, { identity: deny, scps: [allow, deny] },         {},                                    'explicitDeny', 'scp'],
  ['a deny of the endpoint',                        user, { identity: allow, endpoint: policy('endpoint', 'Deny', '*') }, {},                     'explicitDeny', 'endpoint'],
  ['a deny for the root user',                      root, { scps: [deny] },                                {},                                    'explicitDeny', 'scp'],
  ['a broken policy of the resource',               user, { identity: allow },                             { resourcePolicy: { kind: 'resource', policies: policySet([broken]) } }, 'explicitDeny', 'resource'],
  ['anonymous, everyone',                           anonymous, {},                                         { resourcePolicy: named('*') },                        'allowed', 'resource'],
  ['anonymous, nothing',                            anonymous, {},                                         {},                                    'implicitDeny', 'resource'],
]
const askAbout = (resource: Partial<Check>): Check => ({
  action: 's3:GetObject',
  resource: BUCKET,
  resourceAccountId: HERE,
  context: contextOf({}),
  ...resource,
})
for (const [name, caller, policies, resource, decision, policyType] of TABLE) {
  test(`decision: ${name}`, () => {
    const made = decide(askAbout(resource), caller, policies)
    assert.deepEqual([made.decision, made.policyType], [decision, policyType])
  })
}

test('the trace of a decision names the statements of scopes as levels behind the session policy', () => {
  const policies: Policies = { identity: allow, session: allow, scopes: [allow, allow] }
  const { trace } = decide(askAbout({}), role, policies)
  assert.deepEqual(
    readTrace(trace, askAbout({}), role, policies).map(({ policyType, level }) => `${policyType} ${level}`),
    ['identity 0', 'session 0', 'session 1', 'session 2'],
  )
  const denied = decide(askAbout({}), role, { ...policies, scopes: [allow, deny] })
  assert.deepEqual(
    readTrace(denied.trace, askAbout({}), role, { ...policies, scopes: [allow, deny] }).map(({ level }) => level),
    [2],
  )
})

test('the trace names levels beyond those that an organization can have', () => {
  const policies: Policies = {
    identity: allow,
    session: allow,
    scopes: Array.from({ length: 40 }, () => allow),
    scps: Array.from({ length: 20 }, () => allow),
  }
  const { trace } = decide(askAbout({}), role, policies)
  const levels = readTrace(trace, askAbout({}), role, policies).map(({ policyType, level }) => `${policyType} ${level}`)
  assert.deepEqual([levels.length, levels[19], levels.at(-1)], [62, 'scp 19', 'session 40'])
})

test('a policy that cannot be compiled denies, and says why', () => {
  const broken = policySet([
    compileText('{"Version":"2012-10-17","Statement":{}}', 'identity', { id: 'x', name: 'x', type: 'inline' }),
  ])
  const made = decide(askAbout({}), user, { identity: policySet([...allow.policies, ...broken.policies]) })
  assert.equal(made.decision, 'explicitDeny')
  assert.ok('broken' in made && made.broken?.problem !== undefined)
})

const WHO = `User: ${user.arn} is not authorized to perform: s3:GetObject on resource: ${BUCKET}`
const organizations = (principal: string, resource?: string) =>
  contextOf({ 'aws:PrincipalOrgID': principal, 'aws:ResourceOrgID': resource })
// oxfmt-ignore
const TEXTS: readonly (readonly [string, Policies, Partial<Check>, string])[] = [
  ['no identity policy',   {},                                          {}, `${WHO} because no identity-based policy allows the s3:GetObject action`],
  ['explicit, managed',    { identity: deny },                          {}, `${WHO} with an explicit deny in an identity-based policy: arn:identity`],
  ['no boundary',          { identity: allow, boundary: silent },       {}, `${WHO} because no permissions boundary allows the s3:GetObject action`],
  ['silent SCP',           { identity: allow, scps: [silent] },         {}, `${WHO} because no service control policy allows the s3:GetObject action`],
  ['session deny',         { identity: allow, session: deny },          {}, `${WHO} with an explicit deny in a session policy: arn:identity`],
  ['boundary deny',        { identity: allow, boundary: deny },         {}, `${WHO} with an explicit deny in a permissions boundary: arn:identity`],
  ['SCP deny',             { identity: allow, scps: [allow, deny] },    {}, `${WHO} with an explicit deny in a service control policy: arn:identity`],
  ['deny, other account',  { identity: deny },                          { resourceAccountId: THERE }, WHO],
  ['resource deny',        { identity: allow },                         { resourcePolicy: refusing('*') }, `${WHO} with an explicit deny in a resource-based policy`],
  ['trust',                { identity: allow },                         { resourcePolicy: trusting({ AWS: THERE }) }, `${WHO} because no role trust policy allows the s3:GetObject action`],
  ['another account',      {},                                          { resourceAccountId: THERE }, WHO],
  ['one organization',     { identity: allow, scps: [deny] },           { resourceAccountId: THERE, context: organizations('o-1', 'o-1') }, `${WHO} with an explicit deny in a service control policy: arn:identity`],
  ['one organization, silence', {},                                     { resourceAccountId: THERE, context: organizations('o-1', 'o-1') }, `${WHO} because no resource-based policy allows the s3:GetObject action`],
  ['two organizations',    { identity: deny },                          { resourceAccountId: THERE, context: organizations('o-1', 'o-2') }, WHO],
  ['one of them in none',  { identity: deny },                          { resourceAccountId: THERE, context: organizations('o-1') }, WHO],
]
for (const [name, policies, resource, text] of TEXTS) {
  test(`denial text: ${name}`, () => {
    const check = askAbout(resource)
    assert.equal(denialText(user, check, decide(check, user, policies)), text)
  })
}

const sets = fc.constantFrom(allow, deny, silent)
test('denial texts of callers that are no users', () => {
  const check = askAbout({ action: 'sts:AssumeRoleWithWebIdentity', resourceAccountId: HERE, resourcePolicy: trusting(own) })
  assert.equal(denialText(web, check, decide(check, web, {})), 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
  const asked = askAbout({ resource: '*' })
  const rcps = [policy('rcp', 'Deny', '*')]
  assert.equal(
    denialText(anonymous, asked, decide(asked, anonymous, { rcps })),
    'User: anonymous is not authorized to perform: s3:GetObject on resource: * with an explicit deny in a resource control policy',
  )
})

test('a trace holds the statement of every set that had to allow', () => {
  const policies: Policies = {
    identity: policySet([...deny.policies.slice(1), ...silent.policies, ...allow.policies]),
    boundary: allow,
    scps: [allow, policySet([...silent.policies, ...policy('scp', 'Allow').policies])],
  }
  const check = askAbout({ resourcePolicy: named(own) })
  const { trace } = decide(check, user, policies)
  assert.deepEqual(
    readTrace(trace, check, user, policies).map(({ policyType, level, statement }) => [policyType, level, statement.policy.id]),
    [
      ['scp', 0, 'identity'],
      ['scp', 1, 'scp'],
      ['resource', 0, 'resource'],
      ['identity', 0, 'identity'],
      ['boundary', 0, 'identity'],
    ],
  )
  assert.throws(() => readTrace(trace, check, user, {}), /not of these policies/)
})

const lanes: fc.Arbitrary<Policies> = fc.record(
  { identity: sets, boundary: sets, session: sets, scps: fc.array(sets, { maxLength: 2 }) },
  { requiredKeys: [] },
)

test('property: one more deny never allows', () => {
  fc.assert(
    fc.property(lanes, fc.constantFrom('identity', 'boundary', 'session'), (policies, lane) => {
      const more = policySet([...(policies[lane as 'identity']?.policies ?? []), ...deny.policies])
      assert.equal(decide(askAbout({}), role, { ...policies, [lane]: more }).decision, 'explicitDeny')
    }),
  )
})

test('property: a session policy never adds a permission', () => {
  fc.assert(
    fc.property(lanes, sets, (policies, session) => {
      const { identity = silent, boundary = allow, scps = [] } = policies
      const limited = decide(askAbout({}), role, { identity, boundary, scps, session }).decision
      if (limited === 'allowed') assert.equal(decide(askAbout({}), role, { identity, boundary, scps }).decision, 'allowed')
    }),
  )
})

const source = (name: string) => ({ id: name, name, type: 'inline' as const })
const one = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const statementArbitrary = fc.record(
  {
    Effect: one('Allow', 'Allow', 'Deny'),
    Action: one('s3:GetObject', 's3:Get*', 's3:*', '*', 'sqs:*'),
    Resource: one(
      '*',
      'arn:aws:s3:::bucket/key',
      'arn:aws:s3:::bucket/*',
      'arn:aws:s3:::*',
      'arn:aws:s*:::bucket/k?y',
      'arn:aws:s3:::${aws:username}/key',
      'arn:aws:s3:::b',
      'arn:aws:s3:::bucket/key/*',
    ),
    Condition: one(
      { StringEquals: { 'aws:username': 'bucket' } },
      { Bool: { 'aws:SecureTransport': 'true' } },
      { StringLike: { 'aws:username': 'x*' } },
    ),
  },
  { requiredKeys: ['Effect', 'Action', 'Resource'] },
)
const compiledOf = (statements: readonly object[], name = 'p') =>
  compileText(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity', source(name))
const context = contextOf({ 'aws:username': 'bucket', 'aws:SecureTransport': 'true' })

test('property: the order of statements and policies does not matter', () => {
  fc.assert(
    fc.property(fc.array(statementArbitrary, { minLength: 1, maxLength: 40 }), fc.nat(), (statements, turn) => {
      const turned = [...statements.slice(turn % statements.length), ...statements.slice(0, turn % statements.length)]
      const inOne = decide(askAbout({ context }), user, { identity: policySet([compiledOf(statements)]) })
      const inMany = decide(askAbout({ context }), user, {
        identity: policySet(turned.map((each, index) => compiledOf([each], `p${index}`))),
      })
      assert.deepEqual([inMany.decision, inMany.policyType], [inOne.decision, inOne.policyType])
    }),
  )
})

test('property: the index finds the statement that a search of all finds', () => {
  fc.assert(
    fc.property(fc.array(statementArbitrary, { minLength: 13, maxLength: 60 }), (statements) => {
      const compiled = compiledOf(statements)
      const made = decide(askAbout({ context }), user, { identity: policySet([compiled]) })
      const [question, effect] = [
        questionOf(askAbout({ context }), user, {}),
        made.decision === 'explicitDeny' ? 'Deny' : 'Allow',
      ]
      const first = compiled.statements.find(
        (each) => each.effect === effect && each.matchesAction('s3:getobject') && isMet(each, question),
      )
      assert.equal('by' in made ? made.by : undefined, first)
      assert.equal(made.decision === 'implicitDeny', first === undefined)
    }),
    { numRuns: 300 },
  )
})
