/** A node in a process of its own, for a test that stops it: opens the store at the URL given, says so, and goes on until it is killed. */
import { openPostgres } from '../../src/store/postgres.ts'
import { SCRIPT_RUNNER } from '../store/contract.ts'

const [url = ''] = process.argv.slice(2)
await openPostgres({ url, runner: SCRIPT_RUNNER, onAccountVersion: () => {} })
process.stdout.write('joined\n')
