/** OpenID Connect providers: refusals in their order, what was written reads back, tags, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { separateReads } from '../../server/separate-reads.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import type { GetAccountSummaryResponse } from '../../model/iam.gen.ts'
import { getAccountSummary } from './account.ts'
import { listOidcProviderTags, tagOidcProvider, untagOidcProvider } from './oidc-provider-tags.ts'
import {
  addClientId,
  createOidcProvider,
  deleteOidcProvider,
  getOidcProvider,
  listOidcProviders,
  oidcProviderEntity,
  removeClientId,
  updateOidcThumbprints,
} from './oidc-providers.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createOidcProvider, { Url: 'https://taken.example', ThumbprintList: THUMBPRINTS })
})
after(() => harness.close())

const THUMBPRINTS = ['a'.repeat(40)]
const arnOf = (name: string, accountId = ACCOUNT): string => `arn:aws:iam::${accountId}:oidc-provider/${name}`
const tag = (Key: string, Value = '') => ({ Key, Value })
const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `client-${index}`)
const INVALID = 'Invalid Open ID Connect Provider URL'

test('CreateOpenIDConnectProvider refuses in this order', async () => {
  const many = { ThumbprintList: Array.from({ length: 6 }, () => 'a'.repeat(40)) }
  const clients = { ClientIDList: numbered(101) }
  // oxfmt-ignore
  await assertRefusals(harness, createOidcProvider, [
    [{ Url: 'new.example', ...many, ...clients, Tags: [tag('a'), tag('a')] }, 'InvalidInput',               'Duplicate tag keys found.'],
    [{ Url: 'new.example', ...many, ...clients },                             'ValidationError',            INVALID],
    [{ Url: 'http://new.example', ...many },                                  'ValidationError',            INVALID],
    [{ Url: 'https://', ...many },                                            'ValidationError',            INVALID],
    [{ Url: 'https://new.example?a=b', ...many },                             'ValidationError',            INVALID],
    [{ Url: 'https://new.example/#a', ...many },                              'ValidationError',            INVALID],
    [{ Url: 'https://user@new.example', ...many },                            'ValidationError',            INVALID],
    [{ Url: 'https://new.example:70000', ...many },                           'ValidationError',            INVALID],
    [{ Url: 'https://new.example/a b', ...many },                             'ValidationError',            INVALID],
    [{ Url: 'https://taken.example', ...many, ...clients },                   'InvalidInput',               'Thumbprint list must contain fewer than 5 entries.'],
    [{ Url: 'https://taken.example', ...clients },                            'LimitExceeded',              'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100'],
    [{ Url: 'https://taken.example' },                                        'OpenIdIdpCommunicationError', 'Please check .well-known/openid-configuration of provider: https://taken.example is valid.'],
    [{ Url: 'https://taken.example', ThumbprintList: [] },                    'OpenIdIdpCommunicationError', 'Please check .well-known/openid-configuration of provider: https://taken.example is valid.'],
    [{ Url: 'https://taken.example', ThumbprintList: THUMBPRINTS },           'EntityAlreadyExists',        'Provider with url https://taken.example already exists.'],
  ])
})

test('an account has at most a hundred', async () => {
  const as = harness.rootOf(OTHER_ACCOUNT)
  for (let index = 0; index < 100; index += 1)
    await harness.call(createOidcProvider, { Url: `https://i${index}.example`, ThumbprintList: THUMBPRINTS }, { as })
  const refusal = { code: 'LimitExceeded', message: 'Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100' }
  await harness.refused(createOidcProvider, { Url: 'https://one-more.example', ThumbprintList: THUMBPRINTS }, refusal, { as })
})

test('the others refuse what is not there, or not here', async () => {
  const gone = arnOf('gone.example')
  const foreign = arnOf('taken.example', OTHER_ACCOUNT)
  const NOT_FOUND = `OpenIDConnect Provider not found for arn ${gone}`
  // oxfmt-ignore
  const rows = [
    [getOidcProvider,       {},                                    NOT_FOUND],
    [addClientId,           { ClientID: 'a' },                     NOT_FOUND],
    [removeClientId,        { ClientID: 'a' },                     NOT_FOUND],
    [updateOidcThumbprints, { ThumbprintList: [] },                NOT_FOUND],
    [tagOidcProvider,       { Tags: [tag('a')] },                  NOT_FOUND],
    [untagOidcProvider,     { TagKeys: ['a'] },                    NOT_FOUND],
    [listOidcProviderTags,  {},                                    NOT_FOUND],
    [deleteOidcProvider,    {},                                    `OpenId connect Provider ${gone} cannot be found.`],
  ] as const
  for (const [operation, more, message] of rows) {
    await harness.refused(operation, { OpenIDConnectProviderArn: gone, ...more }, { code: 'NoSuchEntity', message })
    await harness.refused(operation, { OpenIDConnectProviderArn: foreign, ...more }, { code: 'NoSuchEntity' })
    await harness.refused(operation, { OpenIDConnectProviderArn: 'no arn, but long enough', ...more }, { code: 'NoSuchEntity' })
  }
  await assertRefusals(harness, updateOidcThumbprints, [
    [
      { OpenIDConnectProviderArn: gone, ThumbprintList: ['a', 'b', 'c', 'd', 'e', 'f'] },
      'InvalidInput',
      'Thumbprint list must contain fewer than 5 entries.',
    ],
  ])
})

test('what was written reads back, to the letter', async () => {
  const name = 'Sso.example:8443/realms/A%20b/'
  const created = await harness.call(createOidcProvider, {
    Url: `https://${name}`,
    ClientIDList: ['one', 'two', 'one'],
    ThumbprintList: THUMBPRINTS,
    Tags: [tag('team', 'a'), tag('Team', 'b')],
  })
  const arn = arnOf(name)
  // IAM API Reference: the list is sorted by tag key.
  assert.deepEqual(created, { OpenIDConnectProviderArn: arn, Tags: [tag('Team', 'b'), tag('team', 'a')] })
  assert.deepEqual(await get(arn), {
    Url: name,
    ClientIDList: ['one', 'two'],
    ThumbprintList: THUMBPRINTS,
    CreateDate: new Date(harness.now()),
    Tags: [tag('Team', 'b'), tag('team', 'a')],
  })
  assert.deepEqual(await get(arnOf('taken.example')), {
    Url: 'taken.example',
    ClientIDList: [],
    ThumbprintList: THUMBPRINTS,
    CreateDate: new Date(harness.now()),
  })
  const { OpenIDConnectProviderList } = await harness.call(listOidcProviders, {})
  assert.deepEqual(OpenIDConnectProviderList, [{ Arn: arn }, { Arn: arnOf('taken.example') }])
  // Case counts.
  await harness.refused(getOidcProvider, { OpenIDConnectProviderArn: arn.replace('Sso', 'sso') }, { code: 'NoSuchEntity' })
  await harness.call(deleteOidcProvider, { OpenIDConnectProviderArn: arn })
  await harness.refused(getOidcProvider, { OpenIDConnectProviderArn: arn }, { code: 'NoSuchEntity' })
})

test('GetAccountSummary counts providers of both kinds', async () => {
  const { SummaryMap } = await harness.call<GetAccountSummaryResponse>(
    getAccountSummary,
    {},
    { as: harness.rootOf(OTHER_ACCOUNT) },
  )
  assert.equal(SummaryMap?.['Providers'], 100)
})

test('client ids and thumbprints change; adding twice and removing nothing are no errors', async () => {
  const arn = await made('https://change.example')
  const on = { OpenIDConnectProviderArn: arn }
  for (const ClientID of ['a', 'b', 'a']) await harness.call(addClientId, { ...on, ClientID })
  assert.deepEqual((await get(arn))['ClientIDList'], ['a', 'b'])
  for (const ClientID of ['a', 'gone']) await harness.call(removeClientId, { ...on, ClientID })
  assert.deepEqual((await get(arn))['ClientIDList'], ['b'])
  await harness.call(updateOidcThumbprints, { ...on, ThumbprintList: ['b'.repeat(40), 'c'.repeat(40)] })
  assert.deepEqual((await get(arn))['ThumbprintList'], ['b'.repeat(40), 'c'.repeat(40)])
  for (const ClientID of numbered(99)) await harness.call(addClientId, { ...on, ClientID })
  await harness.call(addClientId, { ...on, ClientID: 'b' })
  const message = 'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100'
  await harness.refused(addClientId, { ...on, ClientID: 'one more' }, { code: 'LimitExceeded', message })
})

test('tags are set, removed and listed; case counts', async () => {
  const arn = await made('https://tags.example')
  const on = { OpenIDConnectProviderArn: arn }
  await harness.call(tagOidcProvider, { ...on, Tags: [tag('b', '1'), tag('a', '2'), tag('B', '3')] })
  await harness.call(tagOidcProvider, { ...on, Tags: [tag('b', '4')] })
  const first = await harness.call(listOidcProviderTags, { ...on, MaxItems: 2 })
  assert.deepEqual([first['Tags'], first['IsTruncated']], [[tag('B', '3'), tag('a', '2')], true])
  const rest = await harness.call(listOidcProviderTags, { ...on, MaxItems: 2, Marker: first['Marker'] })
  assert.deepEqual(rest, { Tags: [tag('b', '4')], IsTruncated: false })
  await harness.call(untagOidcProvider, { ...on, TagKeys: ['B', 'gone'] })
  const { context } = await harness.store.read((tx) => oidcProviderEntity(tx, ACCOUNT, arn))
  assert.deepEqual(context, { 'aws:ResourceTag/b': '4', 'aws:ResourceTag/a': '2' })
  await harness.refused(
    tagOidcProvider,
    { ...on, Tags: [tag('a'), tag('a')] },
    { code: 'InvalidInput', message: 'Duplicate tag keys found.' },
  )
})

test('what must be allowed', async () => {
  const arn = arnOf('taken.example')
  const resource = { kind: 'oidc-provider', name: arn }
  const on = { OpenIDConnectProviderArn: arn }
  const Url = 'https://new.example/a'
  assert.deepEqual(harness.checks(createOidcProvider, { Url }), {
    action: 'iam:CreateOpenIDConnectProvider',
    resource: arnOf('new.example/a'),
    context: {},
  })
  const context = { 'aws:TagKeys': ['a'], 'aws:RequestTag/a': 'b' }
  const made = { ...context, 'aws:ResourceTag/a': 'b' }
  assert.deepEqual(harness.checks(createOidcProvider, { Url, Tags: [tag('a', 'b')] }), [
    { action: 'iam:CreateOpenIDConnectProvider', resource: arnOf('new.example/a'), context: made },
    { action: 'iam:TagOpenIDConnectProvider', resource: arnOf('new.example/a'), context: made },
  ])
  for (const operation of [
    getOidcProvider,
    addClientId,
    removeClientId,
    updateOidcThumbprints,
    deleteOidcProvider,
    listOidcProviderTags,
  ])
    assert.deepEqual(harness.checks(operation, on), { action: `iam:${operation.name}`, resource })
  assert.deepEqual(harness.checks(listOidcProviders, {}), { action: 'iam:ListOpenIDConnectProviders', resource: '*' })
  assert.deepEqual(harness.checks(tagOidcProvider, { ...on, Tags: [tag('a', 'b')] }), {
    action: 'iam:TagOpenIDConnectProvider',
    resource,
    context,
  })
  assert.deepEqual(harness.checks(untagOidcProvider, { ...on, TagKeys: ['a'] }), {
    action: 'iam:UntagOpenIDConnectProvider',
    resource,
    context: { 'aws:TagKeys': ['a'] },
  })
  assert.deepEqual(await harness.store.read((tx) => oidcProviderEntity(tx, ACCOUNT, arnOf('gone'))), {
    arn: arnOf('gone'),
    missing: true,
  })
})

const get = (OpenIDConnectProviderArn: string) => harness.call(getOidcProvider, { OpenIDConnectProviderArn })

async function made(Url: string): Promise<string> {
  const { OpenIDConnectProviderArn } = await harness.call(createOidcProvider, { Url, ThumbprintList: THUMBPRINTS })
  return String(OpenIDConnectProviderArn)
}

test('without thumbprints that of the top authority of where the keys are is taken', async () => {
  const asked: string[] = []
  const found = await createOidcProvider.prepare?.(
    separateReads(harness.store),
    { Url: 'https://found.example' },
    {
      ...harness.preparing(),
      fetchText: async () => JSON.stringify({ issuer: 'https://found.example', jwks_uri: 'https://keys.example/set' }),
      topThumbprint: async (url) => {
        asked.push(url)
        return 'c'.repeat(40)
      },
    },
  )
  assert.deepEqual([found, asked], [['c'.repeat(40)], ['https://keys.example/set']])
})
