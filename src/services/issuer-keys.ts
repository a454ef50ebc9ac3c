/** The keys of token issuers: found by their discovery documents (OpenID Connect Discovery 1.0), remembered for a while. */
import type { JSONWebKeySet } from 'jose'
import type { Outside, PreparingCall } from './operation.ts'

/** How a document is fetched, and when. The thumbprints vouch for a certificate that no known authority does. */
export type Fetching = Pick<PreparingCall, 'fetchText' | 'now'> & { readonly thumbprints?: readonly string[] }

/** Thrown by `fetchText` where nobody vouches for a server's certificate. */
export class UntrustedError extends Error {
  constructor(options?: ErrorOptions) {
    super('nobody vouches for the certificate of the server', options)
    this.name = 'UntrustedError'
  }
}

/** `unreachable`: a document could not be fetched. `untrusted`: nobody vouches for who gives it. `unusable`: it could, and is not what it must be. */
export type IssuerProblem = 'unreachable' | 'untrusted' | 'unusable'

export class IssuerError extends Error {
  readonly problem: IssuerProblem
  constructor(problem: IssuerProblem, options?: ErrorOptions) {
    super(`the issuer is ${problem}`, options)
    this.name = 'IssuerError'
    this.problem = problem
  }
}

/** How long keys are believed. AWS tells no number; issuers publish a new key well before they use it. Milliseconds. */
const KEEP_MS = 600_000
/** A token that names an unknown key makes us look again, but not more often than this. */
const LOOK_AGAIN_MS = 30_000
/** How long an issuer that failed is left alone. */
const RETRY_MS = 5_000
/** The issuer that was remembered first is forgotten when there are more. */
const MAX_ISSUERS = 1_000
/** IAM User Guide, "Create an OpenID Connect identity provider": a key set has at least one key, at most 100 RSA and 100 EC keys. */
const MAX_KEYS_OF_TYPE = 100

type Remembered = { readonly fetchedAt: number; readonly triedAt: number; readonly keys: Promise<JSONWebKeySet> }

/** One memory for each way out, so that servers (and tests) in one process share nothing. */
const memories = new WeakMap<Outside['fetchText'], Map<string, Remembered>>()

/** The issuer's keys; `lookAgain` where a token was signed with none of those remembered. Throws `IssuerError`. */
export function issuerKeys(issuer: string, fetching: Fetching, { lookAgain = false } = {}): Promise<JSONWebKeySet> {
  const memory = memoryOf(fetching)
  // What one account vouches for, others do not: keys are remembered by who was trusted.
  const name = [issuer, ...(fetching.thumbprints ?? [])].join(' ')
  const known = memory.get(name)
  if (known !== undefined && isFresh(known, fetching.now, lookAgain)) return known.keys
  const keys = fetchKeys(issuer, fetching)
  const fetched: Remembered = { fetchedAt: fetching.now, triedAt: fetching.now, keys }
  remember(memory, name, fetched)
  // Whoever asked hears of the failure through `keys`; here it only decides what is remembered.
  keys.catch(() => {
    if (memory.get(name) === fetched) remember(memory, name, afterFailure(known, fetched))
  })
  return keys
}

function memoryOf({ fetchText }: Fetching): Map<string, Remembered> {
  const known = memories.get(fetchText)
  if (known !== undefined) return known
  const memory = new Map<string, Remembered>()
  memories.set(fetchText, memory)
  return memory
}

const isFresh = ({ fetchedAt, triedAt }: Remembered, now: number, lookAgain: boolean): boolean =>
  lookAgain ? now - triedAt < LOOK_AGAIN_MS : now - fetchedAt < KEEP_MS

/** An issuer that does not answer does not lose the keys that are still believed. */
function afterFailure(known: Remembered | undefined, { triedAt, keys }: Remembered): Remembered {
  return known !== undefined && triedAt - known.fetchedAt < KEEP_MS
    ? { ...known, triedAt }
    : { fetchedAt: triedAt - KEEP_MS + RETRY_MS, triedAt, keys }
}

function remember(memory: Map<string, Remembered>, issuer: string, remembered: Remembered): void {
  const [oldest] = memory.keys()
  if (oldest !== undefined && memory.size >= MAX_ISSUERS && !memory.has(issuer)) memory.delete(oldest)
  memory.set(issuer, remembered)
}

async function fetchKeys(issuer: string, fetching: Fetching): Promise<JSONWebKeySet> {
  const { keysUrl } = await fetchDiscovery(issuer, fetching)
  const keys = await fetchJson(keysUrl, fetching)
  if (!isKeySet(keys)) throw new IssuerError('unusable')
  return keys
}

export type Discovery = { readonly keysUrl: string }

/** Reads the issuer's discovery document, which must name the issuer to the letter (4.3). Throws `IssuerError`. */
export async function fetchDiscovery(issuer: string, fetching: Fetching): Promise<Discovery> {
  const stem = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
  const document = await fetchJson(`${stem}/.well-known/openid-configuration`, fetching)
  const { issuer: named, jwks_uri: keysUrl } = isRecord(document) ? document : {}
  if (named !== issuer || typeof keysUrl !== 'string' || !keysUrl.startsWith('https://')) throw new IssuerError('unusable')
  return { keysUrl }
}

async function fetchJson(url: string, { fetchText, thumbprints = [] }: Fetching): Promise<unknown> {
  let text: string
  try {
    text = await fetchText(url, thumbprints)
  } catch (cause) {
    throw new IssuerError(cause instanceof UntrustedError ? 'untrusted' : 'unreachable', { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new IssuerError('unusable', { cause })
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isKeySet(value: unknown): value is JSONWebKeySet {
  const { keys } = isRecord(value) ? value : {}
  if (!Array.isArray(keys) || keys.length === 0) return false
  const list: readonly unknown[] = keys
  const types = list.map((key) => (isRecord(key) ? key['kty'] : undefined))
  const few = (type: string): boolean => types.filter((one) => one === type).length <= MAX_KEYS_OF_TYPE
  return types.every((type) => typeof type === 'string') && few('RSA') && few('EC')
}
