/** AssumeRole: refusals in their order, lifetimes, session tags, source identity, session policies, checks. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { AssumedRolePrincipal, Principal, SessionFacts } from '../../aws/principal.ts'
import type { AssumeRoleResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import type { Check } from '../operation.ts'
import { assumeRole } from './assume-role.ts'
import { packedPolicySize } from './session-policies.ts'

let harness: Harness
let alice: Principal
before(async () => {
  harness = await openHarness()
  alice = harness.user('alice', 'AIDAALICE')
  const role = `INSERT INTO iam_role (account, id, name, name_key, path, trust_policy, max_session_seconds, tags, created_at)
    VALUES ($1, $2, $3, $4, $5, '{}', $6, '[]', 0)`
  await runSql(
    harness,
    [role, ACCOUNT, 'AROADEPLOY', 'Deploy', 'deploy', '/ci/', 7_200],
    [role, OTHER_ACCOUNT, 'AROAOTHER', 'other', 'other', '/', 3_600],
    [
      `INSERT INTO iam_policy (account, id, name, name_key, path, arn, default_version, next_version, tags, created_at, updated_at)
        VALUES ($1, 'ANPAX', 'own', 'own', '/', $2, 1, 2, '[]', 0, 0)`,
      ACCOUNT,
      OWN_POLICY,
    ],
  )
})
after(() => harness.close())

const RoleArn = `arn:aws:iam::${ACCOUNT}:role/ci/Deploy`
const OTHER_ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/other`
const OWN_POLICY = `arn:aws:iam::${ACCOUNT}:policy/own`
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const Policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
const input = { RoleArn, RoleSessionName: 'session' }
const DENIED = (action: string, arn: string): string =>
  `User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: ${action} on resource: ${arn}`

const call = (more: object = {}, as = alice) => harness.call<AssumeRoleResponse>(assumeRole, { ...input, ...more }, { as })
const checks = (more: object = {}, as = alice): readonly Check[] => {
  const asked = harness.checks(assumeRole, { ...input, ...more }, { as })
  assert.ok(Array.isArray(asked))
  return asked
}

/** A session of a role, with what its token says. */
const sessionWith = (facts: Partial<SessionFacts> = {}): AssumedRolePrincipal => ({
  type: 'assumed-role',
  accountId: ACCOUNT,
  id: 'AROAFIRST:chained',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/first/chained`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/first`,
  roleId: 'AROAFIRST',
  roleName: 'first',
  sessionName: 'chained',
  credential: { accessKeyId: 'ASIATEST', session: { issuedAt: 0, expiresAt: 1, ...facts } },
})
const tag = (Key: string, Value = '') => ({ Key, Value })
const CHAIN = sessionWith({ tags: [tag('Heart', '1'), tag('Sun', '2')], transitiveTagKeys: ['heart'], sourceIdentity: 'admin' })

test('AssumeRole refuses in this order, before it asks anybody', () => {
  const federated: Principal = {
    type: 'federated-user',
    accountId: ACCOUNT,
    id: `${ACCOUNT}:bob`,
    arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
    name: 'bob',
    issuer: { arn: alice.arn, userId: alice.id },
    credential: { accessKeyId: 'ASIATEST' },
  }
  const contexts = {
    ProvidedContexts: [{ ProviderArn: 'arn:aws:iam::aws:contextProvider/IdentityCenter', ContextAssertion: 'x' }],
  }
  // oxfmt-ignore
  const rows = [
    [{ ...contexts, RoleArn: 'not-an-arn-but-long-enough' },                'ValidationError', 'not-an-arn-but-long-enough is invalid', harness.root],
    [{ RoleArn: `arn:aws:iam::${ACCOUNT}:user/Deploy` },                    'ValidationError', `arn:aws:iam::${ACCOUNT}:user/Deploy is invalid`, alice],
    [{ RoleArn: `arn:aws:iam::${ACCOUNT}:role/` },                          'ValidationError', `arn:aws:iam::${ACCOUNT}:role/ is invalid`, alice],
    [{ RoleArn: `arn:aws:iam:us-east-1:${ACCOUNT}:role/x` },                'ValidationError', `arn:aws:iam:us-east-1:${ACCOUNT}:role/x is invalid`, alice],
    [{ RoleArn: 'arn:aws:iam::12345:role/Deploy' },                         'ValidationError', 'arn:aws:iam::12345:role/Deploy is invalid', alice],
    [contexts,                                                              'AccessDenied',    'Roles may not be assumed by root accounts.', harness.root],
    [contexts,                                                              'AccessDenied',    `User: ${federated.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`, federated],
    [contexts,                                                              'ValidationError', 'ProvidedContexts cannot be verified: no context provider is known.', alice],
    [{ SerialNumber: 'arn:aws:iam::111122223333:mfa/alice' },               'AccessDenied',    'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.', alice],
  ] as const
  for (const [more, code, message, as] of rows) assert.throws(() => checks(more, as), { code, message })
})

