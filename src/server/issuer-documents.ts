/** What accounts that issue tokens show to everybody: by these documents others verify the tokens. No signature is asked for, as at AWS's own issuers. */
import type { WireAnswer } from '../protocol/wire.ts'
import { findPublicIssuer } from '../services/outbound-federation.rows.ts'
import { DISCOVERY_PATH, discoveryDocument, ISSUER_PATH, jwks, KEYS_PATH } from '../services/token-issuer.ts'
import { json } from './answers.ts'
import type { ServerContext } from './context.ts'
import type { HttpRequest } from './http.ts'

/** Keys do not change, but verifiers should notice within minutes when they ever do. */
const CACHE_CONTROL = 'public, max-age=300'
/** `/_keyreeve/oidc/<uuid>/.well-known/…`, and nothing behind it. */
const TARGET = /^([0-9a-f-]{36})(\/\.well-known\/[a-z.-]{1,40})$/

/** The answer, where the request is for a path of issuers; undefined where it is not. */
export function issuerAnswer({ method, target }: HttpRequest, context: ServerContext): Promise<WireAnswer> | undefined {
  if (!target.startsWith(ISSUER_PATH) || (method !== 'GET' && method !== 'HEAD')) return undefined
  const [, id, path] = TARGET.exec(target.slice(ISSUER_PATH.length)) ?? []
  return id === undefined || path === undefined ? Promise.resolve(NOT_FOUND) : document(id, path, context)
}

async function document(id: string, path: string, { store, logger }: ServerContext): Promise<WireAnswer> {
  try {
    const issuer = await store.read((tx) => findPublicIssuer(tx, id))
    if (issuer === undefined) return NOT_FOUND
    if (path === DISCOVERY_PATH) return found(discoveryDocument(issuer.issuer))
    return path === KEYS_PATH ? found(jwks(issuer)) : NOT_FOUND
  } catch (error) {
    logger.error('the documents of an issuer cannot be read', { error: String(error) })
    return json(503, { error: 'The store cannot be read. Try again later.' })
  }
}

const NOT_FOUND = json(404, { error: 'There is no such issuer, or no such document.' })

/** Scripts of any origin may verify tokens. */
function found(body: object): WireAnswer {
  const answer = json(200, body)
  return { ...answer, headers: { ...answer.headers, 'cache-control': CACHE_CONTROL, 'access-control-allow-origin': '*' } }
}
