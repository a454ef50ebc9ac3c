/** GetScopedCredentials: the same session again, with fewer permissions, for a shorter time, or both. */
import type { Principal, SessionFacts } from '../../aws/principal.ts'
import type { GetScopedCredentialsRequest } from '../../model/sts.gen.ts'
import { checkDocument } from '../../policy/put.ts'
import { readOperation } from '../operation.ts'
import { type SessionPrincipal, sessionPrincipalOf } from '../session-token.ts'
import { accessDenied, insufficientLifetime, malformedPolicyDocument, notASession, validationError } from './errors.ts'
import { issueSession } from './issue-session.ts'
import { mustFit } from './role-session.ts'

/** STS API reference, GetScopedCredentials: 1 second to 36 hours; 2,048 characters; "A maximum of 3 scope down policy layers are allowed per session". */
const SECONDS = { min: 1, max: 129_600 }
const MAX_POLICY_SIZE = 2_048
const MAX_SCOPES = 3
const MAX_DESCRIPTION = 256

/**
 * "The underlying identity and session name do not change": tags, source identity and the multi-factor code stay as well. The resource of
 * the check is inferred; the Service Authorization Reference does not have the action yet. "Not available on the STS Global endpoint":
 * here all endpoints are one.
 */
export const getScopedCredentials = readOperation('sts', 'GetScopedCredentials', {
  authorize: (input) => {
    mustNarrow(input)
    return { action: 'sts:GetScopedCredentials', resource: '*' }
  },
  async handle(_tx, input, call) {
    const { accountId, now, principal } = call
    const { issuedAt: _issued, expiresAt, ...facts } = sessionOf(principal)
    const scopes = scopesWith(input.Policy, facts.scopes)
    const seconds = secondsOf(input.DurationSeconds, expiresAt - now)
    const issued = issueSession(call, {
      ...facts,
      accountId,
      principal: samePrincipal(principal),
      seconds,
      minimumTokenSize: input.MinimumSessionTokenSize,
      ...(scopes.length > 0 && { scopes }),
    })
    mustFit(issued)
    return {
      ...issued,
      SessionInfo: { ScopedSessionId: principal.id, Arn: principal.arn },
      ScopedPoliciesCount: scopes.length,
      ...(facts.sourceIdentity !== undefined && { SourceIdentity: facts.sourceIdentity }),
    }
  },
})

/** Throws InvalidSubjectCredentials for long-term keys: "You cannot call it with IAM user credentials or root credentials". */
function sessionOf({ credential }: Principal): SessionFacts {
  if (credential.session === undefined) throw notASession()
  return credential.session
}

/** "A request must provide at least one of Policy or DurationSeconds." The model has no constraints; the texts are in its style (inferred). */
function mustNarrow({
  Policy,
  DurationSeconds: seconds,
  ScopedSessionDescription: text = '',
}: GetScopedCredentialsRequest): void {
  if (Policy === undefined && seconds === undefined)
    throw validationError('At least one of Policy or DurationSeconds must be specified.')
  if (seconds !== undefined && seconds < SECONDS.min)
    throw constraint(String(seconds), 'durationSeconds', `have value greater than or equal to ${SECONDS.min}`)
  if (seconds !== undefined && seconds > SECONDS.max)
    throw constraint(String(seconds), 'durationSeconds', `have value less than or equal to ${SECONDS.max}`)
  if (Policy !== undefined && Policy.length > MAX_POLICY_SIZE)
    throw constraint(Policy, 'policy', `have length less than or equal to ${MAX_POLICY_SIZE}`)
  if (text.length > MAX_DESCRIPTION)
    throw constraint(text, 'scopedSessionDescription', `have length less than or equal to ${MAX_DESCRIPTION}`)
}

const constraint = (value: string, member: string, what: string) =>
  validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${what}`,
  )

/** "A subsequent GetScopedCredentials call that supplies a Policy … is denied." Throws AccessDenied and MalformedPolicyDocument. */
function scopesWith(policy: string | undefined, scopes: readonly string[] = []): readonly string[] {
  if (policy === undefined) return scopes
  if (scopes.length >= MAX_SCOPES)
    throw accessDenied(`A session can have up to ${MAX_SCOPES} scope down policies. This session has ${scopes.length}.`)
  const flaw = checkDocument(policy, 'session')
  if (flaw !== undefined) throw malformedPolicyDocument(flaw)
  return [...scopes, policy]
}

/** Seconds. "If you do not specify this value, the scoped down credentials will inherit the calling session's expiration time." */
function secondsOf(asked: number | undefined, leftMs: number): number {
  if (asked === undefined) return leftMs / 1000
  if (asked * 1000 > leftMs) throw insufficientLifetime(asked, Math.floor(leftMs / 1000))
  return asked
}

function samePrincipal(principal: Principal): SessionPrincipal {
  const same = sessionPrincipalOf(principal)
  if (same === undefined) throw notASession()
  return same
}

export const scopedCredentialOperations = [getScopedCredentials]