test('and then in this order', async () => {
  const tags = { Tags: [tag('a'), tag('A')], TransitiveTagKeys: ['b'] }
  const missing = `arn:aws:iam::${ACCOUNT}:role/Deploy`
  const GONE = `arn:aws:iam::${ACCOUNT}:policy/gone`
  const FOREIGN = `arn:aws:iam::${OTHER_ACCOUNT}:policy/own`
  const denied = (arn: string) => DENIED('sts:AssumeRole', arn)
  const eleven = Array.from({ length: 11 }, () => ({ arn: READ_ONLY }))
  // oxfmt-ignore
  await assertRefusals(harness, assumeRole, [
    [{ ...input, ...tags, RoleArn: missing },                                     'AccessDenied',            denied(missing), alice],
    [{ ...input, RoleArn: `arn:aws:iam::${ACCOUNT}:role/ci/deploy` },             'AccessDenied',            denied(`arn:aws:iam::${ACCOUNT}:role/ci/deploy`), alice],
    [{ ...input, ...tags },                                                       'InvalidParameterValue',   'Duplicate tag keys found. Please note that Tag keys are case insensitive.', alice],
    [{ ...input, Tags: [tag('Aws:a')] },                                          'InvalidParameterValue',   'aws: prefixed tag key names and values are not allowed for external use.', alice],
    [{ ...input, Tags: [tag('a', 'aws:b')] },                                     'InvalidParameterValue',   'aws: prefixed tag key names and values are not allowed for external use.', alice],
    [{ ...input, Tags: [tag('a')], TransitiveTagKeys: ['A', 'b'] },               'InvalidParameterValue',   'The specified transitive tag key must be included in the requested tags.', alice],
    [{ ...input, Tags: [tag('HEART')], SourceIdentity: 'x1' },                    'InvalidParameterValue',   "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.", CHAIN],
    [{ ...input, SourceIdentity: 'other', DurationSeconds: 7_201 },               'AccessDenied',            'The source identity of a session cannot be changed when it assumes a role.', CHAIN],
    [{ ...input, DurationSeconds: 7_201, Policy: '{' },                           'ValidationError',         'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.', CHAIN],
    [{ ...input, DurationSeconds: 7_201, Policy: '{' },                           'ValidationError',         'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.', alice],
    [{ ...input, Policy: '{', PolicyArns: eleven },                               'ValidationError',         `1 validation error detected: Value '[${eleven.map(() => `PolicyDescriptorType(arn=${READ_ONLY})`).join(', ')}]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10`, alice],
    [{ ...input, Policy: '{', PolicyArns: [{ arn: READ_ONLY }, { arn: GONE }] },  'ValidationError',         `${GONE} is invalid`, alice],
    [{ ...input, Policy: '{', PolicyArns: [{ arn: FOREIGN }] },                   'ValidationError',         `${FOREIGN} is invalid`, alice],
    [{ ...input, Policy: '{', PolicyArns: [{}] },                                 'ValidationError',         ' is invalid', alice],
  ])
  await harness.refused(assumeRole, { ...input, Policy: '{' }, { code: 'MalformedPolicyDocument' }, { as: alice })
  await harness.refused(
    assumeRole,
    { ...input, Policy: Policy.padEnd(2_060) },
    { code: 'PackedPolicyTooLarge', message: 'Packed policy consumes 101% of allotted space, please use smaller policy.' },
    { as: alice },
  )
})

