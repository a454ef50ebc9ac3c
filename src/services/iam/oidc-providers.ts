/** OpenID Connect providers: issuers whose tokens roles may trust. */
import { parseArn } from '../../aws/arn.ts'
import { Fault } from '../../aws/fault.ts'
import type { CreateOpenIDConnectProviderRequest } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { fetchDiscovery } from '../issuer-keys.ts'
import {
  countOidcProviders,
  deleteOidcProviderRow,
  findOidcProvider,
  insertOidcProvider,
  listOidcProviderRows,
  oidcProviderArn,
  type OidcProviderRow,
  parseTexts,
  setOidcClientIds,
  setOidcThumbprints,
} from '../oidc-providers.rows.ts'
import { type Check, type PreparingCall, readOperation, writeOperation } from '../operation.ts'
import type { Entity } from '../service.ts'
import { mustDifferByCase, sortedCasedTags } from './cased-tags.ts'
import { invalidInput, quotaExceeded, validationError } from './errors.ts'
import { CLIENT_IDS_PER_OIDC_PROVIDER, OIDC_PROVIDERS_PER_ACCOUNT, THUMBPRINTS_PER_OIDC_PROVIDER } from './quotas.ts'
import { parseTags, newTagKeys, resourceTagKeys } from './tags.ts'

