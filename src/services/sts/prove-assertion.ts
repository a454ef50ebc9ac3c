/** SAML assertions proven in a thread of their own: one that is made to be slow takes a second, and anybody may send it. */
import { Fault } from '../../aws/fault.ts'
import { siblingModule } from '../../aws/sibling.ts'
import type { SamlAssertion } from '../saml-assertion.ts'
import { SideThread, TooMuch } from '../side-thread.ts'
import { type AskedProof, invalidToken } from './saml-proof.ts'
import type { SaidProof } from './saml-proof-thread.ts'

/** Many people sign in at the same time, and assertions take milliseconds; whoever makes a provider of a thousand certificates must not hold up the others. */
const LIMITS = { each: 100, all: 400, milliseconds: 3_000 }

const thread = new SideThread<AskedProof, SaidProof>(
  siblingModule('saml-proof-thread', import.meta.url),
  () => new Fault('Throttling', 'Rate exceeded', { status: 400 }),
  LIMITS,
)

/** Of a provider of the account. Rejects with InvalidIdentityToken, IDPRejectedClaim, ExpiredTokenException, AccessDenied and Throttling. */
export async function proveAssertion(accountId: string, asked: AskedProof): Promise<SamlAssertion> {
  const said = await thread.ask(accountId, asked).catch((error: unknown) => {
    throw error instanceof TooMuch ? invalidToken('Your request included an invalid SAML response.') : error
  })
  if ('assertion' in said) return said.assertion
  throw new Fault(said.fault.code, said.fault.message)
}
