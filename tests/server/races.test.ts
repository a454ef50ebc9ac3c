/** Calls that race on SQLite, a few: the slow suites run many (tests/fuzz, tests/postgres). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAliasDuel, assertDuels } from '../races/duels.ts'
import { assertClaims } from '../races/claims.ts'
import { assertDelegation } from '../races/delegation.ts'
import { assertRaces } from '../races/property.ts'
import { startTestServer, type TestServer } from '../server.ts'

let server: TestServer

before(async () => {
  server = await startTestServer({ audit: 'strict' })
})
after(() => server.close())

test('calls that race do what they would have done one after the other', async () => {
  const { calls, refused } = await assertRaces([server], { numRuns: 8 })
  assert.ok(refused > 0 && refused < calls)
})

test('where there is room for one, one wins', async () => {
  await assertDuels(server)
  await assertAliasDuel(server)
})

test('what counts once counts once', () => assertClaims(server))

test('a delegation request has one owner, one approval and one token', () => assertDelegation(server))
