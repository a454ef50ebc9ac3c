/** Calls that race on SQLite with its writing thread: many accounts, from a seed that a failure prints. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { assertRaces } from '../races/property.ts'
import { startTestServer } from '../server.ts'

test('calls that race on a file do what they would have done one after the other', async (context) => {
  const data = mkdtempSync(join(tmpdir(), 'keyreeve-races-'))
  const server = await startTestServer({ data, memory: false, audit: 'strict' })
  try {
    const counts = await assertRaces([server], { numRuns: 200 })
    context.diagnostic(JSON.stringify(counts))
    assert.ok(counts.refused > counts.calls / 10)
  } finally {
    await server.close()
    rmSync(data, { recursive: true })
  }
})
