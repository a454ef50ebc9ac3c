/** AssumeRoleWithWebIdentity: whoever a token of a trusted issuer speaks of becomes a role, where the role's trust policy says so. */
import { Fault } from '../../aws/fault.ts'
import type { AskedSession, FederatedPrincipal, Principal } from '../../aws/principal.ts'
import type { AssumeRoleWithWebIdentityRequest } from '../../model/sts.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { findAssumableRole } from '../assumable-roles.rows.ts'
import { type Fetching, IssuerError, issuerKeys, type IssuerProblem } from '../issuer-keys.ts'
import { readClaims, type Verdict, verifyToken } from '../jwt.ts'
import { findOidcProvider, oidcProviderArn, type OidcProviderRow, parseTexts } from '../oidc-providers.rows.ts'
import { type Check, type PreparingCall, readOperation } from '../operation.ts'
import { accessDenied, validationError } from './errors.ts'
import { issueRoleSession, parseRoleArn, roleRef, sessionSeconds } from './role-session.ts'
import { sessionChecks } from './session-checks.ts'
import { sessionPolicies } from './session-policies.ts'
import { sessionTagKeys, sessionTags } from './session-tags.ts'
import {
  type Identity,
  identityOf,
  invalidToken,
  keptKeys,
  providerKeys,
  roleClaim,
  sessionKeys,
  sourceIdentityOf,
  tagsOf,
} from './web-identity-claims.ts'

const ACTION = 'sts:AssumeRoleWithWebIdentity'
const SCHEME = 'https://'
/** How far an issuer's clock may be ahead of ours. AWS tells no number. Seconds. */
const SKEW_SECONDS = 300

export const assumeRoleWithWebIdentity = readOperation('sts', 'AssumeRoleWithWebIdentity', {
  identify,
  /** IAM User Guide, "Permissions required to add session tags": tags and a source identity need actions of their own. */
  authorize({ RoleArn }: AssumeRoleWithWebIdentityRequest, { principal }): readonly Check[] {
    const { asked } = identified(principal)
    return sessionChecks({
      action: ACTION,
      resource: roleRef(parseRoleArn(RoleArn)),
      own: { 'sts:RoleSessionName': asked.name, 'sts:RoleAuthorizedByIdp': String(asked.namesRole === true) },
      tags: sessionTagKeys(givenTags(asked), undefined),
      sourceIdentity: asked.sourceIdentity,
    })
  },
  async handle(tx, input, call) {
    const name = parseRoleArn(input.RoleArn)
    const { asked, claims, provider } = identified(call.principal)
    const role = await findAssumableRole(tx, name.accountId, name)
    if (role === undefined) throw accessDenied(`Not authorized to perform ${ACTION}`)
    const { tags, transitiveTagKeys } = sessionTags(givenTags(asked), undefined)
    const seconds = sessionSeconds(role, { DurationSeconds: input.DurationSeconds, chained: false })
    const issued = issueRoleSession(call, {
      role,
      accountId: name.accountId,
      sessionName: asked.name,
      seconds,
      policies: await sessionPolicies(tx, name.accountId, input),
      tags,
      transitiveTagKeys,
      provider,
      context: keptKeys(claims),
      minimumTokenSize: input.MinimumSessionTokenSize,
      ...(asked.sourceIdentity !== undefined && { sourceIdentity: asked.sourceIdentity }),
    })
    return { ...issued, ...asked.shown }
  },
})

/** The same, without what is empty. */
const givenTags = ({ tags, transitiveTagKeys }: AskedSession) => ({
  Tags: tags,
  ...(transitiveTagKeys.length > 0 && { TransitiveTagKeys: transitiveTagKeys }),
})

/** Throws where the caller was not identified by `identify`: a bug, never a request. */
function identified(principal: Principal): FederatedPrincipal & { readonly asked: AskedSession } {
  if (principal.type !== 'web-identity' || principal.asked === undefined)
    throw new Error('the caller was not identified by a web identity token')
  return { ...principal, asked: principal.asked }
}

