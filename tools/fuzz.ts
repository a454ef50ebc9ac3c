/** Asks the policy engine and the second evaluator questions made by chance: `npm run fuzz -- [count] [seed]`. Stops at the first difference. */
import fc from 'fast-check'
import { differenceOf } from '../tests/oracle/agreement.ts'
import { question } from '../tests/oracle/arbitrary.ts'

const ROUND = 100_000
const [, , count = '1000000', seed = String(Date.now() % 2 ** 31)] = process.argv

/** A whole number of an argument; ends the program where it is none. */
function wholeNumber(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text)
  console.error(`${text} is no count and no seed. Usage: npm run fuzz -- [count] [seed]`)
  return process.exit(2)
}

const wanted = wholeNumber(count)
const first = wholeNumber(seed)
console.log(`${wanted} questions from seed ${first}`)

// A new seed every round: what one round kept in memory is free again.
for (let asked = 0, round = 0; asked < wanted; asked += ROUND, round += 1) {
  const numRuns = Math.min(ROUND, wanted - asked)
  const result = fc.check(
    fc.property(question, (one) => differenceOf(one) === undefined),
    { numRuns, seed: first + round },
  )
  const counterexample = result.counterexample?.[0]
  if (counterexample !== undefined) {
    console.log(JSON.stringify(counterexample, undefined, 2))
    console.log(
      `${differenceOf(counterexample) ?? ''}\nA case for tools/conformance/differences.ts. Again: npm run fuzz -- ${numRuns} ${first + round}`,
    )
    process.exit(1)
  }
  console.log(`${asked + numRuns} alike`)
}
