/** What policies could allow, found at once where it is little to do. */
import { Fault } from '../../aws/fault.ts'
import { siblingModule } from '../../aws/sibling.ts'
import { TooMuchWork, Work } from '../../policy/work.ts'
import { SideThread, TooMuch } from '../side-thread.ts'
import { invalidInput } from './errors.ts'
import { type AskedAccess, grantedAccess, type SaidAccess } from './granted-access.ts'

/** So many characters are read, and so many steps taken, in some ten milliseconds: nobody else is answered meanwhile. */
const CHARACTERS_AT_ONCE = 100_000
const STEPS_AT_ONCE = 2_000_000

const thread = new SideThread<AskedAccess, SaidAccess | undefined>(
  siblingModule('granted-access-thread', import.meta.url),
  () => new Fault('Throttling', 'Rate exceeded', { status: 400 }),
)

/** Rejects with InvalidInput where it is too much, and Throttling where too many ask. The text is ours. */
export async function findAccess(accountId: string, asked: AskedAccess): Promise<SaidAccess> {
  const said = atOnce(asked) ?? (await askThread(accountId, asked))
  if (said === undefined) throw invalidInput('There is too much in the policies to be looked through.')
  return said
}

function atOnce(asked: AskedAccess): SaidAccess | undefined {
  if (asked.documents.reduce((sum, { length }) => sum + length, 0) > CHARACTERS_AT_ONCE) return undefined
  try {
    return new Work(STEPS_AT_ONCE).limit(() => grantedAccess(asked))
  } catch (error) {
    if (error instanceof TooMuchWork) return undefined
    throw error
  }
}

async function askThread(accountId: string, asked: AskedAccess): Promise<SaidAccess | undefined> {
  try {
    return await thread.ask(accountId, asked)
  } catch (error) {
    if (error instanceof TooMuch) return undefined
    throw error
  }
}
