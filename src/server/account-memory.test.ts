/** Memory of accounts: loaded once; misses are not kept; dropped as a whole when a newer version is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccountMemories, AccountMemory, Memo } from './account-memory.ts'

test('an answer is loaded once, even when several ask at the same time', async () => {
  const memo = new Memo<string>()
  let loads = 0
  const load = async (): Promise<string> => {
    loads += 1
    return 'found'
  }
  assert.deepEqual(await Promise.all([memo.recall('a', load), memo.recall('a', load)]), ['found', 'found'])
  assert.equal(await memo.recall('a', load), 'found')
  assert.equal(loads, 1)
  await memo.recall('b', load)
  assert.equal(loads, 2)
})

test('what was found is known at once, what is being loaded or missing is not', async () => {
  const memo = new Memo<string | undefined>()
  const loading = memo.recall('a', async () => 'found')
  assert.equal(memo.known('a'), undefined)
  await loading
  assert.equal(memo.known('a'), 'found')
  await memo.recall('b', async () => undefined)
  assert.equal(memo.known('b'), undefined)
  await assert.rejects(memo.recall('c', async () => Promise.reject(new Error('the disk is gone'))))
  assert.equal(memo.known('c'), undefined)
})

test('a miss is told to all who waited, and not remembered: strangers can ask for any number of keys', async () => {
  const memo = new Memo<string | undefined>()
  let loads = 0
  const load = async (): Promise<undefined> => void (loads += 1)
  assert.deepEqual(await Promise.all([memo.recall('a', load), memo.recall('a', load)]), [undefined, undefined])
  assert.equal(loads, 1)
  for (let key = 0; key < 100; key += 1) await memo.recall(`stranger ${key}`, load)
  assert.equal(memo.size, 0)
  assert.equal(await memo.recall('a', async () => 'found meanwhile'), 'found meanwhile')
})

test('an entity that does not exist is not remembered either', async () => {
  const { entities } = new AccountMemory(1)
  const entity = { arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' }
  await entities.recall('iam/user/alice', async () => ({ ...entity, missing: true }))
  assert.deepEqual([entities.known('iam/user/alice'), entities.size], [undefined, 0])
  await entities.recall('iam/user/alice', async () => entity)
  assert.equal(entities.known('iam/user/alice'), entity)
})

test('a failed load is told to all who waited, and not remembered', async () => {
  const memo = new Memo<string>()
  const failing = async (): Promise<string> => Promise.reject(new Error('the disk is gone'))
  const asked = [memo.recall('a', failing), memo.recall('a', failing)]
  for (const one of asked) await assert.rejects(one, /the disk is gone/)
  assert.equal(await memo.recall('a', async () => 'back'), 'back')
})

// oxfmt-ignore
const VERSIONS: readonly (readonly [title: string, versions: readonly number[], newVersion: number, kept: boolean])[] = [
  ['a first write',                    [],        1, false],
  ['the next version',                 [4],       5, false],
  ['a version far ahead',              [4],       9, false],
  ['the same version again',           [5],       5, true],
  ['an older version that came late',  [5],       4, true],
]
for (const [title, versions, newVersion, kept] of VERSIONS) {
  test(`${title}: what is remembered is ${kept ? 'kept' : 'dropped'}`, () => {
    const memories = new AccountMemories()
    memories.of('111122223333')
    for (const version of versions) memories.changed('111122223333', version)
    const before = memories.of('111122223333')
    const other = memories.of('444455556666')
    memories.changed('111122223333', newVersion)
    assert.equal(memories.of('111122223333') === before, kept)
    assert.equal(memories.of('111122223333').version, Math.max(newVersion, ...versions))
    assert.equal(memories.of('444455556666'), other, 'other accounts keep theirs')
  })
}

test('a load under way when the account changes is not what later callers see', async () => {
  const memories = new AccountMemories()
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const early = memories.of('111122223333').keys.recall('AKIA', () => promise)
  memories.changed('111122223333', 1)
  resolve(undefined)
  await early
  let loads = 0
  await memories.of('111122223333').keys.recall('AKIA', async () => {
    loads += 1
    return undefined
  })
  assert.equal(loads, 1)
})
