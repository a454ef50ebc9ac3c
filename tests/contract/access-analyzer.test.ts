/** IAM Access Analyzer through the AWS SDK for JavaScript: the REST JSON path of the server, from the signature to the modelled error. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Analyzer from '@aws-sdk/client-accessanalyzer'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

let server: TestServer
let root: Credentials

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('analyst', '123456789012'))
})
after(() => server.close())

const policyOf = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
/** Two errors, on one line each. */
const FLAWED =
  '{"Version":"2012-10-17","Statement":[\n{"Effect":"Allow","Action":"s3:GetNothing","Resource":"*"},\n{"Effect":"Allow","Action":"s3:GetNowhere","Resource":"*"}]}'
const validate = (input: Partial<Analyzer.ValidatePolicyCommandInput>, credentials = root) =>
  server
    .accessAnalyzer(credentials)
    .send(new Analyzer.ValidatePolicyCommand({ policyType: 'IDENTITY_POLICY', policyDocument: FLAWED, ...input }))

/** Asserts a refusal by name, HTTP status and message. */
async function refused(call: Promise<unknown>, [name, status, message]: readonly [string, number, RegExp]) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof Error)
    const metadata: unknown = Reflect.get(error, '$metadata')
    assert.deepEqual([error.name, Reflect.get(Object(metadata), 'httpStatusCode')], [name, status])
    assert.match(error.message, message)
    return true
  })
}

