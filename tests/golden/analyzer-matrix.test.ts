/** analyzer-matrix.txt: every operation of Access Analyzer by every kind of caller, through REST JSON. A change of access shows as a changed line. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readModel } from '../../src/protocol/model-files.ts'
import type { Opened } from '../../src/server/open.ts'
import { serve } from '../../src/server/serve.ts'
import { accessAnalyzer } from '../../src/services/access-analyzer/index.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { answerTo, queryRequest } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import type { Credentials } from '../server.ts'
import { assertGolden } from './golden.ts'

const POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
const IDENTITY = { policyType: 'IDENTITY_POLICY' }

/** A valid input for every operation. */
const INPUTS: Readonly<Record<string, object>> = {
  CheckAccessNotGranted: { ...IDENTITY, policyDocument: POLICY, access: [{ actions: ['sqs:SendMessage'] }] },
  CheckNoNewAccess: { ...IDENTITY, newPolicyDocument: POLICY, existingPolicyDocument: POLICY },
  CheckNoPublicAccess: { policyDocument: POLICY, resourceType: 'AWS::SQS::Queue' },
  ValidatePolicy: { ...IDENTITY, policyDocument: POLICY },
}

let opened: Opened
let callers: Readonly<Record<string, Credentials | undefined>>

before(async () => {
  opened = await openTestContext()
  const root = await createAccount(opened, 'golden', '111122223333')
  const iam = async (action: string, input: object): Promise<string> => {
    const { status, body } = await answerTo(queryRequest('iam', action, input, { credentials: root }), opened.context)
    assert.equal(status, 200, body)
    return body
  }
  const userWith = async (UserName: string, Action?: string): Promise<Credentials> => {
    await iam('CreateUser', { UserName })
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } })
    if (Action !== undefined) await iam('PutUserPolicy', { UserName, PolicyName: 'golden', PolicyDocument })
    const body = await iam('CreateAccessKey', { UserName })
    const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(body) ?? []
    const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(body) ?? []
    return { accessKeyId, secretAccessKey }
  }
  callers = {
    unsigned: undefined,
    'no policy': await userWith('nobody'),
    validator: await userWith('validator', 'access-analyzer:ValidatePolicy'),
    checker: await userWith('checker', 'access-analyzer:Check*'),
    root,
  }
})
after(() => opened.close())

/** What a caller is told: `+` when the decision let it through, whatever came of it then; else the code of the refusal. */
async function cell(name: string, credentials: Credentials | undefined): Promise<string> {
  const http = readModel('access-analyzer').operations.get(name)?.http
  assert.ok(http !== undefined)
  const rawHeaders = ['host', '127.0.0.1:4566', 'content-type', 'application/json']
  const body = Buffer.from(JSON.stringify(INPUTS[name]))
  const request = { method: http.method, target: http.uri, rawHeaders, body, remoteAddress: '127.0.0.1', receivedAt: Date.now() }
  const added = credentials === undefined ? [] : signRequest(request, credentials, { region: 'us-east-1', service: 'access-analyzer', now: Date.now() })
  const { headers } = await serve({ ...request, rawHeaders: [...rawHeaders, ...added] }, opened.context)
  const code = headers['x-amzn-ErrorType'] ?? '+'
  return FROM_OPERATIONS.has(code) ? '+' : code
}
/** Refusals of operations: the decision let the caller through. */
const FROM_OPERATIONS = new Set(['InvalidParameterException', 'UnprocessableEntityException'])

test('who may ask Access Analyzer', async () => {
  const names = Object.keys(callers)
  const lines = [['operation', ...names]]
  const operations = accessAnalyzer.operations.map(({ name }) => name).toSorted()
  assert.deepEqual(operations, Object.keys(INPUTS), 'there is an input for every operation')
  for (const name of operations) {
    const cells = []
    for (const credentials of Object.values(callers)) cells.push(await cell(name, credentials))
    lines.push([`access-analyzer:${name}`, ...cells])
  }
  const widths = [0, ...names].map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  assertGolden('analyzer-matrix.txt', `${lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')}\n`)
})
