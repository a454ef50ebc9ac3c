/** Session tokens: sealed and self-contained, so that temporary credentials need no row in the store. */
import type { Vault } from '../aws/edge.ts'
import type { Principal, SessionFacts } from '../aws/principal.ts'

/** Whose session it is. The principal itself is looked up at every change of its account: a deleted user or role stops at once. */
export type SessionPrincipal =
  | { readonly type: 'root'; readonly id: string }
  | { readonly type: 'user'; readonly id: string }
  | { readonly type: 'assumed-role'; readonly id: string; readonly sessionName: string }
  /** `id` is the issuing user's; the account's where the root user issued it. */
  | { readonly type: 'federated-user'; readonly id: string; readonly name: string }

/** What a session of this principal says of it; undefined for callers that no session can be made for. */
export function sessionPrincipalOf(principal: Principal): SessionPrincipal | undefined {
  switch (principal.type) {
    case 'root':
    case 'user':
      return { type: principal.type, id: principal.id }
    case 'assumed-role':
      return { type: 'assumed-role', id: principal.roleId, sessionName: principal.sessionName }
    case 'federated-user':
      return { type: 'federated-user', id: principal.issuer.userId ?? principal.accountId, name: principal.name }
    case 'web-identity':
    case 'saml':
    case 'service':
    case 'anonymous':
      return undefined
  }
}

export type Session = SessionFacts & {
  /** Makes a token longer; nobody reads it. */
  readonly filler?: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly accountId: string
  readonly principal: SessionPrincipal
}

/** What a session is beside its key and whose it is: all that operations may know of it. */
export function factsOf(session: Session): SessionFacts {
  const {
    accessKeyId: _key,
    secretAccessKey: _secret,
    accountId: _account,
    principal: _principal,
    filler: _filler,
    ...facts
  } = session
  return facts
}

type Tags = readonly { readonly Key: string; readonly Value: string }[]

/** A principal's own tags, and over those of the same key, whatever its case, its session's (IAM User Guide, "Passing session tags"). */
export function withSessionTags(own: Tags, ofSession: Tags = []): Tags {
  const over = new Set(ofSession.map(({ Key }) => Key.toLowerCase()))
  return [...own.filter(({ Key }) => !over.has(Key.toLowerCase())), ...ofSession]
}

/** Authenticated with the token: a value sealed for something else never opens as a session. */
const CONTEXT = 'session-token'
/** AWS's tokens begin with bytes that say what they are; ours say whose format it is and which version of it. */
const PREFIX = 'KRS1'

/** The token that stands for the session. Its length grows with the session's policies and tags. */
export function sealSession(session: Session, vault: Pick<Vault, 'seal'>): string {
  return PREFIX + vault.seal(JSON.stringify(session), CONTEXT)
}

/** The session that a token stands for; undefined where we did not make it, or it was changed. */
export function openSession(token: string, vault: Pick<Vault, 'open'>): Session | undefined {
  if (!token.startsWith(PREFIX)) return undefined
  try {
    // What opens was sealed here, so it is a session.
    const session: Session = JSON.parse(vault.open(token.slice(PREFIX.length), CONTEXT))
    return session
  } catch {
    // Not ours, changed, or sealed by a key that is gone: in each case no session.
    return undefined
  }
}