/** What can be seen without leaving the process comes first, so that a bad token makes us ask nobody. The order is ours. */
async function identify(tx: ReadTx, input: AssumeRoleWithWebIdentityRequest, call: PreparingCall): Promise<FederatedPrincipal> {
  const { accountId } = parseRoleArn(input.RoleArn)
  refuseAccessTokens(input)
  const token = input.WebIdentityToken
  const claims = readClaims(token)
  // Known from reports.
  if (claims === undefined)
    throw invalidToken('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)')
  const identity = identityOf(claims)
  const provider = await mustFindProvider(tx, accountId, identity.issuer)
  mustBeFor(provider, identity)
  mustBeValidAt(call.now, identity)
  const thumbprints = parseTexts(provider.thumbprints)
  await mustBeSigned(token, identity.issuer, { ...call, thumbprints })
  const claimed = roleClaim(claims, input.RoleArn)
  // Recorded by a user of STS (2026): what the token says of roles binds, whatever their trust policies say.
  if (claimed === 'not named') throw invalidToken('The target role ARN is not present in the roles claim of the identity token')
  const arn = oidcProviderArn(accountId, provider.url)
  return {
    type: 'web-identity',
    accountId,
    arn,
    // As CloudTrail writes the principalId of a web identity user: provider, application, user.
    id: `${arn}:${identity.clientId ?? ''}:${identity.subject}`,
    provider: arn,
    claims: { ...providerKeys(provider.url, claims), ...sessionKeys(provider.url, claims, identity) },
    credential: { accessKeyId: '' },
    asked: {
      name: input.RoleSessionName,
      seconds: undefined,
      sourceIdentity: sourceIdentityOf(claims),
      namesRole: claimed === 'named',
      ...tagsOf(claims),
      shown: {
        SubjectFromWebIdentityToken: identity.subject,
        Audience: identity.clientId ?? '',
        // Answers of AWS show the ARN here, not the `iss` of which the reference speaks.
        Provider: arn,
      },
    },
  }
}

/** STS API reference: a ProviderId says that the token is an OAuth 2.0 access token of Login with Amazon or Facebook. They are asked about by AWS alone; the text is ours. */
function refuseAccessTokens({ ProviderId }: AssumeRoleWithWebIdentityRequest): void {
  if (ProviderId !== undefined)
    throw validationError(
      'OAuth 2.0 access tokens cannot be verified here: leave ProviderId out and send an OpenID Connect ID token.',
    )
}

/** Known from reports. */
async function mustFindProvider(tx: ReadTx, accountId: string, issuer: string): Promise<OidcProviderRow> {
  const row = issuer.startsWith(SCHEME) ? await findOidcProvider(tx, accountId, issuer.slice(SCHEME.length)) : undefined
  if (row === undefined) throw invalidToken(`No OpenIDConnect provider found in your account for ${issuer}`)
  return row
}

/** Known from reports. */
function mustBeFor(provider: OidcProviderRow, { clientId }: Identity): void {
  if (clientId === undefined || !parseTexts(provider.client_ids).includes(clientId))
    throw invalidToken('Incorrect token audience')
}

/** The first text is known from reports, the others are modelled on it. */
function mustBeValidAt(now: number, { expiresAt, notBefore, issuedAt }: Identity): void {
  const at = Math.floor(now / 1000)
  if (at >= expiresAt)
    throw new Fault(
      'ExpiredTokenException',
      `Token expired: current date/time ${at} must be before the expiration date/time ${expiresAt}`,
    )
  if (at + SKEW_SECONDS < notBefore)
    throw invalidToken(`Token not valid yet: current date/time ${at} must be after the not-before date/time ${notBefore}`)
  if (at + SKEW_SECONDS < issuedAt)
    throw invalidToken(`Token not valid yet: current date/time ${at} must be after the issued-at date/time ${issuedAt}`)
}

/** Throws InvalidIdentityToken, or IDPCommunicationError (which clients try again) where the issuer could not be asked. */
async function mustBeSigned(token: string, issuer: string, fetching: Fetching): Promise<void> {
  const verdict = await verdictOf(token, issuer, fetching)
  if (verdict === 'no key') throw noKey()
  // The text is ours.
  if (verdict === 'forged') throw invalidToken('The signature of the token is not valid.')
}

async function verdictOf(token: string, issuer: string, fetching: Fetching): Promise<Verdict> {
  try {
    const verdict = await verifyToken(token, await issuerKeys(issuer, fetching))
    // The issuer may have a new key since we looked.
    return verdict === 'no key' ? await verifyToken(token, await issuerKeys(issuer, fetching, { lookAgain: true })) : verdict
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error
    throw PROBLEMS[error.problem](issuer)
  }
}

/** Recorded, with its two blanks. */
const noKey = (): Fault =>
  invalidToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  )
/** STS API reference: the provider "could not be reached". The text is ours; it does not say why, which would tell about networks that callers cannot see. */
const unreachable = (issuer: string): Fault =>
  new Fault('IDPCommunicationError', `Your identity provider could not be reached: ${issuer}`)

/** Known from reports. */
const untrusted = (): Fault => invalidToken("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")

const PROBLEMS: Readonly<Record<IssuerProblem, (issuer: string) => Fault>> = { unusable: noKey, untrusted, unreachable }

export const webIdentityOperations = [assumeRoleWithWebIdentity]
