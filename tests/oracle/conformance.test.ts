/** The published conformance corpus: our second evaluator answers all of it, the engine all but what is open, and it is what the tables make. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { THEMES } from '../../tools/conformance/themes.ts'
import { readCorpus } from './corpus.ts'
import { askEngine } from './engine.ts'
import { answer } from './evaluator.ts'
import { OPEN_CASES } from './open.ts'
import type { Case } from './question.ts'

const corpus = readCorpus()
const all = corpus.flatMap(({ file, cases }) => cases.map((one) => ({ ...one, name: `${file}: ${one.name}` })))

/** What an evaluator answers, as the case says it: with the type of policy where the case names one. */
function asExpected({ expected }: Case, decision: string, policyType: string | undefined): object {
  return expected.policyType === undefined ? { decision } : { decision, policyType }
}
const ofOracle = (one: Case): object => {
  const { decision, reasons } = answer(one.question)
  return asExpected(one, decision, reasons.join(' and '))
}
const ofEngine = (one: Case): object => {
  const { decision, policyType } = askEngine(one.question)
  return asExpected(one, decision, policyType)
}

for (const { file, cases } of corpus) {
  test(`conformance: ${file}, the second evaluator`, () => {
    for (const one of cases) assert.deepEqual(ofOracle(one), one.expected, one.name)
  })
  test(`conformance: ${file}, the engine`, () => {
    for (const one of cases.filter(({ name }) => !OPEN_CASES.has(`${file}: ${name}`)))
      assert.deepEqual(ofEngine(one), one.expected, one.name)
  })
}

test('conformance: what is open is still open', () => {
  const open = all.filter((one) => OPEN_CASES.has(one.name))
  assert.equal(open.length, OPEN_CASES.size)
  for (const one of open)
    assert.notDeepEqual(ofEngine(one), one.expected, `${one.name} is right now: take it out of tests/oracle/open.ts`)
})

test('conformance: the corpus is what tools/conformance.ts writes', () => {
  const written = THEMES.map(({ file, about, cases }) => ({ file, about, cases })).toSorted((a, b) => (a.file < b.file ? -1 : 1))
  assert.deepEqual(corpus, JSON.parse(JSON.stringify(written)))
})

test('conformance: every case has a name of its own, a known source, and every outcome is asked for', () => {
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
  for (const { name, source } of all)
    assert.match(
      source,
      /^(?:https:\/\/(?:docs\.aws\.amazon\.com|aws\.amazon\.com\/blogs|www\.w3\.org)\/|(?:inferred|recorded): .{20})/,
      name,
    )
  for (const outcome of ['allowed', 'explicitDeny', 'implicitDeny']) {
    assert.ok(all.filter(({ expected }) => expected.decision === outcome).length > 50, outcome)
  }
})
