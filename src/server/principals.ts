/** Principals as the decision needs them: who they are, and their policies compiled. Remembered per version of the account. */
import { assumedRoleArn, federatedUserArn, roleArn, rootArn, userArn } from '../aws/arn.ts'
import type { Credential, Principal, ServicePrincipal } from '../aws/principal.ts'
import { contextOf, type ContextValue, type KnownContext } from '../policy/context.ts'
import type { Caller, Policies } from '../policy/evaluate.ts'
import { findDelegatedPolicy } from '../services/delegation-requests.rows.ts'
import { isInInstanceProfile, loadRole, loadUser, type PrincipalRow } from '../services/iam/principals.rows.ts'
import { type Session, type SessionPrincipal, withSessionTags } from '../services/session-token.ts'
import type { ReadTx } from '../store/store.ts'
import { type KnownOrganization, loadOrganization } from './organization.ts'
import { compiledScopes, loadPolicies, loadSessionPolicies, loadTaskPolicies } from './principal-policies.ts'

/** A principal, whichever of its credentials it uses. */
export type KnownPrincipal = {
  readonly caller: Caller
  readonly policies: Policies
  /** That of the principal's account. */
  readonly organization?: KnownOrganization
  /** The condition keys that describe the principal. */
  readonly context: KnownContext
  /** The principal as operations see it, for a credential. */
  readonly as: (credential: Credential) => Principal
}

/** Principals of one known principal that are kept, by access key id: all that a credential says is the same for one id. */
const KEPT_CREDENTIALS = 64

/** The same object for the same credential, so that what is derived from it can be remembered with it. */
function remembering(make: KnownPrincipal['as']): KnownPrincipal['as'] {
  const kept = new Map<string, Principal>()
  return (credential) => {
    const known = kept.get(credential.accessKeyId)
    if (known !== undefined) return known
    if (kept.size >= KEPT_CREDENTIALS) kept.clear()
    const principal = make(credential)
    kept.set(credential.accessKeyId, principal)
    return principal
  }
}

type Keys = Readonly<Record<string, ContextValue | undefined>>

const principalKeys = (
  accountId: string,
  keys: { readonly arn: string; readonly type: string; readonly userid: string },
): Keys => ({
  'aws:PrincipalArn': keys.arn,
  'aws:PrincipalAccount': accountId,
  'aws:PrincipalType': keys.type,
  'aws:userid': keys.userid,
})

const tagKeys = (tags: readonly { readonly Key: string; readonly Value: string }[]): Keys =>
  Object.fromEntries(tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value]))

const STATUS = 'SELECT status FROM account WHERE id = $1'

/**
 * Service control policies bind every principal of a member account, its root user included. Of an account that was closed there is nobody:
 * its credentials answer as if they were unknown (inferred).
 */
async function admitted(tx: ReadTx, known: KnownPrincipal): Promise<KnownPrincipal | undefined> {
  const account = await tx.get<{ status: string }>(STATUS, known.caller.accountId)
  if (account?.status !== 'ACTIVE') return undefined
  const organization = await loadOrganization(tx, known.caller.accountId)
  if (organization === undefined) return known
  const { scps } = organization
  return { ...known, organization, policies: { ...known.policies, ...(scps !== undefined && { scps }) } }
}

/** The root user of an account; undefined where the account is closed, as below. */
export const loadRootPrincipal = (tx: ReadTx, accountId: string): Promise<KnownPrincipal | undefined> =>
  admitted(tx, rootPrincipal(accountId))

/** A user by its unique id; undefined where it does not exist (any more). */
export async function loadUserPrincipal(tx: ReadTx, accountId: string, userId: string): Promise<KnownPrincipal | undefined> {
  const known = await userPrincipal(tx, accountId, userId)
  return known && admitted(tx, known)
}

/** The principal of a session; undefined where whoever it was made for does not exist any more, or took back what was delegated. */
export async function loadSessionPrincipal(tx: ReadTx, session: Session): Promise<KnownPrincipal | undefined> {
  const scopes = await scopesOf(tx, session)
  if (scopes === undefined) return undefined
  const known = await sessionPrincipal(tx, session)
  if (known === undefined || scopes.length === 0) return known && admitted(tx, known)
  return admitted(tx, { ...known, policies: { ...known.policies, scopes: compiledScopes(session, scopes) } })
}

