/** GetDelegatedAccessToken: who may exchange a token, until when, and whose session comes of it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import type { GetDelegatedAccessTokenResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, roleSession } from '../../../tests/harness.ts'
import { newRequest, noticesOf, PROVIDER, registerProvider, write } from '../../../tests/product-provider.ts'
import { findDelegatedPolicy, findDelegationRequest, revokeDelegation } from '../delegation-requests.rows.ts'
import { sealTradeIn } from '../delegation-token.ts'
import { acceptDelegationRequest, associateDelegationRequest, sendDelegationToken } from '../iam/delegation-approval.ts'
import { putProvider, removeProvider } from '../iam/product-providers.rows.ts'
import { getDelegatedAccessToken } from './delegated-access.ts'

const HOUR = 3_600_000
let harness: Harness
let alice: Principal
let provider: Principal
before(async () => {
  harness = await openHarness()
  await registerProvider(harness)
  alice = harness.user('alice', 'AIDAALICE')
  provider = harness.rootOf(PROVIDER)
})
after(() => harness.close())

/** A request that this principal approved and released; its id and its exchange token. */
async function approved(approver: Principal, seconds = 3_600): Promise<{ readonly id: string; readonly token: string }> {
  const id = await newRequest(harness, { SessionDuration: seconds })
  const steps = [
    [associateDelegationRequest, alice],
    [acceptDelegationRequest, approver],
    [sendDelegationToken, alice],
  ] as const
  for (const [operation, as] of steps) await harness.call(operation, { DelegationRequestId: id }, { as })
  const token = (await noticesOf(harness, id)).at(-1)?.['ExchangeToken']
  assert.ok(token !== undefined)
  return { id, token }
}

const exchange = (TradeInToken: string, as = provider) =>
  harness.call<GetDelegatedAccessTokenResponse>(getDelegatedAccessToken, { TradeInToken }, { as })

test('GetDelegatedAccessToken refuses in this order', async () => {
  const { id, token } = await approved(alice)
  const refused = (TradeInToken: string, code: string, message: string, as = provider) =>
    harness.refused(getDelegatedAccessToken, { TradeInToken }, { code, message }, { as })
  const others = 'The trade-in token can be redeemed by the account that requested the delegation only.'
  const expired = 'The trade-in token is expired.'
  for (const broken of ['', 'x', `${token}x`, token.slice(4), `KRS1${token.slice(4)}`])
    await refused(broken, 'ValidationError', 'The trade-in token is not valid.')
  await refused(token, 'AccessDenied', others, alice)
  await write(harness, async (tx) => void (await removeProvider(tx, PROVIDER)))
  await refused(token, 'AccessDenied', others)
  await write(harness, (tx) => putProvider(tx, { account: PROVIDER, domain: 'provider.example', name: 'Provider' }, 0))
  const unsent = await newRequest(harness)
  const { vault } = harness.preparing()
  for (const requestId of [unsent, 'e4bdcdae-4f66-41ed-8e1e-a710ea8a3c1e'])
    await refused(sealTradeIn({ requestId, requestor: PROVIDER }, vault), 'ExpiredTradeInTokenException', expired)
  await write(harness, async (tx) => {
    const row = await findDelegationRequest(tx, id)
    assert.ok(row !== undefined)
    await revokeDelegation(tx, row, 1)
  })
  await refused(token, 'AccessDenied', 'The delegated access was revoked.')
  assert.equal(
    await harness.store.read((tx) => findDelegatedPolicy(tx, ACCOUNT, { accountId: PROVIDER, requestId: id })),
    undefined,
  )
  harness.advance(HOUR)
  await refused(token, 'ExpiredTradeInTokenException', expired)
})

test('a token is exchanged again and again, and all that comes of it ends with it', async () => {
  const { id, token } = await approved(alice)
  const end = new Date(harness.now() + HOUR)
  const keys = new Set<string>()
  for (const minutes of [0, 20, 39]) {
    harness.advance(minutes * 60_000 + 7)
    const { Credentials, AssumedPrincipal, PackedPolicySize } = await exchange(token)
    assert.ok(Credentials !== undefined)
    assert.deepEqual([Credentials.Expiration, AssumedPrincipal, PackedPolicySize], [end, alice.arn, undefined])
    keys.add(Credentials.AccessKeyId)
    assert.deepEqual(harness.session(Credentials.SessionToken), {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      accountId: ACCOUNT,
      principal: { type: 'user', id: 'AIDAALICE' },
      issuedAt: harness.now(),
      expiresAt: end.getTime(),
      delegate: { accountId: PROVIDER, requestId: id },
    })
  }
  assert.equal(keys.size, 3)
})

test('what limited the approver’s session limits the delegated one; its code and its end do not stay', async () => {
  const facts = {
    policies: { inline: '{}', arns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    scopes: ['{"scope":1}'],
    tags: [{ Key: 'team', Value: 'blue' }],
    transitiveTagKeys: ['team'],
    sourceIdentity: 'alice',
    provider: 'accounts.example',
    context: { 'saml:sub': 'x' },
  }
  const role = roleSession({ ...facts, mfaAt: 1, issuedAt: 1, expiresAt: 2 })
  const { id, token } = await approved(role)
  const { Credentials, AssumedPrincipal } = await exchange(token)
  assert.equal(AssumedPrincipal, role.arn)
  const { accessKeyId: _key, secretAccessKey: _secret, ...session } = harness.session(Credentials?.SessionToken ?? '') ?? {}
  assert.deepEqual(session, {
    ...facts,
    accountId: ACCOUNT,
    principal: { type: 'assumed-role', id: 'AROATEST', sessionName: 'session' },
    issuedAt: harness.now(),
    expiresAt: harness.now() + HOUR,
    delegate: { accountId: PROVIDER, requestId: id },
  })
})

test('a session that would be too long is refused', async () => {
  const { token } = await approved(roleSession({ sourceIdentity: 'x'.repeat(4_000), issuedAt: 1, expiresAt: 2 }))
  const refusal = { code: 'PackedPolicyTooLarge', message: 'Serialized token too large for session' }
  await harness.refused(getDelegatedAccessToken, { TradeInToken: token }, refusal, { as: provider })
})

test('the root user and a federated user approve as who they are', async () => {
  const federated: Principal = {
    type: 'federated-user',
    accountId: ACCOUNT,
    id: `${ACCOUNT}:bob`,
    arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
    name: 'bob',
    issuer: { arn: alice.arn, userId: 'AIDAALICE' },
    credential: { accessKeyId: 'ASIA', session: { issuedAt: 1, expiresAt: 2 } },
  }
  for (const [approver, principal] of [
    [harness.root, { type: 'root', id: ACCOUNT }],
    [federated, { type: 'federated-user', id: 'AIDAALICE', name: 'bob' }],
  ] as const) {
    const { token } = await approved(approver)
    const { Credentials } = await exchange(token)
    assert.deepEqual(harness.session(Credentials?.SessionToken ?? '')?.principal, principal)
  }
})
