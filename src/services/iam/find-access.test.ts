/** What many policies could allow: found in a thread of its own, and not without end. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ListPoliciesGrantingServiceAccessResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { attachUserPolicy } from './attachments.ts'
import { findAccess } from './find-access.ts'
import { grantedAccess } from './granted-access.ts'
import { generateServiceLastAccessedDetails } from './last-accessed.ts'
import { createPolicy } from './policies.ts'
import { listPoliciesGrantingServiceAccess } from './service-access.ts'
import { createUser } from './users.ts'

const Arn = `arn:aws:iam::${ACCOUNT}:user/u`
/** Of each service 600 actions at most are held against these; none is meant. */
const patterns = (number: number): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: Array.from({ length: 400 }, (_, at) => `ec2:*b${number}q${at}*`), Resource: '*' },
  })

let harness: Harness
before(async () => {
  harness = await openHarness()
  await harness.call(createUser, { UserName: 'u' })
  for (const number of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
    await harness.call(createPolicy, { PolicyName: `p${number}`, PolicyDocument: patterns(number) })
    await harness.call(attachUserPolicy, { UserName: 'u', PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/p${number}` })
  }
  await harness.call(attachUserPolicy, { UserName: 'u', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess' })
})
after(() => harness.close())

/** The answer, and how often this thread could do something else meanwhile. */
async function turnsBeside<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  let turns = 0
  let isDone = false
  const answer = run().finally(() => (isDone = true))
  for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  return [await answer, turns]
}

test('others are answered beside a report', async () => {
  const [, turns] = await turnsBeside(() => harness.call(generateServiceLastAccessedDetails, { Arn }))
  assert.ok(turns > 200, `${turns} turns`)
})

test('others are answered beside a list of what grants', async () => {
  const ServiceNamespaces = Array.from({ length: 100 }, (_, number) => (number % 2 === 0 ? 'ec2' : 'sqs'))
  const [answer, turns] = await turnsBeside(() =>
    harness.call<ListPoliciesGrantingServiceAccessResponse>(listPoliciesGrantingServiceAccess, { Arn, ServiceNamespaces }),
  )
  assert.ok(turns > 200, `${turns} turns`)
  const names = answer.PoliciesGrantingServiceAccess?.map(({ Policies }) => Policies?.map(({ PolicyName }) => PolicyName))
  assert.equal(names?.length, ServiceNamespaces.length)
  assert.deepEqual(names.slice(98), [[], ['AmazonSQSReadOnlyAccess']])
})

test('the thread answers as this one does, and refuses what is too much', async () => {
  const documents = [0, 1, 2, 3].map(patterns)
  const asked = { about: 'policies', documents, namespaces: ['ec2'] } as const
  assert.deepEqual(await findAccess(ACCOUNT, asked), grantedAccess(asked))
  await assert.rejects(
    findAccess(ACCOUNT, { ...asked, documents: Array.from({ length: 150 }, (_, number) => patterns(number)) }),
    {
      code: 'InvalidInput',
      message: 'There is too much in the policies to be looked through.',
    },
  )
})
