/** What the writing side loads is what the table of services has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from './index.ts'
import { loadOperation } from './on-demand.ts'

test('every operation of every service is the same constant', async () => {
  for (const { name: service, operations } of services.values())
    for (const operation of operations) assert.equal(await loadOperation(service, operation.name), operation)
})

test('an operation that is not there is undefined', async () => {
  assert.equal(await loadOperation('iam', 'GetNothing'), undefined)
})
