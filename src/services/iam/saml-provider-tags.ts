/** Tags of SAML providers. */
import { readOperation, writeOperation } from '../operation.ts'
import { setSamlProviderTags } from '../saml-providers.rows.ts'
import { mustFindSamlProvider } from './saml-providers.ts'
import { CASED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'

const PROVIDERS: Taggable<{ readonly SAMLProviderArn: string }> = {
  check: (action, { SAMLProviderArn }, more) => ({ action, resource: { kind: 'saml-provider', name: SAMLProviderArn }, ...more }),
  async find(tx, accountId, { SAMLProviderArn }) {
    const { name, tags } = await mustFindSamlProvider(tx, accountId, SAMLProviderArn)
    return { key: name, tags: parseTags(tags) }
  },
  set: (tx, accountId, key, tags) => setSamlProviderTags(tx, accountId, key, JSON.stringify(tags)),
  list: 'SAML provider tags',
  keys: CASED,
}

export const tagSamlProvider = writeOperation('iam', 'TagSAMLProvider', tagging('iam:TagSAMLProvider', PROVIDERS))
export const untagSamlProvider = writeOperation('iam', 'UntagSAMLProvider', untagging('iam:UntagSAMLProvider', PROVIDERS))
export const listSamlProviderTags = readOperation(
  'iam',
  'ListSAMLProviderTags',
  listingTags('iam:ListSAMLProviderTags', PROVIDERS),
)

export const samlProviderTagOperations = [tagSamlProvider, untagSamlProvider, listSamlProviderTags]