test('the answer names the session, and the session lasts as long as was asked', async () => {
  const { Credentials, AssumedRoleUser, ...rest } = await call()
  assert.deepEqual(AssumedRoleUser, {
    AssumedRoleId: 'AROADEPLOY:session',
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/session`,
  })
  assert.deepEqual(Object.keys(rest).toSorted(), ['SessionTokenSize', 'SessionTokenUtilization'])
  assert.match(Credentials?.AccessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/)
  // oxfmt-ignore
  const rows = [
    [alice, undefined, 3_600],
    [alice, 900,       900],
    [alice, 7_200,     7_200],
    [CHAIN, undefined, 3_600],
    [CHAIN, 3_600,     3_600],
  ] as const
  for (const [as, DurationSeconds, seconds] of rows) {
    const { Credentials: credentials } = await call(DurationSeconds === undefined ? {} : { DurationSeconds }, as)
    assert.equal(credentials?.Expiration.getTime(), harness.now() + seconds * 1_000)
  }
})

test('the session is the role’s, in the role’s account', async () => {
  const session = await opened({ RoleArn: OTHER_ROLE, RoleSessionName: 'x@y' })
  assert.equal(session.accountId, OTHER_ACCOUNT)
  assert.deepEqual(session.principal, { type: 'assumed-role', id: 'AROAOTHER', sessionName: 'x@y' })
  assert.deepEqual(
    [session.policies, session.tags, session.transitiveTagKeys, session.sourceIdentity, session.mfaAt],
    [undefined, undefined, undefined, undefined, undefined],
  )
  const limited = await opened({ Policy, PolicyArns: [{ arn: OWN_POLICY }, { arn: READ_ONLY }] })
  assert.deepEqual(limited.policies, { inline: Policy, arns: [OWN_POLICY, READ_ONLY] })
  assert.deepEqual((await opened({ PolicyArns: [{ arn: READ_ONLY }] })).policies, { arns: [READ_ONLY] })
})

test('transitive tags and the source identity go on through a chain, other tags do not', async () => {
  const first = await opened({
    Tags: [tag('Heart', '1'), tag('Moon', '')],
    TransitiveTagKeys: ['HEART'],
    SourceIdentity: 'admin',
  })
  assert.deepEqual(
    [first.tags, first.transitiveTagKeys, first.sourceIdentity],
    [[tag('Heart', '1'), tag('Moon')], ['HEART'], 'admin'],
  )
  const { tags, transitiveTagKeys, sourceIdentity } = first
  assert.ok(tags !== undefined && transitiveTagKeys !== undefined && sourceIdentity !== undefined)
  const second = await opened({ Tags: [tag('Star', '2')] }, sessionWith({ tags, transitiveTagKeys, sourceIdentity }))
  assert.deepEqual(
    [second.tags, second.transitiveTagKeys, second.sourceIdentity],
    [[tag('Heart', '1'), tag('Star', '2')], ['Heart'], 'admin'],
  )
  assert.equal((await call({ SourceIdentity: 'admin' }, CHAIN)).SourceIdentity, 'admin')
})

test('PackedPolicySize tells how full a session is', async () => {
  const { PackedPolicySize = 0 } = await call({ Policy, Tags: [tag('k', 'v')] })
  assert.ok(PackedPolicySize > 0 && PackedPolicySize <= 100)
  assert.equal(packedPolicySize(undefined, []), undefined)
  // Text that hardly packs.
  const noise = Array.from({ length: 50 }, (_, index) => tag(`k${index}`, hash('sha256', String(index))))
  const nine = Array.from({ length: 9 }, (_, index) => tag(`T${index + 1}`, 'a'.repeat(250)))
  // Recorded: aws-actions/configure-aws-credentials issue 1898.
  assert.throws(() => packedPolicySize(undefined, nine), {
    message: 'Packed size of session tags consumes 498% of allotted space.',
  })
  assert.throws(() => packedPolicySize(undefined, noise), {
    code: 'PackedPolicyTooLarge',
    message: /^Packed size of session tags consumes \d{3}% of allotted space\.$/,
  })
  assert.throws(() => packedPolicySize({ inline: Policy }, noise), {
    message: /^Packed policy consumes \d{3}% of allotted space, please use smaller policy\.$/,
  })
})

test('what must be allowed', () => {
  const resource = { kind: 'role', name: '/ci/Deploy', accountId: ACCOUNT, service: 'iam' }
  const context = { 'sts:RoleSessionName': 'session', 'sts:ExternalId': undefined, 'sts:SourceIdentity': undefined }
  assert.deepEqual(checks(), [{ action: 'sts:AssumeRole', resource, context }])
  assert.deepEqual(
    checks({ RoleArn: OTHER_ROLE, ExternalId: 'id', SerialNumber: 'arn:aws:iam::111122223333:mfa/alice', TokenCode: '123456' }),
    [
      {
        action: 'sts:AssumeRole',
        resource: { ...resource, name: '/other', accountId: OTHER_ACCOUNT },
        context: { ...context, 'sts:ExternalId': 'id', 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' },
      },
    ],
  )
  const tags = { 'aws:TagKeys': ['k', 'l'], 'aws:RequestTag/k': 'v', 'aws:RequestTag/l': '', 'sts:TransitiveTagKeys': ['k'] }
  const source = { 'sts:SourceIdentity': 'me' }
  assert.deepEqual(checks({ Tags: [tag('k', 'v'), tag('l')], TransitiveTagKeys: ['k'], SourceIdentity: 'me' }), [
    { action: 'sts:AssumeRole', resource, context: { ...context, ...tags, ...source } },
    { action: 'sts:TagSession', resource, context: tags },
    { action: 'sts:SetSourceIdentity', resource, context: source },
  ])
  const inherited = { 'aws:TagKeys': ['Heart'], 'aws:RequestTag/Heart': '1' }
  const kept = { 'sts:SourceIdentity': 'admin' }
  assert.deepEqual(checks({}, CHAIN), [
    { action: 'sts:AssumeRole', resource, context: { ...context, ...inherited, ...kept } },
    { action: 'sts:TagSession', resource, context: inherited },
    { action: 'sts:SetSourceIdentity', resource, context: kept },
  ])
})

async function opened(more: object, as: Principal = alice) {
  const { Credentials } = await call(more, as)
  const session = harness.session(Credentials?.SessionToken ?? '')
  assert.ok(session !== undefined)
  return session
}
