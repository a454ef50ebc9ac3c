/** A process that writes without end, for the crash test to kill: prints the name of each write once it was acknowledged. */
import { writeSync } from 'node:fs'
import { openSqlite } from '../../src/store/sqlite.ts'
import { runScript, SCRIPT_RUNNER } from '../store/contract.ts'
import { CRASH_ACCOUNT } from './crash-account.ts'

/** As many as a server might have under way, so that groups are long and short. */
const WRITERS = 24

const [file = '', round = ''] = process.argv.slice(2)
const store = await openSqlite({ file, writer: 'thread', runner: SCRIPT_RUNNER })

async function writeOn(writer: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const name = `${round}/${writer}/${count}`
    await runScript(
      store,
      { do: 'claim', name, expiresAt: 1, now: 0 },
      { do: 'append', account: CRASH_ACCOUNT, records: [JSON.stringify({ name })] },
    )
    // Straight into the pipe: what is in it survives this process.
    writeSync(process.stdout.fd, `${name}\n`)
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeOn(writer)))
