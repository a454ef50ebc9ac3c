/** Versions of managed policies: refusals in their order, the default version, documents as they were sent. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  CreatePolicyVersionResponse,
  GetPolicyResponse,
  GetPolicyVersionResponse,
  ListPolicyVersionsResponse,
  PolicyVersion,
} from '../../model/iam.gen.ts'
import { readManagedPolicies } from '../../protocol/model-files.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { createPolicy, getPolicy } from './policies.ts'
import {
  createPolicyVersion,
  deletePolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  setDefaultPolicyVersion,
} from './policy-versions.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const READ_ONLY_ACCESS = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const NOTHING = `arn:aws:iam::${ACCOUNT}:policy/nothing`
/** In an odd order, with white space and characters that RFC 3986 reserves, to be read back as they were sent. */
const document = (sid: string): string =>
  `{ "Statement": [{"Sid": "${sid}", "Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:%3A(it's)!"}],\n\t"Version": "2012-10-17" }`
const create = async (PolicyName: string): Promise<string> => {
  const { Policy } = await harness.call<{ Policy: { Arn: string } }>(createPolicy, { PolicyName, PolicyDocument: document('v1') })
  return Policy.Arn
}
const add = async (PolicyArn: string, input: object = {}): Promise<PolicyVersion | undefined> =>
  (
    await harness.call<CreatePolicyVersionResponse>(createPolicyVersion, {
      PolicyArn,
      PolicyDocument: document('more'),
      ...input,
    })
  ).PolicyVersion
const get = async (PolicyArn: string, VersionId: string): Promise<PolicyVersion> =>
  (await harness.call<GetPolicyVersionResponse>(getPolicyVersion, { PolicyArn, VersionId })).PolicyVersion ?? {}
