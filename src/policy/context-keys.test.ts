/** The keys that policies ask for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextKeysOf } from './context-keys.ts'
import { parsePolicy } from './parse.ts'

const keys = (...documents: readonly string[]): readonly string[] => contextKeysOf(documents.map(parsePolicy))
const document = (statement: object, version = '2012-10-17'): string => JSON.stringify({ Version: version, Statement: statement })
const rest = { Effect: 'Allow', Action: 's3:GetObject' }

// oxfmt-ignore
const TABLE: readonly (readonly [about: string, documents: readonly string[], keys: readonly string[]])[] = [
  ['nothing is asked',             [document({ ...rest, Resource: '*' })], []],
  ['in the order of the text',     [document({ ...rest, Resource: 'arn:aws:s3:::b/${aws:username}', Condition: { DateGreaterThan: { 'aws:CurrentTime': '2015-08-16' } } })],
                                   ['aws:username', 'aws:CurrentTime']],
  ['the condition first',          [document({ ...rest, Condition: { StringLike: { 's3:prefix': '${aws:userid}/*' } }, Resource: 'arn:aws:s3:::b/${aws:username}' })],
                                   ['s3:prefix', 'aws:userid', 'aws:username']],
  ['each once, as first written',  [document({ ...rest, Resource: '*', Condition: { Bool: { 'aws:SecureTransport': true }, Null: { 'AWS:securetransport': false } } })],
                                   ['aws:SecureTransport']],
  ['of several documents',         [document({ ...rest, Resource: '${aws:userid}'.padStart(20, 'arn:aws:s3:::') }), document({ ...rest, NotResource: 'arn:aws:s3:::${aws:username}' })],
                                   ['aws:userid', 'aws:username']],
  ['a default, special characters', [document({ ...rest, Resource: "arn:aws:s3:::${ aws:PrincipalTag/team , 'x'}${*}${?}${$}${}" })], ['aws:PrincipalTag/team']],
  ['an open variable',             [document({ ...rest, Resource: 'arn:aws:s3:::${aws:username' })], []],
  ['a document of 2008',           [document({ ...rest, Resource: 'arn:aws:s3:::${aws:username}', Condition: { Bool: { 'aws:SecureTransport': true } } }, '2008-10-17')],
                                   ['aws:SecureTransport']],
]

for (const [about, documents, expected] of TABLE) {
  test(`context keys: ${about}`, () => assert.deepEqual(keys(...documents), expected))
}
