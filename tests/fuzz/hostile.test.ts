/** Hostile inputs on SQLite. */
import { test } from 'node:test'
import { openTestContext } from '../context.ts'
import { assertHostile } from '../hostile.ts'

test('hostile inputs are answered by declared errors', async (context) => {
  const opened = await openTestContext()
  try {
    context.diagnostic(`${await assertHostile(opened)} calls`)
  } finally {
    await opened.close()
  }
})
