/** Policies of principals: many sessions of one user or role share them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACCOUNT, type Harness, openHarness } from '../../tests/harness.ts'
import { putUserPermissionsBoundary } from '../services/iam/boundaries.ts'
import { putUserPolicy } from '../services/iam/inline-policies.ts'
import { createUser } from '../services/iam/users.ts'
import { loadPolicies } from './principal-policies.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

test('policies that are the same are one set, and another one after a change', async () => {
  const { User } = await harness.call<{ User: { UserId: string } }>(createUser, { UserName: 'u' })
  const load = () => harness.store.read((tx) => loadPolicies(tx, ACCOUNT, User.UserId))
  const put = (Effect: string) =>
    harness.call(putUserPolicy, {
      UserName: 'u',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: { Effect, Action: '*', Resource: '*' } }),
    })
  await put('Allow')
  await harness.call(putUserPermissionsBoundary, { UserName: 'u', PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })
  const first = await load()
  const second = await load()
  assert.equal(second.identity, first.identity)
  assert.equal(second.boundary, first.boundary)
  await put('Deny')
  const changed = await load()
  assert.notEqual(changed.identity, first.identity)
  assert.deepEqual(
    changed.identity?.statements.map(({ effect }) => effect),
    ['Deny'],
  )
})
