/** The instance metadata service: IMDSv2's sessions, the tree of metadata, and the credentials of the role in the instance profile. */
import { header } from '../../protocol/headers.ts'
import type { WireAnswer } from '../../protocol/wire.ts'
import type { AdminResult, RoleCredentials } from '../admin-contract.ts'
import type { HttpRequest } from '../http.ts'
import { isMeantForUs } from './loopback.ts'
import { documentAnswer, errorPage, notAllowed, textAnswer } from './metadata-pages.ts'
import { MetadataTokens } from './metadata-token.ts'
import { Rotation, together } from './rotation.ts'

export type Instance = {
  readonly accountId: string
  readonly instanceId: string
  readonly region: string
  readonly availabilityZone: string
  /** `x86_64` or `arm64`. */
  readonly architecture: string
  readonly profileArn: string
  readonly profileId: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

/** The version of the metadata service that a request spoke, as ec2:RoleDelivery names it. */
export type RoleDelivery = '1.0' | '2.0'

export type MetadataSettings = {
  readonly instance: Instance
  /** AWS's HttpTokens: whether a request must carry a session token. */
  readonly httpTokens: 'required' | 'optional'
  /** What the profile holds now. */
  readonly role: () => Promise<AdminResult<'instanceRole'>>
  readonly credentials: (delivery: RoleDelivery) => Promise<AdminResult<'instanceCredentials'>>
  readonly random: (count: number) => Uint8Array
  readonly clock: () => number
}

const TOKEN_PATH = '/latest/api/token'
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds'
const TOKEN_HEADER = 'x-aws-ec2-metadata-token'
/** A version-specific path for a token answers 403: "this behavior is intended" (EC2 User Guide, "Retrieve instance metadata"). */
const OTHER_TOKEN_PATH = /^\/[\d.-]{1,10}\/api\/token$/

/** What answers the requests of an instance. Rejects where the server behind it does not answer. */
export function instanceMetadata(settings: MetadataSettings): (request: HttpRequest) => Promise<WireAnswer> {
  const tokens = new MetadataTokens(settings.random)
  // However many ask here, the server is asked by one: its socket is the operator's.
  const tree = metadataTree({ ...settings, role: together(settings.role) })
  return async (request) => {
    if (!isMeantForUs(request)) return errorPage(403)
    const path = pathOf(request)
    if (path === TOKEN_PATH) return tokenAnswer(request, tokens)
    if (request.method === 'PUT') return OTHER_TOKEN_PATH.test(path) ? errorPage(403) : notAllowed('GET, HEAD')
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed('GET, HEAD')
    const session = sessionOf(request, tokens, settings.httpTokens)
    if (session === undefined) return errorPage(401)
    const answer = await tree(path, session.delivery)
    if (answer === undefined) return errorPage(404)
    return session.seconds === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, [TTL_HEADER]: String(session.seconds) } }
  }
}

/** Clients join paths with slashes of their own: several count as one. */
const pathOf = ({ target }: HttpRequest): string => (target.split('?', 1)[0] ?? '').replaceAll(/\/{2,}/g, '/')

/** A request that came through a proxy gets no token, so that an open proxy hands none to strangers. */
function tokenAnswer(request: HttpRequest, tokens: MetadataTokens): WireAnswer {
  const { method, rawHeaders, receivedAt } = request
  if (method !== 'PUT') return notAllowed('OPTIONS, PUT')
  if (header(rawHeaders, 'x-forwarded-for') !== undefined) return errorPage(403)
  const issued = tokens.issue(header(rawHeaders, TTL_HEADER), receivedAt)
  return issued === undefined ? errorPage(400) : textAnswer(issued.token, { [TTL_HEADER]: String(issued.seconds) })
}

type MetadataSession = { readonly delivery: RoleDelivery; readonly seconds?: number }

/** Version 2 where there is a token; version 1, where it is allowed, without one. Undefined: neither. */
function sessionOf(
  { rawHeaders, receivedAt }: HttpRequest,
  tokens: MetadataTokens,
  httpTokens: MetadataSettings['httpTokens'],
): MetadataSession | undefined {
  const token = header(rawHeaders, TOKEN_HEADER)
  if (token === undefined) return httpTokens === 'optional' ? { delivery: '1.0' } : undefined
  const seconds = tokens.remaining(token, receivedAt)
  return seconds === undefined ? undefined : { delivery: '2.0', seconds }
}

type Item = () => WireAnswer | Promise<WireAnswer>
type Tree = (path: string, delivery: RoleDelivery) => Promise<WireAnswer | undefined>

const ROLES = '/latest/meta-data/iam/security-credentials/'

