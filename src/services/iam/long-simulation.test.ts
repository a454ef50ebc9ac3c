/** Simulations that take long: in a thread of their own, answered as the short ones are, and not without end. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SimulatePolicyResponse } from '../../model/iam.gen.ts'
import { type Harness, openHarness } from '../../../tests/harness.ts'
import { simulateCustomPolicy } from './simulation.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const policyOf = (count: number, statement: (number: number) => object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: Array.from({ length: count }, (_, number) => statement(number)) })
const ActionNames = Array.from({ length: 100 }, (_, number) => `s3:action${number}`)
const simulated = (input: object): Promise<SimulatePolicyResponse> =>
  harness.call<SimulatePolicyResponse>(simulateCustomPolicy, input)

/** 300 statements, of which each action meets one. Each resource has to be walked. */
const many = policyOf(300, (number) => ({ Effect: 'Allow', Action: `s3:action${number}`, Resource: 'arn:aws:s3:::*a*b' }))
const ResourceArns = Array.from({ length: 8 }, (_, number) => `arn:aws:s3:::${'ab'.repeat(100 + number)}`)

test('while one runs, this thread goes on, and the answer is that of its parts', async () => {
  let turns = 0
  let isDone = false
  const whole = simulated({ PolicyInputList: [many], ActionNames, ResourceArns }).finally(() => (isDone = true))
  for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(turns > 10, `${turns} turns`)
  const { EvaluationResults = [] } = await whole
  assert.equal(EvaluationResults.length, ActionNames.length)
  for (const number of [0, 50, 99]) {
    const part = await simulated({ PolicyInputList: [many], ActionNames: [ActionNames[number]], ResourceArns })
    assert.deepEqual(part.EvaluationResults, [EvaluationResults[number]])
    assert.equal(part.EvaluationResults[0]?.ResourceSpecificResults?.length, ResourceArns.length)
  }
})

test('what would answer with too many statements is refused', async () => {
  const everything = policyOf(1_500, () => ({ Effect: 'Allow', Action: '*', Resource: '*' }))
  const input = { PolicyInputList: [everything], ActionNames }
  const message = 'There is too much to simulate in one call. Ask for fewer actions with MaxItems, or for fewer resources.'
  await harness.refused(simulateCustomPolicy, input, { code: 'InvalidInput', message })
  const { EvaluationResults = [], IsTruncated } = await simulated({ ...input, MaxItems: 10 })
  assert.deepEqual([EvaluationResults.length, IsTruncated], [10, true])
})

test('what is wrong with the input is said, however long it would take', async () => {
  const input = { PolicyInputList: [many], ActionNames, ResourceArns }
  await harness.refused(
    simulateCustomPolicy,
    { ...input, Marker: 'none' },
    { code: 'ValidationError', message: 'Invalid Marker.' },
  )
  const resources = Array.from({ length: 101 }, (_, number) => `arn:aws:s3:::b${number}`)
  await harness.refused(simulateCustomPolicy, { ...input, ResourceArns: resources }, { code: 'InvalidInput' })
})
