/** The account's alias and summary. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { GetAccountSummaryResponse, ListAccountAliasesResponse } from '../../model/iam.gen.ts'
import { readModel } from '../../protocol/model-files.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { createAccessKey } from './access-keys.ts'
import { createAccountAlias, deleteAccountAlias, getAccountSummary, listAccountAliases } from './account.ts'
import { attachGroupPolicy, attachUserPolicy } from './attachments.ts'
import { createGroup } from './groups.ts'
import { createPolicy } from './policies.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const aliases = () => harness.call<ListAccountAliasesResponse>(listAccountAliases, {})

test('an account has one alias, and no two accounts have the same', async () => {
  assert.deepEqual(await aliases(), { AccountAliases: [], IsTruncated: false })
  await harness.call(createAccountAlias, { AccountAlias: 'first' })
  await harness.call(createAccountAlias, { AccountAlias: 'second' })
  await harness.call(createAccountAlias, { AccountAlias: 'second' })
  assert.deepEqual(await aliases(), { AccountAliases: ['second'], IsTruncated: false })
  const other = harness.rootOf(OTHER_ACCOUNT)
  // oxfmt-ignore
  await assertRefusals(harness, createAccountAlias, [
    [{ AccountAlias: '123456789012' }, 'ValidationError',     'The account alias must not be a 12-digit number.', other],
    [{ AccountAlias: 'second' },       'EntityAlreadyExists', 'The account alias second already exists.', other],
  ])
  const missing = 'The account alias with name second cannot be found.'
  await assertRefusals(harness, deleteAccountAlias, [[{ AccountAlias: 'second' }, 'NoSuchEntity', missing, other]])
  await harness.call(createAccountAlias, { AccountAlias: 'first' }, { as: other })
  await harness.call(deleteAccountAlias, { AccountAlias: 'second' })
  await assertRefusals(harness, deleteAccountAlias, [[{ AccountAlias: 'second' }, 'NoSuchEntity', missing]])
  await assertRefusals(harness, listAccountAliases, [[{ Marker: 'bad' }, 'ValidationError', 'Invalid Marker.']])
})

test('the summary has every entry that the model knows, and counts', async () => {
  const summary = async () => (await harness.call<GetAccountSummaryResponse>(getAccountSummary, {})).SummaryMap ?? {}
  const map = readModel('iam').operations.get('GetAccountSummary')?.output?.members[0]?.shape
  assert.ok(map?.kind === 'map' && map.key.shape.kind === 'string')
  const before = await summary()
  assert.deepEqual(Object.keys(before).toSorted(), [...(map.key.shape.values ?? [])].toSorted())
  assert.equal(Object.keys(before).length, 34)
  await harness.call(createUser, { UserName: 'u' })
  await harness.call(createGroup, { GroupName: 'g' })
  await harness.call(createAccessKey, {})
  await harness.call(createAccessKey, {})
  await harness.call(createPolicy, {
    PolicyName: 'p',
    PolicyDocument: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}',
  })
  for (const PolicyArn of [`arn:aws:iam::${ACCOUNT}:policy/p`, 'arn:aws:iam::aws:policy/ReadOnlyAccess']) {
    await harness.call(attachUserPolicy, { UserName: 'u', PolicyArn })
    await harness.call(attachGroupPolicy, { GroupName: 'g', PolicyArn })
  }
  const after = await summary()
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value)
  assert.deepEqual(Object.fromEntries(changed), {
    Users: 1,
    Groups: 1,
    AccountAccessKeysPresent: 1,
    Policies: 1,
    PolicyVersionsInUse: 2,
  })
  assert.deepEqual([after['UsersQuota'], after['GroupsQuota'], after['GlobalEndpointTokenVersion']], [5000, 300, 1])
})
