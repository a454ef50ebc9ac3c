/** Who signed the request. The only place that makes a principal from a request: everything behind it receives one or is not reached. */
import { accountOfId } from '../aws/ids.ts'
import { Fault } from '../aws/fault.ts'
import type { Credential, Principal } from '../aws/principal.ts'
import { openSession, type Session } from '../services/session-token.ts'
import { type Presented, readSignature } from '../sigv4/parse.ts'
import { verifySignature } from '../sigv4/verify.ts'
import type { CallRecord } from './audit.ts'
import type { ServerContext } from './context.ts'
import type { HttpRequest } from './http.ts'
import { loadKey } from './keys.ts'
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

/** The caller of a request; throws the fault of the first check that fails, in AWS's order: form, clock, scope, token, key, signature. */
export async function authenticate(
  request: HttpRequest,
  { route, record, context }: Authenticating,
): Promise<AuthenticatedCaller> {
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
  const { known, credential } =
    presented.sessionToken === undefined
      ? await proveByKey(request, presented, context)
      : await proveBySession(request, { presented, token: presented.sessionToken, route, context })
  const principal = known.as(credential)
  record.calledBy(principal)
  return { principal, known, region: presented.region }
}

type Proven = { readonly known: KnownPrincipal; readonly credential: Credential }

async function proveByKey(request: HttpRequest, presented: Presented, context: ServerContext): Promise<Proven> {
  const { accessKeyId, region, service } = presented
  // A temporary key is nothing without its token.
  const accountId = accessKeyId.startsWith('AKIA') ? accountOfId(accessKeyId) : undefined
  if (accountId === undefined) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  const memory = context.memories.of(accountId)
  const key = await memory.keys.recall(accessKeyId, () =>
    context.store.read((tx) => loadKey(tx, context.edge, accountId, accessKeyId)),
  )
  if (key === undefined || !key.active) throw new Fault('InvalidClientTokenId', INVALID_KEY)
  verifySignature(request, presented, key.secret, context.signingKeys)
  const known = await recallLongTerm(accountId, key.userId, context)
  context.audit.used({ accountId, keyId: accessKeyId, usedAt: request.receivedAt, service, region })
  return { known, credential: { accessKeyId } }
}

async function recallLongTerm(
  accountId: string,
  userId: string | undefined,
  { memories, store }: ServerContext,
): Promise<KnownPrincipal> {
  const { principals } = memories.of(accountId)
  const known = await principals.recall(userId ?? 'root', () =>
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

async function proveBySession(request: HttpRequest, { presented, token, route, context }: SessionProof): Promise<Proven> {
  const session = sessionOf(token, context)
  if (session === undefined || session.accessKeyId !== presented.accessKeyId)
    throw new Fault('InvalidClientTokenId', INVALID_TOKEN)
  if (session.expiresAt <= request.receivedAt) throw new Fault('ExpiredToken', EXPIRED_TOKEN)
  verifySignature(request, presented, session.secretAccessKey, context.signingKeys)
  // Known from reports: what such credentials may not call answers as if they were unknown.
  if (session.noIam === true && route.service === 'iam') throw new Fault('InvalidClientTokenId', INVALID_TOKEN)
  const { accountId, accessKeyId } = session
  const { principals } = context.memories.of(accountId)
  const known = await principals.recall(`session/${accessKeyId}`, () =>
    context.store.read((tx) => loadSessionPrincipal(tx, session)),
  )
  if (known === undefined) throw new Fault('InvalidClientTokenId', INVALID_TOKEN)
  const { principal } = session
  if (principal.type === 'assumed-role') {
    const { service, region } = presented
    context.audit.used({ accountId, keyId: principal.id, usedAt: request.receivedAt, service, region })
  }
  return { known, credential: credentialOf(session) }
}

function credentialOf({
  accessKeyId,
  issuedAt,
  expiresAt,
  mfaAt,
  sourceIdentity,
  tags,
  transitiveTagKeys,
  provider,
  assumedRoot,
}: Session): Credential {
  return {
    accessKeyId,
    session: {
      issuedAt,
      expiresAt,
      ...(mfaAt !== undefined && { mfaAt }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
      ...(tags !== undefined && { tags }),
      ...(transitiveTagKeys !== undefined && { transitiveTagKeys }),
      ...(provider !== undefined && { provider }),
      ...(assumedRoot !== undefined && { assumedRoot }),
    },
  }
}

function sessionOf(token: string, { sessions, edge }: ServerContext): Session | undefined {
  const known = sessions.get(token)
  if (known !== undefined) return known
  const session = openSession(token, edge.vault)
  if (session !== undefined) sessions.set(token, session)
  return session
}
