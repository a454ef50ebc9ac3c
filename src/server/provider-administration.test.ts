/** Product providers as administrators register them: what is refused, and what is never changed. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createAccount, openTestContext } from '../../tests/context.ts'
import { administration } from './administration.ts'
import type { AdminArguments } from './admin-contract.ts'
import type { Opened } from './open.ts'

const ACCOUNT = '111122223333'
let opened: Opened
before(async () => {
  opened = await openTestContext()
  await createAccount(opened, 'provider', ACCOUNT)
  await createAccount(opened, 'other', '444455556666')
})
after(() => opened.close())

const provider = (more: Partial<AdminArguments<'registerProvider'>> = {}): AdminArguments<'registerProvider'> => ({
  accountId: ACCOUNT,
  domain: 'provider.example',
  name: 'Provider',
  ...more,
})
const TEMPLATE = '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::@{bucketName}"}}'
const BOUNDARY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
const policy = (more: Partial<AdminArguments<'registerPolicy'>> = {}): AdminArguments<'registerPolicy'> => ({
  accountId: ACCOUNT,
  kind: 'template',
  name: 'setup',
  document: TEMPLATE,
  ...more,
})
const refused = (work: Promise<unknown>, code: string, message: RegExp) =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof Error && 'code' in error)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  })

test('a provider is an account with a domain and a name', async () => {
  await refused(administration.removeProvider(opened, { accountId: ACCOUNT }), 'NoSuchEntity', /not registered/)
  await refused(administration.registerPolicy(opened, policy()), 'NoSuchEntity', /not registered/)
  for (const domain of ['', 'provider', 'Provider.example', '-a.example', 'a..example', 'a.example/'])
    await refused(
      administration.registerProvider(opened, provider({ domain })),
      'ValidationError',
      /is not a domain like example\.com/,
    )
  for (const name of ['', 'x'.repeat(31), 'a\nb'])
    await refused(administration.registerProvider(opened, provider({ name })), 'ValidationError', /1 to 30 characters/)
  for (const accountId of ['999988887777', '000000000000'])
    await refused(administration.registerProvider(opened, provider({ accountId })), 'NoSuchEntity', /There is no account/)
  await administration.registerProvider(opened, provider({ domain: 'before.example' }))
  await administration.registerProvider(opened, provider())
  await administration.registerProvider(opened, provider({ accountId: '444455556666', domain: 'another.example' }))
  assert.deepEqual((await administration.listProviders(opened, {})).providers, [
    { accountId: '444455556666', domain: 'another.example', name: 'Provider' },
    { accountId: ACCOUNT, domain: 'provider.example', name: 'Provider' },
  ])
})

test('policies are registered once, under ARNs like AWS’s', async () => {
  await administration.registerProvider(opened, provider())
  // oxfmt-ignore
  const rows: readonly (readonly [Partial<AdminArguments<'registerPolicy'>>, RegExp])[] = [
    [{ kind: 'session' },                              /A policy is a template or a boundary\./],
    [{ name: 'a/b' },                                  /"a\/b" is not a name for a policy\./],
    [{ document: ' '.repeat(6_145) },                  /A policy template has up to 6144 characters\./],
    [{ document: '[]' },                               /The policy template is not a JSON object\./],
    [{ kind: 'boundary', document: '{}' },             /The permissions boundary is not valid: /],
    [{ kind: 'boundary', document: TEMPLATE },         /The permissions boundary is not valid: /],
    [{ kind: 'boundary', document: BOUNDARY.replace('"*"', `["*","arn:aws:s3:::${'x'.repeat(6_100)}"]`) }, /A permissions boundary has up to 6144 characters\./],
  ]
  for (const [more, message] of rows)
    await refused(administration.registerPolicy(opened, policy(more)), 'ValidationError', message)
  assert.deepEqual(await administration.registerPolicy(opened, policy()), { arn: 'arn:aws:iam:::delegation-template/setup' })
  await refused(administration.registerPolicy(opened, policy()), 'EntityAlreadyExists', /What was registered is never changed/)
  const boundary = policy({ kind: 'boundary', name: 'Operations', document: BOUNDARY })
  const { arn } = await administration.registerPolicy(opened, boundary)
  assert.match(arn, /^arn:aws:iam::partner:policy\/permission_boundary\/provider\.example\/Operations_\d{8}$/)
  await refused(administration.registerPolicy(opened, boundary), 'EntityAlreadyExists', /exists already/)
})

test('what nobody was told, and what was never given', async () => {
  assert.deepEqual(await administration.providerNotices(opened, { accountId: ACCOUNT, limit: 10 }), { notices: [] })
  for (const limit of [0, 1_001])
    await refused(administration.providerNotices(opened, { accountId: ACCOUNT, limit }), 'ValidationError', /1 to 1000 notices/)
  await refused(
    administration.revokeDelegation(opened, { requestId: 'none' }),
    'NoSuchEntity',
    /There is no delegation request none/,
  )
})
