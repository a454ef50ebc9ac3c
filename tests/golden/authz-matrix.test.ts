/** authz-matrix.txt: every operation by every kind of caller. A change of access shows as a changed line. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { services } from '../../src/services/index.ts'
import { sealSession } from '../../src/services/session-token.ts'
import { administration } from '../../src/server/administration.ts'
import type { Opened } from '../../src/server/open.ts'
import { answerTo, type Called, queryRequest, VERSIONS } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import type { Credentials } from '../server.ts'
import { assertGolden } from './golden.ts'
import { ALICE_KEY, INPUTS, TRUST } from './inputs.ts'

const ACCOUNT = '111122223333'
const OTHER = '444455556666'
const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess'
const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
type Callers = Readonly<Record<string, Credentials | undefined>>

let opened: Opened
let callers: Callers
let aliceKey = ''

before(async () => {
  opened = await openTestContext()
  const root = await createAccount(opened, 'golden', ACCOUNT)
  const other = await createAccount(opened, 'other', OTHER)
  await call(root, 'iam', 'CreateUser', { UserName: 'administrator' })
  await call(root, 'iam', 'AttachUserPolicy', { UserName: 'administrator', PolicyArn: ADMINISTRATOR_ACCESS })
  await call(root, 'iam', 'CreateUser', { UserName: 'nobody' })
  await call(root, 'iam', 'CreateUser', { UserName: 'alice' })
  await call(root, 'iam', 'CreateGroup', { GroupName: 'staff' })
  await call(root, 'iam', 'CreatePolicy', { PolicyName: 'golden', PolicyDocument: DOCUMENT })
  for (const RoleName of ['golden', 'assumable']) await call(root, 'iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: TRUST })
  await call(root, 'iam', 'CreateInstanceProfile', { InstanceProfileName: 'golden' })
  await administration.registerProvider(opened, { accountId: ACCOUNT, domain: 'golden.example', name: 'golden' })
  aliceKey = (await newKey(root, 'alice')).accessKeyId
  callers = {
    unsigned: undefined,
    expired: expiredSession(),
    'no policy': await newKey(root, 'nobody'),
    'other root': other,
    administrator: await newKey(root, 'administrator'),
    root,
  }
})
after(() => opened.close())

async function call(credentials: Credentials, service: Called, action: string, input: object): Promise<string> {
  const { status, body } = await answerTo(queryRequest(service, action, input, { credentials }), opened.context)
  assert.equal(status, 200, body)
  return body
}

async function newKey(root: Credentials, UserName: string): Promise<Credentials> {
  const body = await call(root, 'iam', 'CreateAccessKey', { UserName })
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(body) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(body) ?? []
  return { accessKeyId, secretAccessKey }
}

/** A session of the root user that ended a minute ago: authentic in all else. */
function expiredSession(): Credentials {
  const expiresAt = Date.now() - 60_000
  const credentials = { accessKeyId: 'ASIAEXPIREDSESSION00', secretAccessKey: 'expired' }
  const session = { ...credentials, accountId: ACCOUNT, principal: { type: 'root', id: ACCOUNT } as const, issuedAt: expiresAt - 900_000, expiresAt }
  return { ...credentials, sessionToken: sealSession(session, opened.context.edge.vault) }
}

/** What a caller is told: `+` when the decision let it through, whatever came of it then; else the code of the refusal. */
async function cell(service: Called, action: string, credentials: Credentials | undefined): Promise<string> {
  const text = JSON.stringify(INPUTS[service][action]).replaceAll(ALICE_KEY, aliceKey)
  const input: object = JSON.parse(text)
  const signing = credentials === undefined ? {} : { credentials }
  const { code } = await answerTo(queryRequest(service, action, input, signing), opened.context)
  return REFUSALS.has(code) ? code : '+'
}
const REFUSALS = new Set(['AccessDenied', 'MissingAuthenticationToken', 'ExpiredToken', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'InternalFailure', 'NotImplemented'])

test('who may do what', async () => {
  const names = Object.keys(callers)
  const lines = [['operation', ...names]]
  for (const service of Object.keys(VERSIONS) as Called[]) {
    const operations = [...(services.get(service)?.operations ?? [])].map(({ name }) => name).toSorted()
    assert.deepEqual(operations, Object.keys(INPUTS[service]).toSorted(), 'inputs.ts has an input for every operation')
    for (const name of operations) {
      const cells = []
      for (const credentials of Object.values(callers)) cells.push(await cell(service, name, credentials))
      lines.push([`${service}:${name}`, ...cells])
    }
  }
  const widths = [0, ...names].map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  assertGolden('authz-matrix.txt', `${lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')}\n`)
})
