/** Work: whatever takes long is counted, and ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policySet } from './combine.ts'
import { compileText } from './compile.ts'
import { contextOf } from './context.ts'
import { decide, type Check } from './evaluate.ts'
import { explain } from './explain.ts'
import { simulate } from './simulate.ts'
import { TooMuchWork, Work } from './work.ts'

const HERE = '111122223333'
const caller = { type: 'user', accountId: HERE, arn: `arn:aws:iam::${HERE}:user/u`, id: 'AIDAU' } as const
const LONG = 'a'.repeat(10_000)
const many = <T>(count: number, one: (number: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, number) => one(number))

const check = (more: Partial<Check> = {}): Check => ({
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccountId: HERE,
  context: contextOf({ 'my:text': LONG, 'my:list': many(1_000, (number) => `v${number}`), 'my:word': 'word' }),
  ...more,
})
const identity = (statement: object) => {
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: '*', Resource: '*', ...statement },
  ]
  return policySet([
    compileText(JSON.stringify({ Version: '2012-10-17', Statement }), 'identity', { id: 'p', name: 'p', type: 'inline' }),
  ])
}
const when = (operator: string, key: string, values: readonly string[]) => ({ Condition: { [operator]: { [key]: values } } })

// Each takes a hundred thousand steps or more. Without a count each is decided, and none denies.
const SLOW: readonly (readonly [name: string, statement: object, more?: Partial<Check>])[] = [
  ['one long piece', when('StringLike', 'my:text', [`*${'a'.repeat(3_000)}b*`])],
  [
    'many pieces',
    when(
      'StringLike',
      'my:text',
      many(300, (number) => `*b${number}*`),
    ),
  ],
  [
    'many values',
    when(
      'ForAnyValue:StringLike',
      'my:list',
      many(300, (number) => `*b${number}*`),
    ),
  ],
  ['values that are filled in', when('StringLike', 'my:word', [`x*${'${my:text}*'.repeat(50)}`])],
  [
    'values that are filled in, one after the other',
    when(
      'StringEquals',
      'my:text',
      many(50, () => '${my:text}x'),
    ),
  ],
  [
    'folded',
    when(
      'StringEqualsIgnoreCase',
      'my:text',
      many(50, () => '${my:text}x'),
    ),
  ],
  [
    'ARNs',
    when(
      'ArnLike',
      'my:text',
      many(50, (number) => `arn:aws:s3:::${number}`),
    ),
  ],
  [
    'numbers',
    when('ForAnyValue:NumericEquals', 'my:numbers', many(400, String)),
    { context: contextOf({ 'my:numbers': many(400, (number) => `-${number + 1}`) }) },
  ],
  ['resources', { Resource: many(300, (number) => `arn:aws:s3:::*b${number}*`) }, { resource: `arn:aws:s3:::${LONG}` }],
  [
    'resources with colons',
    { Resource: many(10, (number) => `arn:aws:*:*:x:b${number}`) },
    { resource: `arn:aws:s3:::${':'.repeat(10_000)}` },
  ],
  ['resources filled in', { Resource: `arn:aws:s3:::*${'${my:text}*'.repeat(50)}` }],
]
for (const [name, statement, more] of SLOW) {
  test(`work: ${name}`, () => {
    const policies = { identity: identity(statement) }
    const asked = check(more)
    assert.equal(decide(asked, caller, policies).decision, 'allowed')
    for (const run of [decide, simulate, explain]) {
      assert.throws(() => new Work(40_000).limit(() => run(asked, caller, policies)), TooMuchWork, run.name)
      new Work(100_000_000).limit(() => run(asked, caller, policies))
    }
  })
}

test('work: what is limited inside does not reach outside', () => {
  const policies = { identity: identity(when('StringLike', 'my:text', [`*${'a'.repeat(3_000)}b*`])) }
  const run = () => decide(check(), caller, policies)
  new Work(1).limit(() => new Work(100_000_000).limit(run))
  assert.throws(() => new Work(1).limit(run), TooMuchWork)
  assert.equal(run().decision, 'allowed')
})

test('work: several decisions share it', () => {
  const policies = { identity: identity(when('StringLike', 'my:text', ['*b*'])) }
  const work = new Work(100_000)
  let decided = 0
  assert.throws(() => {
    for (;;) {
      work.limit(() => decide(check(), caller, policies))
      decided += 1
    }
  }, TooMuchWork)
  assert.ok(decided > 1 && decided < 20, `${decided}`)
})
