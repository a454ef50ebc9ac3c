/** Who signed the request. The only place that makes a principal from a request: everything behind it receives one or is not reached. */
import { accountOfId } from '../aws/ids.ts'
import { Fault } from '../aws/fault.ts'
import type { Credential, Principal } from '../aws/principal.ts'
import { factsOf, openSession, type Session } from '../services/session-token.ts'
import { type Presented, readSignature } from '../sigv4/parse.ts'
import { verifySignature } from '../sigv4/verify.ts'
import type { CallRecord } from './audit.ts'
import type { ServerContext } from './context.ts'
import type { HttpRequest } from './http.ts'
import { type KnownKey, loadKey } from './keys.ts'
import {
  anonymousPrincipal,
  type KnownPrincipal,
  loadRootPrincipal,
  loadSessionPrincipal,
  loadUserPrincipal,
} from './principals.ts'
import type { Route } from './route.ts'

export type AuthenticatedCaller = {
  readonly principal: Principal
  readonly known: KnownPrincipal
  /** The region of the credential scope. */
  readonly region: string
}

export type Authenticating = { readonly route: Route; readonly record: CallRecord; readonly context: ServerContext }

// Recorded from AWS: a broken token is named without a final full stop, an unknown key with one.
const INVALID_TOKEN = 'The security token included in the request is invalid'
const INVALID_KEY = `${INVALID_TOKEN}.`
const EXPIRED_TOKEN = 'The security token included in the request is expired'
/** Unsigned calls have no credential scope; AWS's global endpoint answers them. */
const UNSIGNED_REGION = 'us-east-1'

/**
 * The caller of a request, at once where everything about it is remembered. Throws, or rejects with, the fault of the first check that
 * fails, in AWS's order: form, clock, scope, token, key, signature.
 */
export function authenticate(
  request: HttpRequest,
  { route, record, context }: Authenticating,
): AuthenticatedCaller | Promise<AuthenticatedCaller> {
  if (route.operationModel?.unsigned === true) {
    const known = anonymousPrincipal()
    return { principal: known.as({ accessKeyId: '' }), known, region: UNSIGNED_REGION }
  }
  const presented = readSignature(request, {
    services: route.signingNames,
    now: request.receivedAt,
    windowMs: route.clockWindowMs,
  })
  record.claimedBy(presented.accessKeyId, presented.region)
  const proven =
    presented.sessionToken === undefined
      ? proveByKey({ request, presented, context })
      : proveBySession(request, { presented, token: presented.sessionToken, route, context })
  return proven instanceof Promise
    ? proven.then((later) => callerOf(later, presented, record))
    : callerOf(proven, presented, record)
}

type Proven = { readonly known: KnownPrincipal; readonly credential: Credential }

function callerOf({ known, credential }: Proven, { region }: Presented, record: CallRecord): AuthenticatedCaller {
  const principal = known.as(credential)
  record.calledBy(principal)
  return { principal, known, region }
}

type KeyProof = { readonly request: HttpRequest; readonly presented: Presented; readonly context: ServerContext }

function proveByKey(proof: KeyProof): Proven | Promise<Proven> {
  const { presented, context } = proof
  const { accessKeyId } = presented
  // A temporary key is nothing without its token.
  const accountId = accessKeyId.startsWith('AKIA') ? accountOfId(accessKeyId) : undefined
  if (accountId === undefined) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  const { keys } = context.memories.of(accountId)
  const known = keys.known(accessKeyId)
  if (known !== undefined) return proveWith(known, accountId, proof)
  const loading = keys.recall(accessKeyId, () => context.store.read((tx) => loadKey(tx, context.edge, accountId, accessKeyId)))
  return loading.then((key) => proveWith(key, accountId, proof))
}

function proveWith(
  key: KnownKey | undefined,
  accountId: string,
  { request, presented, context }: KeyProof,
): Proven | Promise<Proven> {
  if (key === undefined || !key.active) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  verifySignature(request, presented, key.secret, context.signingKeys)
  const { accessKeyId, region, service } = presented
  const prove = (known: KnownPrincipal): Proven => {
    context.audit.used({ accountId, keyId: accessKeyId, usedAt: request.receivedAt, service, region })
    return { known, credential: { accessKeyId } }
  }
  const known = context.memories.of(accountId).principals.known(key.userId ?? ROOT)
  return known === undefined ? recallLongTerm(accountId, key.userId, context).then(prove) : prove(known)
}

/** The root user among the principals of its account: no unique id is like it. */
const ROOT = 'root'

async function recallLongTerm(
  accountId: string,
  userId: string | undefined,
  { memories, store }: ServerContext,
): Promise<KnownPrincipal> {
  const { principals } = memories.of(accountId)
  const known = await principals.recall(userId ?? ROOT, () =>
    store.read<KnownPrincipal | undefined>((tx) =>
      userId === undefined ? loadRootPrincipal(tx, accountId) : loadUserPrincipal(tx, accountId, userId),
    ),
  )
  if (known === undefined) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  return known
}

type SessionProof = {
  readonly presented: Presented
  readonly token: string
  readonly route: Route
  readonly context: ServerContext
}

function proveBySession(request: HttpRequest, { presented, token, route, context }: SessionProof): Proven | Promise<Proven> {
  const session = sessionOf(token, context)
  if (session === undefined || session.accessKeyId !== presented.accessKeyId)
    throw new Fault('InvalidClientTokenId', INVALID_TOKEN)
  if (session.expiresAt <= request.receivedAt) throw new Fault('ExpiredToken', EXPIRED_TOKEN)
  verifySignature(request, presented, session.secretAccessKey, context.signingKeys)
  // Known from reports: what such credentials may not call answers as if they were unknown.
  if (session.noIam === true && route.service === 'iam') throw new Fault('InvalidClientTokenId', INVALID_TOKEN)
  const { accountId, accessKeyId } = session
  const { principals } = context.memories.of(accountId)
  const name = `session/${accessKeyId}`
  const prove = (known: KnownPrincipal | undefined): Proven => {
    if (known === undefined) throw new Fault('InvalidClientTokenId', INVALID_TOKEN)
    const { principal } = session
    if (principal.type === 'assumed-role') {
      const { service, region } = presented
      context.audit.used({ accountId, keyId: principal.id, usedAt: request.receivedAt, service, region })
    }
    return { known, credential: credentialOf(session) }
  }
  const known = principals.known(name)
  if (known !== undefined) return prove(known)
  return principals.recall(name, () => context.store.read((tx) => loadSessionPrincipal(tx, session))).then(prove)
}

/** A session is opened once and used often. */
const credentials = new WeakMap<Session, Credential>()
function credentialOf(session: Session): Credential {
  const known = credentials.get(session)
  if (known !== undefined) return known
  const credential: Credential = { accessKeyId: session.accessKeyId, session: factsOf(session) }
  credentials.set(session, credential)
  return credential
}

function sessionOf(token: string, { sessions, edge }: ServerContext): Session | undefined {
  const known = sessions.get(token)
  if (known !== undefined) return known
  const session = openSession(token, edge.vault)
  if (session !== undefined) sessions.set(token, session)
  return session
}
