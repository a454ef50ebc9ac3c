/** Outbound federation is enabled and disabled; an account stays the same issuer. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import type { WriteTx } from '../../store/store.ts'
import { findOutboundFederation } from '../outbound-federation.rows.ts'
import {
  disableOutboundWebIdentityFederation as disable,
  enableOutboundWebIdentityFederation as enable,
  getOutboundWebIdentityFederationInfo as info,
} from './outbound-federation.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const ENABLED = {
  code: 'FeatureEnabled',
  message: 'The request failed because outbound identity federation is already enabled for your AWS account.',
}
const DISABLED = {
  code: 'FeatureDisabled',
  message: 'The request failed because outbound identity federation is already disabled for your AWS account.',
}

test('it goes on and off, and on again as the same issuer with the same keys', async () => {
  await harness.refused(info, {}, DISABLED)
  await harness.refused(disable, {}, DISABLED)
  const { IssuerIdentifier } = await harness.call(enable, {})
  assert.match(String(IssuerIdentifier), /^https:\/\/keyreeve\.example\/_keyreeve\/oidc\/[0-9a-f-]{36}$/)
  assert.deepEqual(await harness.call(info, {}), { IssuerIdentifier, JwtVendingEnabled: true })
  await harness.refused(enable, {}, ENABLED)
  const row = () => harness.store.read((tx) => findOutboundFederation(tx, ACCOUNT))
  const before = await row()
  await harness.call(disable, {})
  await harness.refused(info, {}, DISABLED)
  await harness.refused(disable, {}, DISABLED)
  // Tokens already issued can still be verified.
  assert.deepEqual({ ...(await row()) }, { ...before, enabled: 0 })
  assert.deepEqual(await harness.call(enable, {}), { IssuerIdentifier })
  assert.deepEqual({ ...(await row()) }, { ...before })
})

test('of two who enable it at a time one is told so', async () => {
  const as = harness.rootOf(OTHER_ACCOUNT)
  const call = harness.preparing(as)
  const prepared = await harness.store.read(async (tx) => enable.prepare?.(tx, {}, call))
  await harness.call(enable, {}, { as })
  const run = (tx: WriteTx) => {
    assert.ok(enable.kind === 'write')
    return enable.handle(tx, {}, call, prepared)
  }
  await assert.rejects(harness.store.write({ run }), ENABLED)
})

test('private keys are sealed', async () => {
  const row = await harness.store.read((tx) => findOutboundFederation(tx, ACCOUNT))
  assert.ok(row !== undefined && !row.private_keys.includes('PRIVATE') && !row.public_keys.includes('"d"'))
})

test('what must be allowed', () => {
  for (const operation of [enable, disable, info])
    assert.deepEqual(harness.checks(operation, {}), { action: `iam:${operation.name}`, resource: '*' })
})
