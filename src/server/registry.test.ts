/** Tables of services that do not fit their models stop the start. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readModel } from '../protocol/model-files.ts'
import { NO_PERMISSION_NEEDED, type Operation } from '../services/operation.ts'
import type { Service } from '../services/service.ts'
import { checkService, servedModels } from './registry.ts'

const planted = (name: string, more: object = {}): Operation => ({
  service: 'sts',
  name,
  kind: 'read',
  authorize: () => NO_PERMISSION_NEEDED,
  handle: async () => ({}),
  ...more,
})
const identify = () => Promise.reject(new Error('never called'))

// oxfmt-ignore
const TABLES: readonly (readonly [title: string, operations: readonly Operation[], problem: RegExp | undefined])[] = [
  ['one that fits',                                  [planted('GetCallerIdentity')],                                 undefined],
  ['one that nobody signs, with its identification', [planted('AssumeRoleWithSAML', { identify })],                  undefined],
  ['an operation that the model has not',            [planted('GetNothing')],                                        /sts:GetNothing is not an operation of sts/],
  ['an operation of another service',                [planted('GetCallerIdentity', { service: 'iam' })],             /iam:GetCallerIdentity is not an operation of sts/],
  ['the same twice',                                 [planted('GetCallerIdentity'), planted('GetCallerIdentity')],   /sts:GetCallerIdentity stands twice/],
  ['nobody signs, and nobody is identified',         [planted('AssumeRoleWithSAML')],                                /sts:AssumeRoleWithSAML is called by nobody/],
  ['identified beside the signature',                [planted('GetCallerIdentity', { identify })],                   /sts:GetCallerIdentity is signed and identifies its caller besides/],
]
for (const [title, operations, problem] of TABLES) {
  test(`a table: ${title}`, () => {
    const service: Service = { name: 'sts', operations, entities: {} }
    const check = (): void => checkService(service, readModel('sts'))
    if (problem === undefined) check()
    else assert.throws(check, problem)
  })
}

test('the tables that there are fit', () => assert.ok(servedModels().length > 0))
