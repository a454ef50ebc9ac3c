/** Tags of OpenID Connect providers. */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { setOidcTags } from '../oidc-providers.rows.ts'
import { mergeCasedTags, mustDifferByCase, sortedCasedTags, withoutCasedTags } from './cased-tags.ts'
import { mustFindOidcProvider } from './oidc-providers.ts'
import { parseTags, requestTagKeys, tagNameKeys } from './tags.ts'

const provider = (arn: string) => ({ kind: 'oidc-provider', name: arn })

export const tagOidcProvider = writeOperation('iam', 'TagOpenIDConnectProvider', {
  authorize: ({ OpenIDConnectProviderArn, Tags }) => ({
    action: 'iam:TagOpenIDConnectProvider',
    resource: provider(OpenIDConnectProviderArn),
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { OpenIDConnectProviderArn, Tags }, { accountId }) {
    mustDifferByCase(Tags)
    const { url, tags } = await mustFindOidcProvider(tx, accountId, OpenIDConnectProviderArn)
    await setOidcTags(tx, accountId, url, JSON.stringify(mergeCasedTags(parseTags(tags), Tags)))
    return {}
  },
})

export const untagOidcProvider = writeOperation('iam', 'UntagOpenIDConnectProvider', {
  authorize: ({ OpenIDConnectProviderArn, TagKeys }) => ({
    action: 'iam:UntagOpenIDConnectProvider',
    resource: provider(OpenIDConnectProviderArn),
    context: tagNameKeys(TagKeys),
  }),
  async handle(tx, { OpenIDConnectProviderArn, TagKeys }, { accountId }) {
    const { url, tags } = await mustFindOidcProvider(tx, accountId, OpenIDConnectProviderArn)
    await setOidcTags(tx, accountId, url, JSON.stringify(withoutCasedTags(parseTags(tags), TagKeys)))
    return {}
  },
})

export const listOidcProviderTags = readOperation('iam', 'ListOpenIDConnectProviderTags', {
  authorize: ({ OpenIDConnectProviderArn }) => ({
    action: 'iam:ListOpenIDConnectProviderTags',
    resource: provider(OpenIDConnectProviderArn),
  }),
  async handle(tx, input, { accountId }) {
    const row = await mustFindOidcProvider(tx, accountId, input.OpenIDConnectProviderArn)
    const after = startOf('OIDC provider tags', input) ?? ''
    const tags = sortedCasedTags(parseTags(row.tags)).filter(({ Key }) => Key > after)
    const { items, ...page } = pageOf('OIDC provider tags', tags.slice(0, rowsFor(input)), input, ({ Key }) => Key)
    return { Tags: items, ...page }
  },
})

export const oidcProviderTagOperations = [tagOidcProvider, untagOidcProvider, listOidcProviderTags]
