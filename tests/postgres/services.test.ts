/** Every test of the services once more, on PostgreSQL: their SQL is written once, and must mean the same there. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openPostgres } from '../../src/store/postgres.ts'
import { SCRIPT_RUNNER } from '../store/contract.ts'
import { startCluster } from './cluster.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test('the tests of the services pass on PostgreSQL', async (context) => {
  const cluster = await startCluster()
  try {
    const url = await cluster.database('template_of_harness')
    await (await openPostgres({ url, runner: SCRIPT_RUNNER, onAccountVersion: () => {} })).close()
    const child = spawn(
      process.execPath,
      ['--test', '--test-isolation=none', '--test-reporter=tap', 'src/services/**/*.test.ts'],
      {
        cwd: ROOT,
        // Without the variable of the test runner that runs this file, which would make the child report to it.
        env: { ...process.env, NODE_TEST_CONTEXT: undefined, KEYREEVE_TEST_POSTGRES: await cluster.database('harness_server') },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [report, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
    const passed = Number(/^# pass (\d+)$/m.exec(report)?.[1] ?? 0)
    context.diagnostic(`${passed} passed`)
    assert.equal(
      code,
      0,
      report
        .split('\n')
        .filter((line) => line.trimStart().startsWith('not ok'))
        .join('\n'),
    )
    assert.ok(passed > 100, 'the tests were found')
  } finally {
    await cluster.stop()
  }
})
