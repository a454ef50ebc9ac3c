/** Tags of OpenID Connect providers. */
import { readOperation, writeOperation } from '../operation.ts'
import { setOidcTags } from '../oidc-providers.rows.ts'
import { mustFindOidcProvider } from './oidc-providers.ts'
import { CASED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'

const PROVIDERS: Taggable<{ readonly OpenIDConnectProviderArn: string }> = {
  check: (action, { OpenIDConnectProviderArn }, more) => ({
    action,
    resource: { kind: 'oidc-provider', name: OpenIDConnectProviderArn },
    ...more,
  }),
  async find(tx, accountId, { OpenIDConnectProviderArn }) {
    const { url, tags } = await mustFindOidcProvider(tx, accountId, OpenIDConnectProviderArn)
    return { key: url, tags: parseTags(tags) }
  },
  set: (tx, accountId, key, tags) => setOidcTags(tx, accountId, key, JSON.stringify(tags)),
  list: 'OIDC provider tags',
  keys: CASED,
}

export const tagOidcProvider = writeOperation(
  'iam',
  'TagOpenIDConnectProvider',
  tagging('iam:TagOpenIDConnectProvider', PROVIDERS),
)
export const untagOidcProvider = writeOperation(
  'iam',
  'UntagOpenIDConnectProvider',
  untagging('iam:UntagOpenIDConnectProvider', PROVIDERS),
)
export const listOidcProviderTags = readOperation(
  'iam',
  'ListOpenIDConnectProviderTags',
  listingTags('iam:ListOpenIDConnectProviderTags', PROVIDERS),
)

export const oidcProviderTagOperations = [tagOidcProvider, untagOidcProvider, listOidcProviderTags]
