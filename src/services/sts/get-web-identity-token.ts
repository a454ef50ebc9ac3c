/** GetWebIdentityToken: a signed token by which the caller proves to others, outside of this server, who it is. */
import { Fault } from '../../aws/fault.ts'
import type { Principal } from '../../aws/principal.ts'
import type { GetWebIdentityTokenRequest, Tag } from '../../model/sts.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Claims, signToken } from '../jwt.ts'
import { type Call, type Check, type HandlingCall, readOperation } from '../operation.ts'
import { findOutboundFederation } from '../outbound-federation.rows.ts'
import { principalTags } from '../principal-tags.rows.ts'
import { withSessionTags } from '../session-token.ts'
import { AWS_CLAIMS, SIGNING_ALGORITHMS, type SigningAlgorithm, signingKey } from '../token-issuer.ts'
import { newUuid } from '../uuid.ts'
import { mayNotAssume, validationError } from './errors.ts'
import { sessionTagKeys, sessionTags } from './session-tags.ts'

const ACTION = 'sts:GetWebIdentityToken'
/** STS API reference: one minute to one hour (the model checks), five minutes where nothing is said. Seconds. */
const DEFAULT_SECONDS = 300
/** Bytes of claims. AWS names no number; servers that take tokens in a header take 8 KiB of headers. */
const MAX_PAYLOAD_SIZE = 8_192

export const getWebIdentityToken = readOperation('sts', 'GetWebIdentityToken', {
  /** Service Authorization Reference: tags need an action of their own. */
  authorize(input: GetWebIdentityTokenRequest, { principal }): readonly Check[] {
    refuseCaller(principal)
    const given = givenTags(input)
    const tags = sessionTagKeys(given, undefined)
    const context: Check['context'] = {
      'sts:IdentityTokenAudience': input.Audience,
      'sts:SigningAlgorithm': input.SigningAlgorithm,
      'sts:DurationSeconds': String(input.DurationSeconds ?? DEFAULT_SECONDS),
      ...tags,
    }
    return [
      { action: ACTION, resource: '*', context },
      ...(tags === undefined ? [] : [{ action: 'sts:TagGetWebIdentityToken', resource: '*', context: tags }]),
    ]
  },
  async handle(tx, input, call) {
    const algorithm = algorithmOf(input)
    refuseUnknown(input)
    const requestTags = sessionTags(givenTags(input), undefined).tags
    const issuer = await findOutboundFederation(tx, call.accountId)
    if (issuer?.enabled !== 1) throw disabled()
    const issuedAt = Math.floor(call.now / 1000)
    const expiresAt = issuedAt + (input.DurationSeconds ?? DEFAULT_SECONDS)
    mustEndWithSession(call.principal, expiresAt)
    const [only, ...others] = input.Audience
    const claims: Claims = {
      iss: issuer.issuer,
      aud: others.length === 0 ? only : input.Audience,
      sub: subjectOf(call.principal),
      iat: issuedAt,
      exp: expiresAt,
      jti: newUuid(call.random),
      [AWS_CLAIMS]: await awsClaims(tx, call, requestTags),
    }
    mustFit(claims)
    const token = await signToken(claims, signingKey(issuer, algorithm, call.vault))
    return { WebIdentityToken: token, Expiration: new Date(expiresAt * 1000) }
  },
})

const givenTags = ({ Tags = [] }: GetWebIdentityTokenRequest): { readonly Tags: readonly Tag[] } => ({ Tags })

/** STS API reference, GetFederationToken: its sessions may call no operation of STS's but GetCallerIdentity. */
function refuseCaller(principal: Principal): void {
  if (principal.type === 'federated-user') throw mayNotAssume(principal.arn, ACTION, '*')
}

/** The model knows only the length. */
function algorithmOf({ SigningAlgorithm: asked }: GetWebIdentityTokenRequest): SigningAlgorithm {
  const algorithm = SIGNING_ALGORITHMS.find((one) => one === asked)
  if (algorithm === undefined) {
    throw validationError(
      `1 validation error detected: Value '${asked}' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [${SIGNING_ALGORITHMS.join(', ')}]`,
    )
  }
  return algorithm
}

/** Members of the newest model that no documentation explains: what they would change is not known, so they are not ignored. */
function refuseUnknown({ Scope, SubjectMode }: GetWebIdentityTokenRequest): void {
  if (Scope !== undefined || SubjectMode !== undefined) throw validationError('Scope and SubjectMode are not supported.')
}

/** The texts are those of the STS API reference. */
const disabled = (): Fault =>
  new Fault(
    'OutboundWebIdentityFederationDisabledException',
    'The outbound web identity federation feature is not enabled for this account.',
  )

function mustEndWithSession({ credential }: Principal, expiresAt: number): void {
  const end = credential.session?.expiresAt
  if (end !== undefined && expiresAt * 1000 > end)
    throw new Fault(
      'SessionDurationEscalationException',
      'The requested token duration would extend the session beyond its original expiration time.',
    )
}

function mustFit(claims: Claims): void {
  if (Buffer.byteLength(JSON.stringify(claims)) > MAX_PAYLOAD_SIZE)
    throw new Fault('JWTPayloadSizeExceededException', 'The requested token payload size exceeds the maximum allowed size.')
}

/** The IAM principal: for a session its role, path included. */
const subjectOf = (principal: Principal): string => (principal.type === 'assumed-role' ? principal.roleArn : principal.arn)

/** IAM User Guide, "Understanding token claims"; `principal_id` is known from tokens of AWS's. What does not apply is absent. */
async function awsClaims(
  tx: ReadTx,
  { principal, accountId, region }: HandlingCall,
  requestTags: readonly Tag[],
): Promise<Claims> {
  const tags = await tagsOfCaller(tx, { principal, accountId })
  const session = principal.credential.session
  return {
    aws_account: accountId,
    source_region: region,
    principal_id: subjectOf(principal),
    ...(tags.length > 0 && { principal_tags: asRecord(tags) }),
    ...(principal.type === 'assumed-role' && session !== undefined && { original_session_exp: atSecond(session.expiresAt) }),
    ...(session?.provider !== undefined && { federated_provider: session.provider }),
    ...(session?.sourceIdentity !== undefined && { source_identity: session.sourceIdentity }),
    ...(requestTags.length > 0 && { request_tags: asRecord(requestTags) }),
  }
}

/** The tags that `aws:PrincipalTag` has. */
async function tagsOfCaller(
  tx: ReadTx,
  { principal, accountId }: Pick<Call, 'principal' | 'accountId'>,
): Promise<readonly Tag[]> {
  return withSessionTags(await ownTags(tx, accountId, principal), principal.credential.session?.tags)
}

async function ownTags(tx: ReadTx, accountId: string, principal: Principal): Promise<readonly Tag[]> {
  if (principal.type === 'user') return principalTags(tx, accountId, 'user', principal.id)
  return principal.type === 'assumed-role' ? principalTags(tx, accountId, 'role', principal.roleId) : []
}

const asRecord = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))

/** `2026-04-25T02:41:15Z`, without fractions. */
const atSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

export const webIdentityTokenOperations = [getWebIdentityToken]
