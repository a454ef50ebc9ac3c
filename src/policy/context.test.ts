/** Contexts: keys whatever their case. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextOf, type ContextValue } from './context.ts'
import { InputError } from './input-error.ts'

test('a key is asked for in lower case; what is undefined is absent', () => {
  const context = contextOf({ 'aws:RequestTag/Team': 'blue', 'aws:TagKeys': ['Team'], 'aws:userid': undefined })
  assert.equal(context.value('aws:requesttag/team'), 'blue')
  assert.deepEqual(context.value('aws:tagkeys'), ['Team'])
  assert.equal(context.value('aws:userid'), undefined)
})

test('names that differ by case only are one key with the values of all: no operator for one value is met', () => {
  const tags = { 'aws:RequestTag/Team': 'red', 'aws:RequestTag/team': 'blue' }
  assert.deepEqual(contextOf(tags).value('aws:requesttag/team'), ['red', 'blue'])
  const thrice = contextOf({ ...tags, 'aws:RequestTag/TEAM': ['green', 'grey'] })
  assert.deepEqual(thrice.value('aws:requesttag/team'), ['red', 'blue', 'green', 'grey'])
})

test('a value of another type is refused, and named: it would meet no condition, and so no deny', () => {
  for (const value of [true, 5, null, { a: 'b' }, ['a', 1], [['a']]]) {
    assert.throws(
      () => contextOf({ 'aws:SecureTransport': value as unknown as ContextValue }),
      (error) => error instanceof InputError && error.member === 'context.aws:SecureTransport',
      JSON.stringify(value),
    )
  }
})
