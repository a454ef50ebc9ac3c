/** aws_iam_account_password_policy, _account_alias, _openid_connect_provider, _saml_provider, _security_token_service_preferences, _outbound_web_identity_federation. */
import assert from 'node:assert/strict'
import type { IAM } from '@aws-sdk/client-iam'
import { openProvider } from '../../saml-provider.ts'
import { changeTags, type Lifecycle, orGone, set, tagList, tagMap, type Tags } from './lifecycle.ts'

type PasswordPolicy = {
  readonly minimum_password_length: number
  readonly require_symbols: boolean
  readonly allow_users_to_change_password: boolean
  readonly expire_passwords: boolean
  readonly max_password_age?: number
  readonly password_reuse_prevention?: number
  readonly hard_expiry?: boolean
}

/** The provider sends what is set, and reads a number that is absent as zero: what is left out must not come back as something else. */
export const accountPasswordPolicy = (iam: IAM): Lifecycle<PasswordPolicy> => {
  const put = ({ minimum_password_length, require_symbols, allow_users_to_change_password, ...rest }: PasswordPolicy) =>
    iam.updateAccountPasswordPolicy({
      MinimumPasswordLength: minimum_password_length,
      RequireSymbols: require_symbols,
      AllowUsersToChangePassword: allow_users_to_change_password,
      ...set({
        MaxPasswordAge: rest.max_password_age,
        PasswordReusePrevention: rest.password_reuse_prevention,
        HardExpiry: rest.hard_expiry,
      }),
    })
  return {
    configs: [
      { minimum_password_length: 8, require_symbols: true, allow_users_to_change_password: true, expire_passwords: false },
      {
        minimum_password_length: 14,
        require_symbols: false,
        allow_users_to_change_password: false,
        expire_passwords: true,
        max_password_age: 90,
        password_reuse_prevention: 24,
        hard_expiry: true,
      },
      { minimum_password_length: 6, require_symbols: false, allow_users_to_change_password: true, expire_passwords: false },
    ],
    async create(config) {
      await put(config)
      return 'iam-account-password-policy'
    },
    async read() {
      const answer = await orGone(iam.getAccountPasswordPolicy({}))
      const policy = answer?.PasswordPolicy
      return (
        policy &&
        set({
          minimum_password_length: policy.MinimumPasswordLength,
          require_symbols: policy.RequireSymbols,
          allow_users_to_change_password: policy.AllowUsersToChangePassword,
          expire_passwords: policy.ExpirePasswords,
          max_password_age: policy.MaxPasswordAge,
          password_reuse_prevention: policy.PasswordReusePrevention,
          hard_expiry: policy.HardExpiry,
        })
      )
    },
    async update(id, _before, after) {
      await put(after)
      return id
    },
    async destroy() {
      await iam.deleteAccountPasswordPolicy({})
      assert.equal(await orGone(iam.deleteAccountPasswordPolicy({})), undefined)
    },
  }
}

type Alias = { readonly account_alias: string }

export const accountAlias = (iam: IAM): Lifecycle<Alias> => ({
  configs: [{ account_alias: 'tf-alias' }],
  async create({ account_alias: AccountAlias }) {
    await iam.createAccountAlias({ AccountAlias })
    return AccountAlias
  },
  async read() {
    const { AccountAliases = [] } = await iam.listAccountAliases({})
    return AccountAliases[0] === undefined ? undefined : { account_alias: AccountAliases[0] }
  },
  async destroy(AccountAlias) {
    await iam.deleteAccountAlias({ AccountAlias })
    assert.equal(await orGone(iam.deleteAccountAlias({ AccountAlias })), undefined)
  },
})

type OidcProvider = {
  readonly url: string
  readonly client_id_list: readonly string[]
  readonly thumbprint_list: readonly string[]
  readonly tags?: Tags
}
const [THUMBPRINT, OTHER_THUMBPRINT] = ['cf23df2207d99a74fbe169e3eba035e633b65d94', '6938fd4d98bab03faadb97b34396831e3780aea1']
const OIDC: OidcProvider = { url: 'tf.example/id/A1', client_id_list: ['sts.amazonaws.com'], thumbprint_list: [THUMBPRINT] }

/** The provider gives `https://`, and takes the answer without it. Client ids are a set to it, thumbprints a list. */
export const openIdConnectProvider = (iam: IAM): Lifecycle<OidcProvider> => ({
  configs: [
    { ...OIDC, tags: { Name: 'x' } },
    { ...OIDC, client_id_list: ['other', 'third'], thumbprint_list: [OTHER_THUMBPRINT, THUMBPRINT] },
  ],
  async create({ url, client_id_list: ClientIDList, thumbprint_list: ThumbprintList, tags }) {
    const made = await iam.createOpenIDConnectProvider({
      Url: `https://${url}`,
      ClientIDList: [...ClientIDList],
      ThumbprintList: [...ThumbprintList],
      ...set({ Tags: tagList(tags) }),
    })
    return made.OpenIDConnectProviderArn ?? ''
  },
  async read(OpenIDConnectProviderArn) {
    const answer = await orGone(iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn }))
    return (
      answer &&
      set({
        url: answer.Url,
        client_id_list: answer.ClientIDList?.toSorted(),
        thumbprint_list: answer.ThumbprintList,
        tags: tagMap(answer.Tags),
      })
    )
  },
  async update(OpenIDConnectProviderArn, before, after) {
    await iam.updateOpenIDConnectProviderThumbprint({ OpenIDConnectProviderArn, ThumbprintList: [...after.thumbprint_list] })
    for (const ClientID of after.client_id_list)
      await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID })
    for (const ClientID of before.client_id_list)
      await iam.removeClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID })
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys }),
      tag: (Tags) => iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags }),
    })
    return OpenIDConnectProviderArn
  },
  async destroy(OpenIDConnectProviderArn) {
    await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn })
    assert.equal(await orGone(iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn })), undefined)
  },
})

