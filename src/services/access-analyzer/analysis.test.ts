/** The analysing thread: answers, keeps nobody waiting, takes so many and no more, survives what ends it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHarness } from '../../../tests/harness.ts'
import { compared, validated } from './analysis.ts'
import { validatePolicyOperations } from './validate-policy.ts'

const HERE = '111122223333'
const THERE = '444455556666'
type Question = Parameters<typeof compared>[1]

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const quick: Question = { about: 'new access', kind: 'identity', existing: policy(READ), document: policy(READ) }
/** Ends when its budget is spent, after about a second. */
const stars = Array.from({ length: 24 }, (_, index) => `s3:*${'ab'.repeat(index + 1)}*${'ba'.repeat(index + 1)}*a?b${index}*`)
const slow: Question = {
  about: 'new access',
  kind: 'identity',
  existing: policy({ ...READ, Action: stars }),
  document: policy({ ...READ, Action: `s3:*${'abba'.repeat(9)}*` }),
}

test('each kind of question has its answer', async () => {
  assert.equal((await compared(HERE, quick)).answer, 'no')
  assert.equal((await compared(HERE, { ...quick, document: policy({ ...READ, Action: 's3:*' }) })).answer, 'yes')
  const access = { actions: ['s3:GetObject'], resources: [] }
  assert.equal(
    (await compared(HERE, { about: 'granted access', kind: 'identity', access, document: policy(READ) })).answer,
    'yes',
  )
  assert.equal((await compared(HERE, { about: 'public access', document: policy({ ...READ, Principal: '*' }) })).answer, 'yes')
})

test('findings, as ValidatePolicy makes them', async () => {
  const document = policy({ ...READ, Action: 's3:GetObjekt' })
  const findings = await validated(HERE, { about: 'findings', document, asked: { type: 'IDENTITY_POLICY' } })
  assert.deepEqual(
    findings.map(({ issueCode }) => issueCode),
    ['INVALID_ACTION'],
  )
})

test('while policies are compared, this thread goes on', async () => {
  let turns = 0
  let isDone = false
  const answer = compared(HERE, slow).finally(() => (isDone = true))
  const turn = async (): Promise<void> => {
    for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  await turn()
  assert.equal((await answer).answer, 'unknown')
  assert.ok(turns > 100, `${turns} turns`)
})

test('what is too much is refused at once, and the rest is answered in its order', async () => {
  const order: number[] = []
  const asked = Array.from({ length: 17 }, (_, number) => compared(HERE, quick).then(() => order.push(number)))
  await assert.rejects(compared(HERE, quick), { code: 'ThrottlingException' })
  await Promise.all(asked)
  assert.deepEqual(
    order,
    order.toSorted((one, other) => one - other),
  )
  assert.equal((await compared(HERE, quick)).answer, 'no')
})

test('an account that asks much neither keeps others out nor goes before them', async () => {
  const order: string[] = []
  const ask = (accountId: string) => compared(accountId, quick).then(() => order.push(accountId))
  const many = Array.from({ length: 17 }, () => ask(HERE))
  await assert.rejects(compared(HERE, quick), { code: 'ThrottlingException' })
  await Promise.all([...many, ask(THERE), ask(THERE)])
  assert.deepEqual(order.slice(0, 5), [HERE, HERE, THERE, HERE, THERE])
})

test('there is an end for all together', async () => {
  const asked = Array.from({ length: 65 }, (_, number) => compared(String(number % 5), quick))
  await assert.rejects(compared('another', quick), { code: 'ThrottlingException' })
  await Promise.all(asked)
})

test('a question that ends the thread fails alone', async () => {
  const [broken, next] = await Promise.allSettled([
    compared(HERE, { about: 'public access', document: '{' }),
    compared(HERE, quick),
  ])
  assert.equal(broken.status, 'rejected')
  assert.ok(next.status === 'fulfilled' && next.value.answer === 'no')
})

test('a document of a usual size that is made to be slow keeps nobody waiting', async () => {
  const harness = await openHarness()
  const Action = Array.from({ length: 390 }, (_, number) => `ec2:*${'abcdefghij'.charAt(number % 10)}*${number.toString(36)}`)
  const input = { policyDocument: policy({ ...READ, Action }), policyType: 'IDENTITY_POLICY' }
  assert.ok(input.policyDocument.length < 6_144)
  const [validatePolicy] = validatePolicyOperations
  assert.ok(validatePolicy !== undefined)
  let turns = 0
  let isDone = false
  const answer = harness.call<{ readonly findings: readonly unknown[] }>(validatePolicy, input).finally(() => (isDone = true))
  for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.ok((await answer).findings.length > 0)
  assert.ok(turns > 50, `${turns} turns`)
  await harness.close()
})
