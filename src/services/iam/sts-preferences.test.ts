/** The account's preferences about STS, as GetAccountSummary tells them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { GetAccountSummaryResponse } from '../../model/iam.gen.ts'
import { type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { getAccountSummary } from './account.ts'
import { setSecurityTokenServicePreferences } from './sts-preferences.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

test('the version of the global endpoint’s tokens is 1 until it is set, and an account’s own', async () => {
  const version = async (options = {}) =>
    (await harness.call<GetAccountSummaryResponse>(getAccountSummary, {}, options)).SummaryMap?.['GlobalEndpointTokenVersion']
  assert.equal(await version(), 1)
  assert.deepEqual(await harness.call(setSecurityTokenServicePreferences, { GlobalEndpointTokenVersion: 'v2Token' }), {})
  assert.equal(await version(), 2)
  assert.equal(await version({ as: harness.rootOf(OTHER_ACCOUNT) }), 1)
  await harness.call(setSecurityTokenServicePreferences, { GlobalEndpointTokenVersion: 'v1Token' })
  assert.equal(await version(), 1)
})
