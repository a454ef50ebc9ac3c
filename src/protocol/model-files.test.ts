/** The generated models as the program sees them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuthorization, readManagedPolicies, readModel } from './model-files.ts'

const iam = readModel('iam')
const sts = readModel('sts')

test('models: read once, complete, with the newest operations', () => {
  assert.equal(readModel('iam'), iam)
  assert.ok(iam.operations.size >= 180)
  assert.ok(iam.operations.has('AcquireRole'))
  assert.ok(sts.operations.size >= 12)
  assert.equal(readManagedPolicies(), readManagedPolicies())
  assert.equal(readAuthorization(), readAuthorization())
})

test('models: codes, statuses and who is at fault', () => {
  // oxfmt-ignore
  const errors: readonly (readonly [string, number, boolean])[] = [
    ['NoSuchEntity', 404, true], ['EntityAlreadyExists', 409, true], ['ReportNotPresent', 410, true], ['InvalidAuthenticationCode', 403, true],
    ['ServiceFailure', 500, false], ['OrganizationNotFoundException', 400, true],
  ]
  for (const [code, status, sender] of errors) {
    const error = iam.errors.get(code)?.error
    assert.deepEqual([error?.status, error?.sender], [status, sender], code)
  }
  assert.deepEqual(
    iam.operations.get('GetUser')?.errors.map((shape) => shape.error.code),
    ['NoSuchEntity', 'ServiceFailure'],
  )
})

test('models: what AWS is seen to answer counts, not what its models say', () => {
  const output = (name: string) => iam.operations.get(name)?.output
  const members = output('GetServiceLastAccessedDetails')?.members ?? []
  const precise = members.filter(({ timestampFormat }) => timestampFormat === 'iso8601Milliseconds').map(({ name }) => name)
  assert.deepEqual(precise, ['JobCreationDate', 'JobCompletionDate'])
  const user = output('GetUser')?.members[0]?.shape
  assert.ok(user?.kind === 'structure')
  assert.deepEqual(
    user.members.filter(({ required }) => required).map(({ name }) => name),
    ['UserId', 'Arn', 'CreateDate'],
  )
})

test('models: constraints, wrappers, operations without a signature, sensitive shapes', () => {
  const userName = iam.operations.get('CreateUser')?.input.members.find((member) => member.name === 'UserName')
  assert.equal(userName?.required, true)
  assert.deepEqual([userName?.shape.min, userName?.shape.max], [1, 64])
  assert.equal(iam.operations.get('GetUser')?.resultWrapper, 'GetUserResult')
  assert.equal(iam.operations.get('AcquireRole')?.resultWrapper, 'AcquireRoleResult')
  assert.equal(iam.operations.get('TagUser')?.output, undefined)
  assert.equal(sts.operations.get('AssumeRoleWithWebIdentity')?.unsigned, true)
  assert.equal(sts.operations.get('AssumeRole')?.unsigned, false)
  const password = iam.operations.get('CreateLoginProfile')?.input.members.find((member) => member.name === 'Password')
  assert.equal(password?.shape.sensitive, true)
})

test('models: what has no file is refused', () => {
  assert.throws(() => readModel('nosuch'), /ENOENT/)
})
