/** Every operation of IAM and STS with inputs that nobody means well: each answer is the operation's, or a fault that its model or AWS's common errors declare. */
import assert from 'node:assert/strict'
import { readModel } from '../src/protocol/model-files.ts'
import type { Opened } from '../src/server/open.ts'
import { services } from '../src/services/index.ts'
import { answerTo, type Called, queryRequest, VERSIONS } from './calls.ts'
import { createAccount } from './context.ts'
import { INPUTS, TRUST } from './golden/inputs.ts'
import type { Credentials } from './server.ts'

const ACCOUNT = '111122223333'

/** What may stand in place of a text. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  'a\0b',
  'a\nb',
  '\u{1F600}',
  'é\u0301',
  '\uD800',
  '\uFFFE\u0085',
  '%00%0a+%',
  `'";--`,
  '*',
  '../..',
  'x'.repeat(5_000),
  'ALICE',
  'v999999999999999999',
  '-1',
  '1e400',
  'true',
  '{"Version":"2012-10-17","Statement":[]}',
  '{'.repeat(500),
  'arn:aws:iam::aws:policy/AdministratorAccess',
  'arn:aws:iam::999999999999:user/alice',
  'arn:aws:iam::111122223333:role/golden',
  'arn:aws:iam::111122223333:policy/a\0b',
  'arn:aws:iam::111122223333:oidc-provider/a\0b',
  'arn:aws:iam::111122223333:saml-provider/a\0b',
  'arn:aws-cn:iam::111122223333:policy/golden',
  Buffer.from('1\nusers\na\0').toString('base64url'),
  'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FcdTAwMDBiIiwic3ViIjoiYSIsImF1ZCI6ImEiLCJpYXQiOjEsImV4cCI6OTk5OTk5OTk5OX0.AAAA',
]

/** Inputs in which one member is another one, missing, doubled, or of another kind. */
function* mutations(input: object, members: readonly string[]): Generator<object> {
  yield { ...input, NoSuchMember: 'x' }
  for (const member of members) {
    const given: unknown = Reflect.get(input, member)
    yield Object.fromEntries(Object.entries(input).filter(([name]) => name !== member))
    for (const text of TEXTS) {
      yield { ...input, [member]: text }
      yield { ...input, [member]: [text, text] }
      yield { ...input, [member]: [{ Key: text, Value: text, arn: text }] }
    }
    if (Array.isArray(given)) yield { ...input, [member]: Array.from({ length: 101 }, () => given[0] as unknown) }
  }
}

/** Said of every service's operations before they are reached, or by operations beside their model (AWS, "Common errors"). */
const COMMON = new Set([
  'ValidationError',
  'AccessDenied',
  'InvalidParameterValue',
  'MalformedInput',
  'MalformedQueryString',
  'Throttling',
])

async function furnish(opened: Opened): Promise<Credentials> {
  const root = await createAccount(opened, 'hostile', ACCOUNT)
  const make = (action: string, input: object) =>
    answerTo(queryRequest('iam', action, input, { credentials: root }), opened.context)
  await make('CreateUser', { UserName: 'alice' })
  await make('CreateGroup', { GroupName: 'staff' })
  await make('CreateRole', { RoleName: 'golden', AssumeRolePolicyDocument: TRUST })
  await make('CreatePolicy', {
    PolicyName: 'golden',
    PolicyDocument: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}',
  })
  await make('CreateInstanceProfile', { InstanceProfileName: 'golden' })
  await make('CreateVirtualMFADevice', { VirtualMFADeviceName: 'golden' })
  await make('CreateOpenIDConnectProvider', { Url: 'https://golden.example', ThumbprintList: ['a'.repeat(40)] })
  return root
}

/** What an operation says to hostile inputs that it may not say. */
async function wrongAnswers(
  opened: Opened,
  root: Credentials,
  service: Called,
  name: string,
): Promise<{ readonly calls: number; readonly wrong: readonly string[] }> {
  const model = readModel(service).operations.get(name)
  const declared = new Set(model?.errors.map(({ error }) => error.code))
  const wrong: string[] = []
  let calls = 0
  for (const input of mutations(INPUTS[service][name] ?? {}, model?.input.members.map((member) => member.name) ?? [])) {
    const { status, code } = await answerTo(queryRequest(service, name, input, { credentials: root }), opened.context)
    calls += 1
    const isDeclared = status === 200 || (status < 500 && (COMMON.has(code) || declared.has(code)))
    if (!isDeclared) wrong.push(`${service}:${name} ${status} ${code} ${JSON.stringify(input).slice(0, 200)}`)
  }
  return { calls, wrong }
}

/** How many calls were answered. */
export async function assertHostile(opened: Opened): Promise<number> {
  const root = await furnish(opened)
  let calls = 0
  for (const service of Object.keys(VERSIONS) as Called[]) {
    for (const { name } of services.get(service)?.operations ?? []) {
      const answers = await wrongAnswers(opened, root, service, name)
      assert.deepEqual(answers.wrong, [])
      calls += answers.calls
    }
  }
  return calls
}
