/** What is opened together: memory that never outlives a write, whatever is told of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testConfig } from '../../tests/server.ts'
import type { OperationJob } from './jobs.ts'
import { openLogger } from './logger.ts'
import { open } from './open.ts'
import { openServerMetrics } from './server-metrics.ts'

test('after a write that failed nothing is remembered: it may have happened all the same', async () => {
  const logger = openLogger({ level: 'error', format: 'json', write: () => {}, clock: Date.now })
  const { context, close } = await open(testConfig, { logger, metrics: openServerMetrics(), clock: Date.now })
  const { memories } = context
  const before = [memories.of('111122223333'), memories.of('444455556666')]
  // As far as the writing side looks at it before it gives up.
  const job = { kind: 'operation', service: 'iam', name: 'DoNothing' } as unknown as OperationJob
  await assert.rejects(context.write(job), /no writing operation iam:DoNothing/)
  assert.notEqual(memories.of('111122223333'), before[0])
  assert.notEqual(memories.of('444455556666'), before[1])
  await close()
})
