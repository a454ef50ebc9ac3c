/** IAM Access Analyzer through the AWS SDK for JavaScript: the REST JSON path of the server, from the signature to the modelled error. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ValidatePolicyCommand, type ValidatePolicyCommandInput } from '@aws-sdk/client-accessanalyzer'
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
const FLAWED = '{"Version":"2012-10-17","Statement":[\n{"Effect":"Allow","Action":"s3:GetNothing","Resource":"*"},\n{"Effect":"Allow","Action":"s3:GetNowhere","Resource":"*"}]}'
const validate = (input: Partial<ValidatePolicyCommandInput>, credentials = root) =>
  server.accessAnalyzer(credentials).send(new ValidatePolicyCommand({ policyType: 'IDENTITY_POLICY', policyDocument: FLAWED, ...input }))

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
  assert.deepEqual(findings.map(({ findingType, issueCode }) => [findingType, issueCode]), [['ERROR', 'INVALID_ACTION'], ['ERROR', 'INVALID_ACTION']])
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
  for (const locale of ['EN', 'DE', 'ZH_TW'] as const) assert.deepEqual((await validate({ policyDocument: good, locale })).findings, [])
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
  await refused(validate({ maxResults: 0 }), ['ValidationException', 400, /^maxResults must be at least 1$/])
  const wrong = JSON.parse('{"policyType":"TRUST"}') as Partial<ValidatePolicyCommandInput>
  await refused(validate(wrong), ['ValidationException', 400, /^1 validation error detected: Value 'TRUST' at 'policyType' failed to satisfy constraint/])
  await refused(validate({}, { ...root, secretAccessKey: 'wrong' }), ['InvalidSignatureException', 403, /signature/])
})
