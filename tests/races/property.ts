/** The property: calls of one account that run at the same time do what they would have done one after the other, in some order. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { TestServer } from '../server.ts'
import { clientsOf, fill, race } from './account.ts'
import { raceRounds } from './arbitrary.ts'
import { explain, type RaceCall } from './explain.ts'
import { assertDetails, assertWhole, observe } from './observe.ts'
import { textOf } from './state.ts'

export type RaceCounts = { accounts: number; rounds: number; calls: number; refused: number }

/** Races calls on one new account a run, on the servers given, which share a database. A failure prints the seed and the smallest rounds found. */
export async function assertRaces(
  servers: readonly TestServer[],
  settings: { readonly numRuns: number; readonly seed?: number },
): Promise<RaceCounts> {
  const counts: RaceCounts = { accounts: 0, rounds: 0, calls: 0, refused: 0 }
  const [first] = servers
  assert.ok(first)
  await fc.assert(
    fc.asyncProperty(raceRounds(ACCOUNT), async (rounds) => {
      counts.accounts += 1
      const { accountId, root } = await first.account(`race-${counts.accounts}`)
      await raceOn(servers, { accountId, root, rounds: inAccount(rounds, accountId) }, counts)
    }),
    { ...settings, endOnFailure: false },
  )
  return counts
}

/** Stands in generated calls for the account that a run makes. */
const ACCOUNT = '000000000000'
const inAccount = (rounds: readonly (readonly RaceCall[])[], accountId: string): typeof rounds =>
  JSON.parse(JSON.stringify(rounds).replaceAll(`::${ACCOUNT}:`, `::${accountId}:`)) as typeof rounds

type Run = {
  readonly accountId: string
  readonly root: Parameters<TestServer['iam']>[0]
  readonly rounds: readonly (readonly RaceCall[])[]
}

async function raceOn(servers: readonly TestServer[], { accountId, root, rounds }: Run, counts: RaceCounts): Promise<void> {
  const clients = clientsOf(servers, root)
  let state = await fill(clients)
  for (const round of rounds) {
    const raced = await race(clients, state, round)
    const possible = explain(state, raced)
    const story = JSON.stringify(
      raced.map(({ call, told }) => [call.action, call.input, told.code ?? told.answer]),
      null,
      1,
    )
    const [likely] = possible
    assert.ok(likely, `no order explains ${story}`)
    const seen = await observe(clients, likely)
    const found = possible.find((one) => textOf(one) === textOf(seen))
    assert.ok(found, `after ${story} the account is\n${textOf(seen)}\nand should be\n${possible.map(textOf).join('\nor\n')}`)
    assertWhole(seen)
    await assertDetails(clients, seen)
    state = found
    counts.rounds += 1
    counts.calls += raced.length
    counts.refused += raced.filter(({ told }) => told.code !== undefined).length
  }
  const [first] = servers
  const verified = await first?.admin('verifyAudit', { accountId })
  const records = clients.count() + 1
  assert.deepEqual(verified, { accounts: [{ accountId, records }] }, 'one record a call and one of the account, in a whole chain')
}
