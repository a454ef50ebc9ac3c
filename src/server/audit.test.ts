/** The audit log: grouping, waiting when strict, refusing when nothing can be written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { AuditLog, NO_ACCOUNT } from './audit.ts'
import { Fault } from '../aws/fault.ts'
import type { Principal } from '../aws/principal.ts'
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

test('a log that is written more slowly than it grows makes its callers wait', async () => {
  const written = Promise.withResolvers<void>()
  const log = new AuditLog({
    strict: false,
    append: () => written.promise,
    newEventId: () => 'event',
    clock: () => 2_000,
    onFailure: () => {},
  })
  const large = 'x'.repeat(100_000)
  const denial = { accountId: '1', id: 'i', requestId: 'r', at: 1, record: large, texts: [{ hash: 'h', text: large }] }
  const waiting: Promise<void>[] = []
  for (let call = 0; call < 1_000; call += 1) {
    log.denied(denial)
    const isDurable = log.add('1', large)
    if (isDurable !== undefined) waiting.push(isDurable)
  }
  // 300,000 characters each: those of 32 million are nobody's wait but of whoever filled a group.
  assert.ok(waiting.length > 700, `${waiting.length} wait`)
  written.resolve()
  await Promise.all(waiting)
  assert.equal(log.add('1', 'small'), undefined)
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

for (const strict of [true, false]) {
  test(`of a change that may have been done nobody is told that nothing was, the log ${strict ? 'strict' : 'grouped'} and broken`, async () => {
    const { log, kept } = openLog(strict)
    const lost = (): Promise<Fault> => {
      const record = log.open(request, routeOf(request), 'r')
      record.handOver()
      return record.failed(new Fault('InternalFailure', 'no'))
    }
    kept.broken = true
    assert.equal((await lost()).code, 'InternalFailure')
    await assert.rejects(log.flush())
    assert.equal((await lost()).code, 'InternalFailure')
    kept.broken = false
    await log.flush()
  })
}

test('after the close nothing is tried again: it would keep the process', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  for (const broken of [true, false]) {
    const { log, kept } = openLog(false)
    await refused(log)
    kept.broken = broken
    if (broken) await assert.rejects(log.close())
    else await log.close()
    log.used({ accountId: '1', keyId: 'AKIA', usedAt: 1, service: 'iam', region: 'us-east-1' })
    const before = { failures: kept.failures, jobs: kept.jobs.length }
    context.mock.timers.tick(60_000)
    await setImmediate()
    assert.deepEqual({ failures: kept.failures, jobs: kept.jobs.length }, before)
  }
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

const alice: Principal = {
  type: 'user',
  accountId: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/alice',
  id: 'AIDAALICE',
  userName: 'alice',
  credential: { accessKeyId: 'AKIAALICE' },
}

test('every attempt of a principal is noted, in calls that write too, and written without any record', async () => {
  const { log, kept } = openLog(false)
  const call = (receivedAt: number) => {
    const record = log.open({ ...request, receivedAt }, routeOf(request), 'r')
    record.claimedBy('AKIAALICE', 'eu-west-1')
    record.calledBy(alice)
    return record
  }
  call(1_000).handOver()
  call(3_000).handOver()
  await log.flush()
  const attempt = { accountId: '111122223333', principalId: 'AIDAALICE', service: 'iam', action: 'GetUser', region: 'eu-west-1' }
  assert.deepEqual(kept.jobs[0]?.accesses, [{ ...attempt, accessedAt: 3_000 }])
  assert.deepEqual(kept.jobs[0].records, {})
  await call(4_000).succeeded({})
  await call(5_000).failed(new Fault('AccessDenied', 'no'))
  await refused(log)
  await log.flush()
  assert.deepEqual(kept.jobs[1]?.accesses, [{ ...attempt, accessedAt: 5_000 }])
  await log.flush()
  assert.equal(kept.jobs.length, 2)
})

test('uses of keys are written without any record', async () => {
  const { log, kept } = openLog(false)
  log.used({ accountId: '1', keyId: 'AKIA', usedAt: 1, service: 'iam', region: 'us-east-1' })
  await log.flush()
  assert.equal(kept.jobs[0]?.uses.length, 1)
})

test('what could not be written is written later, the newest attempt of all', async () => {
  const { log, kept } = openLog(false)
  const call = (receivedAt: number): void => {
    const record = log.open({ ...request, receivedAt }, routeOf(request), 'r')
    record.calledBy(alice)
    record.handOver()
  }
  kept.broken = true
  call(1_000)
  const failing = log.flush()
  call(2_000)
  await assert.rejects(failing)
  kept.broken = false
  await log.flush()
  assert.deepEqual(
    kept.jobs.map(({ accesses }) => accesses.map(({ accessedAt }) => accessedAt)),
    [[2_000]],
  )
})
