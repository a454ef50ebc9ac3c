/** SAML identity providers: their metadata, and the keys that open encrypted assertions. */
import { createPrivateKey } from 'node:crypto'
import { Fault } from '../../aws/fault.ts'
import { newId } from '../../aws/ids.ts'
import { parseArn } from '../../aws/arn.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, type HandlingCall, readOperation, writeOperation } from '../operation.ts'
import { readSamlMetadata, type SamlMetadata } from '../saml-metadata.ts'
import {
  addSamlKey,
  countSamlProviders,
  deleteSamlProviderRow,
  findSamlProvider,
  insertSamlProvider,
  listSamlKeys,
  listSamlProviderRows,
  removeSamlKey,
  samlProviderArn,
  type SamlProviderRow,
  updateSamlProviderRow,
} from '../saml-providers.rows.ts'
import type { Entity } from '../service.ts'
import type { WriteTx } from '../../store/store.ts'
import { mustDifferByCase, sortedCasedTags } from './cased-tags.ts'
import { invalidInput, quotaExceeded } from './errors.ts'
import { METADATA_KEYS_PER_SAML_PROVIDER, SAML_KEYS_PER_PROVIDER, SAML_PROVIDERS_PER_ACCOUNT } from './quotas.ts'
import { parseTags, newTagKeys, resourceTagKeys } from './tags.ts'

/** Recorded for GetSAMLProvider. */
const noSuchProvider = (arn: string): Fault => new Fault('NoSuchEntity', `Manifest not found for arn ${arn}`)
/** A provider without an end is valid for 100 years (IAM API reference, GetSAMLProvider: the example). */
const CENTURY_MS = 100 * 365.25 * 86_400_000

/** The name in a provider's ARN; a foreign ARN names nothing here. */
function samlProviderName(arn: string, accountId: string): string | undefined {
  const { service, accountId: owner, resource = '' } = parseArn(arn) ?? {}
  return service === 'iam' && owner === accountId && resource.startsWith('saml-provider/')
    ? resource.slice('saml-provider/'.length)
    : undefined
}

/** Throws NoSuchEntity. */
export async function mustFindSamlProvider(tx: ReadTx, accountId: string, arn: string): Promise<SamlProviderRow> {
  const name = samlProviderName(arn, accountId)
  const row = name === undefined ? undefined : await findSamlProvider(tx, accountId, name)
  if (row === undefined) throw noSuchProvider(arn)
  return row
}

/** When the metadata ends. Throws InvalidInput, in AWS's words, where it is none, and LimitExceeded where it has too many keys. */
function endOf(text: string, now: number): number {
  const { certificates, validUntil } = metadataIn(text)
  if (certificates.length > METADATA_KEYS_PER_SAML_PROVIDER)
    throw quotaExceeded('KeysPerSAMLProvider', METADATA_KEYS_PER_SAML_PROVIDER)
  return validUntil ?? now + CENTURY_MS
}

function metadataIn(text: string): SamlMetadata {
  try {
    return readSamlMetadata(text)
  } catch {
    throw invalidInput('Could not parse metadata')
  }
}

export const createSamlProvider = writeOperation('iam', 'CreateSAMLProvider', {
  authorize({ Name, Tags }, { accountId }) {
    const resource = samlProviderArn(accountId, Name)
    const context = newTagKeys(Tags)
    const create: Check = { action: 'iam:CreateSAMLProvider', resource, context }
    return Tags === undefined || Tags.length === 0 ? create : [create, { action: 'iam:TagSAMLProvider', resource, context }]
  },
  async handle(tx, input, call) {
    const { Name: name, SAMLMetadataDocument: metadata, Tags = [], AssertionEncryptionMode, AddPrivateKey } = input
    const { accountId, now, random } = call
    mustDifferByCase(Tags)
    const row: SamlProviderRow = {
      name,
      // GetSAMLProvider shows it as SAMLProviderUUID; AWS's begin with ASPR.
      id: newId('ASPR', accountId, random),
      metadata,
      tags: JSON.stringify(Tags.map(({ Key, Value }) => ({ Key, Value }))),
      encryption: AssertionEncryptionMode ?? null,
      created_at: now,
      valid_until: endOf(metadata, now),
    }
    // Recorded: org-formation/aws-resource-providers issue 59, which passes IAM's words on.
    if ((await findSamlProvider(tx, accountId, name)) !== undefined)
      throw new Fault('EntityAlreadyExists', `Provider with name ${name} already exists.`)
    if ((await countSamlProviders(tx, accountId)) >= SAML_PROVIDERS_PER_ACCOUNT)
      throw quotaExceeded('SAMLProvidersPerAccount', SAML_PROVIDERS_PER_ACCOUNT)
    await insertSamlProvider(tx, accountId, row)
    if (AddPrivateKey !== undefined) await addKey(tx, name, AddPrivateKey, call)
    return { SAMLProviderArn: samlProviderArn(accountId, name), ...(Tags.length > 0 && { Tags: sortedCasedTags(Tags) }) }
  },
})

