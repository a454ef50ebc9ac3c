/** Sets of policies: what they remember is bounded for all of them together. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { policySet } from './combine.ts'
import { compileText } from './compile.ts'

const policy = (count: number) =>
  compileText(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: Array.from({ length: count }, (_, number) => ({
        Effect: 'Deny',
        Action: '*',
        Resource: `arn:aws:s3:::b${number}`,
      })),
    }),
    'identity',
    { id: 'p', name: 'p', type: 'managed' },
  )

test('candidates are found once; where all sets together remember too much, they forget', () => {
  const set = policySet([policy(3)])
  const first = set.about('s3:GetObject')
  assert.equal(set.about('s3:GetObject'), first)
  assert.equal(first.deny.all.length, 3)
  // Whoever calls many actions as many principals has each of them remembered: at some point the oldest must go.
  const large = policy(2_000)
  const others = Array.from({ length: 6 }, () => policySet([large]))
  for (const other of others) for (let number = 0; number < 100; number += 1) other.about(`s3:action${number}`)
  const again = set.about('s3:GetObject')
  assert.notEqual(again, first)
  assert.deepEqual(again.deny.all, first.deny.all)
  assert.equal(set.about('s3:GetObject'), again)
})

test('a set that nobody holds is not held by what it remembers', async () => {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  assert.ok(typeof collect === 'function')
  const gone = Array.from({ length: 10 }, () => {
    const set = policySet([policy(3)])
    const [denied] = set.about('s3:GetObject').deny.all
    assert.ok(denied !== undefined)
    return new WeakRef(denied.statement)
  })
  // What a turn of the event loop has looked at by a weak reference stays until its end.
  await setImmediate()
  collect()
  assert.ok(gone.filter((statement) => statement.deref() !== undefined).length <= 1)
})
