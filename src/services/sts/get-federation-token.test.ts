/** GetFederationToken: who may, for how long, with what. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import type { GetFederationTokenResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { getFederationToken } from './get-federation-token.ts'

let harness: Harness
let alice: Principal
before(async () => {
  harness = await openHarness()
  alice = harness.user('alice', 'AIDAALICE')
})
after(() => harness.close())

const Policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
const Arn = `arn:aws:sts::${ACCOUNT}:federated-user/bob`
const input = { Name: 'bob' }

test('GetFederationToken refuses in this order', async () => {
  const session = { accessKeyId: 'ASIATEST', session: { issuedAt: 0, expiresAt: 1 } }
  const role = { roleArn: `arn:aws:iam::${ACCOUNT}:role/r`, roleId: 'AROAR', roleName: 'r', sessionName: 's' }
  const twice = {
    Tags: [
      { Key: 'a', Value: '' },
      { Key: 'A', Value: '' },
    ],
    Policy: '{',
  }
  const message = 'Cannot call GetFederationToken with session credentials'
  const callers: readonly Principal[] = [
    { ...alice, credential: session },
    { ...harness.root, credential: session },
    {
      type: 'assumed-role',
      accountId: ACCOUNT,
      id: 'AROAR:s',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`,
      ...role,
      credential: session,
    },
  ]
  for (const as of callers) {
    assert.throws(() => harness.checks(getFederationToken, { ...input, ...twice }, { as }), { code: 'AccessDenied', message })
    await harness.refused(getFederationToken, { ...input, ...twice }, { code: 'AccessDenied', message }, { as })
  }
  // oxfmt-ignore
  await assertRefusals(harness, getFederationToken, [
    [{ ...input, ...twice },                                                                   'InvalidParameterValue', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.', alice],
    [{ ...input, Policy: '{', PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/Missing' }] },      'ValidationError',       'arn:aws:iam::aws:policy/Missing is invalid', alice],
    [{ ...input, MinimumSessionTokenSize: 5_000 },                                             'ValidationError',       "1 validation error detected: Value '5000' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have value less than or equal to 4096", alice],
  ])
  await harness.refused(getFederationToken, { ...input, Policy: '{' }, { code: 'MalformedPolicyDocument' }, { as: alice })
  await harness.refused(
    getFederationToken,
    { ...input, Policy: Policy.padEnd(2_060) },
    { code: 'PackedPolicyTooLarge' },
    { as: alice },
  )
})

test('the session is somebody else’s, limited and tagged', async () => {
  const Tags = [{ Key: 'k', Value: 'v' }]
  const answer = await harness.call<GetFederationTokenResponse>(getFederationToken, { ...input, Policy, Tags }, { as: alice })
  assert.deepEqual(answer.FederatedUser, { FederatedUserId: `${ACCOUNT}:bob`, Arn })
  assert.ok((answer.PackedPolicySize ?? 0) > 0)
  const session = harness.session(answer.Credentials?.SessionToken ?? '')
  assert.deepEqual(session?.principal, { type: 'federated-user', id: 'AIDAALICE', name: 'bob' })
  assert.deepEqual([session.policies, session.tags, session.transitiveTagKeys], [{ inline: Policy }, Tags, undefined])
  const bare = await harness.call<GetFederationTokenResponse>(getFederationToken, input)
  assert.deepEqual(harness.session(bare.Credentials?.SessionToken ?? '')?.principal, {
    type: 'federated-user',
    id: ACCOUNT,
    name: 'bob',
  })
  assert.equal('PackedPolicySize' in bare, false)
})

test('it lasts as long as was asked, the root user’s an hour at most', async () => {
  // oxfmt-ignore
  const rows = [
    [alice,        undefined, 43_200],
    [alice,        129_600,   129_600],
    [harness.root, undefined, 3_600],
    [harness.root, 900,       900],
    [harness.root, 129_600,   3_600],
  ] as const
  for (const [as, DurationSeconds, seconds] of rows) {
    const asked = DurationSeconds === undefined ? input : { ...input, DurationSeconds }
    const { Credentials } = await harness.call<GetFederationTokenResponse>(getFederationToken, asked, { as })
    assert.equal(Credentials?.Expiration.getTime(), harness.now() + seconds * 1_000)
  }
})

test('what must be allowed', () => {
  assert.deepEqual(harness.checks(getFederationToken, input, { as: alice }), [
    { action: 'sts:GetFederationToken', resource: Arn },
  ])
  const context = { 'aws:TagKeys': ['k'], 'aws:RequestTag/k': 'v' }
  assert.deepEqual(harness.checks(getFederationToken, { ...input, Tags: [{ Key: 'k', Value: 'v' }] }, { as: alice }), [
    { action: 'sts:GetFederationToken', resource: Arn, context },
    { action: 'sts:TagSession', resource: Arn, context },
  ])
})