test('a finding has its type, code, link and place', async () => {
  const { findings = [], nextToken } = await validate({})
  assert.equal(nextToken, undefined)
  assert.deepEqual(
    findings.map(({ findingType, issueCode }) => [findingType, issueCode]),
    [
      ['ERROR', 'INVALID_ACTION'],
      ['ERROR', 'INVALID_ACTION'],
    ],
  )
  const [first] = findings
  assert.equal(first?.findingDetails, 'The action s3:GetNothing does not exist.')
  assert.match(first?.learnMoreLink ?? '', /#access-analyzer-reference-policy-checks-error-invalid-action$/)
  assert.deepEqual(first?.locations, [
    {
      path: [{ value: 'Statement' }, { index: 0 }, { value: 'Action' }],
      span: { start: { line: 2, column: 27, offset: 65 }, end: { line: 2, column: 42, offset: 80 } },
    },
  ])
})

test('a good policy has none, in any language', async () => {
  const good = policyOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' })
  for (const locale of ['EN', 'DE', 'ZH_TW'] as const)
    assert.deepEqual((await validate({ policyDocument: good, locale })).findings, [])
})

test('a large document has the findings of a small one', async () => {
  const wrong = { Effect: 'Allow', Action: 's3:GetNothing', Resource: 'arn:aws:s3:::bucket/*' }
  const large = policyOf({ ...wrong, Sid: 'a'.repeat(30_000) })
  const codes = async (policyDocument: string) => (await validate({ policyDocument })).findings?.map(({ issueCode }) => issueCode)
  assert.deepEqual(await codes(policyOf(wrong)), ['INVALID_ACTION'])
  assert.deepEqual(await codes(large), ['POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA', 'INVALID_ACTION'])
})

test('findings come page by page', async () => {
  const one = await validate({ maxResults: 1 })
  assert.equal(one.findings?.length, 1)
  assert.ok(one.nextToken !== undefined)
  const two = await validate({ maxResults: 1, nextToken: one.nextToken })
  assert.equal(two.findings?.length, 1)
  assert.equal(two.nextToken, undefined)
  assert.deepEqual([...(one.findings ?? []), ...(two.findings ?? [])], (await validate({})).findings)
})

test('what is refused', async () => {
  await refused(validate({ nextToken: 'x' }), ['ValidationException', 400, /^Invalid nextToken$/])
  await refused(validate({ validatePolicyResourceType: 'AWS::S3::Bucket' }), ['ValidationException', 400, /^InvalidInput$/])
  await refused(validate({ maxResults: 0 }), ['ValidationException', 400, /^maxResults must be at least 1$/])
  const wrong = JSON.parse('{"policyType":"TRUST"}') as Partial<Analyzer.ValidatePolicyCommandInput>
  await refused(validate(wrong), [
    'ValidationException',
    400,
    /^1 validation error detected: Value 'TRUST' at 'policyType' failed to satisfy constraint/,
  ])
  await refused(validate({}, { ...root, secretAccessKey: 'wrong' }), ['InvalidSignatureException', 403, /signature/])
})

test('a ValidationException has the members of the model: the reason, and each field', async () => {
  const fields = async (call: Promise<unknown>) => {
    const error: unknown = await call.then(
      () => assert.fail('nothing was refused'),
      (caught: unknown) => caught,
    )
    assert.ok(error instanceof Analyzer.ValidationException)
    return [error.reason, error.fieldList]
  }
  assert.deepEqual(await fields(validate({ nextToken: 'x' })), [
    'fieldValidationFailed',
    [{ name: 'nextToken', message: 'Invalid nextToken' }],
  ])
  const wrong = JSON.parse('{"policyType":"TRUST","locale":"XX"}') as Partial<Analyzer.ValidatePolicyCommandInput>
  const [reason, list] = await fields(validate(wrong))
  assert.equal(reason, 'fieldValidationFailed')
  const names = (list as readonly Analyzer.ValidationExceptionField[]).map(({ name, message }) => [name, message?.split(':')[0]])
  assert.deepEqual(
    names.toSorted(([one = ''], [other = '']) => one.localeCompare(other)),
    [
      ['locale', 'Member must satisfy enum value set'],
      ['policyType', 'Member must satisfy enum value set'],
    ],
  )
})

const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' }
const IDENTITY = { policyType: 'IDENTITY_POLICY' } as const
const client = () => server.accessAnalyzer(root)

test('new access fails, and says in which statement', async () => {
  const check = (existing: object, updated: object) =>
    client().send(
      new Analyzer.CheckNoNewAccessCommand({
        ...IDENTITY,
        existingPolicyDocument: policyOf(existing),
        newPolicyDocument: policyOf(updated),
      }),
    )
  const { result, message, reasons } = await check(READ, { ...READ, Action: ['s3:GetObject', 's3:PutObject'] })
  assert.deepEqual(
    { result, message, reasons },
    {
      result: 'FAIL',
      message: 'The modified permissions grant new access compared to your existing policy.',
      reasons: [{ description: 'New access in the statement with index: 0.', statementIndex: 0 }],
    },
  )
  const passed = await check({ ...READ, Action: 's3:*' }, READ)
  assert.deepEqual([passed.result, passed.reasons], ['PASS', undefined])
})

test('access that must not be granted', async () => {
  const check = (access: Analyzer.Access) =>
    client().send(
      new Analyzer.CheckAccessNotGrantedCommand({
        ...IDENTITY,
        access: [access],
        policyDocument: policyOf({ Sid: 'Reader', ...READ }),
      }),
    )
  const failed = await check({ actions: ['s3:Get*'] })
  assert.equal(failed.message, 'The policy document grants access to perform one or more of the listed actions or resources.')
  assert.deepEqual(failed.reasons, [
    {
      description: 'One or more of the listed actions or resources in the statement with sid: Reader.',
      statementId: 'Reader',
      statementIndex: 0,
    },
  ])
  const passed = await check({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::other/*'] })
  assert.deepEqual(
    [passed.result, passed.message],
    ['PASS', 'The policy document does not grant access to perform the listed actions or resources.'],
  )
  await refused(check({}), ['ValidationException', 400, /^access must have actions or resources$/])
  await refused(check({ actions: Array.from({ length: 101 }, (_, number) => `s3:A${number}`) }), [
    'ValidationException',
    400,
    /failed to satisfy constraint: Member must have length less than or equal to 100$/,
  ])
  // What no policy can say would always pass.
  await refused(check({ actions: ['s3:GetObject', 's3.PutObject'] }), [
    'InvalidParameterException',
    400,
    /^The action s3\.PutObject is not valid: Actions\/Conditions must be prefaced by a vendor/,
  ])
  for (const resource of ['bucket', 'arn:aws:s3:*:*:bucket', 'arn:aws:s3:::'])
    await refused(check({ resources: [resource] }), [
      'InvalidParameterException',
      400,
      /is not valid: it must be an ARN with wildcards in its resource ID only\.$/,
    ])
  assert.equal((await check({ resources: ['*'] })).result, 'FAIL')
})

test('public access', async () => {
  const check = (statement: object, resourceType: Analyzer.AccessCheckResourceType = 'AWS::S3::Bucket') =>
    client().send(new Analyzer.CheckNoPublicAccessCommand({ policyDocument: policyOf(statement), resourceType }))
  // The example of the SDKs.
  const failed = await check({ Sid: 'Bob', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'] })
  assert.equal(failed.message, 'The resource policy grants public access for the given resource type.')
  assert.deepEqual(failed.reasons, [
    { description: 'Public access granted in the following statement with sid: Bob.', statementId: 'Bob', statementIndex: 0 },
  ])
  const passed = await check({
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:user/JohnDoe' },
    Action: ['s3:GetObject'],
  })
  assert.deepEqual(
    [passed.result, passed.message],
    ['PASS', 'The resource policy does not grant public access for the given resource type.'],
  )
  const points = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Condition: { StringLike: { 's3:DataAccessPointArn': 'arn:aws:s3:us-west-2:123456789012:accesspoint/*' } },
  }
  // "This behavior is different for access point policies" (S3 User Guide, "The meaning of public").
  const open: string[] = []
  // One after the other: an account has no more than some places in the queue.
  for (const type of Object.values(Analyzer.AccessCheckResourceType))
    if ((await check(points, type)).result === 'FAIL') open.push(type)
  assert.deepEqual(open, ['AWS::S3::AccessPoint', 'AWS::S3Express::AccessPoint', 'AWS::S3Outposts::AccessPoint'])
  await refused(check({ Effect: 'Allow', Principal: { AWS: 'arn:aws-cn:iam::111122223333:root' }, Action: 's3:GetObject' }), [
    'UnprocessableEntityException',
    422,
    /^The policy cannot be analyzed: the principal arn:aws-cn:iam::111122223333:root is not known\.$/,
  ])
  await refused(check(READ), [
    'InvalidParameterException',
    400,
    /^The policy document is not valid: a statement names no principal \(line 1, column 38\)\.$/,
  ])
  const wrongJson = client().send(
    new Analyzer.CheckNoPublicAccessCommand({ policyDocument: '{', resourceType: 'AWS::SQS::Queue' }),
  )
  await refused(wrongJson, ['InvalidParameterException', 400, /^The policy document is not valid: .* \(line 1, column 2\)\.$/])
})
