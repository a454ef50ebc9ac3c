/** The analysing thread: answers, keeps nobody waiting, takes so many and no more, survives what ends it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compared, validated } from './analysis.ts'

type Question = Parameters<typeof compared>[0]

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
  assert.equal((await compared(quick)).answer, 'no')
  assert.equal((await compared({ ...quick, document: policy({ ...READ, Action: 's3:*' }) })).answer, 'yes')
  const access = { actions: ['s3:GetObject'], resources: [] }
  assert.equal((await compared({ about: 'granted access', kind: 'identity', access, document: policy(READ) })).answer, 'yes')
  assert.equal((await compared({ about: 'public access', document: policy({ ...READ, Principal: '*' }) })).answer, 'yes')
})

test('findings, as ValidatePolicy makes them', async () => {
  const document = policy({ ...READ, Action: 's3:GetObjekt' })
  const findings = await validated({ about: 'findings', document, asked: { type: 'IDENTITY_POLICY' } })
  assert.deepEqual(
    findings.map(({ issueCode }) => issueCode),
    ['INVALID_ACTION'],
  )
})

test('while policies are compared, this thread goes on', async () => {
  let turns = 0
  let isDone = false
  const answer = compared(slow).finally(() => (isDone = true))
  const turn = async (): Promise<void> => {
    for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  await turn()
  assert.equal((await answer).answer, 'unknown')
  assert.ok(turns > 100, `${turns} turns`)
})

test('what is too much is refused at once, and the rest is answered in its order', async () => {
  const order: number[] = []
  const asked = Array.from({ length: 65 }, (_, number) => compared(quick).then(() => order.push(number)))
  await assert.rejects(compared(quick), { code: 'ThrottlingException' })
  await Promise.all(asked)
  assert.deepEqual(
    order,
    order.toSorted((one, other) => one - other),
  )
  assert.equal((await compared(quick)).answer, 'no')
})

test('a question that ends the thread fails alone', async () => {
  const [broken, next] = await Promise.allSettled([compared({ about: 'public access', document: '{' }), compared(quick)])
  assert.equal(broken.status, 'rejected')
  assert.ok(next.status === 'fulfilled' && next.value.answer === 'no')
})
