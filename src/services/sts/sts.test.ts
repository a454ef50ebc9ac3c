/** STS's identity operations: who calls, credentials of one's own, whose key. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { newId } from '../../aws/ids.ts'
import type { Principal } from '../../aws/principal.ts'
import type { GetSessionTokenResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { openVault } from '../../store/vault.ts'
import { newKeyring } from '../../store/keyring.ts'
import { NO_PERMISSION_NEEDED } from '../operation.ts'
import { openSession } from '../session-token.ts'
import { getAccessKeyInfo, getCallerIdentity } from './caller-identity.ts'
import { issueSession } from './issue-session.ts'
import { getSessionToken } from './session-token.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const session = { accessKeyId: 'ASIATEST', session: { issuedAt: 0, expiresAt: 1 } }
const shared = { accountId: ACCOUNT, credential: session } as const
// oxfmt-ignore
const PRINCIPALS: readonly Principal[] = [
  { ...shared, type: 'root',           id: ACCOUNT,            arn: `arn:aws:iam::${ACCOUNT}:root` },
  { ...shared, type: 'user',           id: 'AIDATEST',         arn: `arn:aws:iam::${ACCOUNT}:user/p/u`, userName: 'u' },
  { ...shared, type: 'assumed-role',   id: 'AROATEST:s',       arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`, roleArn: `arn:aws:iam::${ACCOUNT}:role/p/r`, roleId: 'AROATEST', roleName: 'r', sessionName: 's' },
  { ...shared, type: 'federated-user', id: `${ACCOUNT}:f`,     arn: `arn:aws:sts::${ACCOUNT}:federated-user/f`, name: 'f', issuer: { arn: `arn:aws:iam::${ACCOUNT}:root`, userId: undefined } },
]

test('GetCallerIdentity answers everybody, without asking', async () => {
  for (const as of PRINCIPALS) {
    assert.deepEqual(await harness.call(getCallerIdentity, {}, { as }), { UserId: as.id, Account: ACCOUNT, Arn: as.arn })
    assert.equal(harness.checks(getCallerIdentity, {}, { as }), NO_PERMISSION_NEEDED)
  }
})

test('GetSessionToken refuses in this order', async () => {
  const both = { SerialNumber: 'arn:aws:iam::111122223333:mfa/u', TokenCode: '123456' }
  // oxfmt-ignore
  await assertRefusals(harness, getSessionToken, [
    ...PRINCIPALS.map((as) => [both, 'AccessDenied', 'Cannot call GetSessionToken with session credentials', as] as const),
    [{ TokenCode: '123456' },                   'AccessDenied',    'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.'],
    [{ SerialNumber: both.SerialNumber },       'AccessDenied',    'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.'],
    [{ MinimumSessionTokenSize: -1 },           'ValidationError', "1 validation error detected: Value '-1' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have value greater than or equal to 0"],
    [{ MinimumSessionTokenSize: 4097 },         'ValidationError', "1 validation error detected: Value '4097' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have value less than or equal to 4096"],
  ])
})

test('sessions last as long as was asked, the root user’s an hour at most', async () => {
  const user = harness.user('u', 'AIDATEST')
  // oxfmt-ignore
  const rows = [
    [user,         undefined, 43_200],
    [user,         900,       900],
    [user,         129_600,   129_600],
    [harness.root, undefined, 3_600],
    [harness.root, 900,       900],
    [harness.root, 129_600,   3_600],
  ] as const
  for (const [as, asked, seconds] of rows) {
    const { Credentials } = await harness.call<GetSessionTokenResponse>(
      getSessionToken,
      asked === undefined ? {} : { DurationSeconds: asked },
      { as },
    )
    assert.equal(Credentials?.Expiration.getTime(), harness.now() + seconds * 1000)
    assert.match(Credentials.AccessKeyId, /^ASIA[A-Z2-7]{16}$/)
    assert.match(Credentials.SecretAccessKey, /^[A-Za-z0-9+/]{40}$/)
  }
  assert.equal(harness.checks(getSessionToken, {}), NO_PERMISSION_NEEDED)
})

test('the token opens as the session it was made for, padded or not', () => {
  const vault = openVault(newKeyring({ random: randomBytes, now: 0 }))
  const call = {
    requestId: 'r',
    now: 5_000,
    region: 'us-east-1',
    accountId: ACCOUNT,
    principal: harness.root,
    random: randomBytes,
    vault,
  }
  const principal = { type: 'user', id: 'AIDATEST' } as const
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_096 }), (minimumTokenSize) => {
      const { Credentials, SessionTokenSize, SessionTokenUtilization } = issueSession(call, {
        accountId: ACCOUNT,
        principal,
        seconds: 900,
        minimumTokenSize,
      })
      assert.ok(SessionTokenSize >= minimumTokenSize && SessionTokenSize === Buffer.byteLength(Credentials.SessionToken))
      assert.ok(SessionTokenSize <= 4_096 && SessionTokenUtilization <= 100, `${SessionTokenSize} bytes for ${minimumTokenSize}`)
      const opened = openSession(Credentials.SessionToken, vault)
      assert.deepEqual(
        [opened?.accessKeyId, opened?.secretAccessKey, opened?.accountId, opened?.principal, opened?.issuedAt, opened?.expiresAt],
        [Credentials.AccessKeyId, Credentials.SecretAccessKey, ACCOUNT, principal, 5_000, 905_000],
      )
    }),
  )
})

test('GetAccessKeyInfo reads the account out of the id', async () => {
  // Published: the key of an account that the id's account number was checked against.
  assert.deepEqual(await harness.call(getAccessKeyInfo, { AccessKeyId: 'ASIAQNZGKIQY56JQ7WML' }), { Account: '029608264753' })
  assert.deepEqual(await harness.call(getAccessKeyInfo, { AccessKeyId: newId('AKIA', ACCOUNT, randomBytes) }), {
    Account: ACCOUNT,
  })
  await assertRefusals(harness, getAccessKeyInfo, [
    [{ AccessKeyId: 'AKIA000000000000' }, 'ValidationError', 'AKIA000000000000 is not a valid access key ID.'],
  ])
  assert.deepEqual(harness.checks(getAccessKeyInfo, { AccessKeyId: 'AKIA000000000000' }), {
    action: 'sts:GetAccessKeyInfo',
    resource: '*',
  })
})
