/** Rows of last access and of reports: many at once, the newest of each, and no more reports than an account may keep. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { runSql } from '../../../tests/refusals.ts'
import type { WriteTx } from '../../store/store.ts'
import { findReport, keepReport } from './access-reports.rows.ts'
import { type Access, newestByAction, newestByPrincipal, noteAccesses } from './last-access.rows.ts'

let harness: Harness
/** A store of its own for a test. */
async function open(context: TestContext): Promise<void> {
  harness = await openHarness()
  context.after(() => harness.close())
}

const write = (work: (tx: WriteTx) => Promise<void>): Promise<object> =>
  harness.store.write({ run: async (tx: WriteTx) => (await work(tx), {}) })
const access = (principalId: string, action: string, accessedAt: number, more: Partial<Access> = {}): Access => ({
  accountId: ACCOUNT,
  principalId,
  service: 'iam',
  action,
  accessedAt,
  region: 'us-east-1',
  ...more,
})
const times = async (id: string): Promise<readonly (readonly [string, number, string])[]> => {
  const rows = await harness.store.read((tx) => newestByAction(tx, ACCOUNT, { kind: 'principal', id }, 0))
  return rows.map(({ action, at, region }) => [action, at, region] as const)
}
const AT = Date.UTC(2026, 0, 1)

test('many at once, in any order, each where it belongs', async (context) => {
  await open(context)
  // More than two of the longest statements and some of each shorter one.
  const many = Array.from({ length: 84 }, (_, number) => access(`AIDA${number % 3}`, `Action${number}`, AT + number))
  await write((tx) => noteAccesses(tx, many.toReversed()))
  const found = await Promise.all(['AIDA0', 'AIDA1', 'AIDA2'].map(times))
  assert.deepEqual(
    found.flat().toSorted(([, one], [, other]) => one - other),
    many.map(({ action, accessedAt, region }) => [action, accessedAt, region]),
  )
  await write((tx) => noteAccesses(tx, []))
})

test('the newest attempt stays, with its region; the same time again is as new', async (context) => {
  await open(context)
  await write((tx) => noteAccesses(tx, [access('AIDA', 'GetUser', AT, { region: 'eu-west-1' })]))
  await write((tx) => noteAccesses(tx, [access('AIDA', 'GetUser', AT - 1, { region: 'eu-north-1' })]))
  assert.deepEqual(await times('AIDA'), [['GetUser', AT, 'eu-west-1']])
  await write((tx) => noteAccesses(tx, [access('AIDA', 'GetUser', AT, { region: 'a region with spaces' })]))
  assert.deepEqual(await times('AIDA'), [['GetUser', AT, 'a region with spaces']])
})

test('accounts are apart, and so are services', async (context) => {
  await open(context)
  await write((tx) =>
    noteAccesses(tx, [
      access('AIDA', 'CreatePolicy', AT),
      access('AIDA', 'CreatePolicy', AT + 1, { service: 'organizations' }),
      access('AIDA', 'CreatePolicy', AT + 2, { accountId: OTHER_ACCOUNT }),
    ]),
  )
  const rows = await harness.store.read((tx) => newestByPrincipal(tx, ACCOUNT, { kind: 'principal', id: 'AIDA' }, AT))
  assert.deepEqual(
    new Map(rows.map(({ service, at }) => [service, at])),
    new Map([
      ['iam', AT],
      ['organizations', AT + 1],
    ]),
  )
  assert.deepEqual(
    await harness.store.read((tx) => newestByPrincipal(tx, ACCOUNT, { kind: 'principal', id: 'AIDA' }, AT + 2)),
    [],
  )
})

test('where the reports of an account are too much together, the older half goes', async (context) => {
  await open(context)
  const caller = { accountId: ACCOUNT, principal: harness.root }
  const keep = (number: number) =>
    write((tx) =>
      keepReport(tx, { ...caller, now: harness.now() + number }, { jobId: `job-${number}`, kind: 'services', report: '{}' }),
    )
  const kept = async (): Promise<readonly string[]> => {
    const found: string[] = []
    for (const job of ['job-1', 'job-2', 'job-3', 'job-4', 'job-5']) {
      const row = await harness.store.read((tx) => findReport(tx, { ...caller, now: harness.now() }, job, 'services'))
      if (row !== undefined) found.push(job)
    }
    return found
  }
  for (const number of [1, 2, 3, 4]) await keep(number)
  assert.deepEqual(await kept(), ['job-1', 'job-2', 'job-3', 'job-4'])
  await runSql(harness, ['UPDATE iam_access_report SET size = $1 WHERE account = $2', 100 * 1024 * 1024, ACCOUNT])
  await keep(5)
  assert.deepEqual(await kept(), ['job-4', 'job-5'])
})
