/** The generated archives as their readers see them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'
import { openArchive } from './archive.ts'
import { decodeAuthorization } from './authorization.ts'
import { decodeManagedPolicies } from './managed-policies.ts'

const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`../../models/${name}.archive`, import.meta.url))
const policies = decodeManagedPolicies(bytesOf('managed-policies'), brotliDecompressSync)
const catalogue = decodeAuthorization(bytesOf('authorization'), brotliDecompressSync)

test('managed policies: all are there, in order of name', () => {
  assert.ok(policies.list.length > 1_500)
  const names = policies.list.map((policy) => policy.name)
  assert.deepEqual(names, names.toSorted())
})

test('managed policies: paths, versions, dates and documents', () => {
  const administrator = policies.find('arn:aws:iam::aws:policy/AdministratorAccess')
  assert.equal(administrator?.path, '/')
  assert.equal(administrator?.defaultVersionId, 'v1')
  assert.equal(administrator?.createDate.toISOString(), '2015-02-06T18:39:46.000Z')
  assert.equal(
    policies.document('arn:aws:iam::aws:policy/AdministratorAccess'),
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  )
  assert.equal(policies.find('arn:aws:iam::aws:policy/job-function/ViewOnlyAccess')?.path, '/job-function/')
})

test('managed policies: a newer version has a later date', () => {
  const undated = policies.list.filter(
    ({ defaultVersionId, createDate, updateDate }) =>
      (defaultVersionId === 'v1') !== (createDate.getTime() === updateDate.getTime()),
  )
  assert.deepEqual(undated, [])
  // "Edited time" of its page in the AWS Managed Policy Reference changes with its versions; the first is of 2015.
  assert.ok((policies.find('arn:aws:iam::aws:policy/PowerUserAccess')?.updateDate.getUTCFullYear() ?? 0) >= 2024)
})

test('managed policies: each has a document of its own', () => {
  const [first, last] = [policies.list[0], policies.list.at(-1)]
  for (const policy of [first, last]) assert.match(policies.document(policy?.arn ?? '') ?? '', /^\{.*"Statement":/)
  const lambda = policies.document('arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole') ?? ''
  assert.match(lambda, /logs:CreateLogGroup/)
})

test('managed policies: what is not one has no document', () => {
  assert.equal(policies.find('arn:aws:iam::aws:policy/Nothing'), undefined)
  assert.equal(policies.document('arn:aws:iam::aws:policy/Nothing'), undefined)
  assert.equal(policies.document('arn:aws:iam::123456789012:policy/AdministratorAccess'), undefined)
})

test('authorization: services, actions without regard to case, resources, keys', () => {
  assert.ok(catalogue.services.size > 400)
  const iam = catalogue.service('IAM')
  assert.equal(iam, catalogue.service('iam'))
  const action = iam?.actions.get('createuser')
  assert.equal(action?.name, 'CreateUser')
  assert.equal(action?.accessLevel, 'Write')
  assert.deepEqual(action?.resources, [{ type: 'user', required: true, conditionKeys: [] }])
  assert.equal(iam?.actions.get('attachuserpolicy')?.accessLevel, 'Permissions management')
  assert.equal(iam?.actions.get('taguser')?.accessLevel, 'Tagging')
  assert.equal(iam?.resourceTypes.get('user')?.arn, 'arn:${Partition}:iam::${Account}:user/${UserNameWithPath}')
  assert.equal(iam?.conditionKeys.get('aws:tagkeys')?.type, 'ArrayOfString')
  assert.ok(catalogue.globalConditionKeys.some((key) => key.name === 'aws:PrincipalArn' && key.type === 'ARN'))
})

test('authorization: a service that AWS does not have is not found', () => {
  assert.equal(catalogue.service('nosuch'), undefined)
  assert.equal(catalogue.service('__proto__'), undefined)
})

test('archive: a file that was cut is refused', () => {
  const whole = bytesOf('authorization')
  assert.throws(() => openArchive(whole.subarray(0, whole.length - 1), brotliDecompressSync), RangeError)
  const archive = openArchive(whole, brotliDecompressSync)
  assert.throws(() => archive.block(archive.blocks), RangeError)
})