/** The documents beyond which a session has no permission; undefined where what it has was delegated and then taken back. */
async function scopesOf(tx: ReadTx, { accountId, delegate, scopes = [] }: Session): Promise<readonly string[] | undefined> {
  if (delegate === undefined) return scopes
  const delegated = await findDelegatedPolicy(tx, accountId, delegate)
  return delegated === undefined ? undefined : [...scopes, delegated]
}

/** The root user has full access to its account: no identity policy grants or limits it. */
function rootPrincipal(accountId: string): KnownPrincipal {
  const arn = rootArn(accountId)
  return {
    caller: { type: 'root', accountId, arn, id: accountId },
    policies: {},
    context: contextOf(principalKeys(accountId, { arn, type: 'Account', userid: accountId })),
    as: remembering((credential) => ({ type: 'root', accountId, arn, id: accountId, credential })),
  }
}

async function userPrincipal(tx: ReadTx, accountId: string, userId: string): Promise<KnownPrincipal | undefined> {
  const user = await loadUser(tx, accountId, userId)
  return user && principalOfUser(tx, accountId, userId, user)
}

async function principalOfUser(tx: ReadTx, accountId: string, userId: string, user: PrincipalRow): Promise<KnownPrincipal> {
  const arn = userArn(accountId, user.path, user.name)
  return {
    caller: { type: 'user', accountId, arn, id: userId, userArn: arn, uniqueId: userId },
    policies: await loadPolicies(tx, accountId, userId),
    context: contextOf({
      ...principalKeys(accountId, { arn, type: 'User', userid: userId }),
      'aws:username': user.name,
      ...tagKeys(user.tags),
    }),
    as: remembering((credential) => ({ type: 'user', accountId, arn, id: userId, userName: user.name, credential })),
  }
}

async function sessionPrincipal(tx: ReadTx, session: Session): Promise<KnownPrincipal | undefined> {
  const { accountId, principal } = session
  switch (principal.type) {
    case 'root':
      return rootSession(tx, session)
    case 'user':
      return userPrincipal(tx, accountId, principal.id)
    case 'assumed-role':
      return roleSession(tx, session, principal)
    case 'federated-user':
      return federatedSession(tx, session, principal)
  }
}

/** AssumeRoot sessions carry the task policy that limits them; other root sessions carry none. */
async function rootSession(tx: ReadTx, session: Session): Promise<KnownPrincipal> {
  const known = rootPrincipal(session.accountId)
  if (session.assumedRoot !== true) return known
  return { ...known, policies: { ...known.policies, ...(await loadTaskPolicies(tx, session)) } }
}

type RolePart = Extract<SessionPrincipal, { readonly type: 'assumed-role' }>

async function roleSession(
  tx: ReadTx,
  session: Session,
  { id: roleId, sessionName }: RolePart,
): Promise<KnownPrincipal | undefined> {
  const { accountId } = session
  const role = await loadRole(tx, accountId, roleId)
  if (role === undefined || !(await isStillDelivered(tx, session, roleId))) return undefined
  const ofRole = roleArn(accountId, role.path, role.name)
  const arn = assumedRoleArn(accountId, role.name, sessionName)
  const id = `${roleId}:${sessionName}`
  return {
    caller: { type: 'assumed-role', accountId, arn, id, roleArn: ofRole, uniqueId: roleId },
    policies: { ...(await loadPolicies(tx, accountId, roleId)), ...(await loadSessionPolicies(tx, session)) },
    context: contextOf({
      ...session.context,
      ...principalKeys(accountId, { arn: ofRole, type: 'AssumedRole', userid: id }),
      ...tagKeys(withSessionTags(role.tags, session.tags)),
    }),
    as: (credential) => ({
      type: 'assumed-role',
      accountId,
      arn,
      id,
      roleArn: ofRole,
      roleId,
      roleName: role.name,
      sessionName,
      credential,
    }),
  }
}

