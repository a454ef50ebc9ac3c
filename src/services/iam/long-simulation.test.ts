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

/** Each action meets one statement, whose pattern is compared with every part of a resource. */
const many = policyOf(300, (number) => ({
  Effect: 'Allow',
  Action: `s3:action${number}`,
  Resource: `arn:aws:s3:::*${'ab'.repeat(10)}c`,
}))
const ResourceArns = Array.from({ length: 8 }, (_, number) => `arn:aws:s3:::${'ab'.repeat(900 + number)}`)

/** The longest time for which this thread did nothing else, milliseconds. */
async function longestStall(run: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let isDone = false
  let longest = 0
  void run()
    .catch(() => {})
    .finally(() => (isDone = true))
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  return longest
}

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

const short = policyOf(1, () => ({ Effect: 'Allow', Action: '*', Resource: '*' }))
const everything = policyOf(1_500, () => ({ Effect: 'Allow', Action: '*', Resource: '*' }))
const lines = policyOf(1_000, () => ({ Effect: 'Allow', Action: '*', Resource: '*' })).replaceAll('},{', `},${'\n'.repeat(80)}{`)
const like = (key: string, patterns: readonly string[]) =>
  policyOf(1, () => ({
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    Condition: { 'ForAllValues:StringNotLike': { [key]: patterns } },
  }))
const patterns = Array.from({ length: 5_000 }, (_, number) => `*b${number}*`)
const entry = (ContextKeyValues: readonly string[]) => ({
  ContextKeyName: 'my:key',
  ContextKeyType: 'stringList',
  ContextKeyValues,
})

// What no count of actions and resources tells of: found by an attack, each of them held everybody up for seconds.
const HOSTILE: readonly (readonly [name: string, input: object])[] = [
  ['statements behind many lines', { PolicyInputList: [lines, lines], ActionNames: ActionNames.slice(0, 3) }],
  [
    'a long value of the context',
    { PolicyInputList: [like('my:key', patterns)], ContextEntries: [entry(['a'.repeat(20_000)])], ActionNames },
  ],
  [
    'many values of the context',
    {
      PolicyInputList: [like('my:key', patterns)],
      ContextEntries: [entry(patterns.map((_, number) => `a${number}`))],
      ActionNames: ActionNames.slice(0, 1),
    },
  ],
]
for (const [name, input] of HOSTILE) {
  test(`others are answered beside ${name}`, async () => {
    const stall = await longestStall(() => simulated(input))
    assert.ok(stall < 300, `${Math.round(stall)} ms`)
  })
}

const TOO_MUCH = 'There is too much to simulate in one call. Ask for fewer resources, or give fewer policies.'

test('where there is much to tell, pages are shorter than was asked for; together they tell everything', async () => {
  const inputs = [
    { PolicyInputList: [everything], ActionNames },
    {
      PolicyInputList: [short],
      ActionNames,
      ResourceArns: Array.from({ length: 101 }, (_, number) => `arn:aws:s3:::b${number}`),
    },
  ]
  for (const input of inputs) {
    const told: (string | undefined)[] = []
    let Marker: string | undefined
    let pages = 0
    do {
      const page = await simulated({ ...input, ...(Marker !== undefined && { Marker }) })
      told.push(...(page.EvaluationResults ?? []).map(({ EvalActionName }) => EvalActionName))
      assert.equal(page.IsTruncated, page.Marker !== undefined)
      Marker = page.Marker
      pages += 1
    } while (Marker !== undefined)
    assert.deepEqual(told, ActionNames)
    assert.ok(pages > 2, `${pages} pages`)
  }
})

test('one action that is too much by itself is refused', async () => {
  const PolicyInputList = Array.from({ length: 8 }, () => everything)
  await harness.refused(simulateCustomPolicy, { PolicyInputList, ActionNames }, { code: 'InvalidInput', message: TOO_MUCH })
  const ContextEntries = [entry(Array.from({ length: 100 }, () => 'a'.repeat(4_000)))]
  const slow = { PolicyInputList: [like('my:key', patterns)], ContextEntries, ActionNames }
  await harness.refused(simulateCustomPolicy, slow, { code: 'InvalidInput', message: TOO_MUCH })
})

test('what is wrong with the input is said, however long it would take', async () => {
  const input = { PolicyInputList: [many], ActionNames, ResourceArns }
  await harness.refused(
    simulateCustomPolicy,
    { ...input, Marker: 'none' },
    { code: 'ValidationError', message: 'Invalid Marker.' },
  )
  const large = [everything, everything, everything]
  await harness.refused(
    simulateCustomPolicy,
    { PolicyInputList: [...large, '{'], ActionNames },
    { code: 'InvalidInput', message: 'Syntax errors in policy.' },
  )
})
