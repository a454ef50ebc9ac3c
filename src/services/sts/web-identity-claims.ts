/** What the claims of a web identity token mean to AWS: who it is, for whom, which condition keys and session tags they give. */
import { Fault } from '../../aws/fault.ts'
import type { AskedSession } from '../../aws/principal.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import type { Claims } from '../jwt.ts'
import type { ContextValue } from '../operation.ts'
import { canBeSessionTags } from './session-tags.ts'

/** InvalidIdentityToken (HTTP 400). */
export const invalidToken = (text: string): Fault => new Fault('InvalidIdentityToken', text)

/** The claims that every token must have (IAM User Guide, "Create an OpenID Connect identity provider"). */
export type Identity = {
  readonly issuer: string
  readonly subject: string
  /** For whom: what is held against the provider's client ids. Undefined where that cannot be told. */
  readonly clientId: string | undefined
  readonly audiences: readonly string[]
  /** Seconds since 1970. */
  readonly issuedAt: number
  readonly notBefore: number
  readonly expiresAt: number
}

/** Throws InvalidIdentityToken `Missing a required claim: sub` (known from reports). */
export function identityOf(claims: Claims): Identity {
  const audience = claims['aud']
  const audiences = typeof audience === 'string' ? [audience] : textsOf(audience)
  if (audiences === undefined || audiences.length === 0) throw missing('aud')
  return {
    issuer: textClaim(claims, 'iss'),
    subject: textClaim(claims, 'sub'),
    clientId: clientIdOf(claims['azp'], audiences),
    audiences,
    issuedAt: timeClaim(claims, 'iat'),
    notBefore: claims['nbf'] === undefined ? 0 : timeClaim(claims, 'nbf'),
    expiresAt: timeClaim(claims, 'exp'),
  }
}

const missing = (claim: string): Fault => invalidToken(`Missing a required claim: ${claim}`)

function textClaim(claims: Claims, name: string): string {
  const value = claims[name]
  if (typeof value !== 'string' || value === '') throw missing(name)
  return value
}

/** A NumericDate (RFC 7519, 2). */
function timeClaim(claims: Claims, name: string): number {
  const value = claims[name]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw missing(name)
  return value
}

/**
 * An authorized party stands in the place of the audience wherever there is one (IAM User Guide, key `aud`; reports of Entra
 * tokens whose `aud` was registered and whose `azp` was not). Several audiences need one (OpenID Connect Core 1.0, 3.1.3.7).
 */
function clientIdOf(party: unknown, audiences: readonly string[]): string | undefined {
  if (typeof party === 'string') return party
  return party === undefined && audiences.length === 1 ? audiences[0] : undefined
}

/** A list of texts; undefined where it is anything else. */
function textsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const items: readonly unknown[] = value
  const texts = items.filter((item) => typeof item === 'string')
  return texts.length === items.length ? texts : undefined
}

type Keys = Record<string, ContextValue>

/** The keys that stay with the session (IAM User Guide, "Available keys for AWS OIDC federation"). `provider` is the issuer without its scheme. */
export function sessionKeys(provider: string, claims: Claims, { clientId, audiences, subject }: Identity): Readonly<Keys> {
  const [only, ...others] = audiences
  const keys: Keys = { [`${provider}:aud`]: clientId ?? '', [`${provider}:sub`]: subject }
  if (only !== undefined) keys[`${provider}:oaud`] = others.length === 0 ? only : audiences
  const methods = textsOf(claims['amr'])
  if (methods !== undefined) keys[`${provider}:amr`] = methods
  if (typeof claims['email'] === 'string') keys[`${provider}:email`] = claims['email']
  return keys
}

const KEPT = [':aud', ':oaud', ':sub', ':amr', ':email']

/** Of a principal's keys those that its session keeps. */
export const keptKeys = (keys: Readonly<Record<string, ContextValue>>): Readonly<Record<string, ContextValue>> =>
  Object.fromEntries(Object.entries(keys).filter(([key]) => KEPT.some((name) => key.endsWith(name))))

/** Further keys of providers that AWS knows by name, such as GitHub's `repository`: trust policies may ask for them. */
export function providerKeys(provider: string, claims: Claims): Readonly<Keys> {
  const keys: Keys = {}
  for (const [name, value] of Object.entries(claims)) {
    const key = `${provider}:${name}`
    const text = asText(value)
    if (text !== undefined && isProviderKey(key.toLowerCase())) keys[key] = text
  }
  return keys
}

