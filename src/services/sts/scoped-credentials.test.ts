/** GetScopedCredentials: the same session with less. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal, SessionFacts } from '../../aws/principal.ts'
import type { GetScopedCredentialsResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, roleSession } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { getScopedCredentials } from './scoped-credentials.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const HOUR = 3_600_000
const Policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
const facts = {
  mfaAt: 5,
  policies: { inline: Policy },
  tags: [{ Key: 'team', Value: 'blue' }],
  transitiveTagKeys: ['team'],
  sourceIdentity: 'alice',
}

/** A role session with an hour to go. */
const role = (more: Partial<SessionFacts> = {}): Principal =>
  roleSession({ issuedAt: 1, expiresAt: harness.now() + HOUR, ...facts, ...more })
const scope = (input: object, as: Principal) => harness.call<GetScopedCredentialsResponse>(getScopedCredentials, input, { as })

test('what must be given, before anything is decided', () => {
  const text = (value: string, member: string, what: string) =>
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${what}`
  const long = ' '.repeat(2_049)
  // oxfmt-ignore
  const rows: readonly (readonly [object, string])[] = [
    [{ MinimumSessionTokenSize: 10 },                                  'At least one of Policy or DurationSeconds must be specified.'],
    [{ DurationSeconds: 0, Policy: long },                             text('0', 'durationSeconds', 'have value greater than or equal to 1')],
    [{ DurationSeconds: 129_601 },                                     text('129601', 'durationSeconds', 'have value less than or equal to 129600')],
    [{ Policy: long },                                                 text(long, 'policy', 'have length less than or equal to 2048')],
    [{ Policy, ScopedSessionDescription: 'x'.repeat(257) },            text('x'.repeat(257), 'scopedSessionDescription', 'have length less than or equal to 256')],
  ]
  for (const [input, message] of rows)
    assert.throws(() => harness.checks(getScopedCredentials, input), { code: 'ValidationError', message })
  assert.deepEqual(harness.checks(getScopedCredentials, { Policy }), { action: 'sts:GetScopedCredentials', resource: '*' })
})

test('GetScopedCredentials refuses in this order', async () => {
  const full = role({ scopes: [Policy, Policy, Policy] })
  const broken = { Policy: '{', DurationSeconds: 3_601 }
  const notSession = 'GetScopedCredentials must be called with temporary security credentials.'
  // oxfmt-ignore
  await assertRefusals(harness, getScopedCredentials, [
    [broken,                                             'InvalidSubjectCredentials',   notSession],
    [broken,                                             'InvalidSubjectCredentials',   notSession, harness.user('alice', 'AIDAALICE')],
    [broken,                                             'AccessDenied',                'A session can have up to 3 scope down policies. This session has 3.', full],
    [broken,                                             'MalformedPolicyDocument',     'The policy is not in the valid JSON format.', role()],
    [{ DurationSeconds: 3_601, MinimumSessionTokenSize: 5_000 }, 'InsufficientSessionLifetime', 'The requested DurationSeconds 3601 exceeds the remaining lifetime of the calling session, 3600 seconds.', role()],
    [{ DurationSeconds: 1, MinimumSessionTokenSize: 5_000 },     'ValidationError',             "1 validation error detected: Value '5000' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have value less than or equal to 4096", role()],
    [{ Policy },                                         'PackedPolicyTooLarge',        'Serialized token too large for session', role({ sourceIdentity: 'x'.repeat(4_000) })],
  ])
})

test('the session stays who it is and what it was, and is limited once more', async () => {
  const answer = await scope({ Policy }, role())
  assert.deepEqual(answer, {
    Credentials: answer.Credentials,
    SessionTokenSize: answer.Credentials?.SessionToken.length,
    SessionTokenUtilization: answer.SessionTokenUtilization,
    SessionInfo: { ScopedSessionId: 'AROATEST:session', Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/session` },
    ScopedPoliciesCount: 1,
    SourceIdentity: 'alice',
  })
  assert.deepEqual(harness.session(answer.Credentials?.SessionToken ?? ''), {
    ...facts,
    accessKeyId: answer.Credentials?.AccessKeyId,
    secretAccessKey: answer.Credentials?.SecretAccessKey,
    accountId: ACCOUNT,
    principal: { type: 'assumed-role', id: 'AROATEST', sessionName: 'session' },
    scopes: [Policy],
    issuedAt: harness.now(),
    expiresAt: harness.now() + HOUR,
  })
})

test('scopes add up to three; a shorter session needs no policy, and one at the limit may still be shortened', async () => {
  const counts = []
  for (const count of [0, 1, 2])
    counts.push((await scope({ Policy }, role({ scopes: Array(count).fill(Policy) }))).ScopedPoliciesCount)
  assert.deepEqual(counts, [1, 2, 3])
  const { Credentials, ScopedPoliciesCount } = await scope({ DurationSeconds: 60 }, role({ scopes: [Policy, Policy, Policy] }))
  assert.deepEqual([ScopedPoliciesCount, Credentials?.Expiration], [3, new Date(harness.now() + 60_000)])
  const plain = await scope({ DurationSeconds: 3_600 }, role())
  assert.deepEqual([plain.ScopedPoliciesCount, harness.session(plain.Credentials?.SessionToken ?? '')?.scopes], [0, undefined])
})

test('a session of GetSessionToken without a code stays one that IAM does not take, a delegated one delegated', async () => {
  const delegate = { accountId: '444455556666', requestId: 'r' }
  const user: Principal = {
    ...harness.user('alice', 'AIDAALICE'),
    credential: { accessKeyId: 'ASIA', session: { issuedAt: 1, expiresAt: harness.now() + HOUR, noIam: true, delegate } },
  }
  const { Credentials } = await scope({ Policy }, user)
  const session = harness.session(Credentials?.SessionToken ?? '')
  assert.deepEqual([session?.noIam, session?.delegate, session?.principal], [true, delegate, { type: 'user', id: 'AIDAALICE' }])
})
