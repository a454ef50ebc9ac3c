/** Kills a writing process at random moments: nothing that was acknowledged is lost, nothing is half there, and the audit chain is whole. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { SCRIPT_RUNNER } from '../store/contract.ts'
import { AUDIT_KEYS } from '../store/script-runner.ts'
import { CRASH_ACCOUNT } from './crash-account.ts'

const ROUNDS = 20
const MAX_ACKNOWLEDGED = 1_500
const CHILD = fileURLToPath(new URL('./writing-child.ts', import.meta.url))

/** Runs the child until it has acknowledged about so many writes, kills it, and returns the names of all that it acknowledged. */
async function killedAfter(
  file: string,
  { round, count }: { readonly round: number; readonly count: number },
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, file, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  let lines = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    lines += text.split('\n').length - 1
    if (lines >= count) child.kill('SIGKILL')
  })
  // The pipe is drained before it closes.
  const [, signal] = await once(child, 'close')
  assert.equal(signal, 'SIGKILL', 'the child ended by itself')
  return printed.split('\n').slice(0, -1)
}

test(`${ROUNDS} times kill -9: 0 acknowledged writes lost, 0 torn, integrity ok, audit whole`, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-crash-'))
  const file = join(folder, 'keyreeve.db')
  const acknowledged = new Set<string>()
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const count = Math.ceil(Math.random() * MAX_ACKNOWLEDGED)
      for (const name of await killedAfter(file, { round, count })) acknowledged.add(name)

      // The lock went with the process, so the store opens at once.
      const store = await openSqlite({ file, writer: 'inline', runner: SCRIPT_RUNNER })
      await store.read(async (tx) => {
        const kept = new Set((await tx.all<{ name: string }>('SELECT name FROM claim')).map(({ name }) => name))
        assert.deepEqual(
          [...acknowledged].filter((name) => !kept.has(name)),
          [],
          'acknowledged and lost',
        )
        assert.deepEqual(
          await verifyAudit(tx, CRASH_ACCOUNT, AUDIT_KEYS),
          { ok: true, records: kept.size },
          'one record for each write',
        )
      })
      await store.close()
      const db = new DatabaseSync(file, { readOnly: true })
      assert.deepEqual(
        db
          .prepare('PRAGMA integrity_check')
          .all()
          .map((row) => row['integrity_check']),
        ['ok'],
      )
      db.close()
    }
    context.diagnostic(`${acknowledged.size} acknowledged writes in ${ROUNDS} rounds`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
