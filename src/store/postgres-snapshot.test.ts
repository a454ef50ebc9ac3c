/** Snapshots of PostgreSQL, as text. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isVisible } from './postgres-snapshot.ts'

// oxfmt-ignore
const CASES: readonly (readonly [snapshot: string, transaction: number, visible: boolean])[] = [
  ['10:10:',       9,  true],
  ['10:10:',       10, false],
  ['10:20:10,14',  9,  true],
  ['10:20:10,14',  10, false],
  ['10:20:10,14',  11, true],
  ['10:20:10,14',  14, false],
  ['10:20:10,14',  19, true],
  ['10:20:10,14',  20, false],
  ['10:20:10,14',  21, false],
  ['9:2000:9',     100, true],
]
for (const [snapshot, transaction, visible] of CASES) {
  test(`transaction ${transaction} ${visible ? 'shows' : 'does not show'} in ${snapshot}`, () =>
    assert.equal(isVisible(transaction, snapshot), visible))
}
