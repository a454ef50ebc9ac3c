/** Hostile inputs on PostgreSQL, which refuses texts that SQLite takes. */
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openTestContext } from '../context.ts'
import { assertHostile } from '../hostile.ts'
import { startCluster } from './cluster.ts'

test('hostile inputs are answered by declared errors', async (context) => {
  const cluster = await startCluster()
  try {
    const opened = await openTestContext({ database: await cluster.database('hostile'), key: randomBytes(32).toString('base64') })
    try {
      context.diagnostic(`${await assertHostile(opened)} calls`)
    } finally {
      await opened.close()
    }
  } finally {
    await cluster.stop()
  }
})
