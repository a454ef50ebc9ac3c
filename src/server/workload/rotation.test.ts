/** Credentials that are handed out again: until half their life, an hour at most; refusals for seconds; failures not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delivered } from '../admin-contract.ts'
import { Rotation, together } from './rotation.ts'

const MINUTE = 60_000

/** A rotation with a clock of its own, and a server that answers these in turn. */
function rotating(...answers: readonly (() => Delivered)[]) {
  const rotation = new Rotation()
  let now = 0
  let asked = 0
  const fetch = async (): Promise<Delivered> => {
    asked += 1
    const answer = answers[asked - 1]
    if (answer === undefined) throw new Error('not to be asked')
    return answer()
  }
  return {
    get: (name = 'one') => rotation.get(name, { fetch, clock: () => now }),
    advance: (milliseconds: number) => (now += milliseconds),
    clear: () => rotation.clear(),
    asked: () => asked,
    lasting: (minutes: number) => (): Delivered => ({
      credentials: {
        accessKeyId: `key-${asked}`,
        secretAccessKey: '',
        sessionToken: '',
        roleArn: '',
        issuedAt: now,
        expiresAt: now + minutes * MINUTE,
      },
    }),
  }
}

test('credentials are renewed at half their life, an hour after they were made at the latest', async () => {
  for (const [life, until] of [
    [15, 7.5],
    [60, 30],
    [120, 60],
    [360, 60],
  ] as const) {
    const answers: (() => Delivered)[] = []
    const one = rotating(
      () => (answers[0] ?? assert.fail())(),
      () => (answers[1] ?? assert.fail())(),
    )
    answers.push(one.lasting(life), one.lasting(life))
    const first = await one.get()
    one.advance(until * MINUTE - 1)
    assert.equal(await one.get(), first, `${life} minutes`)
    one.advance(1)
    assert.notEqual(await one.get(), first, `${life} minutes`)
    assert.equal(one.asked(), 2)
  }
})

const refusal = (): Delivered => ({ refusal: 'no' })
const failure = (): Delivered => {
  throw new Error('gone')
}

test('a refusal is kept for five seconds; a failure is not kept', async () => {
  const one = rotating(refusal, refusal, failure, refusal)
  await one.get()
  one.advance(4_999)
  await one.get()
  assert.equal(one.asked(), 1)
  one.advance(1)
  await one.get()
  assert.equal(one.asked(), 2)
  one.advance(5_000)
  await assert.rejects(one.get(), { message: 'gone' })
  assert.deepEqual(await one.get(), { refusal: 'no' })
  assert.equal(one.asked(), 4)
})

test('who asks together asks once; another name asks for itself; what is cleared is asked anew', async () => {
  const one = rotating(refusal, refusal, refusal)
  await Promise.all([one.get(), one.get(), one.get()])
  assert.equal(one.asked(), 1)
  await one.get('other')
  assert.equal(one.asked(), 2)
  one.clear()
  await one.get()
  assert.equal(one.asked(), 3)
})

test('together: one question at a time, the next one after its answer', async () => {
  let asked = 0
  const ask = together(async () => {
    asked += 1
    if (asked === 2) throw new Error('gone')
    return asked
  })
  assert.deepEqual(await Promise.all([ask(), ask()]), [1, 1])
  await assert.rejects(Promise.all([ask(), ask()]), { message: 'gone' })
  assert.equal(await ask(), 3)
})
