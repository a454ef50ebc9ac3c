/** The documents that decide what a principal may do: its own, its groups', its boundary's. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreateGroupResponse, CreateUserResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { runSql } from '../../../tests/refusals.ts'
import { createGroup } from './groups.ts'
import { addUserToGroup } from './membership.ts'
import { type IdentityDocuments, loadIdentityDocuments, loadManagedDocument, loadUser } from './principals.rows.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const MANAGED = `arn:aws:iam::${ACCOUNT}:policy/m`
const GONE = `arn:aws:iam::${ACCOUNT}:policy/gone`
const AWS = 'arn:aws:iam::aws:policy/AdministratorAccess'
const load = (id: string, account = ACCOUNT): Promise<IdentityDocuments> =>
  harness.store.read((tx) => loadIdentityDocuments(tx, account, id))

test('a user has its own policies and those of its groups', async () => {
  const { User } = await harness.call<CreateUserResponse>(createUser, {
    UserName: 'u',
    Path: '/p/',
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  const { Group } = await harness.call<CreateGroupResponse>(createGroup, { GroupName: 'g', Path: '/q/' })
  const id = User?.UserId ?? ''
  assert.deepEqual(await load(id), { inline: [], managed: [], awsManagedArns: [] })
  await harness.call(addUserToGroup, { UserName: 'u', GroupName: 'g' })
  const policy = `INSERT INTO iam_policy (account, id, name, name_key, path, arn, default_version, next_version, tags, created_at, updated_at)
    VALUES ($1, 'ANPA', 'm', 'm', '/', $2, 2, 3, '[]', 0, 0)`
  const version = `INSERT INTO iam_policy_version (account, policy_id, number, document, created_at) VALUES ($1, 'ANPA', $2, $3, 0)`
  const attach = 'INSERT INTO iam_attachment (account, principal_id, policy_arn, attached_at) VALUES ($1, $2, $3, 0)'
  const inline = 'INSERT INTO iam_inline_policy (account, principal_id, name, document) VALUES ($1, $2, $3, $4)'
  await runSql(
    harness,
    [policy, ACCOUNT, MANAGED],
    [version, ACCOUNT, 1, 'old'],
    [version, ACCOUNT, 2, 'new'],
    [attach, ACCOUNT, id, MANAGED],
    [attach, ACCOUNT, Group.GroupId, MANAGED],
    [attach, ACCOUNT, id, GONE],
    [attach, ACCOUNT, Group.GroupId, AWS],
    [inline, ACCOUNT, id, 'own', 'mine'],
    [inline, ACCOUNT, Group.GroupId, 'shared', 'ours'],
    ['UPDATE iam_user SET boundary_arn = $1 WHERE id = $2', MANAGED, id],
  )
  assert.deepEqual(await load(id), {
    inline: [
      { ownerArn: `arn:aws:iam::${ACCOUNT}:user/p/u`, name: 'own', document: 'mine' },
      { ownerArn: `arn:aws:iam::${ACCOUNT}:group/q/g`, name: 'shared', document: 'ours' },
    ],
    managed: [
      // What is attached and gone is empty, and what is empty denies.
      { arn: GONE, name: GONE, document: '' },
      { arn: MANAGED, name: 'm', document: 'new' },
    ],
    awsManagedArns: [AWS],
    boundary: { arn: MANAGED, document: 'new' },
  })
  await runSql(harness, ['UPDATE iam_user SET boundary_arn = $1 WHERE id = $2', GONE, id])
  assert.deepEqual((await load(id)).boundary, { arn: GONE, document: '' })
  await runSql(harness, ['UPDATE iam_user SET boundary_arn = $1 WHERE id = $2', AWS, id])
  assert.deepEqual((await load(id)).boundary, { arn: AWS })
  assert.deepEqual(await load(id, OTHER_ACCOUNT), { inline: [], managed: [], awsManagedArns: [] })
  assert.deepEqual(await harness.store.read((tx) => loadUser(tx, ACCOUNT, id)), {
    name: 'u',
    path: '/p/',
    tags: [{ Key: 'k', Value: 'v' }],
  })
  assert.equal(await harness.store.read((tx) => loadManagedDocument(tx, ACCOUNT, MANAGED)), 'new')
  assert.equal(await harness.store.read((tx) => loadManagedDocument(tx, ACCOUNT, GONE)), undefined)
})