type SamlProvider = { readonly name: string; readonly saml_metadata_document: string; readonly tags?: Tags }
const METADATA = [openProvider().metadata, openProvider().metadata] as const

export const samlProvider = (iam: IAM): Lifecycle<SamlProvider> => ({
  configs: [
    { name: 'tf-saml', saml_metadata_document: METADATA[0] },
    { name: 'tf-saml', saml_metadata_document: METADATA[1], tags: { a: 'b' } },
  ],
  async create({ name: Name, saml_metadata_document: SAMLMetadataDocument, tags }) {
    const made = await iam.createSAMLProvider({ Name, SAMLMetadataDocument, ...set({ Tags: tagList(tags) }) })
    return made.SAMLProviderArn ?? ''
  },
  async read(SAMLProviderArn) {
    const answer = await orGone(iam.getSAMLProvider({ SAMLProviderArn }))
    if (answer === undefined) return undefined
    assert.ok(answer.ValidUntil !== undefined && answer.SAMLProviderUUID !== undefined)
    const name = SAMLProviderArn.slice(SAMLProviderArn.indexOf('/') + 1)
    return set({ name, saml_metadata_document: answer.SAMLMetadataDocument, tags: tagMap(answer.Tags) })
  },
  async update(SAMLProviderArn, before, after) {
    await iam.updateSAMLProvider({ SAMLProviderArn, SAMLMetadataDocument: after.saml_metadata_document })
    await changeTags([before.tags, after.tags], {
      untag: (TagKeys) => iam.untagSAMLProvider({ SAMLProviderArn, TagKeys }),
      tag: (Tags) => iam.tagSAMLProvider({ SAMLProviderArn, Tags }),
    })
    return SAMLProviderArn
  },
  async destroy(SAMLProviderArn) {
    await iam.deleteSAMLProvider({ SAMLProviderArn })
    assert.equal(await orGone(iam.deleteSAMLProvider({ SAMLProviderArn })), undefined)
  },
})

type Preferences = { readonly global_endpoint_token_version: string }

/** Read from the account summary. Destroying it does nothing, so the last configuration is what an account has that set none. */
export const securityTokenServicePreferences = (iam: IAM): Lifecycle<Preferences> => {
  const put = ({ global_endpoint_token_version: version }: Preferences) =>
    iam.setSecurityTokenServicePreferences({ GlobalEndpointTokenVersion: version === 'v2Token' ? 'v2Token' : 'v1Token' })
  return {
    configs: [{ global_endpoint_token_version: 'v2Token' }, { global_endpoint_token_version: 'v1Token' }],
    async create(config) {
      await put(config)
      return 'account'
    },
    async read() {
      const { SummaryMap } = await iam.getAccountSummary({})
      return { global_endpoint_token_version: `v${SummaryMap?.['GlobalEndpointTokenVersion']}Token` }
    },
    async update(id, _before, after) {
      await put(after)
      return id
    },
    async destroy() {},
    outlives: true,
  }
}

type Federation = { readonly issuer_identifier: string }

/** The issuer is the account's own: the same when it is enabled again. */
export async function assertOutboundFederation(iam: IAM): Promise<void> {
  const read = async (): Promise<Federation | undefined> => {
    try {
      const { IssuerIdentifier = '', JwtVendingEnabled } = await iam.getOutboundWebIdentityFederationInfo({})
      assert.equal(JwtVendingEnabled, true)
      return { issuer_identifier: IssuerIdentifier }
    } catch (error) {
      if (error instanceof Error && error.name === 'FeatureDisabledException') return undefined
      throw error
    }
  }
  assert.equal(await read(), undefined)
  const { IssuerIdentifier = '' } = await iam.enableOutboundWebIdentityFederation({})
  assert.deepEqual(await read(), { issuer_identifier: IssuerIdentifier })
  await assert.rejects(iam.enableOutboundWebIdentityFederation({}), { name: 'FeatureEnabledException' })
  await iam.disableOutboundWebIdentityFederation({})
  assert.equal(await read(), undefined)
  await iam.enableOutboundWebIdentityFederation({})
  assert.deepEqual(await read(), { issuer_identifier: IssuerIdentifier })
  await iam.disableOutboundWebIdentityFederation({})
}
