/** The store in memory: reads and writes share one connection, and yet a read sees nothing that is not committed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HarnessJob } from '../../tests/harness-runner.ts'
import { openSqlite } from './sqlite.ts'

const runner = { module: new URL('../../tests/harness-runner.ts', import.meta.url), settings: {} }

test('a read that begins in the middle of a group waits for its end', async () => {
  const store = await openSqlite({ file: ':memory:', writer: 'inline', runner })
  const middle = Promise.withResolvers<void>()
  const job: HarnessJob = {
    async run(tx) {
      await tx.run(`INSERT INTO claim (name, expires_at) VALUES ('undone', 1)`)
      middle.resolve()
      await nextTurn()
      throw new Error('rolled back')
    },
  }
  const written = store.write(job)
  await middle.promise
  assert.deepEqual(await store.read((tx) => tx.all('SELECT name FROM claim')), [])
  await assert.rejects(written, { message: 'rolled back' })
  await store.close()
})

test('a database in memory has no thread', async () => {
  await assert.rejects(openSqlite({ file: ':memory:', writer: 'thread', runner }), /belongs to one thread/)
})
