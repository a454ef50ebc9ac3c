/** The audit log: grouping, waiting when strict, refusing when nothing can be written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AuditLog, NO_ACCOUNT } from './audit.ts'
import { Fault } from '../aws/fault.ts'
import type { HttpRequest } from './http.ts'
import type { AppendJob } from './jobs.ts'
import { routeOf } from './route.ts'

const request: HttpRequest = {
  method: 'POST',
  target: '/',
  rawHeaders: ['user-agent', 'tests'],
  body: Buffer.from('Action=GetUser&Version=2010-05-08'),
  remoteAddress: '127.0.0.1',
  receivedAt: 1_000,
}

type Kept = { readonly jobs: AppendJob[]; broken: boolean; failures: number }

function openLog(strict: boolean): { readonly log: AuditLog; readonly kept: Kept } {
  const kept: Kept = { jobs: [], broken: false, failures: 0 }
  const log = new AuditLog({
    strict,
    append: async (job) => {
      if (kept.broken) throw new Error('disk full')
      kept.jobs.push(job)
    },
    newEventId: () => 'event',
    clock: () => 2_000,
    onFailure: () => {
      kept.failures += 1
    },
  })
  return { log, kept }
}

const refused = (log: AuditLog): Promise<Fault> =>
  log.open(request, routeOf(request), 'r').failed(new Fault('AccessDenied', 'no'))

test('records wait for one another and are appended together', async () => {
  const { log, kept } = openLog(false)
  await refused(log)
  await refused(log)
  log.used({ accountId: '1', keyId: 'AKIA', usedAt: 1, service: 'iam', region: 'us-east-1' })
  assert.equal(kept.jobs.length, 0)
  await log.flush()
  assert.equal(kept.jobs.length, 1)
  assert.equal(kept.jobs[0]?.records[NO_ACCOUNT]?.count, 2)
  assert.equal(kept.jobs[0].uses.length, 1)
  assert.equal(kept.jobs[0].now, 2_000)
})

test('a strict log answers after its record is durable', async () => {
  const { log, kept } = openLog(true)
  await refused(log)
  assert.equal(kept.jobs.length, 1)
})

test('when records cannot be written, calls are refused, and none is lost', async () => {
  const { log, kept } = openLog(true)
  kept.broken = true
  assert.equal((await refused(log)).code, 'ServiceUnavailable')
  assert.deepEqual([log.healthy, kept.failures], [false, 1])
  kept.broken = false
  await log.flush()
  assert.deepEqual([log.healthy, kept.jobs[0]?.records[NO_ACCOUNT]?.count], [true, 1])
})

test('what is refused while records cannot be written is not kept: the queue holds the calls that were under way, and no more', async () => {
  const { log, kept } = openLog(false)
  const underWay = log.open(request, routeOf(request), 'r')
  await refused(log)
  kept.broken = true
  await assert.rejects(log.flush())
  for (let call = 0; call < 10_000; call += 1) assert.equal((await refused(log)).code, 'ServiceUnavailable')
  await underWay.succeeded({})
  assert.equal(kept.failures, 1, 'nor is the disk tried again for each of them')
  kept.broken = false
  await log.flush()
  assert.equal(kept.jobs[0]?.records[NO_ACCOUNT]?.count, 2)
  assert.equal((await refused(log)).code, 'AccessDenied')
})

test('a change hands its record over, and it is kept once', async () => {
  const { log, kept } = openLog(true)
  const record = log.open(request, routeOf(request), 'r')
  assert.equal(record.handOver().eventName, 'GetUser')
  await record.succeeded({})
  await record.failed(new Fault('NoSuchEntity', 'no'))
  assert.equal(kept.jobs.length, 0)
  // The transaction was rolled back with its record: the refusal is recorded after all.
  await record.failed(new Fault('InternalFailure', 'no'))
  assert.equal(kept.jobs.length, 1)
})
