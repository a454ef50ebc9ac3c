/** Tags of SAML providers. */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { setSamlProviderTags } from '../saml-providers.rows.ts'
import { mergeCasedTags, mustDifferByCase, sortedCasedTags, withoutCasedTags } from './cased-tags.ts'
import { mustFindSamlProvider } from './saml-providers.ts'
import { parseTags, requestTagKeys, tagNameKeys } from './tags.ts'

const provider = (arn: string) => ({ kind: 'saml-provider', name: arn })

export const tagSamlProvider = writeOperation('iam', 'TagSAMLProvider', {
  authorize: ({ SAMLProviderArn, Tags }) => ({
    action: 'iam:TagSAMLProvider',
    resource: provider(SAMLProviderArn),
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { SAMLProviderArn, Tags }, { accountId }) {
    mustDifferByCase(Tags)
    const { name, tags } = await mustFindSamlProvider(tx, accountId, SAMLProviderArn)
    await setSamlProviderTags(tx, accountId, name, JSON.stringify(mergeCasedTags(parseTags(tags), Tags)))
    return {}
  },
})

export const untagSamlProvider = writeOperation('iam', 'UntagSAMLProvider', {
  authorize: ({ SAMLProviderArn, TagKeys }) => ({
    action: 'iam:UntagSAMLProvider',
    resource: provider(SAMLProviderArn),
    context: tagNameKeys(TagKeys),
  }),
  async handle(tx, { SAMLProviderArn, TagKeys }, { accountId }) {
    const { name, tags } = await mustFindSamlProvider(tx, accountId, SAMLProviderArn)
    await setSamlProviderTags(tx, accountId, name, JSON.stringify(withoutCasedTags(parseTags(tags), TagKeys)))
    return {}
  },
})

export const listSamlProviderTags = readOperation('iam', 'ListSAMLProviderTags', {
  authorize: ({ SAMLProviderArn }) => ({ action: 'iam:ListSAMLProviderTags', resource: provider(SAMLProviderArn) }),
  async handle(tx, input, { accountId }) {
    const row = await mustFindSamlProvider(tx, accountId, input.SAMLProviderArn)
    const after = startOf('SAML provider tags', input) ?? ''
    const tags = sortedCasedTags(parseTags(row.tags)).filter(({ Key }) => Key > after)
    const { items, ...page } = pageOf('SAML provider tags', tags.slice(0, rowsFor(input)), input, ({ Key }) => Key)
    return { Tags: items, ...page }
  },
})

export const samlProviderTagOperations = [tagSamlProvider, untagSamlProvider, listSamlProviderTags]