/** Credentials that came through an instance profile end with the role's place in it: taking the role out is how they are revoked. */
async function isStillDelivered(
  tx: ReadTx,
  { accountId, instanceProfileId }: Pick<Session, 'accountId' | 'instanceProfileId'>,
  roleId: string,
): Promise<boolean> {
  return instanceProfileId === undefined || (await isInInstanceProfile(tx, accountId, { profileId: instanceProfileId, roleId }))
}

type FederatedPart = Extract<SessionPrincipal, { readonly type: 'federated-user' }>

/**
 * A federated user has what its issuer has and its session policies both allow: never more. "The session's principal tags include the user's
 * tags and the passed session tags" (IAM User Guide, "Passing session tags using GetFederationToken").
 */
async function federatedSession(
  tx: ReadTx,
  session: Session,
  { id: issuerId, name }: FederatedPart,
): Promise<KnownPrincipal | undefined> {
  const { accountId } = session
  const user = issuerId === accountId ? undefined : await loadUser(tx, accountId, issuerId)
  if (user === undefined && issuerId !== accountId) return undefined
  const issuer = user === undefined ? rootPrincipal(accountId) : await principalOfUser(tx, accountId, issuerId, user)
  const arn = federatedUserArn(accountId, name)
  const id = `${accountId}:${name}`
  const userId = issuer.caller.type === 'user' ? issuerId : undefined
  return {
    caller: {
      type: 'federated-user',
      accountId,
      arn,
      id,
      userArn: issuer.caller.arn,
      ...(userId !== undefined && { uniqueId: userId }),
    },
    policies: { ...issuer.policies, ...(await loadSessionPolicies(tx, session)) },
    context: contextOf({
      ...principalKeys(accountId, { arn, type: 'FederatedUser', userid: id }),
      ...tagKeys(withSessionTags(user?.tags ?? [], session.tags)),
    }),
    as: (credential) => ({
      type: 'federated-user',
      accountId,
      arn,
      id,
      name,
      issuer: { arn: issuer.caller.arn, userId },
      credential,
    }),
  }
}

const NOBODY = '000000000000'

/** The caller of an unsigned operation, before it proved anything. Only aws:userid and aws:PrincipalType describe it. */
export function anonymousPrincipal(): KnownPrincipal {
  return {
    caller: { type: 'anonymous', accountId: NOBODY, arn: 'anonymous', id: 'anonymous' },
    policies: {},
    context: contextOf({ 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' }),
    as: (credential) => ({ type: 'anonymous', accountId: NOBODY, arn: 'anonymous', id: 'anonymous', credential }),
  }
}

/**
 * An AWS service that acts for a resource of an account (IAM User Guide, "AWS global condition context keys": what a service principal's call
 * shows). `source`: the organization of that account.
 */
export function servicePrincipal(
  service: string,
  facts: Pick<ServicePrincipal, 'accountId' | 'sourceArn' | 'delivery'>,
  source?: KnownOrganization,
): {
  readonly known: KnownPrincipal
  readonly principal: Principal
} {
  const { accountId, sourceArn } = facts
  const principal: ServicePrincipal = { type: 'service', arn: service, id: service, credential: { accessKeyId: '' }, ...facts }
  const known: KnownPrincipal = {
    caller: { type: 'service', accountId, arn: service, id: service },
    policies: {},
    context: contextOf({
      'aws:PrincipalServiceName': service,
      'aws:PrincipalServiceNamesList': [service],
      ...(sourceArn !== undefined && { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': accountId, ...sourceKeys(source) }),
    }),
    as: () => principal,
  }
  return { known, principal }
}

const sourceKeys = (source: KnownOrganization | undefined): Keys =>
  source === undefined ? {} : { 'aws:SourceOrgID': source.id, 'aws:SourceOrgPaths': [source.path] }

/** Whoever a token or an assertion spoke of, proven by the operation. It has no policies of its own: the role's trust policy decides alone. */
export function federatedPrincipal(principal: Principal): KnownPrincipal {
  if (principal.type !== 'web-identity' && principal.type !== 'saml')
    throw new Error(`${principal.type} is not a federated principal`)
  const { type, accountId, arn, id, claims } = principal
  return {
    caller: { type, accountId, arn, id, providerArn: arn },
    policies: {},
    context: contextOf(claims),
    as: (credential) => ({ ...principal, credential }),
  }
}