async function addKey(
  tx: WriteTx,
  provider: string,
  key: string,
  { accountId, now, random, vault }: HandlingCall,
): Promise<void> {
  try {
    createPrivateKey(key)
  } catch {
    // The reason could quote the key.
    throw invalidInput('The private key could not be read.')
  }
  if ((await listSamlKeys(tx, accountId, provider)).length >= SAML_KEYS_PER_PROVIDER)
    throw quotaExceeded('PrivateKeysPerSAMLProvider', SAML_KEYS_PER_PROVIDER)
  const id = newId('ASKY', accountId, random)
  await addSamlKey(tx, accountId, { id, provider, sealed: vault.seal(key, `saml-key/${id}`), created_at: now })
}

export const getSamlProvider = readOperation('iam', 'GetSAMLProvider', {
  authorize: ({ SAMLProviderArn }) => ({
    action: 'iam:GetSAMLProvider',
    resource: { kind: 'saml-provider', name: SAMLProviderArn },
  }),
  async handle(tx, { SAMLProviderArn }, { accountId }) {
    const row = await mustFindSamlProvider(tx, accountId, SAMLProviderArn)
    const tags = parseTags(row.tags)
    const keys = await listSamlKeys(tx, accountId, row.name)
    return {
      SAMLProviderUUID: row.id,
      SAMLMetadataDocument: row.metadata,
      CreateDate: new Date(row.created_at),
      ValidUntil: new Date(row.valid_until),
      ...(tags.length > 0 && { Tags: sortedCasedTags(tags) }),
      ...(row.encryption !== null && { AssertionEncryptionMode: row.encryption }),
      ...(keys.length > 0 && { PrivateKeyList: keys.map(({ id, created_at: at }) => ({ KeyId: id, Timestamp: new Date(at) })) }),
    }
  },
})

export const listSamlProviders = readOperation('iam', 'ListSAMLProviders', {
  authorize: () => ({ action: 'iam:ListSAMLProviders', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    const rows = await listSamlProviderRows(tx, accountId)
    return {
      SAMLProviderList: rows.map(({ name, valid_until: until, created_at: made }) => ({
        Arn: samlProviderArn(accountId, name),
        ValidUntil: new Date(until),
        CreateDate: new Date(made),
      })),
    }
  },
})

export const updateSamlProvider = writeOperation('iam', 'UpdateSAMLProvider', {
  authorize: ({ SAMLProviderArn }) => ({
    action: 'iam:UpdateSAMLProvider',
    resource: { kind: 'saml-provider', name: SAMLProviderArn },
  }),
  async handle(tx, input, call) {
    const { SAMLProviderArn, SAMLMetadataDocument, AssertionEncryptionMode, AddPrivateKey, RemovePrivateKey } = input
    const row = await mustFindSamlProvider(tx, call.accountId, SAMLProviderArn)
    const metadata = SAMLMetadataDocument ?? row.metadata
    const until = SAMLMetadataDocument === undefined ? row.valid_until : endOf(SAMLMetadataDocument, call.now)
    await updateSamlProviderRow(tx, call.accountId, {
      ...row,
      metadata,
      encryption: AssertionEncryptionMode ?? row.encryption,
      valid_until: until,
    })
    if (RemovePrivateKey !== undefined && !(await removeSamlKey(tx, call.accountId, row.name, RemovePrivateKey))) {
      throw new Fault('NoSuchEntity', `The private key with id ${RemovePrivateKey} cannot be found.`)
    }
    if (AddPrivateKey !== undefined) await addKey(tx, row.name, AddPrivateKey, call)
    return { SAMLProviderArn }
  },
})

export const deleteSamlProvider = writeOperation('iam', 'DeleteSAMLProvider', {
  authorize: ({ SAMLProviderArn }) => ({
    action: 'iam:DeleteSAMLProvider',
    resource: { kind: 'saml-provider', name: SAMLProviderArn },
  }),
  async handle(tx, { SAMLProviderArn }, { accountId }) {
    const { name } = await mustFindSamlProvider(tx, accountId, SAMLProviderArn)
    await deleteSamlProviderRow(tx, accountId, name)
    return {}
  },
})

/** A provider by its ARN. */
export async function samlProviderEntity(tx: ReadTx, accountId: string, arn: string): Promise<Entity> {
  const name = samlProviderName(arn, accountId)
  const row = name === undefined ? undefined : await findSamlProvider(tx, accountId, name)
  return row === undefined ? { arn, missing: true } : { arn, context: resourceTagKeys(parseTags(row.tags)) }
}

export const samlProviderOperations = [
  createSamlProvider,
  getSamlProvider,
  listSamlProviders,
  updateSamlProvider,
  deleteSamlProvider,
]
