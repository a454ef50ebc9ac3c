/** Whose attempt a call is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Principal } from '../aws/principal.ts'
import { Accesses } from './accesses.ts'
import { routeOf } from './route.ts'

const account = { accountId: '111122223333', credential: { accessKeyId: 'KEY' } }
const route = (action: string) =>
  routeOf({
    method: 'POST',
    target: '/',
    rawHeaders: [],
    body: Buffer.from(`Action=${action}&Version=2010-05-08`),
    remoteAddress: '127.0.0.1',
    receivedAt: 0,
  })

function noted(principal: Principal, action = 'GetUser'): readonly string[] {
  const accesses = new Accesses()
  accesses.note(principal, route(action), { at: 1, region: 'us-east-1' })
  return accesses.list().map(({ principalId }) => principalId)
}

test('users, roles and the root user, federated users as whoever made their session', () => {
  const role = { roleArn: 'r', roleId: 'AROA1', roleName: 'r', sessionName: 's' }
  // oxfmt-ignore
  const rows: readonly (readonly [Principal, readonly string[]])[] = [
    [{ ...account, type: 'root', id: '111122223333', arn: 'a' },                                                ['111122223333']],
    [{ ...account, type: 'user', id: 'AIDA1', arn: 'a', userName: 'u' },                                        ['AIDA1']],
    [{ ...account, type: 'assumed-role', id: 'AROA1:s', arn: 'a', ...role },                                    ['AROA1']],
    [{ ...account, type: 'federated-user', id: '1:f', arn: 'a', name: 'f', issuer: { arn: 'i', userId: 'AIDA2' } },   ['AIDA2']],
    [{ ...account, type: 'federated-user', id: '1:f', arn: 'a', name: 'f', issuer: { arn: 'i', userId: undefined } }, ['111122223333']],
    [{ ...account, type: 'web-identity', id: 'w', arn: 'a', provider: 'p', claims: {} },                        []],
    [{ ...account, type: 'saml', id: 's', arn: 'a', provider: 'p', claims: {} },                                []],
    [{ ...account, type: 'service', id: 's', arn: 'a', sourceArn: 's' },                                        []],
    [{ ...account, type: 'anonymous', id: '', arn: '' },                                                        []],
  ]
  for (const [principal, expected] of rows) assert.deepEqual(noted(principal), expected, principal.type)
})

test('an operation that no model has is no action', () => {
  const alice: Principal = { ...account, type: 'user', id: 'AIDA1', arn: 'a', userName: 'u' }
  assert.deepEqual(noted(alice, 'NoSuchOperation'), [])
  // The models have it, this server does not: the attempt counts.
  assert.deepEqual(noted(alice, 'AcquireRole'), ['AIDA1'])
})

test('two keys of a user are one principal, and the newest attempt counts', () => {
  const key = (accessKeyId: string): Principal => ({
    ...account,
    type: 'user',
    id: 'AIDA1',
    arn: 'a',
    userName: 'u',
    credential: { accessKeyId },
  })
  const accesses = new Accesses()
  const [one, other] = [key('K1'), key('K2')]
  accesses.note(one, route('GetUser'), { at: 5, region: 'eu-west-1' })
  accesses.note(other, route('GetUser'), { at: 3, region: 'us-east-1' })
  accesses.note(one, route('GetUser'), { at: 2, region: 'us-east-1' })
  accesses.note(other, route('ListUsers'), { at: 1, region: 'us-east-1' })
  assert.deepEqual(
    accesses.list().map(({ action, accessedAt, region }) => [action, accessedAt, region]),
    [
      ['GetUser', 5, 'eu-west-1'],
      ['ListUsers', 1, 'us-east-1'],
    ],
  )
})
