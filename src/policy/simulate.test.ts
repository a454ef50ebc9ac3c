/** The simulation agrees with the decision, and places statements where AWS places them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { policySet, type PolicySet } from './combine.ts'
import { compileText, type DocumentKind } from './compile.ts'
import { contextOf } from './context.ts'
import { decide, type Caller, type Check, type Policies } from './evaluate.ts'
import { parsePolicy } from './parse.ts'
import { simulate, strictest, stretchOf } from './simulate.ts'

const ARN = 'arn:aws:iam::111122223333:user/alice'
const ALICE: Caller = { type: 'user', accountId: '111122223333', arn: ARN, id: 'AIDA', userArn: ARN }
const CHECK: Check = {
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccountId: '111122223333',
  context: contextOf({}),
}

const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
const deny = { Effect: 'Deny', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const other = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' }
const unmet = { ...deny, Condition: { StringEquals: { 'aws:username': 'bob' } } }

function setOf(kind: DocumentKind, name: string, ...statements: readonly object[]): PolicySet {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  return policySet([compileText(text, kind, { id: name, name, type: 'inline' })])
}

const said = ({ matches }: ReturnType<typeof simulate>): readonly string[] =>
  matches.map(({ policyType, policy, statement }) => `${policyType} ${policy.source.name} ${statement.source.index}`)

test('all statements that match are told: the denies of a type, or its allows', () => {
  const identity = setOf('identity', 'p', allow, other, allow, unmet)
  assert.deepEqual(said(simulate(CHECK, ALICE, { identity })), ['identity p 0', 'identity p 2'])
  const refusing = setOf('identity', 'p', allow, deny)
  assert.deepEqual(said(simulate(CHECK, ALICE, { identity: refusing })), ['identity p 1'])
})

test('types are told one by one: a resource policy denies what an identity policy allows', () => {
  const resourcePolicy = { kind: 'resource', policies: setOf('resource', 'r', { ...deny, Principal: '*' }) } as const
  const simulation = simulate({ ...CHECK, resourcePolicy }, ALICE, { identity: setOf('identity', 'p', allow) })
  assert.equal(simulation.decision.decision, 'explicitDeny')
  assert.deepEqual(said(simulation), ['resource r 0', 'identity p 0'])
  assert.deepEqual(
    [...simulation.verdicts],
    [
      ['resource', 'explicitDeny'],
      ['identity', 'allowed'],
    ],
  )
})

test('a type of several levels allows where all its levels do', () => {
  const policies = { identity: setOf('identity', 'p', allow), scps: [setOf('scp', 'root', allow), setOf('scp', 'unit', other)] }
  const { decision, verdicts } = simulate(CHECK, ALICE, policies)
  assert.equal(decision.decision, 'implicitDeny')
  assert.equal(verdicts.get('scp'), 'implicitDeny')
})

test('a policy that cannot be compiled denies, and no statement says so', () => {
  const identity = policySet([compileText('{', 'identity', { id: 'p', name: 'p', type: 'managed' })])
  const { decision, matches, verdicts } = simulate(CHECK, ALICE, { identity })
  assert.deepEqual([decision.decision, matches, verdicts.get('identity')], ['explicitDeny', [], 'explicitDeny'])
})

test('a simulation of own policies is the strictest of what its types say', () => {
  const statements = fc.array(fc.constantFrom(allow, deny, other, unmet), { minLength: 1, maxLength: 4 })
  const sets = fc.record({ identity: statements, boundary: fc.option(statements), scp: fc.option(statements) })
  fc.assert(
    fc.property(sets, ({ identity, boundary, scp }) => {
      const policies: Policies = {
        identity: setOf('identity', 'i', ...identity),
        ...(boundary !== null && { boundary: setOf('boundary', 'b', ...boundary) }),
        ...(scp !== null && { scps: [setOf('scp', 's', ...scp)] }),
      }
      const { decision, verdicts } = simulate(CHECK, ALICE, policies)
      assert.deepEqual(decision, decide(CHECK, ALICE, policies))
      assert.equal(decision.decision, strictest([...verdicts.values()]))
    }),
  )
})

const two = '{"Effect":"Allow","Action":"*","Resource":"*"}'
const indented = `{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n      "Action": "*",\n      "Resource": "*"\n    }\n  ]\n}`
// oxfmt-ignore
const PLACES: readonly (readonly [about: string, source: string, index: number, start: string, end: string])[] = [
  // Recorded of AdministratorAccess.
  ['in an array, indented',    indented,                                                        0, '3:17', '8:6'],
  ['in an array on one line',  `{"Version":"2012-10-17","Statement":[${two}]}`,                 0, '1:38', '1:84'],
  ['the second of an array',   `{"Version":"2012-10-17","Statement":[${two},\n${two}]}`,        1, '1:84', '2:47'],
  // Recorded of a document of this form: just after each brace.
  ['one object',               `{"Version": "2012-10-17", "Statement": ${two}}`,                0, '1:41', '1:86'],
]

for (const [about, source, index, start, end] of PLACES) {
  test(`the place of a statement: ${about}`, () => {
    const stretch = stretchOf(parsePolicy(source), index)
    const text = ({ line, column }: { readonly line: number; readonly column: number }) => `${line}:${column}`
    assert.deepEqual([text(stretch.start), text(stretch.end)], [start, end])
  })
}
