/** SAML providers: refusals in their order, the life of a provider, its tags. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import type * as Iam from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { openProvider } from '../../../tests/saml-provider.ts'
import { listSamlProviderTags, tagSamlProvider, untagSamlProvider } from './saml-provider-tags.ts'
import {
  createSamlProvider,
  deleteSamlProvider,
  getSamlProvider,
  listSamlProviders,
  updateSamlProvider,
} from './saml-providers.ts'

let harness: Harness
const { metadata: SAMLMetadataDocument } = openProvider()
const SAMLProviderArn = `arn:aws:iam::${ACCOUNT}:saml-provider/idp`
/** The metadata with its key so many times. */
const keyed = (count: number): string =>
  SAMLMetadataDocument.replace(/<KeyDescriptor.*<\/KeyDescriptor>/, (descriptor) => descriptor.repeat(count))
const key = (): string =>
  String(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }))
before(async () => {
  harness = await openHarness()
  await harness.call(createSamlProvider, {
    Name: 'idp',
    SAMLMetadataDocument,
    Tags: [
      { Key: 'b', Value: '2' },
      { Key: 'a', Value: '1' },
    ],
  })
})
after(() => harness.close())

test('each operation refuses in this order', async () => {
  // oxfmt-ignore
  await assertRefusals(harness, createSamlProvider, [
    [{ Name: 'idp', SAMLMetadataDocument: 'x', Tags: [{ Key: 'a', Value: '' }, { Key: 'a', Value: '' }] }, 'InvalidInput', 'Duplicate tag keys found.'],
    [{ Name: 'idp', SAMLMetadataDocument: 'x' },                                    'InvalidInput',        'Could not parse metadata'],
    [{ Name: 'idp', SAMLMetadataDocument: SAMLMetadataDocument.replace('use="signing"', 'use="encryption"') }, 'InvalidInput', 'Could not parse metadata'],
    [{ Name: 'idp', SAMLMetadataDocument: `<!DOCTYPE a>${SAMLMetadataDocument}` },  'InvalidInput',        'Could not parse metadata'],
    [{ Name: 'idp', SAMLMetadataDocument: keyed(11) },                              'LimitExceeded',       'Cannot exceed quota for KeysPerSAMLProvider: 10'],
    [{ Name: 'idp', SAMLMetadataDocument: keyed(10) },                              'EntityAlreadyExists', 'Provider with name idp already exists.'],
    [{ Name: 'idp', SAMLMetadataDocument },                                         'EntityAlreadyExists', 'Provider with name idp already exists.'],
    [{ Name: 'new', SAMLMetadataDocument, AddPrivateKey: 'x' },                     'InvalidInput',        'The private key could not be read.'],
  ])
  const none = `arn:aws:iam::${ACCOUNT}:saml-provider/none`
  for (const operation of [getSamlProvider, updateSamlProvider, deleteSamlProvider, listSamlProviderTags]) {
    for (const arn of [none, 'arn:aws:iam::444455556666:saml-provider/idp', 'nonsense-that-is-no-arn']) {
      await harness.refused(
        operation,
        { SAMLProviderArn: arn },
        { code: 'NoSuchEntity', message: `Manifest not found for arn ${arn}` },
      )
    }
  }
  // oxfmt-ignore
  await assertRefusals(harness, updateSamlProvider, [
    [{ SAMLProviderArn, SAMLMetadataDocument: 'x' },        'InvalidInput', 'Could not parse metadata'],
    [{ SAMLProviderArn, RemovePrivateKey: 'ASKYNONE' },     'NoSuchEntity', 'The private key with id ASKYNONE cannot be found.'],
  ])
})

test('a provider is read back, changed and deleted', async () => {
  const get = () => harness.call<Iam.GetSAMLProviderResponse>(getSamlProvider, { SAMLProviderArn })
  const before = await get()
  assert.equal(before.SAMLMetadataDocument, SAMLMetadataDocument)
  // IAM API Reference: the list is sorted by tag key.
  assert.deepEqual(before.Tags, [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ])
  assert.equal(before.ValidUntil?.getUTCFullYear(), 2126)
  await harness.call(updateSamlProvider, { SAMLProviderArn, AddPrivateKey: key(), AssertionEncryptionMode: 'Allowed' })
  await harness.call(updateSamlProvider, { SAMLProviderArn, AddPrivateKey: key() })
  await harness.refused(
    updateSamlProvider,
    { SAMLProviderArn, AddPrivateKey: key() },
    { code: 'LimitExceeded', message: 'Cannot exceed quota for PrivateKeysPerSAMLProvider: 2' },
  )
  const { PrivateKeyList = [], AssertionEncryptionMode } = await get()
  assert.deepEqual([PrivateKeyList.length, AssertionEncryptionMode], [2, 'Allowed'])
  // IAM's model, privateKeyIdType: a request that names a shorter one is refused before it gets here.
  for (const id of [before.SAMLProviderUUID, ...PrivateKeyList.map(({ KeyId }) => KeyId)])
    assert.match(id ?? '', /^[A-Z0-9]{22,64}$/)
  assert.ok(!JSON.stringify(await get()).includes('PRIVATE KEY'))
  await harness.call(updateSamlProvider, { SAMLProviderArn, RemovePrivateKey: PrivateKeyList[0]?.KeyId })
  assert.equal((await get()).PrivateKeyList?.length, 1)
  const { SAMLProviderList = [] } = await harness.call<Iam.ListSAMLProvidersResponse>(listSamlProviders, {})
  assert.deepEqual(
    SAMLProviderList.map(({ Arn }) => Arn),
    [SAMLProviderArn],
  )
  await harness.call(tagSamlProvider, { SAMLProviderArn, Tags: [{ Key: 'A', Value: '2' }] })
  await harness.call(untagSamlProvider, { SAMLProviderArn, TagKeys: ['a', 'b'] })
  assert.deepEqual(await harness.call(listSamlProviderTags, { SAMLProviderArn }), {
    Tags: [{ Key: 'A', Value: '2' }],
    IsTruncated: false,
  })
  await harness.call(deleteSamlProvider, { SAMLProviderArn })
  await harness.refused(getSamlProvider, { SAMLProviderArn }, { code: 'NoSuchEntity' })
})
