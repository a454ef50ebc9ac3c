/** Access keys: refusals in their order, whose keys they are, what is known of their use. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { accountOfId } from '../../aws/ids.ts'
import type {
  CreateAccessKeyResponse,
  CreateUserResponse,
  GetAccessKeyLastUsedResponse,
  ListAccessKeysResponse,
} from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT, ROLE_SESSION } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  listAccessKeys,
  accessKeyEntity,
  updateAccessKey,
} from './access-keys.ts'
import { newSecretKey } from './access-keys.rows.ts'
import { findAccessKey } from './principals.rows.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const NO_NAME = 'Must specify userName when calling with non-User credentials'
const NO_USER = 'The user with name nobody cannot be found.'
const ROOT_ARN = `arn:aws:iam::${ACCOUNT}:root`

async function user(UserName: string, Path = '/') {
  const { User } = await harness.call<CreateUserResponse>(createUser, { UserName, Path })
  assert.ok(User !== undefined)
  return harness.user(UserName, User.UserId)
}
const newKey = async (input: object, as = harness.root) =>
  (await harness.call<CreateAccessKeyResponse>(createAccessKey, input, { as })).AccessKey
const keysOf = async (input: object, as = harness.root) =>
  (await harness.call<ListAccessKeysResponse>(listAccessKeys, input, { as })).AccessKeyMetadata

test('a new key carries its account, is active, and keeps its secret sealed', async () => {
  await user('Keeper')
  const key = await newKey({ UserName: 'keeper' })
  assert.match(key.AccessKeyId, /^AKIA[A-Z2-7]{16}$/)
  assert.equal(accountOfId(key.AccessKeyId), ACCOUNT)
  assert.match(key.SecretAccessKey, /^[A-Za-z0-9+/]{40}$/)
  assert.deepEqual([key.UserName, key.Status, key.CreateDate], ['Keeper', 'Active', new Date(harness.now())])
  const row = await harness.store.read((tx) => findAccessKey(tx, ACCOUNT, key.AccessKeyId))
  assert.equal(row?.secret.includes(key.SecretAccessKey), false)
  assert.deepEqual(await keysOf({ UserName: 'keeper' }), [
    { UserName: 'Keeper', AccessKeyId: key.AccessKeyId, Status: 'Active', CreateDate: new Date(harness.now()) },
  ])
})

test('CreateAccessKey refuses in this order', async () => {
  await user('full')
  await newKey({ UserName: 'full' })
  await newKey({ UserName: 'full' })
  // oxfmt-ignore
  await assertRefusals(harness, createAccessKey, [
    [{},                     'ValidationError', NO_NAME, ROLE_SESSION],
    [{ UserName: 'nobody' }, 'NoSuchEntity',    NO_USER, ROLE_SESSION],
    [{ UserName: 'full' },   'LimitExceeded',   'Cannot exceed quota for AccessKeysPerUser: 2'],
  ])
  const [first] = await keysOf({ UserName: 'full' })
  await harness.call(deleteAccessKey, { UserName: 'full', AccessKeyId: first?.AccessKeyId })
  await newKey({ UserName: 'full' })
})

test('without a name the caller is meant, be it a user or the root user', async () => {
  const self = await user('self')
  const own = await newKey({}, self)
  assert.equal(own.UserName, 'self')
  const rootKey = await newKey({})
  await newKey({})
  await harness.refused(createAccessKey, {}, { code: 'LimitExceeded', message: 'Cannot exceed quota for AccessKeysPerUser: 2' })
  assert.deepEqual(
    (await keysOf({}, self)).map(({ AccessKeyId }) => AccessKeyId),
    [own.AccessKeyId],
  )
  assert.equal((await keysOf({})).length, 2)
  assert.deepEqual(await keysOf({}, harness.rootOf(OTHER_ACCOUNT)), [])
  await harness.refused(deleteAccessKey, { AccessKeyId: rootKey.AccessKeyId }, { code: 'NoSuchEntity' }, { as: self })
  await harness.call(updateAccessKey, { AccessKeyId: rootKey.AccessKeyId, Status: 'Inactive' })
  await harness.call(deleteAccessKey, { AccessKeyId: rootKey.AccessKeyId })
  assert.equal((await keysOf({})).length, 1)
  assert.deepEqual(harness.checks(createAccessKey, {}), { action: 'iam:CreateAccessKey', resource: ROOT_ARN })
  assert.deepEqual(harness.checks(createAccessKey, {}, { as: self }), {
    action: 'iam:CreateAccessKey',
    resource: { kind: 'user', name: 'self' },
  })
})

test('UpdateAccessKey and DeleteAccessKey refuse in this order', async () => {
  await user('owner')
  await user('stranger')
  const { AccessKeyId } = await newKey({ UserName: 'owner' })
  const noKey = `The Access Key with id ${AccessKeyId} cannot be found.`
  // oxfmt-ignore
  await assertRefusals(harness, updateAccessKey, [
    [{ AccessKeyId, Status: 'Expired' },                       'ValidationError', NO_NAME, ROLE_SESSION],
    [{ AccessKeyId, Status: 'Expired', UserName: 'nobody' },   'NoSuchEntity',    NO_USER],
    [{ AccessKeyId, Status: 'Expired', UserName: 'stranger' }, 'NoSuchEntity',    noKey],
    [{ AccessKeyId, Status: 'Expired', UserName: 'owner' },    'InvalidInput',    'An access key cannot be set to Expired.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, deleteAccessKey, [
    [{ AccessKeyId },                       'ValidationError', NO_NAME, ROLE_SESSION],
    [{ AccessKeyId, UserName: 'nobody' },   'NoSuchEntity',    NO_USER],
    [{ AccessKeyId, UserName: 'stranger' }, 'NoSuchEntity',    noKey],
  ])
  await harness.call(updateAccessKey, { UserName: 'owner', AccessKeyId, Status: 'Inactive' })
  assert.deepEqual(
    (await keysOf({ UserName: 'owner' })).map(({ Status }) => Status),
    ['Inactive'],
  )
})

test('ListAccessKeys refuses in this order, and pages', async () => {
  await user('lister')
  const made = [await newKey({ UserName: 'lister' }), await newKey({ UserName: 'lister' })]
    .map(({ AccessKeyId }) => AccessKeyId)
    .toSorted()
  // oxfmt-ignore
  await assertRefusals(harness, listAccessKeys, [
    [{},                                    'ValidationError', NO_NAME, ROLE_SESSION],
    [{ UserName: 'nobody' },                'NoSuchEntity',    NO_USER],
    [{ UserName: 'lister', Marker: 'bad' }, 'ValidationError', 'Invalid Marker.'],
  ])
  const first = await harness.call<ListAccessKeysResponse>(listAccessKeys, { UserName: 'lister', MaxItems: 1 })
  assert.deepEqual([first.AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId), first.IsTruncated], [made.slice(0, 1), true])
  const second = await keysOf({ UserName: 'lister', MaxItems: 1, Marker: first.Marker })
  assert.deepEqual(
    second.map(({ AccessKeyId }) => AccessKeyId),
    made.slice(1),
  )
})

test('GetAccessKeyLastUsed tells a used key from an unused one, and nothing of a key that is not there', async () => {
  await user('worker', '/w/')
  const { AccessKeyId } = await newKey({ UserName: 'worker' })
  const lastUsed = () => harness.call<GetAccessKeyLastUsedResponse>(getAccessKeyLastUsed, { AccessKeyId })
  assert.deepEqual(await lastUsed(), { UserName: 'worker', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } })
  const note = 'INSERT INTO iam_access_key_use (account, key_id, used_at, service, region) VALUES ($1, $2, $3, $4, $5)'
  await runSql(harness, [note, ACCOUNT, AccessKeyId, 60_000, 'sts', 'eu-west-1'])
  assert.deepEqual((await lastUsed()).AccessKeyLastUsed, {
    LastUsedDate: new Date(60_000),
    ServiceName: 'sts',
    Region: 'eu-west-1',
  })
  const text = `User: ${ROOT_ARN} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAAAAAAAAAAAAAAAAA`
  await assertRefusals(harness, getAccessKeyLastUsed, [[{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }, 'AccessDenied', text]])
  const { AccessKeyId: rootKey } = await newKey({})
  await harness.store.read(async (tx) => {
    assert.deepEqual(await accessKeyEntity(tx, ACCOUNT, AccessKeyId), { arn: `arn:aws:iam::${ACCOUNT}:user/w/worker` })
    assert.deepEqual(await accessKeyEntity(tx, ACCOUNT, rootKey), { arn: ROOT_ARN })
    assert.deepEqual(await accessKeyEntity(tx, OTHER_ACCOUNT, AccessKeyId), { arn: `access key ${AccessKeyId}`, missing: true })
  })
})

test('secrets are 40 characters of base64, each as even as the bytes are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 30, maxLength: 30 }), (bytes) => {
      const secret = newSecretKey((count) => bytes.subarray(0, count))
      assert.match(secret, /^[A-Za-z0-9+/]{40}$/)
      assert.deepEqual(Buffer.from(secret, 'base64'), Buffer.from(bytes))
    }),
  )
})
