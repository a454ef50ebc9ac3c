/** The two evaluators, written apart from each other, agree on questions made by chance. Many more are asked by tests/fuzz and `npm run fuzz`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { differenceOf } from './agreement.ts'
import { question } from './arbitrary.ts'
import { answer } from './evaluator.ts'

test('oracle and engine decide alike', () => {
  fc.assert(
    fc.property(question, (asked) => assert.equal(differenceOf(asked), undefined)),
    { numRuns: 2000 },
  )
})

test('the questions are worth asking: each outcome comes often', () => {
  const outcomes = fc.sample(question, { numRuns: 1000, seed: 1 }).map((asked) => answer(asked).decision)
  for (const outcome of ['allowed', 'explicitDeny', 'implicitDeny']) {
    assert.ok(outcomes.filter((found) => found === outcome).length > 100, outcome)
  }
})