/** Recorded for GetOpenIDConnectProvider; that the operations which change a provider say the same is inferred. */
const noSuchProvider = (arn: string): Fault => new Fault('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`)
/** Recorded for DeleteOpenIDConnectProvider, though its reference calls the operation idempotent. */
const nothingToDelete = (arn: string): Fault => new Fault('NoSuchEntity', `OpenId connect Provider ${arn} cannot be found.`)

const SCHEME = 'https://'
/**
 * Scheme, host, path; no query, no fragment, no user (IAM API reference, CreateOpenIDConnectProvider). AWS asks for no port
 * either, because its issuers are public; ours may be any that this server reaches, so a port may be there.
 */
const ISSUER = /^https:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?(?:\/[\w.~%!$&'()*+,;=:@/-]*)?$/

/** The issuer without its scheme, as the ARN and the condition keys name it. Throws ValidationError (recorded). */
function nameOf(url: string): string {
  if (!ISSUER.test(url) || URL.parse(url) === null) throw validationError('Invalid Open ID Connect Provider URL')
  return url.slice(SCHEME.length)
}

/** The same where `authorize` needs a resource before the address was looked at. */
const resourceOf = (accountId: string, url: string): string =>
  oidcProviderArn(accountId, url.startsWith(SCHEME) ? url.slice(SCHEME.length) : url)

/** The issuer that a provider's ARN names; a foreign ARN names nothing here. */
function nameInArn(arn: string, accountId: string): string | undefined {
  const { service, accountId: owner, resource = '' } = parseArn(arn) ?? {}
  const prefix = 'oidc-provider/'
  return service === 'iam' && owner === accountId && resource.startsWith(prefix) ? resource.slice(prefix.length) : undefined
}

async function findByArn(tx: ReadTx, accountId: string, arn: string): Promise<OidcProviderRow | undefined> {
  const name = nameInArn(arn, accountId)
  return name === undefined ? undefined : findOidcProvider(tx, accountId, name)
}

/** Throws NoSuchEntity. */
export async function mustFindOidcProvider(tx: ReadTx, accountId: string, arn: string): Promise<OidcProviderRow> {
  const row = await findByArn(tx, accountId, arn)
  if (row === undefined) throw noSuchProvider(arn)
  return row
}

/** The text is recorded, and AWS means: no more than five. */
function mustBeThumbprints(thumbprints: readonly string[]): void {
  if (thumbprints.length > THUMBPRINTS_PER_OIDC_PROVIDER) throw invalidInput('Thumbprint list must contain fewer than 5 entries.')
}

const tooManyClientIds = (): Fault => quotaExceeded('ClientIdsPerOpenIdConnectProvider', CLIENT_IDS_PER_OIDC_PROVIDER)

/** What is wrong with the request itself, in this order. */
function checked({ Url, ClientIDList = [], ThumbprintList = [], Tags }: CreateOpenIDConnectProviderRequest): OidcProviderRow {
  mustDifferByCase(Tags)
  const url = nameOf(Url)
  mustBeThumbprints(ThumbprintList)
  const clientIds = [...new Set(ClientIDList)]
  if (clientIds.length > CLIENT_IDS_PER_OIDC_PROVIDER) throw tooManyClientIds()
  return {
    url,
    client_ids: JSON.stringify(clientIds),
    thumbprints: JSON.stringify(ThumbprintList),
    tags: JSON.stringify((Tags ?? []).map(({ Key, Value }) => ({ Key, Value }))),
    created_at: 0,
  }
}

/**
 * What an issuer's keys are fetched over is trusted by certificate authority, and by thumbprint only where no known one vouches for the issuer, as
 * AWS does it since 2024. A request without thumbprints makes AWS go and look; so do we, at the discovery document, and refuse an issuer that does
 * not answer with its own.
 */
export const createOidcProvider = writeOperation('iam', 'CreateOpenIDConnectProvider', {
  authorize({ Url, Tags }, { accountId }) {
    const resource = resourceOf(accountId, Url)
    const context = newTagKeys(Tags)
    const create: Check = { action: 'iam:CreateOpenIDConnectProvider', resource, context }
    return Tags === undefined || Tags.length === 0
      ? create
      : [create, { action: 'iam:TagOpenIDConnectProvider', resource, context }]
  },
  async prepare(_tx, input, call) {
    checked(input)
    return input.ThumbprintList === undefined || input.ThumbprintList.length === 0 ? [await thumbprintOf(input.Url, call)] : []
  },
  async handle(tx, input, { accountId, now }, found) {
    const row = checked(found.length > 0 ? { ...input, ThumbprintList: found } : input)
    if ((await findOidcProvider(tx, accountId, row.url)) !== undefined)
      throw new Fault('EntityAlreadyExists', `Provider with url ${input.Url} already exists.`)
    if ((await countOidcProviders(tx, accountId)) >= OIDC_PROVIDERS_PER_ACCOUNT)
      throw quotaExceeded('OpenIdConnectProvidersPerAccount', OIDC_PROVIDERS_PER_ACCOUNT)
    await insertOidcProvider(tx, accountId, { ...row, created_at: now })
    const tags = parseTags(row.tags)
    return {
      OpenIDConnectProviderArn: oidcProviderArn(accountId, row.url),
      ...(tags.length > 0 && { Tags: sortedCasedTags(tags) }),
    }
  },
})

/** The text is modelled on reports. Why exactly it failed is not said: that would tell about networks that callers cannot see. */
async function thumbprintOf(issuer: string, call: PreparingCall): Promise<string> {
  try {
    const { keysUrl } = await fetchDiscovery(issuer, call)
    return await call.topThumbprint(keysUrl)
  } catch {
    throw new Fault(
      'OpenIdIdpCommunicationError',
      `Please check .well-known/openid-configuration of provider: ${issuer} is valid.`,
    )
  }
}

const provider = (arn: string) => ({ kind: 'oidc-provider', name: arn })

export const getOidcProvider = readOperation('iam', 'GetOpenIDConnectProvider', {
  authorize: ({ OpenIDConnectProviderArn: arn }) => ({ action: 'iam:GetOpenIDConnectProvider', resource: provider(arn) }),
  async handle(tx, { OpenIDConnectProviderArn }, { accountId }) {
    const row = await mustFindOidcProvider(tx, accountId, OpenIDConnectProviderArn)
    const tags = parseTags(row.tags)
    return {
      Url: row.url,
      ClientIDList: parseTexts(row.client_ids),
      ThumbprintList: parseTexts(row.thumbprints),
      CreateDate: new Date(row.created_at),
      ...(tags.length > 0 && { Tags: sortedCasedTags(tags) }),
    }
  },
})

export const listOidcProviders = readOperation('iam', 'ListOpenIDConnectProviders', {
  authorize: () => ({ action: 'iam:ListOpenIDConnectProviders', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    const rows = await listOidcProviderRows(tx, accountId)
    return { OpenIDConnectProviderList: rows.map(({ url }) => ({ Arn: oidcProviderArn(accountId, url) })) }
  },
})

/** IAM API reference: adding a client id that is there is no error. */
export const addClientId = writeOperation('iam', 'AddClientIDToOpenIDConnectProvider', {
  authorize: ({ OpenIDConnectProviderArn: arn }) => ({
    action: 'iam:AddClientIDToOpenIDConnectProvider',
    resource: provider(arn),
  }),
  async handle(tx, { OpenIDConnectProviderArn, ClientID }, { accountId }) {
    const row = await mustFindOidcProvider(tx, accountId, OpenIDConnectProviderArn)
    const clientIds = new Set([...parseTexts(row.client_ids), ClientID])
    if (clientIds.size > CLIENT_IDS_PER_OIDC_PROVIDER) throw tooManyClientIds()
    await setOidcClientIds(tx, accountId, row.url, [...clientIds])
    return {}
  },
})

/** IAM API reference: removing a client id that is not there is no error. */
export const removeClientId = writeOperation('iam', 'RemoveClientIDFromOpenIDConnectProvider', {
  authorize: ({ OpenIDConnectProviderArn: arn }) => ({
    action: 'iam:RemoveClientIDFromOpenIDConnectProvider',
    resource: provider(arn),
  }),
  async handle(tx, { OpenIDConnectProviderArn, ClientID }, { accountId }) {
    const row = await mustFindOidcProvider(tx, accountId, OpenIDConnectProviderArn)
    const clientIds = parseTexts(row.client_ids).filter((clientId) => clientId !== ClientID)
    await setOidcClientIds(tx, accountId, row.url, clientIds)
    return {}
  },
})

/** IAM API reference: the list is replaced as a whole. */
export const updateOidcThumbprints = writeOperation('iam', 'UpdateOpenIDConnectProviderThumbprint', {
  authorize: ({ OpenIDConnectProviderArn: arn }) => ({
    action: 'iam:UpdateOpenIDConnectProviderThumbprint',
    resource: provider(arn),
  }),
  async handle(tx, { OpenIDConnectProviderArn, ThumbprintList }, { accountId }) {
    mustBeThumbprints(ThumbprintList)
    const { url } = await mustFindOidcProvider(tx, accountId, OpenIDConnectProviderArn)
    await setOidcThumbprints(tx, accountId, url, ThumbprintList)
    return {}
  },
})

export const deleteOidcProvider = writeOperation('iam', 'DeleteOpenIDConnectProvider', {
  authorize: ({ OpenIDConnectProviderArn: arn }) => ({ action: 'iam:DeleteOpenIDConnectProvider', resource: provider(arn) }),
  async handle(tx, { OpenIDConnectProviderArn }, { accountId }) {
    const row = await findByArn(tx, accountId, OpenIDConnectProviderArn)
    if (row === undefined) throw nothingToDelete(OpenIDConnectProviderArn)
    await deleteOidcProviderRow(tx, accountId, row.url)
    return {}
  },
})

/** A provider by its ARN. */
export async function oidcProviderEntity(tx: ReadTx, accountId: string, arn: string): Promise<Entity> {
  const row = await findByArn(tx, accountId, arn)
  return row === undefined ? { arn, missing: true } : { arn, context: resourceTagKeys(parseTags(row.tags)) }
}

export const oidcProviderOperations = [
  createOidcProvider,
  getOidcProvider,
  listOidcProviders,
  addClientId,
  removeClientId,
  updateOidcThumbprints,
  deleteOidcProvider,
]
