/** What policies could allow, found at once where it is little to do. */
import { Fault } from '../../aws/fault.ts'
import { siblingModule } from '../../aws/sibling.ts'
import { Work } from '../../policy/work.ts'
import { AT_ONCE, SideThread, TooMuch } from '../side-thread.ts'
import { invalidInput } from './errors.ts'
import { type AskedAccess, grantedAccess, type SaidAccess } from './granted-access.ts'

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
  if (asked.documents.reduce((sum, { length }) => sum + length, 0) > AT_ONCE.characters) return undefined
  return new Work(AT_ONCE.steps).attempt(() => grantedAccess(asked))
}

async function askThread(accountId: string, asked: AskedAccess): Promise<SaidAccess | undefined> {
  try {
    return await thread.ask(accountId, asked)
  } catch (error) {
    if (error instanceof TooMuch) return undefined
    throw error
  }
}
