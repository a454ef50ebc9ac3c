/** Policies that are made to take long: their owner's calls are refused, nobody else waits, and the operator is told. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { HttpRequest } from '../../src/server/http.ts'
import { openLogger } from '../../src/server/logger.ts'
import { open, type Opened } from '../../src/server/open.ts'
import { openServerMetrics } from '../../src/server/server-metrics.ts'
import { answerTo, type Called, queryRequest } from '../calls.ts'
import { createAccount } from '../context.ts'
import { type Credentials, testConfig } from '../server.ts'

const log: string[] = []
let opened: Opened
let root: Credentials
let alice: Credentials
before(async () => {
  const logger = openLogger({ level: 'warn', format: 'json', write: (line) => log.push(line), clock: Date.now })
  opened = await open(testConfig, { logger, metrics: openServerMetrics(), clock: Date.now })
  root = await createAccount(opened, 'slow', '111122223333')
  await done('CreateUser', { UserName: 'alice' })
  const body = await done('CreateAccessKey', { UserName: 'alice' })
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(body) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(body) ?? []
  alice = { accessKeyId, secretAccessKey }
})
after(() => opened.close())

async function done(action: string, input: object): Promise<string> {
  const { status, body } = await answerTo(queryRequest('iam', action, input, { credentials: root }), opened.context)
  assert.equal(status, 200, body)
  return body
}

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' }
/** Whoever sends a long user agent has it compared with each of these from each of its characters on. */
const SLOW = { ...ALL, Effect: 'Deny', Condition: { StringLike: { 'aws:UserAgent': `*${'a'.repeat(5_000)}b*` } } }

/** The user agent is no header that has to be signed. */
function withAgent(request: HttpRequest, agent: string): HttpRequest {
  const rawHeaders = request.rawHeaders.map((text, index) => (request.rawHeaders[index - 1] === 'user-agent' ? agent : text))
  return { ...request, rawHeaders }
}
const asAlice = (action: string, input: object, { service = 'iam' as Called, agent = 'usual' } = {}) =>
  answerTo(withAgent(queryRequest(service, action, input, { credentials: alice }), agent), opened.context)
const LONG = 'a'.repeat(15_000)

test('what cannot be decided in time is refused, without a reason, and told of once', async () => {
  const PolicyDocument = policy(ALL, SLOW)
  for (const number of [1, 2, 3, 4]) {
    await done('CreatePolicy', { PolicyName: `slow-${number}`, PolicyDocument })
    await done('AttachUserPolicy', { UserName: 'alice', PolicyArn: `arn:aws:iam::111122223333:policy/slow-${number}` })
  }
  assert.equal((await asAlice('ListUsers', {})).status, 200)
  for (const action of ['ListUsers', 'ListUsers', 'CreateUser']) {
    const { code, message } = await asAlice(action, { ...(action === 'CreateUser' && { UserName: 'x' }) }, { agent: LONG })
    assert.equal(code, 'AccessDenied')
    assert.match(
      message,
      /^User: arn:aws:iam::111122223333:user\/alice is not authorized to perform: iam:\w+ on resource: [^ ]+$/,
    )
  }
  assert.equal((await asAlice('ListUsers', {})).status, 200)
  const told = log.filter((line) => line.includes('policies take too long to decide'))
  assert.equal(told.length, 1, told.join('\n'))
  assert.doesNotMatch(told.join(), /aaaaa/)
})

test('what is decided at its first statement and takes too long to explain is not explained', async () => {
  await done('PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'first',
    PolicyDocument: policy({ ...ALL, Effect: 'Deny', Action: 'iam:ListRoles' }),
  })
  const { code, message } = await asAlice('ListRoles', {}, { agent: LONG })
  assert.equal(code, 'AccessDenied')
  const id = /authorization id: (\w+)/.exec(message)?.[1] ?? ''
  assert.notEqual(id, '')
  const decoded = await answerTo(
    queryRequest('sts', 'DecodeAuthorizationMessage', { EncodedMessage: id }, { credentials: root }),
    opened.context,
  )
  assert.equal(decoded.code, 'InvalidAuthorizationMessageException')
})