/** Providers are named by domains: what has none before its colon is a key of AWS's own. */
const OF_PROVIDER = /^[^:/]+\.[^:]+:/
const PLACEHOLDER = /\$\{[^}]*\}/g

/** Some names hold a placeholder: `token.actions.githubusercontent.com/${SubPath}:actor`, for issuers of one enterprise. */
function isProviderKey(key: string): boolean {
  const known = readAuthorization().service('sts')?.conditionKeys
  if (known === undefined || !OF_PROVIDER.test(key)) return false
  return known.has(key) || [...known.keys()].some((name) => isNamedBy(key, name.split(PLACEHOLDER)))
}

/** Whether a key is a name whose placeholder stands between two parts, for something without slash and colon. */
function isNamedBy(key: string, [before, behind, ...more]: readonly string[]): boolean {
  if (before === undefined || behind === undefined || more.length > 0) return false
  const filled = key.slice(before.length, key.length - behind.length)
  return key.startsWith(before) && key.endsWith(behind) && /^[^/:]+$/.test(filled) && before.length + behind.length < key.length
}

/** Whether the provider says itself which roles the token is for (claim `https://aws.amazon.com/roles`), and whether this role is one of them. */
export function roleClaim(claims: Claims, roleArn: string): 'absent' | 'named' | 'not named' {
  const value = claims[`${NAMESPACE}roles`]
  if (value === undefined) return 'absent'
  const roles = typeof value === 'string' ? [value] : (textsOf(value) ?? [])
  return roles.includes(roleArn) ? 'named' : 'not named'
}

function asText(value: unknown): ContextValue | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? value : textsOf(value)
}

const NAMESPACE = 'https://aws.amazon.com/'
const TAGS = `${NAMESPACE}tags`
const FLAT_TAG = `${TAGS}/principal_tags/`
/** STS API reference: SourceIdentity. */
const SOURCE_IDENTITY = /^[\w+=,.@-]{2,64}$/

type Tags = Pick<AskedSession, 'tags' | 'transitiveTagKeys'>

/**
 * Session tags (IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity"): nested in one claim, or flat, a claim
 * for each tag. Throws InvalidIdentityToken where they are not what tags can be; the texts are ours.
 */
export function tagsOf(claims: Claims): Tags {
  const nested = recordOf(claims[TAGS])
  const given: (readonly [string, unknown])[] = [
    ...Object.entries(recordOf(nested['principal_tags'])),
    ...Object.entries(claims)
      .filter(([name]) => name.startsWith(FLAT_TAG))
      .map(([name, value]) => [name.slice(FLAT_TAG.length), value] as const),
  ]
  const transitive = nested['transitive_tag_keys'] ?? claims[`${TAGS}/transitive_tag_keys`] ?? []
  const transitiveTagKeys = typeof transitive === 'string' ? [transitive] : textsOf(transitive)
  const tags = given.map(([Key, value]) => ({ Key, Value: tagValue(value) }))
  if (transitiveTagKeys === undefined || !canBeSessionTags(tags))
    throw invalidToken(`The session tags in the claim ${TAGS} are not valid.`)
  return { tags, transitiveTagKeys }
}

/** An absent claim has nothing in it; one that is no object makes the tags invalid. */
function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidToken(`The session tags in the claim ${TAGS} are not valid.`)
  return { ...value }
}

/** One text, alone or in a list; undefined is no value that a tag can have. */
function tagValue(value: unknown): string {
  if (typeof value === 'string') return value
  const [only, ...others] = textsOf(value) ?? []
  if (only === undefined || others.length > 0) throw invalidToken(`The session tags in the claim ${TAGS} are not valid.`)
  return only
}

/** Throws InvalidIdentityToken where the claim is there and cannot be a source identity; the text is ours. */
export function sourceIdentityOf(claims: Claims): string | undefined {
  const value = claims[`${NAMESPACE}source_identity`]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !SOURCE_IDENTITY.test(value))
    throw invalidToken(`The source identity in the claim ${NAMESPACE}source_identity is not valid.`)
  return value
}
