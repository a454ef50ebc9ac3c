/** How many refusals an account keeps: what one sends in vain fills neither the disk nor the places of others. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Denials } from '../../src/server/denials.ts'
import type { Opened } from '../../src/server/open.ts'
import type { NewDenial } from '../../src/services/denials.rows.ts'
import { answerTo, queryRequest } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import type { Credentials } from '../server.ts'

let opened: Opened
before(async () => {
  opened = await openTestContext()
})
after(() => opened.close())

/** A user of a new account that nothing is allowed to. */
async function nobodyOf(name: string, accountId: string): Promise<Credentials> {
  const credentials = await createAccount(opened, name, accountId)
  const call = (action: string) => answerTo(queryRequest('iam', action, { UserName: 'u' }, { credentials }), opened.context)
  await call('CreateUser')
  const { body } = await call('CreateAccessKey')
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(body) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(body) ?? []
  return { accessKeyId, secretAccessKey }
}

test('an account keeps so much and no more, until time has passed; another account is not concerned', async () => {
  const [here, there] = [await nobodyOf('here', '111122223333'), await nobodyOf('there', '444455556666')]
  const kept: NewDenial[] = []
  let now = Date.now()
  const denials = new Denials({
    random: opened.context.edge.random,
    clock: () => now,
    publicUrl: () => 'https://keyreeve.example',
    queue: (denial) => kept.push(denial),
    mostKept: 20_000,
  })
  const context = { ...opened.context, denials }
  const refused = async (credentials: Credentials, times: number): Promise<number> => {
    let told = 0
    for (let time = 0; time < times; time += 1) {
      const { code, message } = await answerTo(queryRequest('iam', 'ListUsers', {}, { credentials }), context)
      assert.equal(code, 'AccessDenied')
      if (message.includes('authorization id')) told += 1
    }
    return told
  }
  const first = await refused(here, 60)
  assert.ok(first > 5 && first < 60, `${first} told`)
  assert.equal(kept.length, first)
  assert.ok(kept.reduce((sum, { record }) => sum + record.length, 0) <= 20_000)
  assert.equal(await refused(here, 5), 0)
  assert.equal(await refused(there, 5), 5)
  now += 43_200_000
  const half = await refused(here, 60)
  assert.ok(half >= Math.floor(first / 2) - 1 && half <= first / 2 + 1, `${half} after half a day`)
  now += 10 * 86_400_000
  assert.equal(await refused(here, 60), first)
})