const list = async (PolicyArn: string): Promise<readonly (readonly [string | undefined, boolean | undefined])[]> =>
  ((await harness.call<ListPolicyVersionsResponse>(listPolicyVersions, { PolicyArn })).Versions ?? []).map(
    ({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion] as const,
  )

test('a new version waits, or becomes the default at once', async () => {
  const PolicyArn = await create('grows')
  harness.advance(60_000)
  const second = { VersionId: 'v2', IsDefaultVersion: false, CreateDate: new Date(harness.now()) }
  assert.deepEqual(await add(PolicyArn), second)
  assert.deepEqual(await list(PolicyArn), [
    ['v2', false],
    ['v1', true],
  ])
  const { Policy } = await harness.call<GetPolicyResponse>(getPolicy, { PolicyArn })
  assert.deepEqual([Policy?.DefaultVersionId, Policy?.UpdateDate], ['v1', second.CreateDate])
  assert.equal((await add(PolicyArn, { SetAsDefault: true }))?.IsDefaultVersion, true)
  assert.deepEqual(await list(PolicyArn), [
    ['v3', true],
    ['v2', false],
    ['v1', false],
  ])
  await harness.call(setDefaultPolicyVersion, { PolicyArn, VersionId: 'v2' })
  assert.equal((await get(PolicyArn, 'v2')).IsDefaultVersion, true)
  await harness.call(deletePolicyVersion, { PolicyArn, VersionId: 'v3' })
  assert.equal((await add(PolicyArn))?.VersionId, 'v4', 'numbers are never used again')
})

test('documents are answered percent-encoded and otherwise as they were sent', async () => {
  const { Document = '' } = await get(await create('encoded'), 'v1')
  assert.match(Document, /^[A-Za-z0-9%._~-]+$/)
  assert.equal(decodeURIComponent(Document), document('v1'))
})

test('versions refuse in this order', async () => {
  const PolicyArn = await create('refuses')
  const big = `{"Version":"2012-10-17","Statement":[{"Sid":"${'x'.repeat(6_144)}","Effect":"Allow","Action":"sqs:*","Resource":"*"}]}`
  for (let number = 2; number <= 5; number += 1) await add(PolicyArn)
  const none = (arn: string, version: string): string => `Policy ${arn} version ${version} does not exist or is not attachable.`
  // oxfmt-ignore
  await assertRefusals(harness, createPolicyVersion, [
    [{ PolicyArn: 'no-arn-at-all-1234567', PolicyDocument: '{' }, 'ValidationError',         'ARN no-arn-at-all-1234567 is not valid.'],
    [{ PolicyArn: READ_ONLY_ACCESS, PolicyDocument: '{' },        'AccessDenied',            'Cannot create versions for policies outside your own account.'],
    [{ PolicyArn: NOTHING, PolicyDocument: '{' },                 'MalformedPolicyDocument', 'Syntax errors in policy.'],
    [{ PolicyArn: NOTHING, PolicyDocument: big },                 'NoSuchEntity',            `Policy ${NOTHING} was not found.`],
    [{ PolicyArn, PolicyDocument: big },                          'LimitExceeded',           'Cannot exceed quota for PolicySize: 6144'],
    [{ PolicyArn, PolicyDocument: document('v6') },               'LimitExceeded',           'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, deletePolicyVersion, [
    [{ PolicyArn: READ_ONLY_ACCESS, VersionId: 'v1' }, 'AccessDenied',   'Cannot delete policy versions for policies outside your own account.'],
    [{ PolicyArn: NOTHING, VersionId: 'v1' },          'NoSuchEntity',   none(NOTHING, 'v1')],
    [{ PolicyArn, VersionId: 'v6' },                   'NoSuchEntity',   none(PolicyArn, 'v6')],
    [{ PolicyArn, VersionId: 'v1' },                   'DeleteConflict', 'Cannot delete the default version of a policy.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, setDefaultPolicyVersion, [
    [{ PolicyArn: READ_ONLY_ACCESS, VersionId: 'v1' }, 'AccessDenied', 'Cannot update policies outside your own account.'],
    [{ PolicyArn: NOTHING, VersionId: 'v1' },          'NoSuchEntity', none(NOTHING, 'v1')],
    [{ PolicyArn, VersionId: 'v1.draft' },             'NoSuchEntity', none(PolicyArn, 'v1.draft')],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, getPolicyVersion, [
    [{ PolicyArn: 'no-arn-at-all-1234567', VersionId: 'v1' }, 'ValidationError', 'ARN no-arn-at-all-1234567 is not valid.'],
    [{ PolicyArn: NOTHING, VersionId: 'v1' },                 'NoSuchEntity',    none(NOTHING, 'v1')],
    [{ PolicyArn, VersionId: 'v0' },                          'NoSuchEntity',    none(PolicyArn, 'v0')],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, listPolicyVersions, [
    [{ PolicyArn: 'no-arn-at-all-1234567', Marker: 'bad' }, 'ValidationError', 'ARN no-arn-at-all-1234567 is not valid.'],
    [{ PolicyArn: NOTHING, Marker: 'bad' },                 'ValidationError', 'Invalid Marker.'],
    [{ PolicyArn: NOTHING },                                'NoSuchEntity',    `Policy ${NOTHING} was not found.`],
  ])
})

test('versions are listed newest first, page by page, past ten', async () => {
  const PolicyArn = await create('paged')
  for (let number = 2; number <= 11; number += 1) {
    await add(PolicyArn)
    if (number > 4) await harness.call(deletePolicyVersion, { PolicyArn, VersionId: `v${number - 3}` })
  }
  const seen: (string | undefined)[] = []
  let Marker: string | undefined
  do {
    const input = { PolicyArn, MaxItems: 1, ...(Marker !== undefined && { Marker }) }
    const page = await harness.call<ListPolicyVersionsResponse>(listPolicyVersions, input)
    seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId))
    Marker = page.Marker
  } while (Marker !== undefined)
  assert.deepEqual(seen, ['v11', 'v10', 'v9', 'v1'])
})

test('of an AWS managed policy the default version is here, with its document', async () => {
  const published = readManagedPolicies().find(READ_ONLY_ACCESS)
  assert.ok(published)
  const { defaultVersionId, updateDate } = published
  const { Document = '', ...version } = await get(READ_ONLY_ACCESS, defaultVersionId)
  assert.deepEqual(version, { VersionId: defaultVersionId, IsDefaultVersion: true, CreateDate: updateDate })
  const parsed: { readonly Version?: string; readonly Statement?: unknown } = JSON.parse(decodeURIComponent(Document))
  assert.equal(parsed.Version, '2012-10-17')
  assert.deepEqual(await list(READ_ONLY_ACCESS), [[defaultVersionId, true]])
  await harness.refused(
    getPolicyVersion,
    { PolicyArn: READ_ONLY_ACCESS, VersionId: 'v1' },
    { code: 'NoSuchEntity', message: `Policy ${READ_ONLY_ACCESS} version v1 does not exist or is not attachable.` },
  )
})
