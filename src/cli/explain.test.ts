/** What `keyreeve explain` prints. Refusals of a server are explained in tests/contract/denials.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DenialExplanation, ShownFlip, ShownPart } from '../server/admin-contract.ts'
import { explanationText, listText } from './explain.ts'

const ALICE = 'arn:aws:iam::111122223333:user/alice'
const ROLE = 'arn:aws:iam::111122223333:role/deploy'
const denial = {
  id: '9fwl8rk7s35sljltb3mkkdi7f',
  requestId: '7a0efb36-7e2b-406c-8560-30f011f4a5e8',
  at: Date.UTC(2026, 4, 1, 12, 30, 15, 678),
  caller: ALICE,
  action: 'sts:AssumeRole',
  resource: ROLE,
}
const statement = { policy: `own of ${ALICE}`, number: 2, sid: 'Assume', line: 7, effect: 'Allow' } as const
const identity: ShownPart = {
  policyType: 'identity',
  level: 0,
  attachedTo: [ALICE],
  verdict: 'allows',
  matched: [statement],
  nearMisses: [],
  problems: [],
}
const trust: ShownPart = {
  ...identity,
  policyType: 'trust',
  attachedTo: [ROLE],
  verdict: 'silent',
  matched: [],
  nearMisses: [{ ...statement, policy: `trust of ${ROLE}`, sid: undefined, why: 'action matches; the principal failed' }],
}
const document = '{"Version":"2012-10-17"}'
const add = (reach: 'exact' | 'wider'): ShownFlip => ({
  kind: 'add',
  additions: [{ policyType: 'trust', attachedTo: [ROLE], document, reach }],
})
const explanation: DenialExplanation = {
  ...denial,
  accountId: '111122223333',
  decision: 'implicitDeny',
  policyType: 'trust',
  parts: [trust, identity],
  context: { 'aws:SourceIp': '192.0.2.1', 'aws:TagKeys': ['a', 'b'], 'aws:MultiFactorAuthPresent': null },
  flip: add('exact'),
}

test('a refusal that nothing allows, and what would lift it', () => {
  assert.equal(
    explanationText(explanation),
    `Caller         ${ALICE}
Action         sts:AssumeRole
Resource       ${ROLE}
Time           2026-05-01T12:30:15Z
Request        ${denial.requestId}
Authorization  ${denial.id}

Refused because nothing allows it: role trust policy.

Role trust policy: nothing allows it
  - near: Allow in statement 2 of trust of
    ${ROLE}, line 7: action matches; the principal
    failed

Identity-based policies: allowed
  - allows: statement 2 (Assume) of own of ${ALICE},
    line 7

Condition keys that the policies asked for
  aws:SourceIp                192.0.2.1
  aws:TagKeys                 a, b
  aws:MultiFactorAuthPresent  not in the request

The smallest change that lifts the refusal
In the role trust policy of ${ROLE}:
${document}
It grants this and nothing else.
`,
  )
})

const SCP = 'arn:aws:organizations::111122223333:account/o-1/444455556666'
const denies = { ...statement, effect: 'Deny' } as const
// oxfmt-ignore
const LINES: readonly (readonly [name: string, given: Partial<DenialExplanation>, line: string])[] = [
  ['a deny',                    { decision: 'explicitDeny', policyType: 'scp' },                                          'Refused by an explicit deny: service control policies.'],
  ['a statement that denies',   { parts: [{ ...identity, verdict: 'denies', matched: [denies] }] },                       'Identity-based policies: DENIED\n  - denies: statement 2 (Assume) of own of'],
  ['a policy that is none',     { parts: [{ ...identity, verdict: 'broken', problems: [{ policy: 'p', problem: 'no JSON' }] }] }, 'Identity-based policies: DENIED: a policy cannot be read\n  - p: no JSON'],
  ['a level',                   { parts: [{ ...identity, policyType: 'scp', attachedTo: [SCP] }] },                       `Service control policies of ${SCP}: allowed`],
  ['a level that is not known', { parts: [{ ...identity, policyType: 'scp', level: 1, attachedTo: [] }] },                'Service control policies of level 2: allowed'],
  ['a scope',                   { parts: [{ ...identity, policyType: 'session', level: 1 }] },                            'Session policies, scope 1: allowed'],
  ['a role that is not there',  { parts: [{ ...trust, attachedTo: [], nearMisses: [] }] },                                'Role trust policy: there is no such role'],
  ['what it would be given',    { parts: [{ ...trust, attachedTo: [], nearMisses: [] }] },                                `In the role trust policy of ${ROLE}, once there is such a role:`],
  ['what grants more',          { flip: add('wider') },                                                                   'It grants more than this: no policy can name the caller or the resource by itself.'],
  ['what nothing lifts',        { flip: { kind: 'denied', policyType: 'scp', policy: 'p', statement: denies } },          'Nothing that is added lifts a deny.'],
  ['a policy that has to be mended', { flip: { kind: 'denied', policyType: 'scp', policy: 'p' } },                      'A policy that cannot be read denies everything, whatever is added.'],
  ['whom nothing names',        { flip: { kind: 'none', policyType: 'resource' } },                                       'No statement lifts the refusal for this caller alone: it cannot be named in the resource-based policy.'],
]
for (const [name, given, line] of LINES) {
  test(`explain: ${name}`, () => assert.ok(explanationText({ ...explanation, ...given }).includes(line)))
}

test('what comes from outside cannot move the cursor', () => {
  const [near] = trust.nearMisses
  assert.ok(near)
  const parts = [{ ...trust, nearMisses: [{ ...near, why: 'a\u001b[2J' }] }]
  assert.ok(!explanationText({ ...explanation, caller: 'a\u001b[2J', parts, context: { k: '\u001b[2J' } }).includes('\u001b'))
})

test('the list', () => {
  assert.equal(listText({ denials: [] }), 'Nothing was refused in the last day.\n')
  assert.match(
    listText({ denials: [denial] }),
    /^TIME .*\n2026-05-01T12:30:15Z {2}9fwl8rk7s35sljltb3mkkdi7f .*\nExplain one with: /,
  )
})
