/** Markers: whoever writes one by hand is told that it is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../aws/fault.ts'
import { linesOf, numberBefore, startOf } from './pagination.ts'

const marker = (...lines: readonly string[]): { readonly Marker: string } => ({
  Marker: Buffer.from(lines.join('\n')).toString('base64url'),
})
const isInvalid = (error: unknown): boolean => error instanceof Fault && error.message === 'Invalid Marker.'

test('a marker is of its list and of its form', () => {
  assert.equal(startOf('users', {}), undefined)
  assert.equal(startOf('users', marker('1', 'users', 'alice')), 'alice')
  assert.equal(startOf('users', marker('1', 'users', 'a', 'b')), 'a\nb')
  for (const odd of [marker('1', 'roles', 'alice'), marker('2', 'users', 'alice'), marker('1', 'users'), { Marker: 'none' }])
    assert.throws(() => startOf('users', odd), isInvalid)
})

test('a marker that counts is a whole number', () => {
  assert.equal(numberBefore('lines', {}), -1)
  assert.equal(numberBefore('lines', marker('1', 'lines', '12')), 12)
  for (const odd of ['', '-1', '0.5', '1e3', 'NaN', '0x1', '9'.repeat(17), ' 1'])
    assert.throws(() => numberBefore('lines', marker('1', 'lines', odd)), isInvalid, odd)
})

test('lines go on behind the one that the marker says', () => {
  const lines = ['a', 'b', 'c']
  const first = linesOf('lines', lines, { MaxItems: 2 })
  assert.deepEqual([first.items, first.IsTruncated], [['a', 'b'], true])
  assert.deepEqual(linesOf('lines', lines, { MaxItems: 2, Marker: first.Marker }), { items: ['c'], IsTruncated: false })
  assert.deepEqual(linesOf('lines', lines, marker('1', 'lines', '7')), { items: [], IsTruncated: false })
})
