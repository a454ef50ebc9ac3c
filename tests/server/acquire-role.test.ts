/** AcquireRole beside a call that deletes its role: what it does was allowed, whatever becomes of the role meanwhile. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Opened } from '../../src/server/open.ts'
import { type Answered, answerTo, queryRequest } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import { INPUTS } from '../golden/inputs.ts'
import type { Credentials } from '../server.ts'

const ACQUIRE = INPUTS.iam['AcquireRole'] ?? {}
const ROLE = { RoleName: 'PowerUserRole' }
const PolicyArn = 'arn:aws:iam::aws:policy/PowerUserAccess'

let opened: Opened
let root: Credentials
before(async () => {
  opened = await openTestContext()
  root = await createAccount(opened, 'acquiring', '111122223333')
})
after(() => opened.close())

const answer = (action: string, input: object, credentials = root): Promise<Answered> =>
  answerTo(queryRequest('iam', action, input, { credentials }), opened.context)

async function userWhoMay(UserName: string, ...actions: readonly string[]): Promise<Credentials> {
  const statement = { Effect: 'Allow', Action: actions.map((action) => `iam:${action}`), Resource: '*' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  await answer('CreateUser', { UserName })
  await answer('PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument })
  const { body } = await answer('CreateAccessKey', { UserName })
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(body) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(body) ?? []
  return { accessKeyId, secretAccessKey }
}

test('who may get and delete the role cannot make it by being quick', async () => {
  const quick = await userWhoMay('quick', 'GetRole', 'DeleteRole', 'DetachRolePolicy')
  assert.equal((await answer('AcquireRole', ACQUIRE)).status, 200)
  assert.equal((await answer('AcquireRole', ACQUIRE, quick)).status, 200)
  assert.equal((await answer('DetachRolePolicy', { ...ROLE, PolicyArn }, quick)).status, 200)
  await answer('GetRole', ROLE, quick)
  const [deleted, acquired] = await Promise.all([answer('DeleteRole', ROLE, quick), answer('AcquireRole', ACQUIRE, quick)])
  assert.equal(deleted.status, 200)
  // Which refusal it is depends on how far the deletion was.
  assert.notEqual(acquired.status, 200)
  assert.equal((await answer('GetRole', ROLE)).code, 'NoSuchEntity')
  assert.equal((await answer('AcquireRole', ACQUIRE, quick)).code, 'AccessDenied')
})
