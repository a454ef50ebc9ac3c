/** Calls that race on two servers of one PostgreSQL. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { assertAliasDuel, assertDuels } from '../races/duels.ts'
import { assertClaims } from '../races/claims.ts'
import { assertDelegation } from '../races/delegation.ts'
import { assertRaces } from '../races/property.ts'
import { startTestServer, type TestServer } from '../server.ts'
import { type Cluster, startCluster } from './cluster.ts'

suite('races on two servers of one PostgreSQL', () => {
  let cluster: Cluster
  let servers: readonly [TestServer, TestServer]

  before(async () => {
    cluster = await startCluster()
    const config = {
      database: await cluster.database('races'),
      key: randomBytes(32).toString('base64'),
      audit: 'strict',
    } as const
    servers = [await startTestServer(config), await startTestServer(config)]
  })
  after(async () => {
    await Promise.all(servers.map((server) => server.close()))
    await cluster.stop()
  })

  test('calls that race do what they would have done one after the other', async (context) => {
    const counts = await assertRaces(servers, { numRuns: 40 })
    context.diagnostic(JSON.stringify(counts))
    assert.ok(counts.refused > counts.calls / 10)
  })

  test('where there is room for one, one wins', async () => {
    await assertDuels(...servers)
    await assertAliasDuel(...servers)
  })

  test('what counts once counts once', () => assertClaims(...servers))

  test('a delegation request has one owner, one approval and one token', () => assertDelegation(...servers))
})
