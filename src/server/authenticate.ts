/** Who signed the request. The only place that makes a principal from a request: everything behind it receives one or is not reached. */
import { accountOfId } from '../aws/ids.ts'
import { Fault } from '../aws/fault.ts'
import type { Credential, Principal } from '../aws/principal.ts'
import { openSession, type Session } from '../services/session-token.ts'
import { type Presented, readSignature } from '../sigv4/parse.ts'
import { verifySignature } from '../sigv4/verify.ts'
import type { AccountMemory } from './account-memory.ts'
import type { CallRecord } from './audit.ts'
import type { ServerContext } from './context.ts'
import type { HttpRequest } from './http.ts'
import { loadKey } from './keys.ts'
import { type KnownPrincipal, loadUserPrincipal, rootPrincipal } from './principals.ts'
import type { Route } from './route.ts'

export type AuthenticatedCaller = {
  readonly principal: Principal
  readonly known: KnownPrincipal
  /** The region of the credential scope. */
  readonly region: string
}

/** What a verified signature proves: whose credential it was. */
type Proven = { readonly accountId: string; readonly userId: string | undefined; readonly credential: Credential }

// Recorded from AWS: a broken token is named without a final full stop, an unknown key with one.
const INVALID_TOKEN = 'The security token included in the request is invalid'
const INVALID_KEY = `${INVALID_TOKEN}.`
const EXPIRED_TOKEN = 'The security token included in the request is expired'

/** The caller of a request; throws the fault of the first check that fails, in AWS's order: form, clock, scope, token, key, signature. */
export async function authenticate(request: HttpRequest, route: Route, record: CallRecord, context: ServerContext): Promise<AuthenticatedCaller> {
  const presented = readSignature(request, { services: route.signingNames, now: request.receivedAt, windowMs: route.clockWindowMs })
  record.claimedBy(presented.accessKeyId, presented.region)
  const proven =
    presented.sessionToken === undefined
      ? await proveByKey(request, presented, context)
      : proveBySession(request, presented, presented.sessionToken, context)
  const known = await recallPrincipal(proven, context)
  if (known === undefined) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  return { principal: known.as(proven.credential), known, region: presented.region }
}

async function proveByKey(request: HttpRequest, presented: Presented, context: ServerContext): Promise<Proven> {
  const { accessKeyId, region, service } = presented
  // A temporary key is nothing without its token.
  const accountId = accessKeyId.startsWith('AKIA') ? accountOfId(accessKeyId) : undefined
  if (accountId === undefined) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  const memory: AccountMemory = context.memories.of(accountId)
  const key = await memory.keys.recall(accessKeyId, () => context.store.read((tx) => loadKey(tx, context.edge, accountId, accessKeyId)))
  if (key === undefined || !key.active) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  verifySignature(request, presented, key.secret, context.signingKeys)
  context.audit.used({ accountId, keyId: accessKeyId, usedAt: request.receivedAt, service, region })
  return { accountId, userId: key.userId, credential: { accessKeyId } }
}

function proveBySession(request: HttpRequest, presented: Presented, token: string, context: ServerContext): Proven {
  const session = sessionOf(token, context)
  if (session === undefined || session.accessKeyId !== presented.accessKeyId) throw new Fault('InvalidClientTokenId', INVALID_TOKEN)
  if (session.expiresAt <= request.receivedAt) throw new Fault('ExpiredToken', EXPIRED_TOKEN)
  verifySignature(request, presented, session.secretAccessKey, context.signingKeys)
  const { accessKeyId, issuedAt, expiresAt, mfaAt, principal } = session
  return {
    accountId: session.accountId,
    userId: principal.type === 'root' ? undefined : principal.id,
    credential: { accessKeyId, session: { issuedAt, expiresAt, ...(mfaAt !== undefined && { mfaAt }) } },
  }
}

function sessionOf(token: string, { sessions, edge }: ServerContext): Session | undefined {
  const known = sessions.get(token)
  if (known !== undefined) return known
  const session = openSession(token, edge.vault)
  if (session !== undefined) sessions.set(token, session)
  return session
}

function recallPrincipal({ accountId, userId }: Proven, { memories, store }: ServerContext): Promise<KnownPrincipal | undefined> {
  return memories
    .of(accountId)
    .principals.recall(userId ?? 'root', async () =>
      userId === undefined ? rootPrincipal(accountId) : store.read((tx) => loadUserPrincipal(tx, accountId, userId)),
    )
}
