/** Every AWS managed policy is a document that we read, and would take from a customer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePolicy } from '../src/policy/parse.ts'
import { checkDocument } from '../src/policy/put.ts'
import { readManagedPolicies } from '../src/protocol/model-files.ts'

const policies = readManagedPolicies()
const documents = policies.list.map(({ arn, name }) => ({ name, source: policies.document(arn) ?? '' }))

test('managed policies: all are read', () => {
  const statements = documents.map(({ source }) => parsePolicy(source).statements.length)
  assert.equal(statements.length, 1594)
  assert.equal(
    statements.reduce((sum, count) => sum + count, 0),
    8853,
  )
})

/** It has a variable in the place of an account, which AWS does not take from customers (reported of CreatePolicy in 2026). */
const AWS_ALONE = ['AmazonTimestreamInfluxDBServiceRolePolicy']

test('managed policies: all pass the checks of put', () => {
  const refused = documents.filter(({ source }) => checkDocument(source, 'boundary') !== undefined)
  assert.deepEqual(
    refused.map(({ name }) => name),
    AWS_ALONE,
  )
})