/** Everything there is, by path. A folder lists what is in it; folders end in a slash. */
function metadataTree(settings: MetadataSettings): Tree {
  const { instance, role, clock } = settings
  const items: ReadonlyMap<string, Item> = new Map<string, Item>([
    ['/latest/dynamic/instance-identity/document', () => documentAnswer(identityDocument(instance))],
    ['/latest/meta-data/iam/info', async () => documentAnswer(infoDocument(instance, await role(), clock()))],
    ['/latest/meta-data/instance-id', () => textAnswer(instance.instanceId)],
    ['/latest/meta-data/placement/availability-zone', () => textAnswer(instance.availabilityZone)],
    ['/latest/meta-data/placement/region', () => textAnswer(instance.region)],
  ])
  const deliverer = roleDeliverer(settings)
  const folders = foldersOf([...items.keys(), ROLES])
  return async (path, delivery) => {
    const item = items.get(path)
    if (item !== undefined) return item()
    if (`${path}/` === ROLES || path.startsWith(ROLES)) return deliverer(path.slice(ROLES.length), delivery)
    const folder = folders.get(path.endsWith('/') ? path : `${path}/`)
    return folder === undefined ? undefined : textAnswer(folder.join('\n'))
  }
}

/** What each folder lists, by its path with the closing slash. */
function foldersOf(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, Set<string>>()
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash >= 0 && slash < path.length - 1; slash = path.indexOf('/', slash + 1)) {
      const next = path.indexOf('/', slash + 1)
      const folder = path.slice(0, slash + 1)
      const listed = folders.get(folder) ?? new Set()
      folders.set(folder, listed.add(next < 0 ? path.slice(slash + 1) : path.slice(slash + 1, next + 1)))
    }
  }
  // Recorded: versions, of which there is one here, and what is in one stand without a slash.
  const list = (folder: string, names: Set<string>): readonly string[] =>
    [...names].toSorted().map((name) => (folder === '/' || folder === '/latest/' ? name.replace('/', '') : name))
  return new Map(Array.from(folders, ([folder, names]) => [folder, list(folder, names)]))
}

type Deliverer = (name: string, delivery: RoleDelivery) => Promise<WireAnswer | undefined>

/** The role's name under the empty name, its credentials under its own. A profile without a role has neither. */
function roleDeliverer({ role: currentRole, credentials, clock }: MetadataSettings): Deliverer {
  const rotation = new Rotation()
  let rotatingRole = ''
  return async (name, delivery) => {
    const { role } = await currentRole()
    if (role === undefined) return undefined
    if (name === '') return textAnswer(role.name)
    if (name !== role.name) return undefined
    if (rotatingRole !== role.roleId) rotation.clear()
    rotatingRole = role.roleId
    const delivered = await rotation.get(delivery, { fetch: () => credentials(delivery), clock })
    return documentAnswer(
      'refusal' in delivered ? unauthorizedDocument(role.name, clock()) : credentialsDocument(delivered.credentials),
    )
  }
}

/** Metadata writes seconds, no fractions. */
const timeText = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')

const credentialsDocument = ({ accessKeyId, secretAccessKey, sessionToken, issuedAt, expiresAt }: RoleCredentials): object => ({
  Code: 'Success',
  LastUpdated: timeText(issuedAt),
  Type: 'AWS-HMAC',
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  Token: sessionToken,
  Expiration: timeText(expiresAt),
})

const DOCUMENTATION =
  'Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.'

/** Recorded from AWS: what stands in place of credentials where the trust policy does not let EC2 in. */
const unauthorizedDocument = (roleName: string, now: number): object => ({
  Code: 'AssumeRoleUnauthorizedAccess',
  Message: `EC2 cannot assume the role ${roleName}.  ${DOCUMENTATION}`,
  LastUpdated: timeText(now),
})

/** The words for a lost profile are recorded; those for an empty one are documented up to the dots (IAM User Guide, "Troubleshooting EC2 and IAM"). */
function infoDocument({ profileArn, profileId }: Instance, { profile, role }: AdminResult<'instanceRole'>, now: number): object {
  const LastUpdated = timeText(now)
  if (profile === undefined) {
    const Message = `Instance Profile with Id ${profileId} cannot be found.  ${DOCUMENTATION}`
    return { Code: 'InstanceProfileNotFound', Message, LastUpdated }
  }
  const empty = role === undefined ? { Message: `Instance Profile does not contain a role.  ${DOCUMENTATION}` } : {}
  return { Code: 'Success', ...empty, LastUpdated, InstanceProfileArn: profileArn, InstanceProfileId: profileId }
}

/** EC2 User Guide, "Instance identity documents". What this machine has no answer to is null, as AWS writes what an instance has not. */
const identityDocument = ({ accountId, architecture, availabilityZone, instanceId, region, startedAt }: Instance): object => ({
  accountId,
  architecture,
  availabilityZone,
  billingProducts: null,
  devpayProductCodes: null,
  marketplaceProductCodes: null,
  imageId: null,
  instanceId,
  instanceType: null,
  kernelId: null,
  pendingTime: timeText(startedAt),
  privateIp: null,
  ramdiskId: null,
  region,
  version: '2017-09-30',
})
