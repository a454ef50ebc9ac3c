/** The slow suite's share of questions made by chance: 100,000, from a seed that a failure prints. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { differenceOf } from '../oracle/agreement.ts'
import { question } from '../oracle/arbitrary.ts'

test('oracle and engine decide 100,000 questions alike', () => {
  fc.assert(
    fc.property(question, (asked) => assert.equal(differenceOf(asked), undefined)),
    { numRuns: 100_000 },
  )
})
